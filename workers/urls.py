from __future__ import annotations

from django.urls import path

from workers import views
from workers.health import health
from workers.metrics import metrics

urlpatterns = [
    path("health", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("models/", views.models, name="models"),
    path("system/", views.system, name="system"),
]
