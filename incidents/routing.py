"""The addresses of the WebSockets."""

from __future__ import annotations

from django.urls import path

from incidents.consumers import AlertsConsumer

websocket_urlpatterns = [path("ws/alerts/", AlertsConsumer.as_asgi())]
