"""Addresses of the cameras' pages and pictures."""

from __future__ import annotations

from django.urls import URLPattern, path

from cameras import answers, media, sense_pages, views

urlpatterns: list[URLPattern] = [
    path("cameras/", views.cameras, name="cameras"),
    path("cameras/<uuid:camera_id>/", views.camera, name="camera"),
    path("cameras/<uuid:camera_id>/setting/", answers.camera_setting, name="camera-setting"),
    path("cameras/<uuid:camera_id>/calibrate/", answers.camera_calibrate, name="camera-calibrate"),
    path("cameras/<uuid:camera_id>/relearn/", answers.camera_relearn, name="camera-relearn"),
    path("cameras/<uuid:camera_id>/senses/", sense_pages.camera_senses, name="camera-senses"),
    path("cameras/<uuid:camera_id>/snapshot.jpg", media.camera_snapshot, name="camera-snapshot"),
    path("settings/senses/", sense_pages.senses, name="senses"),
]
