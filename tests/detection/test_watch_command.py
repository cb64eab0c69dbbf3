"""`manage.py watch` runs alone: no database, no Redis, clean ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.detection.clips import render_clip

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose engines cannot be reached."""
    gone = "/nowhere/at.all"
    return {
        **os.environ,
        "VEDETTE_HOME": str(tmp_path / "home"),
        "DATABASE_URL": f"postgresql:///x?host={gone}",
        "REDIS_URL": f"unix://{gone}",
    }


def test_a_file_ends_with_exit_0_and_json_on_every_line(home, tmp_path):
    clip = render_clip(tmp_path / "clip.mp4", frames=50)
    command = [sys.executable, "manage.py", "watch", str(clip), "--evidence", str(tmp_path / "evidence")]
    done = subprocess.run(command, cwd=ROOT, env=home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["kind"] for line in lines} == {"status"}
    assert (lines[-1]["source"], lines[-1]["frames"]) == ("ended", 10)


def test_ctrl_c_ends_cleanly(home, tmp_path):
    clip = render_clip(tmp_path / "clip.mp4", frames=50)
    command = [sys.executable, "manage.py", "watch", str(clip), "--loop"]
    with subprocess.Popen(
        command, cwd=ROOT, env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert json.loads(running.stdout.readline())["kind"] == "status"
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    assert running.returncode == 0
    assert errors.rstrip().endswith("Stopped.")
    assert "Traceback" not in errors


def test_a_wrong_time_zone_is_one_sentence(home, tmp_path):
    command = [sys.executable, "manage.py", "watch", str(tmp_path / "clip.mp4"), "--time-zone", "Berlin"]
    done = subprocess.run(command, cwd=ROOT, env=home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "--time-zone: there is no time zone 'Berlin'. Name one such as Europe/Berlin." in done.stderr


def test_a_wrong_detector_is_one_sentence(home, tmp_path):
    command = [sys.executable, "manage.py", "watch", "x.mp4", "--detector", "yolo"]
    done = subprocess.run(command, cwd=ROOT, env=home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("There is no detector 'yolo'. Use 'builtin' or the path of an .onnx file.")
