"""Addresses of the console and of the evidence it shows."""

from __future__ import annotations

from django.urls import URLPattern, path

from incidents import answers, media, search_page, views

urlpatterns: list[URLPattern] = [
    path("console/", views.console, name="console"),
    path("console/queue/", views.console_queue, name="console-queue"),
    path("console/card/<uuid:incident_id>/", views.console_card, name="console-card"),
    path("console/incident/<uuid:incident_id>/", views.console_stage, name="console-stage"),
    path("console/emergency/<uuid:incident_id>/", views.console_emergency, name="console-emergency"),
    path("incidents/<uuid:incident_id>/", views.incident, name="incident"),
    path("incidents/<uuid:incident_id>/acknowledge/", answers.incident_acknowledge, name="incident-acknowledge"),
    path("incidents/<uuid:incident_id>/resolve/", answers.incident_resolve, name="incident-resolve"),
    path("incidents/<uuid:incident_id>/reopen/", answers.incident_reopen, name="incident-reopen"),
    path("incidents/<uuid:incident_id>/comment/", answers.incident_comment, name="incident-comment"),
    path("search/", search_page.search, name="search"),
    path("evidence/<uuid:event_id>/clip.mp4", media.event_clip, name="event-clip"),
    path("evidence/<uuid:event_id>/peak.jpg", media.event_peak, name="event-peak"),
]
