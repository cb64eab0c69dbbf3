"""Answer every API error in one envelope: {"error": {"code", "message", "fields"}}.

Errors that Django meets before or outside a view of the API (no such address, a fault of ours) come through the
project's handlers, which give pages their pages and the API its envelope.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

API = "/api/"


class Conflict(exceptions.APIException):
    """409: the thing changed meanwhile, or its state does not allow this."""

    status_code = 409
    default_code = "conflict"


def envelope(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into the envelope; None lets Django answer 500."""
    if isinstance(error, ValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        error = exceptions.ValidationError(fields)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, PermissionDenied):
        code, message = "permission_denied", str(error) or "You may not do this."
    elif isinstance(error, Http404):
        code, message = "not_found", "There is no such thing in your organization."
    elif isinstance(error, exceptions.ValidationError):
        response.data = {"error": {"code": "invalid", "message": "Some values are not valid.", "fields": response.data}}
        return response
    else:
        assert isinstance(error, exceptions.APIException)
        code, message = str(getattr(error.detail, "code", error.default_code)), str(error.detail)
    response.data = _enveloped(code, message)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Be the project's handler404."""
    if request.path.startswith(API):
        return JsonResponse(_enveloped("not_found", "There is no such address. /api/docs/ lists them."), status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Be the project's handler500."""
    if request.path.startswith(API):
        message = "The server could not answer, and nothing was changed. The reason is in its log."
        return JsonResponse(_enveloped("server_error", message), status=500)
    return defaults.server_error(request)


def _enveloped(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "fields": {}}}
