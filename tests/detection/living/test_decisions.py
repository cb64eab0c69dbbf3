"""What people say of an event decides whether the same thing alarms again."""

from __future__ import annotations

import numpy as np

from detection.score.living import Decided, LivingBaseline, LivingSettings
from detection.score.living.taught import MAX_EVENTS, MAX_FRAMES, Decisions
from tests.detection.living.street import MONDAY, Watch, runner, said, van, watch
from tests.detection.living.test_chapters import moment

QUICK = LivingSettings(warm_s=60.0, warm_sightings=100, swap_s=2.0, retrain_s=(60.0, 240.0, 600.0))


def with_a_van() -> tuple[LivingBaseline, Watch]:
    """Return a street that is known, after a van has crossed it once and alarmed."""
    baseline = LivingBaseline(settings=QUICK)
    so_far = watch(baseline, 120.0)
    watch(baseline, 30.0, so_far, extra=van(130.0))
    assert [round(start - MONDAY) for start, _ in so_far.events] == [130]
    return baseline, so_far


def test_the_same_thing_alarms_again_while_nobody_has_judged_it():
    baseline, so_far = with_a_van()
    for _ in range(4):
        watch(baseline, 60.0, so_far, extra=van(so_far.at_s + 20.0))
    assert len(so_far.events) == 5


def test_what_was_called_normal_does_not_alarm_again_and_other_things_do():
    baseline, so_far = with_a_van()
    baseline.tell([said(so_far.events[0], normal=True)])
    for shift in (0.0, 0.1):
        since_s = so_far.at_s
        watch(baseline, 60.0, so_far, extra=van(since_s + 20.0 + shift, track_id=5_000_000 + round(since_s)))
        assert max(so_far.between(since_s, since_s + 60.0)) < 0.75
    watch(baseline, 60.0, so_far, extra=runner(so_far.at_s + 20.0))
    assert len(so_far.events) == 2


def test_it_stays_normal_after_learning_anew():
    baseline, so_far = with_a_van()
    baseline.tell([said(so_far.events[0], normal=True)])
    learned = baseline.version
    watch(baseline, 120.0, so_far)
    assert baseline.version != learned
    watch(baseline, 60.0, so_far, extra=van(so_far.at_s + 20.0))
    assert len(so_far.events) == 1


def test_a_van_that_is_normal_does_not_excuse_one_elsewhere_or_of_another_kind():
    baseline, so_far = with_a_van()
    baseline.tell([said(so_far.events[0], normal=True)])

    def elephant(at_s: float):
        return [_changed(track, label="elephant") for track in van(180.0)(at_s)]

    watch(baseline, 60.0, so_far, extra=elephant)
    assert len(so_far.events) == 2


def _changed(track, **values):
    return type(track)(**{name: values.get(name, getattr(track, name)) for name in track.__dataclass_fields__})


def test_what_was_called_normal_early_on_is_so_too():
    baseline = LivingBaseline(settings=QUICK)
    so_far = watch(baseline, 50.0, extra=van(30.0))
    assert len(so_far.events) == 1
    baseline.tell([said(so_far.events[0], normal=True)])
    watch(baseline, 100.0, so_far, extra=van(130.0))
    assert baseline.status.phase == "active"
    assert len(so_far.events) == 1


def test_a_true_alarm_is_unlearned_and_its_span_never_learned():
    baseline = LivingBaseline(settings=QUICK)
    so_far = watch(baseline, 120.0)
    kept = sum(len(c.moments["at"]) for c in baseline._footage.chapters)
    learned = baseline.version
    baseline.tell([Decided(MONDAY + 20.0, MONDAY + 30.0, normal=False)])
    left = np.concatenate([c.moments["at"] for c in baseline._footage.chapters]) - MONDAY
    assert len(left) == kept - 16 * 5 - 1
    assert not ((left >= 17.0) & (left <= 33.0)).any()
    watch(baseline, 3.0, so_far)
    assert baseline.version != learned
    baseline.tell([Decided(MONDAY + 130.0, MONDAY + 140.0, normal=False)])
    before = baseline.status.learned_s
    watch(baseline, 24.0, so_far)
    assert baseline.status.learned_s - before < 12.0


def test_telling_the_same_again_does_nothing():
    baseline, so_far = with_a_van()
    told = [said(so_far.events[0], normal=True), Decided(MONDAY + 20.0, MONDAY + 22.0, normal=False)]
    baseline.tell(told)
    watch(baseline, 10.0, so_far)
    before = (baseline.revision, baseline.version, baseline.to_bytes())
    baseline.tell(told)
    baseline.tell(told[:1])
    assert (baseline.revision, baseline.version, baseline.to_bytes()) == before


def test_people_may_change_their_minds():
    baseline, so_far = with_a_van()
    baseline.tell([said(so_far.events[0], normal=True)])
    baseline.tell([said(so_far.events[0], normal=False)])
    watch(baseline, 60.0, so_far, extra=van(so_far.at_s + 20.0))
    assert len(so_far.events) == 2
    baseline.tell([said(so_far.events[0], normal=True)])
    watch(baseline, 60.0, so_far, extra=van(so_far.at_s + 20.0))
    assert len(so_far.events) == 2


def test_what_is_withheld_is_bounded():
    decisions = Decisions(3.0)
    for event in range(MAX_EVENTS + 5):
        for step in range(500):
            decisions.withhold([moment(event * 1000.0 + step * 0.2)])
        decisions.end()
    assert len(decisions.events) == MAX_EVENTS
    assert decisions.events[0].started_at == 5000.0
    lengths = [len(event.moments) for event in decisions.events]
    assert max(lengths) <= MAX_FRAMES
    assert min(lengths) > MAX_FRAMES // 2
    last = decisions.events[-1].moments
    assert last[-1].at - last[0].at > 90.0


def test_of_taught_events_the_one_that_explains_nothing_leaves_first():
    decisions = Decisions(3.0)
    for event in range(MAX_EVENTS):
        decisions.withhold([moment(event * 1000.0)])
        decisions.end()
    decisions.tell([Decided(event * 1000.0, event * 1000.0, normal=True) for event in range(MAX_EVENTS + 1)])
    decisions.used(decisions.events[0])
    decisions.withhold([moment(MAX_EVENTS * 1000.0)])
    decisions.end()
    starts = [event.started_at for event in decisions.events]
    assert len(starts) == MAX_EVENTS
    assert 0.0 in starts
    assert 1000.0 not in starts
