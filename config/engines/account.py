"""Under which system account the engines run.

PostgreSQL refuses to run as root. Started by anyone else, the engines are that person's processes. Started by root,
they run as a locked account of their own, and what they may not enter they are handed from inside:
each is started *in* its data folder and addresses it as its working directory, so no folder above it needs to be
opened to others.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from config.engines.errors import EngineError

SYSTEM_ACCOUNT = "vedette"


class RunAs(TypedDict, total=False):
    """What subprocess needs to start a program as another account; empty for ourselves."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A system account that the engines run as. `is_us` is False only when root starts them."""

    uid: int
    gid: int
    name: str
    is_us: bool

    @property
    def run_as(self) -> RunAs:
        return RunAs() if self.is_us else RunAs(user=self.uid, group=self.gid, extra_groups=[])

    def own(self, folder: Path) -> None:
        """Create `folder` if it is missing, owned by this account and closed to everyone else.

        Raises:
            EngineError: the folder belongs to someone else.
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if status.st_uid not in (self.uid, os.geteuid()) or folder.is_symlink():
            raise EngineError(
                f"{folder} belongs to user id {status.st_uid} and not to {self.name}. "
                "Remove it, or set VEDETTE_HOME to another folder."
            )
        if not self.is_us:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def engine_account(data: Path, environ: Mapping[str, str]) -> Account:
    """Return the account that runs (or, for existing `data`, has always run) the engines.

    Root takes the owner of existing data, so that one `sudo` does not lock a person out; else the account
    VEDETTE_ENGINE_USER; else a locked system account without a home or a shell, made on first use.

    Raises:
        EngineError: there is no such account and none can be made.
    """
    uid = os.geteuid()
    if uid != 0:
        return _named(uid, is_us=True)
    if sys.platform != "linux":
        raise EngineError("The embedded engines run as root only on Linux. Start Vedette as an ordinary user.")
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _named(owner, is_us=False)
    name = environ.get("VEDETTE_ENGINE_USER") or SYSTEM_ACCOUNT
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        entry = _create(name)
    if entry.pw_uid == 0:
        raise EngineError(f"VEDETTE_ENGINE_USER={name} is root, and PostgreSQL refuses to run as root. Name another.")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name, is_us=False)


def _named(uid: int, *, is_us: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EngineError(
            f"User id {uid} has no name in /etc/passwd, and PostgreSQL needs one. "
            "Start Vedette as a named user, or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from None
    return Account(uid=uid, gid=entry.pw_gid, name=entry.pw_name, is_us=is_us)


def _create(name: str) -> pwd.struct_passwd:
    advice = (
        "PostgreSQL refuses to run as root. Start Vedette as an ordinary user, "
        "or set VEDETTE_ENGINE_USER to an existing account."
    )
    if name != SYSTEM_ACCOUNT:
        raise EngineError(f"VEDETTE_ENGINE_USER={name}: there is no such account. {advice}")
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise EngineError(f"There is no account '{name}' to run the engines as, and no useradd to make it. {advice}")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(  # noqa: S603 - fixed words only
        [useradd, *options, "--shell", "/usr/sbin/nologin", "--comment", "Vedette engines", name],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise EngineError(f"The account '{name}' could not be made: {made.stderr.strip()}. {advice}") from None
