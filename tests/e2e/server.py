"""Run the real ASGI application for the browser tests: `python -m tests.e2e.server PORT`."""

from __future__ import annotations

import os
import sys

import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if __name__ == "__main__":
    from django.conf import settings

    # The tests store passwords with a fast hash; see tests/conftest.py.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from config.asgi import application

    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", timeout_graceful_shutdown=1)
