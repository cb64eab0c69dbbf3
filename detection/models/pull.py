"""Fetch a model over HTTP: resumed where it broke off, checked before it counts."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from detection.models.errors import ModelError
from detection.models.records import CHUNK, sha256_of
from detection.models.registry import Model, ModelFile, model_named
from detection.models.store import ModelState, ModelStore

TIMEOUT_S = 30.0
ATTEMPTS = 4
"""A connection that breaks is taken up again so often before people are asked to try later."""
HUB_DIGEST = "X-Linked-ETag"
"""Hugging Face states the SHA-256 of a large file here, on the answer that redirects to its storage."""
USER_AGENT = "vedette-models"

Told = Callable[[str, int, int], None]
"""Called with a file's name, the bytes there, and the bytes in all (0 when the server does not say)."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects, keep the digest that the first answer declared, and never leave HTTPS."""

    def __init__(self) -> None:
        self.digest = ""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        """Return the request of the next address, or refuse it."""
        self.digest = self.digest or _digest_in(headers.get(HUB_DIGEST, ""))
        if req.type == "https" and not newurl.startswith("https:"):
            raise ModelError(f"{urlsplit(req.full_url).hostname} redirects to an address without encryption.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def pull(store: ModelStore, name: str, told: Told = lambda *_: None) -> ModelState:
    """Fetch what is missing of a model, check it, and take it in; returns how it stands.

    What was fetched before a break lies in the models folder as `.FILE.download` and is gone on with. Raises
    ModelError with the cause and the way out; nothing half fetched is ever used.
    """
    model = model_named(name)
    if store.state(name).status == "installed":
        return store.state(name)
    if not all(file.url for file in model.files):
        raise ModelError(f"The model {name} is not published as a file. Make it here: {model.how_to_get}")
    for file in model.files:
        if store.record(model, file) is None or not (store.folder / model.where(file)).is_file():
            _fetch(store, model, file, told)
    state = store.state(name)
    if state.status == "foreign":  # a file that lay there before, and is not the published one
        for file in model.files:
            _fetch(store, model, file, told)
    return store.verify(name)


def _fetch(store: ModelStore, model: Model, file: ModelFile, told: Told) -> None:
    partial = store.folder / f".{model.name}.{file.name}.download"
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"The models folder {store.folder} cannot be written: {error.strerror}.") from error
    declared = ""
    for attempt in range(ATTEMPTS):
        try:
            declared = _download(file, partial, told) or declared
            break
        except (OSError, http.client.HTTPException) as error:
            if attempt == ATTEMPTS - 1 or isinstance(error, urllib.error.HTTPError):
                raise ModelError(_broken(model, file, partial, error)) from error
    digest = sha256_of(partial)
    wanted = file.sha256 or declared
    if wanted and digest != wanted:
        partial.unlink()
        raise ModelError(
            f"{file.name} arrived damaged: SHA-256 {digest[:12]}…, not {wanted[:12]}…. It was thrown away; "
            f"fetch it again: {model.how_to_get}"
        )
    store.put(model, file, partial, sha256=digest, source=f"fetched from {urlsplit(file.url).hostname}")
    partial.unlink()


def _download(file: ModelFile, partial: Path, told: Told) -> str:
    """Append to the partial file until it is whole; return the digest that the server declares, if any."""
    have = partial.stat().st_size if partial.is_file() else 0
    if file.size and have > file.size:
        partial.unlink()
        have = 0
    if file.size and have == file.size:
        return ""
    headers = {"User-Agent": USER_AGENT, **({"Range": f"bytes={have}-"} if have else {})}
    redirects = _Redirects()
    opener = urllib.request.build_opener(redirects)
    try:
        answer = opener.open(urllib.request.Request(file.url, headers=headers), timeout=TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            error.close()
            return redirects.digest  # all of it is there
        raise
    with answer:
        resumed = answer.status == http.client.PARTIAL_CONTENT
        have = have if resumed else 0
        length = int(answer.headers.get("Content-Length") or 0)
        total = have + length if length else 0
        with partial.open("ab" if resumed else "wb") as out:
            told(file.name, have, total)
            while block := answer.read(CHUNK):
                out.write(block)
                have += len(block)
                told(file.name, have, total)
        if total and have < total:
            raise http.client.IncompleteRead(b"", total - have)
        return redirects.digest or _digest_in(answer.headers.get(HUB_DIGEST, ""))


def _digest_in(header: str) -> str:
    """Return the SHA-256 in an entity tag, or nothing: small files have a digest of another kind there."""
    tag = header.strip().removeprefix("W/").strip('"').lower()
    return tag if len(tag) == hashlib.sha256().digest_size * 2 and set(tag) <= set("0123456789abcdef") else ""


def _broken(model: Model, file: ModelFile, partial: Path, error: Exception) -> str:
    host = urlsplit(file.url).hostname
    there = partial.stat().st_size if partial.is_file() else 0
    kept = f" {there:,} bytes are kept, the next attempt goes on from there." if there else ""
    if isinstance(error, urllib.error.HTTPError):
        return f"{host} answers {error.code} {error.reason} for {file.name}.{kept}"
    reason = getattr(error, "reason", None) or error
    return (
        f"{file.name} could not be fetched from {host}: {reason}.{kept} Without a connection, bring the model over "
        f"with: manage.py models export on a machine that has {model.name}, and models import here."
    )
