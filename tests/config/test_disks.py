"""Disks that are full or read-only, on real file systems of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.engines.home import PROJECT

START = """
import sys
from pathlib import Path
from config.engines import EngineError, running_engines
from config.secrets import load_or_create
home = Path(sys.argv[1])
try:
    load_or_create(home, {})
    with running_engines(home, {}):
        print("started")
except EngineError as error:
    print(error)
"""
# A mount that only this process and its children see, and that goes with them.
MOUNTED = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift && eval "$2" && exec "$3" -c "$4" "$1/home"'


def _start_on(options: str, folder: Path, prepare: str = "true") -> str:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root and the right to make a mount namespace")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-ec", MOUNTED, "sh", options, str(folder), prepare, sys.executable, START],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_read_only_disk_is_said_so(tmp_path: Path) -> None:
    assert _start_on("ro", tmp_path) == (
        f"The home of this installation, {tmp_path}/home, is on a read-only disk. "
        "Set VEDETTE_HOME to a folder that can be written."
    )


def test_a_full_disk_is_said_so(tmp_path: Path) -> None:
    filled = _start_on("size=1m", tmp_path, f"mkdir '{tmp_path}/home'; cat /dev/zero 2>&- > '{tmp_path}/full' || true")
    assert filled == (
        f"The home of this installation, {tmp_path}/home, is on a full disk. "
        "Set VEDETTE_HOME to a folder that can be written."
    )


def test_a_disk_without_room_for_a_database_is_refused_before_it_is_full(tmp_path: Path) -> None:
    assert _start_on("size=100m", tmp_path) == (
        f"The disk of {tmp_path}/home is full: 99 MB free, 200 MB needed to start. "
        "Free some space, or set VEDETTE_HOME to a folder on another disk."
    )


def test_a_disk_with_room_starts(tmp_path: Path) -> None:
    assert _start_on("size=300m", tmp_path) == "started"
