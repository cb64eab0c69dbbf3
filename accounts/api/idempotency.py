"""`Idempotency-Key`: a client that does not know whether its write arrived may send it again, and it happens once."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from redis.exceptions import RedisError
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.api.errors import Conflict

HEADER = "Idempotency-Key"
KEPT_S = 24 * 3600
RUNNING_S = 60
"""A write that was cut off blocks its key for so long."""

KEY_CHARS = 255

PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Your own unique name for this write. Sent again within a day, it returns the first answer.",
)


class StoreAway(APIException):
    """503: keys cannot be looked up, so nothing is written."""

    status_code = 503
    default_code = "unavailable"
    default_detail = f"The store of {HEADER}s cannot be reached. Nothing was changed; try again."


def idempotent(method: Callable[..., Response]) -> Callable[..., Response]:
    """Make an API view's method answer a repeated key with its first success; failures are not kept."""

    @functools.wraps(method)
    def once(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        if not key:
            return method(self, request, *args, **kwargs)
        if len(key) > KEY_CHARS:
            raise ValidationError({HEADER: [f"At most {KEY_CHARS} characters."]})
        actor = request.actor
        slot = "idempotency:" + _digest([str(actor.organization_id), str(actor.user.id), request.path, key])
        body = _digest(request.data)
        try:
            if not cache.add(slot, {"body": body}, RUNNING_S):
                return _again(cache.get(slot), body)
        except RedisError:
            raise StoreAway from None
        try:
            response = method(self, request, *args, **kwargs)
        except BaseException:
            cache.delete(slot)
            raise
        kept = {"body": body, "status": response.status_code, "data": JSONRenderer().render(response.data)}
        # Kept once it is true: before the commit it could still come to nothing.
        transaction.on_commit(lambda: cache.set(slot, kept, KEPT_S), robust=True)
        return response

    return once


class IdempotentWrites:
    """A view set whose creations and changes take the key; mixed in before the REST framework's own classes."""

    @extend_schema(parameters=[PARAMETER])
    @idempotent
    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    @extend_schema(parameters=[PARAMETER])
    @idempotent
    def partial_update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return super().partial_update(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


def _again(stored: dict[str, Any] | None, body: str) -> Response:
    if stored is None or "status" not in stored:
        raise Conflict(f"The first request with this {HEADER} has not been answered yet.", code="in_progress")
    if stored["body"] != body:
        raise Conflict(f"This {HEADER} was used with other content. Take a new one.", code="key_reused")
    return Response(json.loads(stored["data"]), stored["status"], headers={"Idempotency-Replayed": "true"})


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
