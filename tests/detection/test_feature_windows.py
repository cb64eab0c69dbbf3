"""A person's pace is known over the last half second and over the last three, at any frame rate."""

from __future__ import annotations

import pytest

from detection.features import WINDOW_NAMES, PaceWindows
from tests.detection.scenes import track


def at(track_id: int, x: float):
    """Return somebody 60 px tall whose feet are x px from the left."""
    return track(track_id, (x - 10.0, 100.0, x + 10.0, 160.0))


def named(values: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(WINDOW_NAMES, values, strict=True))


@pytest.mark.parametrize("fps", [4.0, 5.0, 12.5, 30.0, 60.0])
def test_a_steady_walk_has_one_pace_at_every_frame_rate(fps):
    paces = PaceWindows()
    for step in range(int(5 * fps)):
        values = named(paces.measure([at(1, 48.0 * step / fps)], step / fps))
    for name in WINDOW_NAMES[:4]:
        assert values[name] == pytest.approx(0.8)  # 48 px a second, 60 px tall
    assert values["pace_change_max"] == pytest.approx(0.0, abs=1e-9)
    assert len(paces._points[1]) <= 40


def test_pacing_to_and_fro_is_quick_in_the_short_window_and_slow_in_the_long_one():
    paces = PaceWindows()
    for step in range(30):
        x = 60.0 * abs((step * 0.2 + 1.0) % 2.0 - 1.0)
        values = named(paces.measure([at(1, x)], step * 0.2))
    assert values["pace_short_max"] == pytest.approx(1.0, abs=0.35)
    assert values["pace_long_max"] < 0.35


def test_a_sudden_start_shows_as_a_change():
    paces = PaceWindows()
    for step in range(20):
        values = named(paces.measure([at(1, 100.0), at(2, 200.0)], step * 0.2))
    assert values["pace_change_max"] == 0.0
    for step in range(20, 23):
        values = named(paces.measure([at(1, 100.0), at(2, 200.0 + 36.0 * (step - 19))], step * 0.2))
    assert values["pace_short_max"] == pytest.approx(3.0)
    assert values["pace_short_mean"] == pytest.approx(1.5)
    assert values["pace_change_max"] > 2.0


def test_who_has_just_come_has_no_pace_yet():
    paces = PaceWindows()
    first = paces.measure([at(1, 100.0)], 0.0)
    second = paces.measure([at(1, 130.0)], 0.2)
    assert first == second == (0.0,) * 5
    third = named(paces.measure([at(1, 160.0)], 0.4))
    assert third["pace_short_max"] == pytest.approx(60.0 / 0.4 / 60.0)
    assert (third["pace_long_max"], third["pace_change_max"]) == (0.0, 0.0)


def test_nobody_has_no_pace_and_who_left_is_forgotten():
    paces = PaceWindows()
    paces.measure([at(1, 100.0)], 0.0)
    assert paces.measure([], 2.0) == (0.0,) * 5
    assert list(paces._points) == [1]
    paces.measure([], 4.0)
    assert paces._points == {}
