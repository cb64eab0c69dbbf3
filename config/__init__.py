"""How the parts are wired: settings, addresses, the ASGI and Celery applications, the embedded engines."""
