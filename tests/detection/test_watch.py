"""A watch reads a real file, records its events, and ends in order."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import av
import pytest

from detection.detect.builtin import BuiltinDetector
from detection.events import EventSettings
from detection.pipeline import PipelineSettings
from detection.sources import SourceError, SourceSettings
from detection.terminal import Limits, watch_lines
from detection.watch import CameraWatch, WatchSettings
from tests.detection.clips import render_clip
from tests.detection.scenes import ScriptedDetector, person

FAST = WatchSettings(source=SourceSettings(real_time=False), analysis_fps=5.0)
CROWD = [person(8.0 + 24 * n, 40.0 + 60 * row) for n in range(12) for row in range(3)]


def steps_until_ended(watch: CameraWatch) -> list:
    watch.start()
    steps, deadline = [], time.monotonic() + 60
    while time.monotonic() < deadline:
        steps.append(watch.step(0.5))
        if steps[-1].result is None and steps[-1].source.status == "ended":
            return steps
    raise AssertionError("the clip did not end")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Twenty seconds at 25 frames a second."""
    return render_clip(tmp_path / "clip.mp4", frames=500)


def test_a_file_is_analysed_at_the_rate_asked_for(clip, tmp_path):
    detector = ScriptedDetector([])
    watch = CameraWatch("gate", str(clip), FAST, detector, tmp_path / "evidence")
    steps = steps_until_ended(watch)
    results = [s.result for s in steps if s.result]
    assert len(results) == 100
    assert results[1].frame.at_s - results[0].frame.at_s == pytest.approx(0.2, abs=0.001)
    assert watch.latest_jpeg(160)[:2] == b"\xff\xd8"
    watch.close()
    assert detector.forgotten == ["gate"]


def test_an_event_open_at_the_end_is_closed_and_has_a_playable_clip(clip, tmp_path):
    detector = ScriptedDetector(*[[person(40, 80)]] * 75, CROWD)
    watch = CameraWatch("gate", str(clip), FAST, detector, tmp_path / "evidence")
    steps = [*steps_until_ended(watch), watch.close()]
    updates = [u for s in steps for u in s.updates]
    assert [u.kind for u in updates if u.kind != "peak"] == ["opened", "closed"]
    final = [c for s in steps for c in s.clips if c.final]
    assert [c.event_id for c in final] == [updates[0].event_id]
    with av.open(str(final[0].path)) as movie:
        assert movie.streams.video[0].codec_context.name == "h264"
    assert final[0].started_at < updates[0].started_at  # the pre-roll


def test_close_is_idempotent_and_gives_the_last_facts_once(clip, tmp_path):
    settings = replace(FAST, pipeline=PipelineSettings(events=EventSettings(min_frames=1)))
    detector = ScriptedDetector(*[[person(40, 80)]] * 60, CROWD)
    watch = CameraWatch("gate", str(clip), settings, detector, tmp_path / "evidence")
    watch.start()
    while not any(u.kind == "opened" for u in watch.step(5.0).updates):
        pass
    assert [u.kind for u in watch.close().closings] == ["closed"]
    assert watch.close().closings == ()
    assert watch.step(0.0).result is None


def test_new_masks_and_settings_are_taken_at_once(clip, tmp_path):
    watch = CameraWatch("gate", str(clip), FAST, ScriptedDetector([]), tmp_path / "evidence")
    watch.reconfigure(replace(FAST, masks=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),), analysis_fps=1.0))
    results = [s.result for s in steps_until_ended(watch) if s.result]
    watch.close()
    assert len(results) == 20
    assert max(int(r.frame.image.max()) for r in results) == 0


def test_an_address_that_is_none_is_refused(tmp_path):
    with pytest.raises(SourceError):
        CameraWatch("gate", "gopher://camera", FAST, BuiltinDetector(), tmp_path)


def lines_of(uri: str, detector, folder: Path, limits: Limits | None = None) -> list[dict]:
    lines = watch_lines(CameraWatch("t", uri, FAST, detector, folder), folder, limits or Limits())
    return [json.loads(line) for line in lines]


def test_the_terminal_tells_events_clips_and_the_end_in_json(clip, tmp_path):
    lines = lines_of(str(clip), ScriptedDetector(*[[person(40, 80)]] * 75, CROWD), tmp_path / "evidence")
    kinds = [line["kind"] for line in lines if line["kind"] not in ("status", "peak")]
    assert kinds[0] == "opened"
    assert kinds[-2:] == ["closed", "clip"]
    opened = next(line for line in lines if line["kind"] == "opened")
    assert (tmp_path / "evidence" / f"{opened['event_id']}.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert (lines[-1]["kind"], lines[-1]["source"], lines[-1]["frames"], lines[-1]["events"]) == (
        "status",
        "ended",
        100,
        1,
    )


def test_the_terminal_stops_at_its_limit_and_tells_detector_errors(clip, tmp_path):
    lines = lines_of(str(clip), ScriptedDetector(RuntimeError("no")), tmp_path, Limits(frames=3))
    assert [line["message"] for line in lines if line["kind"] == "error"] == [
        "The detector scripted failed: RuntimeError: no"
    ] * 3
    assert lines[-1]["detector_errors"] == 3


def test_a_source_that_cannot_be_read_says_why_and_is_tried_again(tmp_path):
    watch = CameraWatch("t", "rtsp://omar:secret@127.0.0.1:9/x", WatchSettings(), ScriptedDetector([]), tmp_path)
    lines = watch_lines(watch, tmp_path, Limits(seconds=30.0))
    told = next(line for line in map(json.loads, lines) if line["source"] == "offline")
    lines.close()
    assert told["retry_in_s"] > 0
    assert told["message"].endswith(".")
    assert "secret" not in told["message"]


def test_no_more_is_analysed_than_the_source_has_and_no_less_is_read_than_is_analysed(tmp_path):
    clip = render_clip(tmp_path / "slow.mp4", frames=12, fps=4)
    watch = CameraWatch(
        "gate", str(clip), replace(FAST, analysis_fps=20.0), ScriptedDetector([]), tmp_path / "evidence"
    )
    assert watch.analysed_fps == 20.0  # not yet known
    assert len([s for s in steps_until_ended(watch) if s.result]) == 12
    assert watch.analysed_fps == 4.0
    watch.close()
    assert watch._source._settings.deliver_fps == 20.0
