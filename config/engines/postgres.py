"""The embedded PostgreSQL: make a cluster, start it, look whether it answers."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg

from config.engines.account import Account
from config.engines.children import dies_with_parent
from config.engines.errors import EngineError
from config.engines.home import Layout
from config.engines.programs import POSTGRES_MAJOR
from config.engines.roles import ROLES, SUPERUSER, create_roles_and_database

# Four processes with some forty threads each, a connection a thread, and the commands beside them.
MAX_CONNECTIONS = 200
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class PostgresEngine:
    """One cluster, in `layout.postgres`."""

    name: ClassVar[str] = "PostgreSQL"
    stop_signals: ClassVar[tuple[signal.Signals, ...]] = (signal.SIGINT, signal.SIGQUIT)  # fast, then immediate

    layout: Layout
    programs: Path
    account: Account

    @property
    def log(self) -> Path:
        return self.layout.logs / "postgres.log"

    def prepare(self) -> None:
        """Make the cluster on first use; refuse one that is not ours to open.

        Raises:
            EngineError: another major version, a foreign folder, or initdb failed.
        """
        data = self.layout.postgres
        if data.exists() and any(data.iterdir()):
            _require_our_version(data)
        else:
            self._initialise(data)
        self.account.own(data)
        _write_access_rules(data, self.account)
        _remove_stale_pid_file(data)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server in a session of its own: a terminal's Ctrl-C is for the supervisor."""
        options = {
            "listen_addresses": "",
            # Relative to the data folder, where the server always is.
            "unix_socket_directories": str(self.layout.sockets or "."),
            "unix_socket_permissions": "0700",
            "max_connections": str(MAX_CONNECTIONS),
            "timezone": "UTC",
            "log_timezone": "UTC",
            # One file per weekday, overwritten after a week: logs cannot fill the disk.
            "logging_collector": "on",
            "log_directory": "log",
            "log_filename": "postgresql-%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603
                [self.programs / "bin/postgres", "-D", self._address(self.layout.postgres), *settings],
                cwd=self.layout.postgres,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_ENVIRONMENT,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT),
                **self.account.run_as,
            )

    def answers(self) -> bool:
        return postgres_answers(self.layout)

    def set_up(self) -> None:
        """Create the roles and the database; harmless when they exist."""
        with _connect(self.layout) as connection:
            create_roles_and_database(connection, partial(_connect, self.layout))

    def last_words(self) -> str:
        """Return the last log lines, for a message about a server that does not start."""
        files = [self.log, *sorted(self.layout.postgres.glob("log/*.log"), key=lambda file: file.stat().st_mtime)]
        lines = [line for file in files if file.exists() for line in file.read_text(errors="replace").splitlines()]
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "ERROR" in line or "HINT" in line]
        return "\n".join((telling or lines)[-4:])

    def _address(self, data: Path) -> str:
        """Name the data folder from inside, for an account that may not enter the folders above it."""
        return str(data) if self.account.is_us else "/proc/self/cwd"

    def _initialise(self, data: Path) -> None:
        # Made beside and renamed: a start that dies half-way leaves no half cluster.
        draft = data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        self.account.own(draft)
        options = ["--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "--no-instructions"]
        # The built-in provider sorts the same on every machine, whatever its C library knows.
        options += ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(  # noqa: S603
            [self.programs / "bin/initdb", "-D", self._address(draft), "-U", SUPERUSER, *options],
            cwd=draft,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=_ENVIRONMENT,
            check=False,
            **self.account.run_as,
        )
        if done.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise EngineError(f"PostgreSQL could not make its data folder {data}:\n{done.stderr.strip()}")
        if data.exists():
            data.rmdir()
        draft.rename(data)


def postgres_answers(layout: Layout) -> bool:
    try:
        _connect(layout).close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(layout: Layout, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(layout.postgres_sockets), dbname=database, user=SUPERUSER, connect_timeout=5, autocommit=True
    )


def _require_our_version(data: Path) -> None:
    version = data / "PG_VERSION"
    if not version.exists():
        raise EngineError(
            f"{data} is not empty and not a PostgreSQL data folder (it has no PG_VERSION). "
            "Move it away, or set VEDETTE_HOME to another folder."
        )
    found = version.read_text(errors="replace").strip()
    if found != str(POSTGRES_MAJOR):
        raise EngineError(
            f"{data} was made by PostgreSQL {found or '(unreadable)'}; the embedded one is {POSTGRES_MAJOR}. "
            f"Dump it with PostgreSQL {found or 'of its version'} (pg_dump) and restore it into a new home, "
            "or set DATABASE_URL to a server that runs it."
        )


def _write_access_rules(data: Path, account: Account) -> None:
    """Let exactly our system users in, as our roles: the kernel says who is at the other end of the socket."""
    users = {account.name, pwd.getpwuid(os.geteuid()).pw_name, "root"}
    mapping = [f'vedette "{user}" {role}' for user in sorted(users) for role in (SUPERUSER, *ROLES)]
    for name, lines in (("pg_hba.conf", ["local all all peer map=vedette"]), ("pg_ident.conf", mapping)):
        draft = data / f"{name}.new"
        draft.write_text("\n".join(lines) + "\n")
        draft.chmod(0o600)
        if not account.is_us:
            os.chown(draft, account.uid, account.gid)
        draft.replace(data / name)


def _remove_stale_pid_file(data: Path) -> None:
    """Remove a pid file whose number now belongs to some other program, as after a power cut.

    PostgreSQL itself clears one whose process is gone, and rightly refuses when the number is alive.
    """
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
        stranger = "postgres" not in psutil.Process(pid).name()
    except (OSError, ValueError, psutil.NoSuchProcess):
        return
    if stranger and not _servers_in(data):
        file.unlink()


def _servers_in(data: Path) -> list[int]:
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == "postgres" and Path(process.cwd()) == data:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found
