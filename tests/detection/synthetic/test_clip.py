"""The file: H.264 that opens, complete or absent, with a ground truth that agrees with the script."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from statistics import median

import av
import pytest

from detection.synthetic import GroundTruth, render_plaza
from detection.types import CATEGORIES
from tests.detection.synthetic.conftest import FPS, SECONDS, SIZE, RenderedClip


def test_opens_as_h264_with_every_frame(clip: RenderedClip) -> None:
    with av.open(str(clip.path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.width, context.height) == ("h264", "yuv420p", *SIZE)
        assert float(stream.average_rate) == FPS
        assert sum(1 for _ in container.decode(stream)) == round(SECONDS * FPS) == len(clip.truth.frames)


def test_index_comes_before_the_pictures(clip: RenderedClip) -> None:
    data = clip.path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_progress_rises_to_one(clip: RenderedClip) -> None:
    assert clip.progress == sorted(clip.progress)
    assert clip.progress[-1] == 1.0
    assert len(clip.progress) == len(clip.truth.frames)


def test_ground_truth_survives_json(clip: RenderedClip, tmp_path: Path) -> None:
    clip.truth.save(tmp_path / "plaza.json")
    assert [path.name for path in tmp_path.iterdir()] == ["plaza.json"]
    assert GroundTruth.from_json((tmp_path / "plaza.json").read_text(encoding="utf-8")) == clip.truth


@pytest.mark.parametrize("text", ["[]", '{"format": "other"}', "{}"])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a ground truth file"):
        GroundTruth.from_json(text)


def test_four_events_in_order_with_clear_time_between(clip: RenderedClip) -> None:
    events = clip.truth.events
    assert [(event.kind, event.category) for event in events] == [
        ("runner", "security threat"),
        ("fall", "medical emergency"),
        ("vehicle", "vehicle incident"),
        ("abandoned object", "security threat"),
    ]
    assert {event.category for event in events} <= set(CATEGORIES)
    assert events[0].start_s >= 24.0
    for before, after in pairwise(events):
        assert before.start_s < before.end_s
        assert after.start_s - before.end_s >= 4.0
    assert events[-1].end_s < SECONDS
    assert all(not frame.events for frame in clip.truth.frames if frame.at_s <= 20.0)


def test_event_tracks_agree_with_the_frames(clip: RenderedClip) -> None:
    for event in clip.truth.events:
        in_frames = [
            (frame.at_s, frame.events[event.kind]) for frame in clip.truth.frames if event.kind in frame.events
        ]
        assert [(point.at_s, point.box) for point in event.track] == in_frames
        assert (event.start_s, event.end_s) == (in_frames[0][0], in_frames[-1][0])


def test_the_plaza_is_never_empty_and_never_a_crowd(clip: RenderedClip) -> None:
    counts = [len(frame.people) for frame in clip.truth.frames]
    assert min(counts) >= 3
    assert max(counts) <= 8
    assert 5 <= median(counts) <= 7


def test_runner_is_much_faster_than_walkers(clip: RenderedClip) -> None:
    people = [person for frame in clip.truth.frames for person in frame.people]
    walking = median(person.speed_m_s for person in people if person.action == "walk")
    assert {person.speed_m_s for person in people if person.action == "run"} == {3.6}
    assert 2.5 <= 3.6 / walking <= 3.1


def test_the_fallen_person_lies_wide_and_low_for_eight_seconds(clip: RenderedClip) -> None:
    lying = [
        (frame.at_s, person.box)
        for frame in clip.truth.frames
        for person in frame.people
        if (person.name, person.action) == ("fallen", "lie")
    ]
    assert lying[-1][0] - lying[0][0] >= 7.5
    _, (left, top, right, bottom) = lying[len(lying) // 2]
    assert right - left > 1.5 * (bottom - top)


def test_the_bag_stays_where_it_was_put_while_its_owner_leaves(clip: RenderedClip) -> None:
    bag = clip.truth.events[3]
    lefts = [point.box[0] for point in bag.track]
    assert max(lefts) - min(lefts) <= SIZE[0] * 0.1
    names = [{person.name for person in frame.people} for frame in clip.truth.frames if frame.at_s == bag.end_s]
    assert "owner" not in names[0]
    assert "steward" in names[0]


def test_a_short_clip_has_only_the_scenes_that_fit(tmp_path: Path) -> None:
    truth = render_plaza(tmp_path / "short.mp4", seed=7, seconds=36, size=(160, 120), fps=2)
    assert [event.kind for event in truth.events] == ["runner"]
    assert truth.duration_s == 36.0


def test_a_missing_folder_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        render_plaza(tmp_path / "absent" / "plaza.mp4", seconds=20, size=(160, 120), fps=1)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_rendering_leaves_the_old_file_and_no_scrap(tmp_path: Path) -> None:
    path = tmp_path / "plaza.mp4"
    path.write_bytes(b"yesterday's clip")

    def interrupt(done: float) -> None:
        if done > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_plaza(path, seconds=20, size=(160, 120), fps=1, on_progress=interrupt)
    assert [item.name for item in tmp_path.iterdir()] == ["plaza.mp4"]
    assert path.read_bytes() == b"yesterday's clip"
