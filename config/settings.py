"""Settings of one installation. Every choice is an environment variable; the defaults run on one machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from psycopg.conninfo import conninfo_to_dict

from config.engines import home_from, resolve
from config.secrets import load_or_create

BASE_DIR = Path(__file__).resolve().parent.parent
VEDETTE_HOME = home_from(os.environ)
VEDETTE_MODELS = Path(os.environ.get("VEDETTE_MODELS") or VEDETTE_HOME / "models")
# Video files that managers may watch as cameras, one sub-folder for each organization (its short name).
VEDETTE_MEDIA = Path(os.environ.get("VEDETTE_MEDIA") or VEDETTE_HOME / "media")
VEDETTE_VERSION = "0.1.0"

_secrets = load_or_create(VEDETTE_HOME)
SECRET_KEY = _secrets.secret_key
CREDENTIAL_KEY = _secrets.fernet_key

DEBUG = os.environ.get("VEDETTE_DEBUG", "") == "1"
ALLOWED_HOSTS = os.environ.get("VEDETTE_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("VEDETTE_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "accounts",
    "cameras",
    "incidents",
    "workers",
    "unfold.apps.BasicAppConfig",
    "accounts.apps.VedetteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.csp.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.TenantMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context_processors.actor",
            ]
        },
    }
]

_urls = resolve(VEDETTE_HOME, os.environ)


def _database(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    named = {key: str(parts.pop(key, "") or "") for key in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": named["dbname"],
        "USER": named["user"],
        "PASSWORD": named["password"],
        "HOST": named["host"],
        "PORT": named["port"],
        "OPTIONS": parts,
    }


DATABASES = {
    # The application's role: it owns no table, so row-level security binds it. A connection a request: after a restart
    # of PostgreSQL a pool first hands out its dead ones, and each costs its request a growing wait.
    "default": _database(_urls.database_url),
    # The owner's, for migrations only.
    "owner": _database(_urls.database_owner_url),
}
DATABASE_ROUTERS: list[str] = []

REDIS_URL = _urls.redis_url
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # A Redis that hangs must not hang who asks it.
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # The layer's blocking read waits 5 s, which is redis-py's own limit too: every idle read would end in an error.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 15}], "capacity": 1000, "expiry": 30},
    }
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "console"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

SESSION_COOKIE_AGE = 12 * 3600  # a long shift
SESSION_COOKIE_SAMESITE = "Lax"
_https = os.environ.get("VEDETTE_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", "ws:", "wss:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = VEDETTE_HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder, even where finders serve
STATICFILES_DIRS = [BASE_DIR / "static"]
# One machine serves static files straight from the packages; a fleet runs collectstatic and a proxy.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VEDETTE_HOME / "evidence", "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Who sends it as a bearer reads /metrics from anywhere; without one only this machine and its administrators do.
METRICS_TOKEN = os.environ.get("VEDETTE_METRICS_TOKEN", "")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.ActorSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "accounts.api.pagination.RecentFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "accounts.api.errors.envelope",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vedette",
    "DESCRIPTION": "Incident management for live video.",
    "VERSION": VEDETTE_VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    # Cut off before addresses are grouped and named: the groups are cameras, incidents …, not one called “api”.
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "IncidentStatus": "incidents.models.Status",
        "CameraStatus": "cameras.models.CameraStatus",
        "EventStatus": ["active", "ended"],
    },
}

UNFOLD = {
    "SITE_TITLE": "Vedette",
    "SITE_HEADER": "Vedette",
    "SITE_SUBHEADER": "Settings",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("img/vedette.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/vedette.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": "8px",
    "STYLES": [lambda request: static("admin/vedette.css")],
    "SCRIPTS": [lambda request: static("admin/theme.js")],
    "DASHBOARD_CALLBACK": "cameras.admin_index.dashboard",
    "SIDEBAR": {"navigation": "cameras.admin_index.navigation"},
    "ACCOUNT": {"navigation": [{"title": "Change password", "link": reverse_lazy("password-change")}]},
    "COLORS": {
        # The portal's surfaces and text, from light to dark.
        "base": {
            "50": "#f6f8fa",
            "100": "#e9edf1",
            "200": "#cdd6de",
            "300": "#c3ced8",
            "400": "#93a1ae",
            "500": "#6b7a88",
            "600": "#4d5b68",
            "700": "#3a4753",
            "800": "#2b3640",
            "900": "#0e1216",
            "950": "#1d252d",
        },
        # The portal's accent, from its palest to its darkest.
        "primary": {
            "50": "#eff7ff",
            "100": "#dbecff",
            "200": "#bfdfff",
            "300": "#93ccff",
            "400": "#4aa8ff",
            "500": "#2b8ff0",
            "600": "#1673d4",
            "700": "#135cac",
            "800": "#154d8d",
            "900": "#174275",
            "950": "#122a4a",
        },
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("VEDETTE_LOG_LEVEL", "INFO")},
    "loggers": {
        # Several lines for every failed login; accounts.services says it in one.
        "axes": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},
    },
}
