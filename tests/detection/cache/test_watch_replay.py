"""`manage.py watch --mode replay` prints what the recorded watch printed, and says how to record what was not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from detection.cache import CacheFolder, Recording, content_of
from detection.events import preset
from tests.detection.cache.scripts import Untouchable
from tests.detection.clips import render_clip
from tests.detection.scenes import ScriptedDetector, person

COMMAND = "workers.management.commands.watch"
CROWD = [person(8.0 + 24 * n, 40.0 + 60 * row) for n in range(12) for row in range(3)]
NOT_AGAIN = ("clip", "status")
COUNTS = ("frames", "skipped_by_gate", "events", "detector_errors", "detections_refused")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Twenty seconds at 25 frames a second."""
    return render_clip(tmp_path / "clip.mp4", frames=500)


def watched(capsys: pytest.CaptureFixture[str], clip: Path | str, *options: str) -> list[dict[str, Any]]:
    """Run the command and return its lines."""
    capsys.readouterr()
    call_command("watch", str(clip), "--cache", str(Path(clip).parent / "cache"), *options)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def told(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines that a replay must print again."""
    told = [{k: v for k, v in line.items() if k != "event_id"} for line in lines if line["kind"] not in NOT_AGAIN]
    return [*told, {key: lines[-1][key] for key in COUNTS}]


def eventful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the detector see one person, fail once, and then see a crowd."""
    usual = [person(40, 80)]
    seen = (*[usual] * 30, KeyError("x"), *[usual] * 40, CROWD)
    monkeypatch.setattr(f"{COMMAND}.load_detector", lambda name: ScriptedDetector(*seen))


def test_a_replay_prints_the_same_and_needs_no_detector(clip, capsys, monkeypatch):
    eventful(monkeypatch)
    live = watched(capsys, clip, "--fast", "--scores")
    monkeypatch.setattr(f"{COMMAND}.load_detector", Untouchable.detect)
    again = watched(capsys, clip, "--mode", "replay", "--scores")
    assert told(again) == told(live)
    kinds = [line["kind"] for line in live]
    assert (kinds.count("score"), kinds.count("error"), kinds.count("opened"), kinds.count("closed")) == (99, 1, 1, 1)
    assert live[-1]["frames"] == 100
    assert again[-1]["message"] == "The recording was replayed to its end."


def test_every_due_frame_is_analysed_and_the_progress_is_told(clip, capsys, monkeypatch):
    monkeypatch.setattr(f"{COMMAND}.load_detector", lambda name: ScriptedDetector([]))
    call_command("watch", str(clip), "--fast", "--fps", "12.5", "--cache", str(clip.parent / "cache"))
    out, err = capsys.readouterr()
    last = json.loads(out.splitlines()[-1])
    assert (last["frames"], last["dropped"]) == (250, 0)
    assert f"Analysing {clip}: 90 %" in err.splitlines()
    (recording,) = CacheFolder(clip.parent / "cache").of_footage(content_of(clip))
    assert recording.complete


def test_a_watch_that_was_stopped_is_replayed_as_far_as_it_came(clip, capsys, monkeypatch):
    eventful(monkeypatch)
    live = watched(capsys, clip, "--fast", "--frames", "20")
    capsys.readouterr()
    call_command("watch", str(clip), "--mode", "replay", "--cache", str(clip.parent / "cache"))
    out, err = capsys.readouterr()
    assert told([json.loads(line) for line in out.splitlines()]) == told(live)
    assert err == f"The recording of {clip} stops before its end: what there is is replayed.\n"


def test_another_preset_is_another_result_of_the_same_recording(clip, capsys, monkeypatch):
    eventful(monkeypatch)
    live = watched(capsys, clip, "--fast", "--preset", "sensitive")
    watched(capsys, clip, "--fast", "--preset", "conservative")
    assert len(list((clip.parent / "cache").iterdir())) == 1
    again = watched(capsys, clip, "--mode", "replay", "--preset", "sensitive")
    thresholds = {line["threshold"] for line in again if line["kind"] == "opened"}
    assert (
        thresholds
        == {line["threshold"] for line in live if line["kind"] == "opened"}
        == {preset("sensitive").threshold}
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "{clip} was never recorded. Record it with: manage.py watch {clip} --cache {cache} --fast"),
        (
            ["--fps", "7.5", "--scorer", "robust"],
            "{clip} was never recorded. Record it with: "
            "manage.py watch {clip} --scorer robust --fps 7.5 --cache {cache} --fast",
        ),
        (["--fast"], "--fast is for --mode live: a replay goes through all that was recorded."),
        (["--seconds", "3"], "--seconds is for --mode live: a replay goes through all that was recorded."),
    ],
)
def test_what_cannot_be_replayed_is_one_sentence(clip, options, sentence):
    cache = clip.parent / "cache"
    with pytest.raises(CommandError) as told:
        call_command("watch", str(clip), "--mode", "replay", "--cache", str(cache), *options)
    assert str(told.value) == sentence.format(clip=clip, cache=cache)


def test_a_recording_of_something_else_is_told(clip, capsys, monkeypatch):
    monkeypatch.setattr(f"{COMMAND}.load_detector", lambda name: ScriptedDetector([]))
    watched(capsys, clip, "--fast", "--scorer", "robust")
    with pytest.raises(CommandError, match=r"was recorded at 5 fps\. Record it with: .* --fps 2 "):
        watched(capsys, clip, "--mode", "replay", "--fps", "2")
    with pytest.raises(CommandError, match=r"for another scorer, which reads other things of the picture\. Record it"):
        watched(capsys, clip, "--mode", "replay", "--scorer", "baseline")
    monkeypatch.undo()
    with pytest.raises(
        CommandError, match=r"was recorded with scripted alone\. Record it with: .* --detector builtin "
    ):
        watched(capsys, clip, "--mode", "replay", "--detector", "builtin", "--scorer", "robust")


def test_a_file_that_is_gone_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"There is no file .*gone\.mp4\. Name the video file that was recorded\."):
        call_command("watch", str(tmp_path / "gone.mp4"), "--mode", "replay")


@pytest.mark.parametrize(
    ("source", "option", "sentence"),
    [
        ("rtsp://omar:secret@127.0.0.1:9/x", "--fast", "--fast is for files: a camera gives its pictures when it"),
        ("clip.mp4", "--loop", "--fast and --loop do not go together"),
        ("gopher://camera", "--fast", "is not an address Vedette can watch"),
    ],
)
def test_fast_is_for_a_file_with_an_end(source, option, sentence):
    with pytest.raises(CommandError, match=sentence) as told:
        call_command("watch", source, "--fast", option)
    assert "secret" not in str(told.value)


def test_a_camera_is_recorded_only_where_a_folder_is_named(tmp_path, capsys, monkeypatch, settings):
    settings.VEDETTE_HOME = tmp_path / "home"
    monkeypatch.setattr(f"{COMMAND}.load_detector", lambda name: ScriptedDetector([]))
    clip = render_clip(tmp_path / "clip.mp4", frames=10)
    call_command("watch", str(clip), "--loop", "--frames", "3")
    assert not (tmp_path / "home").exists()
    call_command("watch", str(clip), "--fast")
    (path,) = (tmp_path / "home" / "cache").iterdir()
    assert Recording.open(path).identity.name == str(clip)


def test_a_camera_that_was_never_recorded_gets_the_command_without_its_password(tmp_path):
    with pytest.raises(CommandError) as told:
        call_command(
            "watch", "rtsp://omar:secret@127.0.0.1:9/x", "--mode", "replay", "--cache", str(tmp_path / "cache")
        )
    assert str(told.value) == (
        "rtsp://***:***@127.0.0.1:9/x was never recorded. "
        f"Record it with: manage.py watch 'rtsp://***:***@127.0.0.1:9/x' --cache {tmp_path / 'cache'}"
    )
