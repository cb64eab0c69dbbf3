"""A fall is upright, a short way down, and staying there; sitting, bending, crouching and lying down are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.pose.judge import PoseJudge
from detection.pose.settings import PoseSettings
from tests.detection.pose.figure import (
    BEND,
    CROUCH,
    HEIGHT,
    LIE,
    SIT,
    SIT_ON_GROUND,
    STAND,
    act,
    box_of,
    first,
    kinds,
    person,
    points,
    reading,
    running,
    script,
    times,
    walking,
)

FALL = script((0.0, STAND), (2.0, STAND), (2.6, LIE))
"""Down by the measures of a fall at 2.4 s, two thirds of the way."""


@pytest.mark.parametrize(("fps", "told_at"), [(5.0, 3.0), (10.0, 2.9), (25.0, 2.88)])
def test_a_fall_is_told_half_a_second_after_the_person_is_down(fps: float, told_at: float) -> None:
    told = act(FALL, 6.0, fps)
    assert first(told, "fall") == pytest.approx(told_at, abs=1e-9)


def test_the_finding_says_what_where_and_why() -> None:
    found = act(FALL, 3.2)[-1].finding
    assert found.kinds == ("fall",)
    assert found.category == "medical emergency"
    assert found.marked == {1}
    assert found.score == pytest.approx(0.80 + 0.20 * 0.6 / 10.0)
    assert found.confidence == pytest.approx(0.95)
    assert found.reason == (
        "Person 1 fell: the head sank by 91% of the body height in 0.2 s, the torso now 88° from upright, "
        "and stays down for 0.6 s."
    )
    [part] = found.parts
    assert (part.name, part.share, part.usual_high) == ("pose: fall", 1.0, 0.35)


def test_the_score_rises_while_the_person_stays_down() -> None:
    told = act(FALL, 14.0)
    scores = [moment.finding.score for moment in told if "fall" in moment.finding.kinds]
    assert scores == sorted(scores)
    assert scores[-1] == 1.0


@pytest.mark.parametrize("height", [60.0, 100.0, 300.0])
def test_a_fall_is_told_at_any_size(height: float) -> None:
    assert first(act(FALL, 6.0, height=height), "fall") == pytest.approx(3.0)


def test_a_fall_from_a_chair_is_told() -> None:
    told = act(script((0.0, SIT), (2.0, SIT), (2.6, LIE)), 6.0)
    assert first(told, "fall") == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("sitting down", script((0, STAND), (2, STAND), (2.8, SIT))),
        ("dropping into a chair", script((0, STAND), (2, STAND), (2.4, SIT))),
        ("bending", script((0, STAND), (2, STAND), (2.6, BEND))),
        ("crouching", script((0, STAND), (2, STAND), (2.6, CROUCH))),
        ("lying down with care", script((0, STAND), (2, STAND), (3.0, CROUCH), (4.0, SIT_ON_GROUND), (5.5, LIE))),
        ("stumbling", script((0, STAND), (2, STAND), (2.4, LIE), (2.6, LIE), (3.0, STAND))),
        ("walking", walking),
        ("running", running),
    ],
)
def test_what_is_no_fall_is_not_called_one(name: str, moment: object) -> None:
    for fps in (5.0, 10.0):
        told = act(moment, 9.0, fps, walk_px_s=40.0)  # type: ignore[arg-type]
        assert "fall" not in kinds(told), name


def test_who_lies_from_the_start_lies_and_did_not_fall() -> None:
    told = act(lambda _: LIE, 6.0)
    assert kinds(told) == {"lying"}
    assert first(told, "lying") == 3.0
    assert told[-1].finding.score == pytest.approx(0.40 + 0.15 * 5.8 / 10.0)
    assert told[-1].finding.reason == "Person 1 lies on the ground for 6 s; no fall was seen."


def test_getting_up_ends_the_fall() -> None:
    told = act(script((0, STAND), (2, STAND), (2.6, LIE), (6.0, LIE), (7.0, STAND)), 12.0)
    assert told[-1].finding.kinds == ()
    last = max(moment.at_s for moment in told if "fall" in moment.finding.kinds)
    assert last == pytest.approx(7.6)


def test_one_frame_of_nonsense_does_not_end_a_fall() -> None:
    told = act(lambda at: STAND if abs(at - 5.0) < 0.01 else FALL(at), 8.0)
    after = [moment for moment in told if moment.at_s >= 3.0]
    assert all("fall" in moment.finding.kinds for moment in after)


def test_the_outline_tells_a_fall_when_the_points_vanish_on_the_ground() -> None:
    told = act(FALL, 8.0, blind=lambda at: at > 2.15)
    assert first(told, "fall") == pytest.approx(3.6)
    found = told[-1].finding
    assert found.reason.endswith("(told by the outline).")
    assert found.confidence == 0.6
    assert first(act(FALL, 8.0, blind=lambda _: True), "fall") == pytest.approx(3.4)


@pytest.mark.parametrize("posture", [SIT, BEND, CROUCH])
def test_the_outline_alone_does_not_take_sitting_or_bending_for_a_fall(posture: object) -> None:
    told = act(script((0, STAND), (2, STAND), (2.6, posture)), 8.0, blind=lambda _: True)  # type: ignore[arg-type]
    assert kinds(told) == set()


def test_an_outline_cut_by_the_picture_tells_nothing() -> None:
    judge = PoseJudge(PoseSettings())
    found = set()
    for at_s in times(8.0, 5.0):
        box = (0.0, 200.0, 50.0, 400.0) if at_s < 2.0 else (0.0, 340.0, 120.0, 400.0)
        found |= set(judge.judge(reading({}, [1]), [person(1, box)], at_s).kinds)
    assert found == set()


def test_an_outline_that_becomes_a_thing_tells_nothing() -> None:
    judge = PoseJudge(PoseSettings())
    found = set()
    for at_s in times(8.0, 5.0):
        pose = points(FALL(at_s))
        label = "person" if at_s < 2.5 else "potted plant"
        found |= set(judge.judge(reading({}, [1]), [person(1, box_of(pose), label)], at_s).kinds)
    assert found == set()


def test_points_that_are_not_visible_count_for_nothing() -> None:
    judge = PoseJudge(PoseSettings())
    found = set()
    for at_s in times(8.0, 5.0):
        pose = points(FALL(at_s))
        pose[:, 3] = 0.4
        found |= set(judge.judge(reading({1: pose}), [person(1, box_of(points(STAND)))], at_s).kinds)
    assert found == set()


def test_a_person_upside_down_in_a_standing_box_did_not_fall() -> None:
    judge = PoseJudge(PoseSettings())
    found = set()
    for at_s in times(6.0, 5.0):
        pose = points(STAND if at_s < 2.0 else replace(STAND, lean=180.0, thigh=180.0, hips=0.2))
        found |= set(judge.judge(reading({1: pose}), [person(1, box_of(points(STAND)))], at_s).kinds)
    assert "fall" not in found


@pytest.mark.parametrize("gap_s", [0.0, 0.6])
def test_a_fall_is_told_when_the_tracker_starts_a_new_track_on_the_way(gap_s: float) -> None:
    judge = PoseJudge(PoseSettings())
    told_at = None
    for at_s in times(8.0, 5.0):
        pose = points(FALL(at_s))
        track = person(1 if at_s < 2.3 else 2, box_of(pose))
        if 2.3 <= at_s < 2.3 + gap_s:
            found = judge.judge(reading({}), [], at_s)
        else:
            found = judge.judge(reading({track.track_id: pose}), [track], at_s)
        if told_at is None and "fall" in found.kinds:
            told_at, who = at_s, found.marked
    assert told_at is not None
    assert who == {2}
    assert told_at == pytest.approx(4.0 if gap_s else 3.0)


def test_a_body_found_where_its_box_was_lost_is_judged_on() -> None:
    judge = PoseJudge(PoseSettings())
    told = []
    for at_s in times(6.0, 5.0):
        pose = points(FALL(at_s))
        tracks = [person(1, box_of(pose))] if at_s < 2.3 else []
        if "fall" in judge.judge(reading({1: pose}), tracks, at_s).kinds:
            told.append(at_s)
    assert told[0] == pytest.approx(3.0)
    assert told[-1] == pytest.approx(5.8)


def test_the_outline_is_not_asked_where_boxes_come_in_pieces() -> None:
    settings = replace(PoseSettings(), fall=replace(PoseSettings().fall, by_outline=False))
    assert kinds(act(FALL, 8.0, blind=lambda at: at > 2.15, settings=settings)) == set()
    assert first(act(FALL, 8.0, settings=settings), "fall") is not None


def test_points_found_upside_down_are_no_fall_though_the_person_is_far_smaller_by_now() -> None:
    """Somebody who walked away is lower than the standing height that is remembered: only the box's shape tells."""
    judge = PoseJudge(PoseSettings())
    found = set()
    for at_s in times(6.0, 5.0):
        far = at_s >= 3.0
        height = 0.6 * HEIGHT if far else HEIGHT
        pose = points(STAND, 150.0, height=height)
        box = box_of(pose, 20.0)
        if far:
            pose = pose.copy()
            pose[:, 1] = box[1] + box[3] - pose[:, 1]
        found |= set(judge.judge(reading({1: pose}), [person(1, box)], at_s).kinds)
    assert found == set()


def test_a_narrow_box_ends_a_fall_however_small_it_is() -> None:
    judge = PoseJudge(PoseSettings())
    told = []
    for at_s in times(9.0, 5.0):
        pose = points(FALL(at_s), 150.0)
        if at_s < 4.0:
            found = judge.judge(reading({1: pose}), [person(1, box_of(pose, 50.0))], at_s)
        else:
            found = judge.judge(reading({}, [1]), [person(1, (140.0, 200.0, 155.0, 245.0))], at_s)
        told.append((at_s, "fall" in found.kinds))
    assert (3.0, True) in told
    assert max(at_s for at_s, fell in told if fell) < 6.0
