"""Figures as operators read them."""

from __future__ import annotations

import pytest

from incidents.words import PartLine, clock, figures, headline, length, part_line


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


def test_a_part_that_is_new_to_the_page_still_reads() -> None:
    part = {"name": "door_open", "value": 1.0, "usual_low": None, "usual_high": None, "deviation": None, "share": 1}
    assert part_line(part) == PartLine("Door open", "1", "–", "0.0 σ", 0)


def test_a_headline_is_the_first_sentence_and_the_figures_follow() -> None:
    reason = "More people than usual. People: 6 (usually 1 to 4); average stay: 0.5 s (usually 2)."
    assert headline(reason) == "More people than usual"
    assert figures(reason) == "People: 6 (usually 1 to 4); average stay: 0.5 s (usually 2)."
    assert (headline("Something unusual."), figures("Something unusual.")) == ("Something unusual", "")
