from __future__ import annotations

from django.urls import path

from workers import views
from workers.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("models/", views.models, name="models"),
]
