"""Events carry their id, tags and words from opening to end."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from detection.events import PRESETS, EventSettings, EventTracker, explain, preset
from detection.events.explain import category_of, confidence_of, kind_of, reason_of, severity_of
from detection.features import FeatureExtractor
from detection.fuse import Fused, fuse
from detection.types import CATEGORIES, FrameScore, ScorePart

FEATURES = FeatureExtractor().extract([], (240, 320), 0.0)
SPEED = ScorePart("max_speed_px", 158.0, 33.0, 80.0, 4.8, 1.0)
THINGS = ScorePart("num_objects", 1.0, 0.0, 0.0, 7.0, 1.0)
STILL = ScorePart("loiter_ratio", 0.25, 0.0, 0.0, 6.0, 1.0)


def scored(score: FrameScore) -> Fused:
    """What no sense says anything of."""
    return fuse(score, (), 0.75)


def numbered():
    numbers = iter(range(1, 100))
    return lambda: UUID(int=next(numbers))


def test_an_event_keeps_its_id_collects_tags_and_ends_with_the_words_of_its_peak():
    events = EventTracker(EventSettings(end_patience_frames=1, cooldown_seconds=0.0), numbered())
    steps = [
        (FrameScore(0.8, (THINGS,)), ()),
        (FrameScore(0.8, (THINGS,)), ("loitering",)),
        (FrameScore(0.99, (SPEED,)), ("rapid movement",)),
        (FrameScore(0.1), ("crowding",)),
    ]
    told = [
        update
        for at, (score, tags) in enumerate(steps)
        for update in events.update(scored(score), FEATURES, tags, [], 100.0 + at)
    ]
    assert [(u.kind, u.event_id.int, u.tags) for u in told] == [
        ("opened", 1, ("loitering",)),
        ("peak", 1, ("loitering", "rapid movement")),
        ("closed", 1, ("loitering", "rapid movement")),
    ]
    closed = told[-1]
    assert (closed.started_at, closed.peak_at, closed.ended_at, closed.peak_score) == (100.0, 102.0, 102.0, 0.99)
    assert closed.parts == (SPEED,)
    assert closed.reason == "Someone moves faster than usual. The fastest: 158 px/s (usually 33 to 80)."
    assert len(closed.features) == 24


def test_the_next_event_starts_with_a_new_id_and_no_tags_of_the_last():
    events = EventTracker(EventSettings(end_patience_frames=1, cooldown_seconds=0.0, min_frames=1), numbered())
    events.update(scored(FrameScore(0.9)), FEATURES, ("crowding",), [], 1.0)
    events.update(scored(FrameScore(0.0)), FEATURES, (), [], 2.0)
    (opened,) = events.update(scored(FrameScore(0.9)), FEATURES, (), [], 3.0)
    assert (opened.kind, opened.event_id.int, opened.tags) == ("opened", 2, ())


def test_flush_closes_the_open_event_once():
    events = EventTracker(EventSettings(min_frames=1), numbered())
    events.update(scored(FrameScore(0.9)), FEATURES, (), [], 5.0)
    assert events.open_since == 5.0
    assert [(u.kind, u.ended_at) for u in events.flush()] == [("closed", 5.0)]
    assert events.open_since is None
    assert events.flush() == ()


@pytest.mark.parametrize(
    ("tags", "parts", "labels", "people", "category", "severity"),
    [
        ((), (THINGS,), ["car"], 3, "vehicle incident", 3),
        ((), (THINGS,), ["moving object"], 3, "security threat", 2),
        ((), (SPEED,), ["person"], 1, "security threat", 2),
        (("rapid movement",), (SPEED,), ["person"] * 6, 6, "stampede risk", 3),
        ((), (STILL,), ["person"], 4, "medical emergency", 3),
        (("crowding",), (), [], 9, "crowd control", 2),
        ((), (), [], 0, "security threat", 1),
    ],
)
def test_category_and_severity_follow_the_strongest_reason(tags, parts, labels, people, category, severity):
    kind = kind_of(tags, parts, labels, people)
    assert category_of(kind) == category
    assert category in CATEGORIES
    assert severity_of(kind, tags, 0.8, 0.75) == severity


def test_a_score_alone_never_calls_everybody():
    assert severity_of("rush", ("rapid movement", "crowding"), 1.0, 0.45) == 3
    assert severity_of("speed", ("rapid movement",), 1.0, 0.45) == 3
    assert severity_of("other", (), 1.0, 1.0) == 1


def test_confidence_runs_from_one_half_at_the_threshold_to_nearly_sure():
    assert [round(confidence_of(score, 0.75), 3) for score in (0.75, 0.875, 1.0)] == [0.5, 0.725, 0.95]


def test_without_parts_the_reason_names_the_tags():
    assert reason_of("more people", (), ("crowding",)) == "More people than usual. Crowding."
    assert reason_of("other", (), ()) == "Something unusual."


def test_a_part_that_hardly_counts_is_not_told():
    weak = replace(THINGS, share=0.05)
    assert "object" not in reason_of("speed", (replace(SPEED, share=0.95), weak), ())


def test_presets_have_the_documented_thresholds_and_an_unknown_one_lists_them():
    assert {name: settings.threshold for name, settings in PRESETS.items()} == {
        "conservative": 0.85,
        "balanced": 0.75,
        "moderate": 0.60,
        "sensitive": 0.45,
    }
    with pytest.raises(ValueError, match=r"There is no preset 'loud'. Choose one of: conservative, balanced,"):
        preset("loud")


def test_what_was_learned_is_told_in_words():
    part = ScorePart("object_speed", 3.2, 0.2, 1.1, 3.0, 0.9)
    reason = explain.reason_of("speed", [part], [])
    assert reason == (
        "Someone moves faster than usual. The fastest object moves 3.2 of its place's heights a second "
        "(usually 0.2 to 1.1)."
    )
