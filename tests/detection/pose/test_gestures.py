"""Raised hands, crouching and crawling are held for some seconds; paces are measured by body size and time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.pose.judge import PoseJudge
from detection.pose.settings import GestureSettings, PaceSettings, PoseSettings
from tests.detection.pose.figure import (
    BEND,
    CROUCH,
    LIE,
    SIT,
    STAND,
    WAVE,
    Posture,
    Told,
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

RAISE = script((0.0, STAND), (2.0, STAND), (3.0, WAVE))


@pytest.mark.parametrize("fps", [5.0, 10.0])
def test_hands_over_the_head_are_told_after_a_second(fps: float) -> None:
    told = act(RAISE, 6.0, fps)
    over = next(at for at in times(6.0, fps) if min(points(RAISE(at))[[15], 1]) <= points(RAISE(at))[0, 1])
    assert first(told, "raised hands") == pytest.approx(over + 1.0)
    found = told[-1].finding
    assert found.category == "security threat"
    assert found.reason.startswith("Person 1 holds both hands over the head for ")


def test_one_hand_or_a_short_wave_is_not_raised_hands() -> None:
    assert kinds(act(lambda _: replace(STAND, arms=(165.0, 0.0)), 4.0)) == set()
    short = script((0, STAND), (2, STAND), (2.8, WAVE), (3.2, WAVE), (4.0, STAND))
    assert kinds(act(short, 8.0)) == set()


def test_hands_beyond_the_head_of_who_lies_are_not_raised() -> None:
    assert "raised hands" not in kinds(act(lambda _: replace(LIE, arms=(170.0, 170.0)), 6.0))


def test_a_wrist_that_vanishes_for_a_frame_does_not_end_raised_hands() -> None:
    judge, told = PoseJudge(PoseSettings()), []
    for at_s in times(6.0, 5.0):
        pose = points(RAISE(at_s))
        if abs(at_s - 3.4) < 0.01:
            pose[15, 3] = 0.1
        told.append(Told(at_s, judge.judge(reading({1: pose}), [person(1, box_of(pose))], at_s)))
    assert first(told, "raised hands") == first(act(RAISE, 6.0), "raised hands")


def test_crouching_is_told_after_two_seconds() -> None:
    told = act(script((0, STAND), (2, STAND), (3, CROUCH)), 8.0)
    assert kinds(told) == {"crouch"}
    assert first(told, "crouch") == pytest.approx(4.8)
    assert told[-1].finding.score == pytest.approx(0.37)


@pytest.mark.parametrize("posture", [STAND, SIT, BEND])
def test_other_postures_are_no_crouch(posture: Posture) -> None:
    assert kinds(act(script((0, STAND), (2, STAND), (3, posture)), 9.0)) == set()


def test_crawling_is_told_of_who_moves_along_the_ground() -> None:
    crawl = Posture(hips=0.24, lean=85.0, thigh=10.0, shin=-88.0, arms=(90.0, 90.0))
    told = act(lambda _: crawl, 6.0, walk_px_s=60.0)
    assert "crawl" in kinds(told)
    assert first(told, "crawl") == pytest.approx(0.8 + 1.6)
    assert "crawl" not in kinds(act(lambda _: crawl, 6.0))


@pytest.mark.parametrize("fps", [5.0, 10.0, 25.0])
@pytest.mark.parametrize("height", [100.0, 300.0])
def test_walking_and_running_have_no_unusual_pace(fps: float, height: float) -> None:
    assert kinds(act(walking, 6.0, fps, walk_px_s=30.0, height=height)) == set()
    assert "head movement" not in kinds(act(running, 4.0, fps, walk_px_s=90.0, height=height))
    assert "torso change" not in kinds(act(running, 4.0, fps, walk_px_s=90.0, height=height))


def _punching(at_s: float) -> Posture:
    return replace(STAND, arms=(150.0, 10.0) if int(at_s * 5 + 0.5) % 2 else (10.0, 10.0))


@pytest.mark.parametrize("height", [100.0, 200.0])
def test_fast_hands_are_told_whatever_the_size(height: float) -> None:
    told = act(_punching, 3.0, 5.0, height=height)
    assert first(told, "wrist speed") == pytest.approx(0.4)
    assert told[-1].finding.category == "violence/aggression"


def test_one_fast_moment_is_taken_for_a_misplaced_point() -> None:
    assert kinds(act(script((0, STAND), (2.0, STAND), (2.2, replace(STAND, arms=(170.0, 0.0)))), 4.0)) == set()


def test_a_person_too_small_to_measure_has_no_pace() -> None:
    assert "wrist speed" not in kinds(act(_punching, 3.0, 5.0, height=70.0))
    loose = PoseSettings(pace=PaceSettings(min_torso_px=10.0))
    assert "wrist speed" in kinds(act(_punching, 3.0, 5.0, height=70.0, settings=loose))


def test_thresholds_are_settings() -> None:
    strict = PoseSettings(gesture=GestureSettings(raised_s=3.0))
    told = act(RAISE, 8.0, settings=strict)
    assert first(told, "raised hands") == pytest.approx((first(act(RAISE, 8.0), "raised hands") or 0.0) + 2.0)


def test_a_shaken_head_and_a_swung_torso_are_told() -> None:
    head = act(lambda at: replace(STAND, head=80.0 if int(at * 5 + 0.5) % 2 else -80.0), 3.0)
    assert "head movement" in kinds(head)
    torso = act(lambda at: replace(STAND, lean=25.0 if int(at * 5 + 0.5) % 2 else -25.0), 3.0)
    assert "torso change" in kinds(torso)
    assert torso[-1].finding.kinds[0] == "torso change"
