"""Addresses under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from incidents.api.views import EventViewSet, IncidentViewSet

router = SimpleRouter(use_regex_path=False)
router.register("events", EventViewSet, basename="api-event")
router.register("incidents", IncidentViewSet, basename="api-incident")

urlpatterns: list[URLPattern | URLResolver] = router.urls
