"""A baseline warms up honestly, judges by what it learned, notices drift, and starts anew when it must."""

from __future__ import annotations

import threading
from dataclasses import replace
from math import isfinite

import pytest

from detection.score.base import Reading
from detection.score.living import LivingBaseline, LivingSettings
from detection.score.living import study as studying
from detection.score.normality import Observer
from detection.score.robust import RobustScore
from tests.detection.living.street import FPS, MONDAY, SIZE, Street, Watch, runner, van, watch

QUICK = LivingSettings(warm_s=60.0, warm_sightings=100, swap_s=2.0, retrain_s=(60.0, 240.0, 600.0), quiet_s=300.0)


def test_a_new_camera_is_judged_by_the_last_ten_minutes_until_it_is_known():
    baseline, robust = LivingBaseline(), RobustScore()
    for reading in Street(extra=van(40.0)).readings(60.0):
        assert baseline.judge(reading) == robust.judge(reading)
    status = baseline.status
    assert (status.phase, baseline.version) == ("warming up", "warming up")
    assert status.progress == pytest.approx(1 / 3, abs=0.01)
    assert status.left_s == pytest.approx(120.0, abs=1.0)
    assert status.message.startswith("Getting to know this camera, about 2 minutes more.")
    assert status.since == MONDAY
    assert baseline.judge(next(Street(start_s=60.0, extra=van(59.9)).readings(1.0))).warming_up is False


def test_progress_rises_to_active_and_says_how_much_was_learned():
    baseline, seen = LivingBaseline(settings=QUICK), []
    for reading in Street().readings(70.0):
        baseline.judge(reading)
        seen.append(baseline.status.progress)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    status = baseline.status
    assert (status.phase, status.left_s, status.learned_s) == ("active", 0.0, 69.8)
    assert status.since == pytest.approx(MONDAY + 62.0, abs=0.3)
    assert status.message == "Watching by 70 s of this camera's own footage."
    assert status.objects == 23
    assert len(status.version) == 12


def test_where_nobody_passes_no_time_is_promised_and_the_whole_picture_is_judged_later():
    baseline = LivingBaseline(settings=QUICK)
    watch(baseline, 120.0, people=0)
    status = baseline.status
    assert (status.phase, status.left_s, status.progress) == ("warming up", None, pytest.approx(0.4, abs=0.01))
    assert status.message.startswith("Nobody has passed yet; after 3 minutes more the whole picture alone is judged.")
    so_far = watch(baseline, 190.0, Watch(at_s=120.0), people=0)
    assert baseline.status.phase == "active"
    assert max(so_far.values) < 0.1
    watch(baseline, 10.0, so_far, people=8)
    assert max(so_far.values[-25:]) >= 0.75
    assert so_far.values[0] == 0.0


def test_objects_are_learned_as_soon_as_they_come_to_a_quiet_camera():
    baseline = LivingBaseline(settings=QUICK)
    so_far = watch(baseline, 310.0, people=0)
    for reading in Street(start_s=so_far.at_s).readings(130.0):
        baseline.judge(reading)
    assert baseline._learned is not None
    assert baseline._learned.state is not None


def test_the_usual_street_stays_quiet_and_what_is_unusual_there_rises_and_is_named():
    baseline = LivingBaseline()
    usual = watch(baseline, 300.0)
    assert usual.events == []
    assert max(usual.values) < 0.5
    scores = [baseline.judge(r, learn=False) for r in Street(start_s=300.0, extra=van(301.0)).readings(6.0)]
    highest = max(scores, key=lambda s: s.value)
    assert highest.value > 0.9
    assert highest.parts[0].name == "object_shape"
    assert highest.agreement >= 3
    assert sum(part.share for part in highest.parts) == pytest.approx(1.0, abs=0.15)
    assert [p.share for p in highest.parts] == sorted((p.share for p in highest.parts), reverse=True)
    for part in (part for score in scores for part in score.parts):
        assert part.usual_low <= part.usual_high
        assert isfinite(part.value)


def test_each_part_is_named_once_though_two_windows_see_it():
    baseline = LivingBaseline()
    watch(baseline, 220.0)
    for reading in Street(start_s=220.0, extra=runner(221.0)).readings(5.0):
        names = [part.name for part in baseline.judge(reading, learn=False).parts]
        assert len(names) == len(set(names))


def test_footage_with_an_event_open_is_not_learned():
    baseline = LivingBaseline(settings=QUICK)
    for reading in Street().readings(120.0):
        baseline.judge(reading, learn=False)
    status = baseline.status
    assert (status.learned_s, status.objects, status.progress) == (0.0, 0, 0.0)


def test_the_same_readings_give_the_same_scores_bit_for_bit_however_slow_learning_is():
    readings = list(Street(extra=van(150.0)).readings(200.0))

    def scores() -> list[float]:
        baseline = LivingBaseline(settings=QUICK)
        return [baseline.judge(reading).value for reading in readings]

    quick = scores()
    gate = threading.Event()
    studying._thread().submit(gate.wait)
    opener = threading.Timer(0.2, gate.set)
    opener.start()
    slow = scores()
    opener.join()
    assert slow == quick
    assert max(quick) > 0.75


def test_a_still_picture_keeps_its_score_for_a_second():
    baseline = LivingBaseline(settings=QUICK)
    watch(baseline, 70.0)
    readings = list(Street(start_s=70.0, moved=False).readings(3.0))
    values = [baseline.judge(reading) for reading in readings]
    assert [i for i in range(1, len(values)) if values[i] is not values[i - 1]] == [4, 9, 14]


def test_another_picture_size_and_a_manager_make_it_learn_anew():
    baseline = LivingBaseline(settings=QUICK)
    watch(baseline, 70.0)
    reading = next(Street(start_s=70.0).readings(1.0))
    baseline.judge(replace(reading, size=(240, 320)), learn=False)
    assert baseline.status.phase == "relearning"
    assert baseline.status.message.startswith(
        "The picture's size changed from 640×480 pixels, on 2023-11-20 at 00:01 UTC. Nobody has passed yet"
    )
    assert (baseline.status.since, baseline.status.learned_s) == (MONDAY + 70.0, 0.0)
    baseline = LivingBaseline(settings=QUICK)
    watch(baseline, 70.0)
    before = baseline.revision
    baseline.relearn("A manager asked for it", MONDAY + 3600.0)
    assert (baseline.status.phase, baseline.revision) == ("relearning", before + 1)
    watch(baseline, 70.0, Watch(at_s=100.0))
    assert baseline.status.phase == "active"
    assert "learned anew: A manager asked for it, on 2023-11-20 at 01:00 UTC." in baseline.status.message


def test_a_lasting_change_is_drift_and_is_learned_from_newer_footage():
    settings = replace(QUICK, retrain_s=(60.0, 90_000.0), drift_s=120.0, recent_every_s=20.0, chapter_s=5.0)
    baseline = LivingBaseline(settings=settings)
    so_far = watch(baseline, 300.0)
    assert baseline.status.phase == "active"
    assert max(so_far.values) < 0.75
    learned = baseline.version
    phases: dict[str, float] = {}
    for reading in Street(start_s=300.0, pace=1.35 * 0.8).readings(400.0):
        baseline.judge(reading)
        phases.setdefault(baseline.status.phase, reading.at_s)
        if baseline.status.phase == "drifting":
            assert "of the last 2 minutes' normal frames looked unusual, where 5% are expected." in (
                baseline.status.message
            )
    assert list(phases) == ["active", "drifting"]
    assert baseline.status.phase == "active"
    assert baseline.version != learned


def test_features_that_are_no_numbers_are_refused():
    reading = next(Street().readings(1.0))
    broken = replace(reading, features=replace(reading.features, num_people=float("nan")))
    with pytest.raises(ValueError, match="not all finite"):
        LivingBaseline().judge(broken)


def test_settings_with_which_nothing_could_be_learned_are_refused():
    with pytest.raises(ValueError, match="must rise"):
        LivingSettings(retrain_s=(600.0, 180.0))
    with pytest.raises(ValueError, match="number of seconds over 0"):
        LivingSettings(warm_s=0.0)
    with pytest.raises(ValueError, match="at least two recent chapters"):
        LivingSettings(recent_chapters=1)


def test_what_a_reading_holds_is_all_that_is_judged():
    baseline = LivingBaseline()
    assert baseline.reads == f"{Observer().reads}+view1"
    fields = set(Reading.__dataclass_fields__)
    assert fields == {"tracks", "features", "size", "at_s", "captured_at", "moved", "seen"}
    assert (SIZE, FPS) == ((480, 640), 5.0)
