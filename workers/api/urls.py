"""Addresses under /api/v1/."""

from __future__ import annotations

from django.urls import path

from workers.api.views import ModelList

urlpatterns = [path("models/", ModelList.as_view(), name="api-models")]
