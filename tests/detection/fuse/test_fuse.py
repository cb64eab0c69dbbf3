"""Fusion: a sure sense alarms alone on any threshold, unsure ones corroborate, silence changes nothing."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.fuse import fuse
from detection.fuse.fuse import on_scale
from detection.senses import ALONE, Finding, pack_findings, unpack_findings
from detection.types import FrameScore, ScorePart

SPEED = ScorePart("max_speed_px", 158.0, 33.0, 80.0, 4.8, 1.0)
ratios = st.floats(0.0, 1.0)
thresholds = st.floats(0.05, 1.0)


def pose(score: float, kind: str = "fall", category: str | None = "medical emergency") -> Finding:
    return Finding("pose", score, kind, category, 0.9, "Person 3 fell.", (ScorePart("pose: fall", 1, 0, 0.5, 2, 1.0),))


def audio(score: float, kind: str = "scream", category: str | None = "violence/aggression") -> Finding:
    return Finding("audio", score, kind, category, 0.8, "a scream (80% sure)")


@given(ratios, thresholds)
def test_without_a_word_of_the_senses_the_score_goes_through_untouched(value: float, threshold: float):
    score = FrameScore(value, (SPEED,), agreement=2)
    for said in ((), (Finding("audio", details={"level_db": -60.0}),)):
        fused = fuse(score, said, threshold)
        assert (fused.value, fused.agreement, fused.parts, fused.sure, fused.leading) == (value, 2, (SPEED,), 0.0, None)


@given(thresholds)
def test_a_sense_that_is_just_sure_enough_lands_on_the_threshold_in_force(threshold: float):
    assert on_scale(ALONE, threshold) == threshold
    assert on_scale(1.0, threshold) == pytest.approx(1.0)
    assert on_scale(0.5 * ALONE, threshold) == pytest.approx(0.5 * threshold)


@given(ratios, ratios, ratios, thresholds)
def test_whatever_is_said_the_score_stays_between_the_strongest_and_one(v: float, p: float, a: float, threshold: float):
    fused = fuse(FrameScore(v), (pose(p), audio(a)), threshold)
    strongest = max(v, *(on_scale(s, threshold) for s in (p, a)))
    assert strongest <= fused.value <= 1.0
    assert fused.agreement >= 1


@given(ratios, ratios, ratios, thresholds)
def test_who_says_more_never_lowers_the_score(v: float, p: float, more: float, threshold: float):
    less = fuse(FrameScore(v), (pose(min(p, more)),), threshold)
    most = fuse(FrameScore(v), (pose(max(p, more)),), threshold)
    # Who leads may change on the way; then the one before supports fully.
    assert most.value >= less.value - 1e-9 or most.value >= threshold


def test_a_fall_alarms_alone_while_the_camera_is_still_learning():
    fused = fuse(FrameScore(0.0, warming_up=True), (pose(0.8),), 0.6)
    assert fused.value == fused.sure == pytest.approx(0.6 + 0.4 * 0.2)
    assert (fused.alone, fused.agreement) == ("fall", 1)
    assert fused.leading is not None
    assert fused.leading.category == "medical emergency"
    assert [part.name for part in fused.parts] == ["pose: fall"]


def test_two_unsure_senses_and_an_unusual_picture_alarm_together_and_none_of_them_alone():
    weak, odd = (pose(0.6), audio(0.6)), FrameScore(0.6, (SPEED,))
    assert fuse(odd, (), 0.75).value < 0.75
    assert fuse(FrameScore(0.0), (pose(0.6),), 0.75).value == pytest.approx(0.6)
    together = fuse(odd, weak, 0.75)
    # Each of the three says 0.8 of an alarm: two of them support the third by 0.4 × 2/3 each.
    assert together.value == pytest.approx(0.6 * (1 + 0.4 * 2 * (0.4 / 0.6)))
    assert (together.agreement, together.alone, together.sure) == (3, "", 0.0)
    assert sum(part.share for part in together.parts) == pytest.approx(2 / 3)
    assert together.shares == {"normality": 0.3333, "pose": 0.3333, "audio": 0.3333}


def test_the_sense_that_says_most_and_knows_what_it_is_names_it():
    loud = Finding("audio", 0.6, "loud", None, 0.6, "it is suddenly loud (-12 dB)")
    assert fuse(FrameScore(0.9), (loud,), 0.75).leading is None
    leading = fuse(FrameScore(0.9), (loud, pose(0.5)), 0.75).leading
    assert leading is not None
    assert leading.sense == "pose"
    assert fuse(FrameScore(0.9), (pose(0.4),), 0.75).leading is None


def test_a_score_that_is_no_number_says_nothing():
    fused = fuse(FrameScore(0.5), (pose(nan), audio(0.3)), 0.75)
    assert fused.value == 0.5
    assert set(fused.shares) == {"normality", "audio"}


def test_a_scorer_that_gives_no_number_silences_no_sense():
    fused = fuse(FrameScore(nan), (pose(0.9),), 0.75)
    assert (fused.alone, fused.normality) == ("fall", 0.0)
    assert fused.value == fused.sure == pytest.approx(0.9)


def test_what_each_said_is_kept_with_the_event():
    kept = fuse(FrameScore(0.3), (pose(0.8), Finding("audio", details={"transcript": "help"})), 0.75).components()
    assert set(kept) == {"pose", "audio", "fusion"}
    assert kept["audio"]["details"] == {"transcript": "help"}
    assert kept["pose"]["parts"][0]["name"] == "pose: fall"
    assert (kept["fusion"]["alone"], kept["fusion"]["normality"]) == ("fall", 0.3)


def test_findings_come_back_from_a_recording_as_they_were():
    said = (pose(0.1 + 0.2), Finding("audio", details={"heard": [["Speech", 0.123]], "transcript": "Hilfe, “schnell”"}))
    assert unpack_findings(pack_findings(said)) == said
    assert pack_findings(()) == b""
    assert unpack_findings(b"") == ()


def test_a_kind_that_people_refused_must_be_surer_and_is_never_silenced():
    quiet = FrameScore(0.0)
    assert fuse(quiet, (pose(0.76),), 0.75).alone == "fall"
    once = fuse(quiet, (pose(0.76),), 0.75, refused={"fall": 1})
    assert (once.alone, once.value) == ("", pytest.approx(0.76 * 0.95))
    assert fuse(quiet, (pose(0.95),), 0.75, refused={"fall": 99}).alone == "fall"
    assert fuse(quiet, (pose(0.76),), 0.75, refused={"scream": 9}).alone == "fall"
    assert once.components()["pose"]["score"] == 0.76
