"""Serve pages and REST through Django, WebSockets through Channels."""

from __future__ import annotations

import os
import warnings

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

from config.origins import OwnPagesOrKeys

# WhiteNoise hands over plain iterators; static files are small, and reading one whole is no harm.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

http = get_asgi_application()
application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": OwnPagesOrKeys(
            AuthMiddlewareStack(URLRouter(import_string("incidents.routing.websocket_urlpatterns")))
        ),
    }
)
