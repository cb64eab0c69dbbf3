"""Evidence: clips and pictures out of the storage, after the permission check, in parts so that a video can seek."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from cameras.api.negotiation import AnyAccept
from incidents.ranges import Span, Unsatisfiable, span_of
from incidents.selectors import event_get

CHUNK = 256 * 1024


@extend_schema(exclude=True)
class EvidenceView(APIView):
    """One piece of an event's evidence; 404 for strangers and for evidence there is not."""

    content_negotiation_class = AnyAccept
    column = ""
    """The event's column that holds the piece's name in the storage."""
    content_type = ""
    suffix = ""

    def get(self, request: Request, event_id: UUID) -> HttpResponseBase:
        event = event_get(request._request.actor, event_id)  # type: ignore[attr-defined]
        name = getattr(event, self.column)
        if not name:
            raise Http404
        response = _served(request, name, self.content_type)
        # Looked at again each time: whoever lost the right gets nothing, and a final clip replaces its preview.
        response["Cache-Control"] = "private, no-cache"
        response["Vary"] = "Cookie, Authorization"
        response["Content-Disposition"] = f'inline; filename="incident-{event.incident.number}.{self.suffix}"'
        return response

    def handle_exception(self, exc: Exception) -> HttpResponseBase:
        # Somebody who follows a link logs in first, as on every page; a wrong token gets its 401.
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path())
        return super().handle_exception(exc)


event_clip = EvidenceView.as_view(column="clip", content_type="video/mp4", suffix="mp4")
event_peak = EvidenceView.as_view(column="peak_image", content_type="image/jpeg", suffix="jpg")


def _served(request: Request, name: str, content_type: str) -> HttpResponseBase:
    try:
        size, modified = default_storage.size(name), default_storage.get_modified_time(name)
    except (FileNotFoundError, SuspiciousFileOperation):
        # The storage refuses every name that leads out of it; for the outside that is no different from absent.
        raise Http404 from None
    etag = f'"{hashlib.sha256(f"{name} {size} {modified.timestamp()}".encode()).hexdigest()[:32]}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    # If-Range names the copy that the player has the rest of: a part of another one would be garbage in the middle.
    wanted = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    try:
        span = span_of(wanted, size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    part = span or Span(0, size - 1)
    headers["Content-Length"] = str(part.length)
    if span:
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, status=206 if span else 200, headers=headers)
    # A server that speaks ASGI reads a plain iterator to its end before it sends the first byte.
    kind = AsyncParts if isinstance(request._request, ASGIRequest) else Parts
    body = kind(name, part)
    return StreamingHttpResponse(body, status=206 if span else 200, content_type=content_type, headers=headers)


class _Parts:
    """The bytes of a span of a stored file, in chunks. It is opened when the first is asked for: some never are."""

    def __init__(self, name: str, span: Span) -> None:
        self._name = name
        self._span = span
        self._left = span.length
        self._file: File | None = None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _read(self) -> bytes:
        if self._file is None:
            self._file = default_storage.open(self._name)
            self._file.seek(self._span.first)
        chunk: bytes = self._file.read(min(CHUNK, self._left))
        self._left -= len(chunk)
        return chunk


class Parts(_Parts):
    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._read():
            yield chunk


class AsyncParts(_Parts):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self._read):
            yield chunk
