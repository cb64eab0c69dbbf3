"""The two keys of an installation: one signs sessions, one encrypts camera credentials."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.engines.errors import EngineError
from config.engines.home import cannot_write, prepare_home

FERNET_KEY_BYTES = 32


@dataclass(frozen=True)
class Secrets:
    """Neither key shows in a repr."""

    secret_key: str = field(repr=False)
    fernet_key: bytes = field(repr=False)


def load_or_create(home: Path, environ: Mapping[str, str] = os.environ) -> Secrets:
    """Read the keys from VEDETTE_SECRET_KEY and VEDETTE_CREDENTIAL_KEY, else from files in `home` made on first use.

    Several machines of one installation must share both, so there the environment gives them.

    Raises:
        EngineError: the home cannot be written, or a key is not a key.
    """
    secret = environ.get("VEDETTE_SECRET_KEY") or _kept(home / "secret.key", lambda: secrets.token_urlsafe(50))
    credential = environ.get("VEDETTE_CREDENTIAL_KEY") or _kept(home / "credentials.key", _new_fernet_key)
    if not _is_fernet_key(credential):
        raise EngineError(
            "The key that camera passwords are encrypted with is damaged "
            f"(VEDETTE_CREDENTIAL_KEY, else {home / 'credentials.key'}): 32 bytes in URL-safe base64 were expected. "
            "Restore it from a backup; with a new key the stored camera passwords have to be entered again."
        )
    return Secrets(secret_key=secret, fernet_key=credential.encode())


def _new_fernet_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(FERNET_KEY_BYTES)).decode()


def _is_fernet_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text.encode())) == FERNET_KEY_BYTES
    except (binascii.Error, UnicodeEncodeError):
        return False


def _kept(path: Path, create: Callable[[], str]) -> str:
    """Read the key in `path`, or put a new one there: of two processes that start at once, both read the first's."""
    if not path.exists():
        prepare_home(path.parent)
        _write_once(path, create())
    try:
        kept = path.read_text().strip()
    except OSError as error:
        raise EngineError(
            f"The key in {path} cannot be read ({error.strerror}). It belongs to the user who first started "
            "this installation; start as that user, or set VEDETTE_HOME to another folder."
        ) from error
    if not kept:
        raise EngineError(f"The key in {path} is empty. Restore it from a backup, or delete it to have a new one made.")
    return kept


def _write_once(path: Path, text: str) -> None:
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)  # unlike rename, fails when another process was first
        except FileExistsError:
            pass
        finally:
            Path(temporary).unlink()
    except OSError as error:
        raise EngineError(cannot_write(path.parent, error)) from error
