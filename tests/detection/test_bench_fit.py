"""The largest number of cameras is searched for to the camera; people are matched by the boxes' overlap."""

from __future__ import annotations

import pytest

from bench.fit import Load, largest, overlap


def machine_of(room, asked):
    """Return a measure for a machine that takes so many cameras, which notes what it was asked."""

    def measure(number):
        asked.append(number)
        share = min(1.0, room / number)
        return Load(number, share, share, 1.0, 0.0, 20.0, 100.0, 1.0, 1.0, {})

    return measure


@pytest.mark.parametrize(
    ("room", "fitting", "measured"),
    [
        (11, 11, [1, 4, 16, 10, 13, 11, 12]),
        (40, 42, [1, 4, 16, 32, 64, 48, 40, 44, 42, 43]),  # 40 of 42 are 95.2 %
        (0, 0, [1, 4, 16]),
        (1000, 256, [1, 4, 16, 32, 64, 128, 256]),
    ],
)
def test_the_largest_number_that_fits_is_found_to_the_camera(room, fitting, measured):
    asked = []
    found, loads = largest([1, 4, 16], machine_of(room, asked))
    assert (found, asked) == (fitting, measured)
    assert [each.cameras for each in loads] == sorted(measured)


def test_one_starved_camera_is_enough_not_to_fit():
    assert Load(4, 0.99, 0.95, 1.0, 0.0, 20.0, 100.0, 1.0, 1.0, {}).fits
    assert not Load(4, 0.99, 0.949, 1.0, 0.0, 20.0, 100.0, 1.0, 1.0, {}).fits


def test_overlap_is_the_intersection_over_the_union():
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0.0
