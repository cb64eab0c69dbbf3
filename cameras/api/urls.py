"""Addresses under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from cameras.api.senses import SensesView
from cameras.api.views import CameraViewSet, PresetViewSet, SiteViewSet

router = SimpleRouter()
router.register("sites", SiteViewSet, basename="api-site")
router.register("cameras", CameraViewSet, basename="api-camera")
router.register("presets", PresetViewSet, basename="api-preset")

urlpatterns: list[URLPattern | URLResolver] = [
    path("senses/", SensesView.as_view(), name="api-senses"),
    *router.urls,
]
