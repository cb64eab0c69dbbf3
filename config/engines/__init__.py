"""Embedded PostgreSQL and Redis for one machine; each is left out where its URL names a server of your own."""

from config.engines.attach import ensure_running, release, running_engines
from config.engines.errors import EngineError
from config.engines.home import EngineUrls, home_from, prepare_home, resolve

__all__ = [
    "EngineError",
    "EngineUrls",
    "ensure_running",
    "home_from",
    "prepare_home",
    "release",
    "resolve",
    "running_engines",
]
