"""Addresses. Each app names its own; this page says where they hang."""

from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

urlpatterns = [
    # Browsers ask for it wherever a page names no icon of its own, such as a picture or a JSON answer.
    path("favicon.ico", RedirectView.as_view(url=static("img/vedette.svg")), name="favicon"),
    path("", RedirectView.as_view(pattern_name="console"), name="home"),
    path("", include("accounts.urls")),
    path("", include("cameras.urls")),
    path("", include("incidents.urls")),
    path("", include("workers.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("cameras.api.urls")),
    path("api/v1/", include("incidents.api.urls")),
    path("api/v1/", include("workers.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("api/redoc/", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
]

handler404 = "accounts.api.errors.not_found"
handler500 = "accounts.api.errors.server_error"
