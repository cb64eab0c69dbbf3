"""What the senses said, as an incident's page words it."""

from __future__ import annotations

import pytest

from detection.audio.stage import FIRES_AT
from detection.pose.finding import CATEGORY
from incidents.sense_words import SenseLine, sense_lines
from incidents.words import SENSE_PARTS


def test_every_part_that_a_sense_may_tell_has_a_name() -> None:
    assert set(SENSE_PARTS) == {f"pose: {kind}" for kind in CATEGORY} | {f"sound_{kind}" for kind in FIRES_AT}


def test_only_senses_that_worked_are_worded_in_order() -> None:
    scream = {"reason": "a scream (95% sure)", "details": {"level_db": -12.0, "transcript": "help me"}}
    quiet = {"reason": "", "details": {"people": {"found": 2}}}
    nobody = {"reason": "", "details": {"people": {"found": 0}}}
    assert sense_lines({"pose": nobody}) == [SenseLine("Posture", "Nobody could be made out")]
    assert sense_lines({"audio": scream, "pose": quiet, "fusion": {"score": 1.0}}) == [
        SenseLine("Posture", "Nothing unusual in the posture of 2 people"),
        SenseLine("Sound", "A scream (95% sure)", ("help me",)),
    ]


@pytest.mark.parametrize(
    ("level", "said"),
    [(-41.6, "Nothing unusual to be heard (-42 dB)"), (-120.0, "Silence"), (None, "Nothing unusual to be heard")],
)
def test_a_quiet_microphone_tells_its_level(level: float | None, said: str) -> None:
    assert sense_lines({"audio": {"reason": "", "details": {"level_db": level}}}) == [SenseLine("Sound", said)]


def test_an_event_from_before_the_senses_has_no_lines() -> None:
    assert sense_lines({}) == []


def test_all_that_was_said_around_the_event_takes_the_place_of_its_peak_s_words() -> None:
    said = [{"from_s": -2.0, "to_s": -1.0, "text": "stop it"}, {"from_s": 1.0, "to_s": 2.0, "text": "help"}]
    (line,) = sense_lines({"audio": {"reason": "", "details": {"said": said, "transcript": "help"}}})
    assert line.quotes == ("stop it", "help")
