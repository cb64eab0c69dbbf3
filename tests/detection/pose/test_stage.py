"""The stage tells its state, never stops a camera, and judges a recorded reading the same bit for bit."""

from __future__ import annotations

import numpy as np

from detection.pose.draw import draw_poses
from detection.pose.finding import PoseFinding
from detection.pose.judge import PoseJudge
from detection.pose.memory import MAX_PEOPLE
from detection.pose.reading import PoseReading
from detection.pose.settings import PoseSettings
from detection.pose.stage import PoseStage
from detection.types import CATEGORIES
from tests.detection.pose.fake import FakeLandmarker, blank
from tests.detection.pose.figure import LIE, STAND, box_of, person, points, reading, script, times

FALL = script((0.0, STAND), (2.0, STAND), (2.6, LIE))


def test_the_state_is_told() -> None:
    assert PoseStage(FakeLandmarker()).state == "available"
    off = PoseStage(FakeLandmarker(), PoseSettings(off=True))
    assert (off.state, off.message) == ("off", "Pose is switched off for this camera.")
    missing = PoseStage(None, missing="There is no pose model.")
    assert (missing.state, missing.message) == ("missing model", "There is no pose model.")


def test_off_and_missing_find_nothing_and_look_at_nothing() -> None:
    landmarker = FakeLandmarker()
    for stage in (PoseStage(landmarker, PoseSettings(off=True)), PoseStage(None, missing="There is no pose model.")):
        track = person(1, (100.0, 100.0, 140.0, 200.0))
        seen = stage.look(blank(), [track], 0.0)
        assert seen.counts() == {"found": 0, "nobody": 0, "too_small": 0, "out_of_budget": 0}
        assert stage.judge(seen, [track], 0.0).score == 0.0
        assert stage.reads == ""
    assert landmarker.sizes == []


def test_a_model_that_fails_is_told_and_taken_up_again() -> None:
    landmarker = FakeLandmarker()
    stage = PoseStage(landmarker)
    track = person(1, (100.0, 100.0, 140.0, 200.0))
    landmarker.error = "The pose model x.task failed on a picture."
    assert stage.look(blank(), [track], 0.0).ids.tolist() == []
    assert (stage.state, stage.message) == ("failed", "The pose model x.task failed on a picture.")
    landmarker.error = ""
    assert stage.look(blank(), [track], 0.2).ids.tolist() == [1]
    assert (stage.state, stage.message) == ("available", "")


def _perform(stage_or_judge: PoseStage | PoseJudge, through_arrays: bool) -> list[PoseFinding]:
    found = []
    for at_s in times(5.0, 5.0):
        pose = points(FALL(at_s))
        seen = reading({1: pose})
        if through_arrays:
            seen = PoseReading.from_arrays(seen.arrays())
        found.append(stage_or_judge.judge(seen, [person(1, box_of(pose))], at_s))
    return found


def test_a_recorded_reading_gives_the_same_findings() -> None:
    live, replayed = _perform(PoseStage(FakeLandmarker()), False), _perform(PoseJudge(PoseSettings()), True)
    assert [(f.score, f.kinds, f.confidence, f.reason, f.parts) for f in live] == [
        (f.score, f.kinds, f.confidence, f.reason, f.parts) for f in replayed
    ]
    assert live[-1].kinds == ("fall",)


def test_a_reading_is_small_arrays_with_fixed_dtypes() -> None:
    arrays = reading({3: points(STAND), 5: points(LIE)}, [7]).arrays()
    assert {name: (a.dtype, a.shape) for name, a in arrays.items()} == {
        "ids": (np.dtype(np.int32), (2,)),
        "points": (np.dtype(np.float32), (2, 33, 5)),
        "failed": (np.dtype(np.int32), (1,)),
        "numbers": (np.dtype(np.int32), (4,)),
    }
    again = PoseReading.from_arrays(arrays)
    assert again.size == (480, 640)
    assert [track_id for track_id, _ in again.poses()] == [3, 5]


def test_what_is_read_is_named_by_the_model_and_the_way_of_looking() -> None:
    assert PoseStage(FakeLandmarker()).reads == "pose-1-fake-0.25-40-4"


def test_people_are_forgotten_and_never_more_than_some() -> None:
    judge = PoseJudge(PoseSettings())
    pose = points(STAND)
    for frame in range(40):
        tracks = [person(frame * 10 + i, box_of(pose)) for i in range(10)]
        judge.judge(reading({}), tracks, frame * 0.01)
    assert len(judge) <= MAX_PEOPLE + 10
    judge.judge(reading({}), [], 10.0)
    assert len(judge) == 0


def test_a_time_that_falls_back_starts_anew() -> None:
    judge = PoseJudge(PoseSettings())
    for at_s in times(4.0, 5.0):
        found = judge.judge(reading({1: points(FALL(at_s))}), [person(1, box_of(points(FALL(at_s))))], at_s)
    assert found.kinds == ("fall",)
    found = judge.judge(reading({1: points(LIE)}), [person(1, box_of(points(LIE)))], 0.0)
    assert found.kinds == ()


def test_every_category_is_one_of_the_twelve() -> None:
    from detection.pose.finding import CATEGORY

    assert set(CATEGORY.values()) <= set(CATEGORIES)
    assert len(CATEGORY) == 9


def test_skeletons_are_drawn_on_a_copy_and_marked_people_stand_out() -> None:
    image = blank()
    pose = points(STAND)
    plain = draw_poses(image, {1: pose})
    marked = draw_poses(image, {1: pose}, {1})
    assert image.min() == image.max() == 90
    assert plain.shape == image.shape
    changed, more = (plain != image).any(axis=2), (marked != image).any(axis=2)
    assert 0 < changed.sum() < more.sum()
    ys, xs = np.nonzero(more)
    assert 280 <= xs.min() <= xs.max() <= 320
    assert 205 <= ys.min() <= ys.max() <= 410
    unseen = pose.copy()
    unseen[:, 3] = 0.2
    assert (draw_poses(image, {1: unseen}) == image).all()
