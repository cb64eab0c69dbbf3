"""Answer every API error in one envelope: {"error": {"code", "message", "fields"}}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


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
    response.data = {"error": {"code": code, "message": message, "fields": {}}}
    return response
