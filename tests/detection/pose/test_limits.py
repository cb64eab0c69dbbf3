"""The limits of posture that people set: each does something, and none of them can make nonsense."""

from __future__ import annotations

import pytest

from detection.pose.limits import LIMITS, LimitError, check_limits, pose_settings
from detection.pose.settings import PoseSettings


def test_without_a_limit_everything_is_as_usual():
    assert pose_settings({}) == PoseSettings()
    assert check_limits({name: limit.usual for name, limit in LIMITS.items()}) == {}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("end", ["least", "most"])
def test_every_limit_changes_the_settings_at_both_ends_of_its_range(name: str, end: str):
    value = getattr(LIMITS[name], end)
    assert (pose_settings({name: value}) == PoseSettings()) is (value == LIMITS[name].usual)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"wink": 1.0}, "There is no limit “wink”. Name one of: fall_s,"),
        ({"strikes": 21}, "“Two people strike at each other, times in 2 s” takes 2 to 20, not 21."),
        ({"wrist": True}, "“A hand moves faster than”: write a number."),
        ({"wrist": float("inf")}, "“A hand moves faster than”: write a number."),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(limits: dict[str, float], sentence: str):
    with pytest.raises(LimitError) as refused:
        pose_settings(limits)
    assert str(refused.value).startswith(sentence)
    assert refused.value.name == next(iter(limits))
