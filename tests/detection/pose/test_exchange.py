"""Two people within reach who strike out again and again are an aggressive exchange; walkers side by side are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from detection.pose.finding import PoseFinding
from detection.pose.judge import PoseJudge
from detection.pose.settings import PoseSettings
from tests.detection.pose.figure import STAND, Posture, box_of, person, points, reading, running, times, walking


def _strikes(at_s: float) -> Posture:
    return replace(STAND, arms=(120.0, 10.0) if int(at_s * 5 + 0.5) % 2 else (10.0, 10.0))


def _pair(
    one: Callable[[float], Posture], other: Callable[[float], Posture] | None, apart_px: float, seconds: float = 3.0
) -> list[PoseFinding]:
    """Judge two people; without the other's moment only the box of the other is seen."""
    judge, found = PoseJudge(PoseSettings()), []
    for at_s in times(seconds, 5.0):
        first, second = points(one(at_s), 200.0), points((other or (lambda _: STAND))(at_s), 200.0 + apart_px)
        poses = {1: first, 2: second} if other else {1: first}
        tracks = [person(1, box_of(first)), person(2, box_of(second))]
        found.append(judge.judge(reading(poses, [] if other else [2]), tracks, at_s))
    return found


def _any(found: list[PoseFinding], kind: str) -> bool:
    return any(kind in finding.kinds for finding in found)


def test_two_who_strike_each_other_are_told_with_both_names() -> None:
    found = _pair(_strikes, _strikes, 80.0)
    told = next(finding for finding in found if "aggression" in finding.kinds)
    assert told.kinds[0] == "aggression"
    assert told.category == "violence/aggression"
    assert told.marked == {1, 2}
    assert told.reason == (
        "Persons 1 and 2 strike out at each other: 8 fast movements within 2 s, 0.4 body heights apart."
    )
    assert found[-1].score == pytest.approx(0.85)


def test_who_strikes_out_beside_somebody_whose_body_cannot_be_read_scores_less() -> None:
    found = _pair(_strikes, None, 80.0)
    told = next(finding for finding in found if "aggression" in finding.kinds)
    assert told.reason.startswith("Person 1 strikes out beside person 2: 4 fast movements within 2 s, ")
    assert told.score == pytest.approx(0.50, abs=0.06)
    assert max(finding.score for finding in found) <= 0.70


@pytest.mark.parametrize(
    ("one", "other", "apart_px"),
    [
        (_strikes, _strikes, 300.0),
        (walking, walking, 60.0),
        (running, running, 80.0),
        (_strikes, lambda _: STAND, 300.0),
    ],
)
def test_people_apart_or_walking_together_are_no_exchange(
    one: Callable[[float], Posture], other: Callable[[float], Posture], apart_px: float
) -> None:
    assert not _any(_pair(one, other, apart_px), "aggression")


def test_a_single_blow_is_no_exchange() -> None:
    def once(at_s: float) -> Posture:
        return _strikes(at_s) if 1.0 <= at_s <= 1.2 else replace(STAND, arms=(10.0, 10.0))

    assert not _any(_pair(once, lambda _: STAND, 80.0), "aggression")
