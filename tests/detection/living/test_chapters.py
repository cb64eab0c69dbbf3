"""Footage is kept in bounds, over all the hours of the week, and can be unlearned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.score.living.chapters import WEEK_S, Footage
from detection.score.living.learned import SENSES
from detection.score.living.moments import Moment, pack, size_of, take, unpack
from detection.score.living.settings import LivingSettings
from detection.score.normality.flow import BANDS
from detection.score.normality.observe import Observation, Seen
from detection.score.parts import PARTS

SETTINGS = LivingSettings()


def moment(at: float, objects: int = 1, look: int = 0, label: str = "person") -> Moment:
    rng = np.random.default_rng(round(at * 10))
    seen = tuple(
        Seen(
            track_id=n,
            label=label,
            confidence=0.5,
            box=(10.0 * n, 20.0, 10.0 * n + 8, 50.25),
            speed_px_s=None if n == 1 else 12.5,
            look=rng.normal(size=look).astype(np.float16).astype(np.float32) if look else None,
            place_px_s=None if n == 1 else 14.5,
        )
        for n in range(objects)
    )
    values = np.full(len(PARTS), np.nan)
    values[0] = objects
    bands = None if objects == 3 else np.arange(BANDS, dtype=np.float32)
    return Moment(Observation(at, 480, seen, bands, 640), values, 0.25, np.full(len(SENSES), 0.5))


def test_moments_come_back_as_they_were():
    before = [moment(1.0, 2, look=4), moment(1.2, 0), moment(1.4, 3, label="dog")]
    arrays = pack(before)
    after = unpack(arrays)
    for one, other in zip(before, after, strict=True):
        assert (one.at, one.recent) == (other.at, other.recent)
        assert np.array_equal(one.values, other.values, equal_nan=True)
        assert np.array_equal(one.deviations, other.deviations)
        assert (one.frame.height, one.frame.width) == (other.frame.height, other.frame.width)
        assert (one.frame.bands is None) == (other.frame.bands is None)
        for a, b in zip(one.frame.objects, other.frame.objects, strict=True):
            assert replace(a, look=None) == replace(b, look=None)
            assert (a.look is None and b.look is None) or np.array_equal(a.look, b.look)
    assert [m.at for m in unpack(take(arrays, np.array([True, False, True])))] == [1.0, 1.4]
    assert unpack(pack([])) == []
    with pytest.raises(ValueError, match="not of the form"):
        unpack({**arrays, "bands": arrays["bands"][:, :3]})


def fill(footage: Footage, since: float, seconds: float, objects: int = 1) -> None:
    for step in range(int(seconds * 5)):
        footage.add(moment(since + step * 0.2, objects))


def test_the_first_minutes_are_kept_whole_and_later_ones_in_samples():
    footage = Footage(SETTINGS)
    fill(footage, 0.0, 180.2)
    assert [c.at for c in footage.chapters] == [15.0 * n for n in range(12)]
    assert footage.sightings == 180 * 5
    fill(footage, 180.4, 720.0)
    starts = [c.at for c in footage.chapters]
    assert len(starts) == 18
    assert np.diff(starts[12:]).tolist() == pytest.approx([120.0] * 5, abs=0.5)


def test_after_a_fortnight_every_part_of_the_week_is_represented_and_nothing_grew():
    footage = Footage(SETTINGS)
    most = SETTINGS.recent_chapters + SETTINGS.week_chapters
    for minute in range(0, 14 * 24 * 60, 10):
        footage.close()
        fill(footage, minute * 60.0, 2.0)
        assert len(footage.chapters) <= most
    week = [c.at for c in footage._week]
    assert len(week) == SETTINGS.week_chapters
    phases = np.sort([at % WEEK_S for at in week]) / 3600.0
    assert np.diff([*phases, phases[0] + 168.0]).max() <= 20.0
    assert min(week) >= 5 * 86400.0


def test_a_quiet_night_does_not_push_out_the_people_of_the_day():
    footage = Footage(SETTINGS)
    fill(footage, 0.0, 60.0)
    fill(footage, 60.0, 3600.0, objects=0)
    footage.close()
    kinds = [c.empty for c in footage.chapters]
    assert (kinds.count(False), kinds.count(True)) == (4, SETTINGS.empty_chapters)


def test_a_crowd_ends_a_chapter_early_and_looks_are_few():
    footage = Footage(SETTINGS)
    for step in range(200):
        footage.add(moment(step * 0.2, objects=40, look=16))
    first = footage.chapters[0].moments
    assert len(first["objects"]) == SETTINGS.chapter_objects
    assert len(first["looks"]) == 80
    assert len({int(i) for i in first["objects"]["frame"][first["look_of"]]}) == 2


def test_spans_are_unlearned_from_all_that_is_kept():
    footage = Footage(SETTINGS)
    fill(footage, 0.0, 50.0)
    assert footage.forget([(14.0, 16.0), (46.0, 47.0)]) is True
    footage.close()
    at = np.concatenate([c.moments["at"] for c in footage.chapters])
    assert not ((at >= 14.0) & (at <= 16.0)).any()
    assert not ((at >= 46.0) & (at <= 47.0)).any()
    assert len(at) == 250 - 11 - 6
    assert footage.forget([(14.0, 16.0)]) is False


def test_a_clock_set_back_does_not_stop_learning():
    footage = Footage(SETTINGS)
    fill(footage, 100_000.0, 181.0)
    fill(footage, 0.0, 31.0)
    assert next(c.at for c in footage.chapters) == 0.0


def test_a_camera_takes_a_few_megabytes_at_most():
    footage = Footage(SETTINGS)
    for chapter in range(60):
        for step in range(75):
            footage.add(moment(chapter * 200.0 + step * 0.2, objects=10))
    kept = sum(size_of(c.moments) for c in footage.chapters)
    assert len(footage.chapters) == 32
    assert kept < 4e6
