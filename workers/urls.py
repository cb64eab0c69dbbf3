from __future__ import annotations

from django.urls import path

from workers.health import health

urlpatterns = [path("health", health, name="health")]
