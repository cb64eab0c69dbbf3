"""The folder of one installation: where everything lies, and whether it can be written."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.engines.errors import EngineError

PROJECT = Path(__file__).resolve().parents[2]
POSTGRES_SOCKET = ".s.PGSQL.5432"
# sun_path holds 107 characters and a zero on Linux, 103 and a zero on macOS.
SOCKET_PATH_LIMIT = 103
# A new cluster takes 40 MB, its first write-ahead log 16 MB more, the demo clip and its evidence some.
FIRST_START_FREE_BYTES = 200 * 2**20
FREE_BYTES = 32 * 2**20


@dataclass(frozen=True)
class EngineUrls:
    """Where the database (as the application's role, and as the owner of the schema) and Redis are."""

    database_url: str
    database_owner_url: str
    redis_url: str


@dataclass(frozen=True)
class Layout:
    """Paths of one home. `home` is absolute and need not exist yet."""

    home: Path

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def redis(self) -> Path:
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def sockets(self) -> Path | None:
        """A short private folder for the sockets, or None when they fit into the engines' own folders.

        It is under /tmp and not TMPDIR or XDG_RUNTIME_DIR: those differ between a desktop session, ssh and cron,
        and every process of one home must find the same sockets.
        """
        if len(os.fsencode(self.postgres / POSTGRES_SOCKET)) <= SOCKET_PATH_LIMIT:
            return None
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"vedette-{name}"  # noqa: S108 - created 0700, and refused when someone else owns it

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets or self.postgres

    @property
    def redis_socket(self) -> Path:
        return (self.sockets or self.redis) / "redis.sock"


def home_from(environ: Mapping[str, str]) -> Path:
    """Return the absolute home: VEDETTE_HOME, else `var` in the project's folder."""
    return Path(environ.get("VEDETTE_HOME") or PROJECT / "var").expanduser().absolute()


def resolve(home: Path, environ: Mapping[str, str]) -> EngineUrls:
    """Return the engines' URLs; pure, it starts nothing and reads no file.

    DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL win; what is unset points to the embedded engines of `home`.
    With DATABASE_URL alone the owner's URL is the same one: only migrations use it, and `up` refuses to migrate so.
    """
    layout = Layout(home.absolute())
    sockets = quote(str(layout.postgres_sockets), safe="")
    given = environ.get("DATABASE_URL")
    return EngineUrls(
        database_url=given or f"postgresql://vedette_app@/vedette?host={sockets}",
        database_owner_url=environ.get("DATABASE_OWNER_URL")
        or given
        or f"postgresql://vedette_owner@/vedette?host={sockets}",
        redis_url=environ.get("REDIS_URL") or f"unix://{quote(str(layout.redis_socket))}",
    )


def prepare_home(home: Path) -> None:
    """Create `home` (0700) if it is missing and prove that it can be written.

    Raises:
        EngineError: it is read-only, full, not ours, or not a folder.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as probe:
            probe.write(bytes(4096))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        raise EngineError(cannot_write(home, error)) from error


def require_space(home: Path, *, first_start: bool) -> None:
    """Refuse to start engines on a disk that they would fill at once.

    Raises:
        EngineError: less is free than a start needs.
    """
    free, needed = shutil.disk_usage(home).free, FIRST_START_FREE_BYTES if first_start else FREE_BYTES
    if free < needed:
        raise EngineError(
            f"The disk of {home} is full: {free // 2**20} MB free, {needed // 2**20} MB needed to start. "
            "Free some space, or set VEDETTE_HOME to a folder on another disk."
        )


def cannot_write(path: Path, error: OSError) -> str:
    """Say in a sentence why `path` cannot be written, and what to do."""
    reasons = {
        errno.EROFS: "is on a read-only disk",
        errno.ENOSPC: "is on a full disk",
        errno.EDQUOT: "is over its disk quota",
        errno.EACCES: "may not be written by this user",
        errno.EPERM: "may not be written by this user",
        errno.ENOTDIR: "is not a folder",
        errno.EEXIST: "is not a folder",
        errno.ENAMETOOLONG: "has a name that is too long for its disk",
    }
    reason = reasons.get(error.errno or 0, f"cannot be written ({error.strerror})")
    return f"The home of this installation, {path}, {reason}. Set VEDETTE_HOME to a folder that can be written."
