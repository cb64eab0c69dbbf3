"""`manage.py watch` as a process: how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from config.engines.home import PROJECT
from tests.detection.clips import render_clip
from tests.workers.terminal import Terminal


def test_sigterm_ends_it_like_ctrl_c_and_leaves_no_folder(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "watch", str(tmp_path / "missing.mp4")]
    watch = Terminal(command, cwd=PROJECT, TMPDIR=str(tmp_path), VEDETTE_HOME=str(tmp_path / "home"))
    try:
        watch.wait_for('"source": "(offline)"')
        assert [path.name for path in tmp_path.glob("vedette-watch-*")] != []
        watch.process.terminate()
        assert watch.wait() == 0
    finally:
        watch.close()
    assert watch.lines[-1] == "Stopped."
    assert list(tmp_path.glob("vedette-watch-*")) == []


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "watch", str(tmp_path / "missing.mp4")]
    with (tmp_path / "errors").open("w+") as errors:
        watch = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=errors)
        assert watch.stdout is not None
        assert b'"offline"' in watch.stdout.readline()
        watch.stdout.close()
        assert watch.wait(60) == 0
        errors.seek(0)
        assert "BrokenPipe" not in errors.read()


def test_a_watch_that_is_killed_can_be_replayed_as_far_as_it_came(tmp_path: Path) -> None:
    clip = render_clip(tmp_path / "clip.mp4", frames=1500)
    home = {"VEDETTE_HOME": str(tmp_path / "home")}
    command = [sys.executable, "manage.py", "watch", str(clip), "--scores"]
    watch = Terminal(command, cwd=PROJECT, **home)
    try:
        watch.wait_for('"kind": "score", "index": ([1-9]\\d*)')
        watch.process.kill()
        watch.wait()
    finally:
        watch.close()
    replay = Terminal([*command, "--mode", "replay"], cwd=PROJECT, **home)
    try:
        assert replay.wait() == 0
    finally:
        replay.close()
    assert f"The recording of {clip} stops before its end: what there is is replayed." in replay.lines
    before, again = ([line for line in run.lines if '"score", "index"' in line] for run in (watch, replay))
    assert before[1:] != []
    assert again[: len(before)] == before
