"""Figures as operators read them."""

from __future__ import annotations

import pytest

from detection.features import FEATURES
from detection.score.learned import attention
from detection.score.learned.columns import VALUES
from detection.score.normality.model import SHAPE_WEIGHT
from detection.score.normality.parts import PARTS
from incidents.words import _SHAPE_WEIGHT, PartLine, clock, figures, headline, length, part_line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0:00"), (0, "0:00"), (42.9, "0:42"), (190, "3:10"), (3730, "1:02:10"), (273_600, "3 d 4 h")],
)
def test_an_age_counts_like_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(4.24, "4.2 s"), (38.4, "38 s"), (125.0, "2 min 5 s")])
def test_a_length_has_its_units(seconds: float, text: str) -> None:
    assert length(seconds) == text


def test_a_part_names_its_value_against_the_usual() -> None:
    part = {"name": "max_speed_px", "value": 412.4, "usual_low": 0.0, "usual_high": 60.2, "deviation": 7.42, "share": 1}
    assert part_line(part) == PartLine("Fastest person", "412 px/s", "0–60 px/s", "7.4 σ", 74)


def test_a_share_reads_in_percent_and_its_bar_ends_at_full() -> None:
    part = {"name": "fast_ratio", "value": 0.5, "usual_low": 0.0, "usual_high": 0.0, "deviation": 31.0, "share": 1}
    assert part_line(part) == PartLine("People running", "50 %", "0 %", "31.0 σ", 100)


def test_a_sense_s_part_stands_against_its_limit() -> None:
    part = {"name": "pose: fall", "value": 0.62, "usual_low": 0.0, "usual_high": 0.35, "deviation": 1.77, "share": 1}
    line = part_line(part)
    assert (line.label, line.value, line.width) == ("Head sank by", "62 % of the height", 88)
    assert line.against == "counts from 35 % of the height on"


def test_a_part_that_is_new_to_the_page_still_reads() -> None:
    part = {"name": "door_open", "value": 1.0, "usual_low": None, "usual_high": None, "deviation": None, "share": 1}
    assert part_line(part) == PartLine("Door open", "1", "–", "0.0 σ", 0)


@pytest.mark.parametrize(
    ("name", "value", "low", "high", "line"),
    [
        (
            "scene_motion",
            2.44,
            0.0,
            1.0,
            ("Fastest movement in the picture", "2.4 × usual", "0–1 × usual"),
        ),
        ("object_speed", 3.26, 0.1, 1.2, ("Fastest object", "3.3 heights/s", "0.1–1.2 heights/s")),
        ("object_class", 6.2146, 0.0, 0.6931, ("Rarest kind of object", "one in 500", "one in 1–2")),
        ("object_shape", 1.3863, 0.0, 0.1906, ("Largest for its place", "100 % larger", "0–10 % larger")),
        (
            "object_look",
            0.52,
            0.03,
            0.21,
            ("Least familiar look", "0.5 away", "0.03–0.2 away"),
        ),
        ("overlap_max", 0.61, 0.0, 0.2, ("Two people over each other", "61 %", "0–20 %")),
        (
            "motion for its place",
            7.4,
            -1.82,
            0.5,
            ("Movement unusual for its place", "7.4", "-1.8 to 0.5"),
        ),
        (
            "picture, top left",
            0.0123,
            0.002,
            0.004,
            ("Looks unlike the usual, top left", "0.01", "0.002–0.004"),
        ),
        ("attention", 0.92, 0.1, 0.4, ("Unlike the usual paths", "0.9 of 1", "0.1–0.4 of 1")),
    ],
)
def test_the_parts_of_every_scorer_are_words_of_an_operator(
    name: str, value: float, low: float, high: float, line: tuple[str, str, str]
) -> None:
    said = part_line({"name": name, "value": value, "usual_low": low, "usual_high": high, "deviation": 5.0, "share": 1})
    assert (said.label, said.value, said.usual) == line


def test_no_part_of_any_scorer_is_without_its_words() -> None:
    named = {*FEATURES, *PARTS, *VALUES, *attention.PARTS, "robust", "baseline", "lightgbm"}
    named |= {"autoencoder", "attention"}
    plain = {name.replace("_", " ").capitalize() for name in named}
    lines = [
        part_line({"name": name, "value": 0.5, "usual_low": 0.0, "usual_high": 1.0, "deviation": 1.0, "share": 1})
        for name in named
    ]
    assert {line.label for line in lines} & plain == set()


def test_a_size_is_told_as_the_scorer_weighs_it() -> None:
    assert _SHAPE_WEIGHT == SHAPE_WEIGHT


def test_a_headline_is_the_first_sentence_and_the_figures_follow() -> None:
    reason = "More people than usual. People: 6 (usually 1 to 4); average stay: 0.5 s (usually 2)."
    assert headline(reason) == "More people than usual"
    assert figures(reason) == "People: 6 (usually 1 to 4); average stay: 0.5 s (usually 2)."
    assert (headline("Something unusual."), figures("Something unusual.")) == ("Something unusual", "")
