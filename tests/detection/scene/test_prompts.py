"""Sentences are edited as plain text: what is written is read back exactly, and what is wrong is told by its line."""

from __future__ import annotations

import pytest

from detection.scene.defaults import TEXT, default_prompts
from detection.scene.errors import PromptError
from detection.scene.prompts import Hazard, PromptSet, parse_prompts
from detection.types import CATEGORIES

SMOKE = Hazard("smoke", "fire hazard", ("thick smoke in a room",), ("an ordinary room", "an empty corridor"))
SMOKE_TEXT = "fire hazard: smoke\n+ thick smoke in a room\n- an ordinary room\n- an empty corridor\n"


def test_the_default_set_has_every_category_and_is_its_own_text():
    default = default_prompts()
    assert {hazard.category for hazard in default.hazards} == set(CATEGORIES)
    assert len(default.hazards) == 15
    assert default.text() == TEXT
    assert all((len(hazard.alarming), len(hazard.usual)) == (3, 3) for hazard in default.hazards)


def test_a_text_is_read_and_written_back_exactly():
    read = parse_prompts(SMOKE_TEXT)
    assert read.hazards == (SMOKE,)
    assert read == PromptSet((SMOKE,))
    assert read.text() == SMOKE_TEXT


def test_a_browsers_line_ends_spaces_and_order_of_sides_do_not_matter():
    untidy = "\r\n  fire hazard :  smoke \r\n-an ordinary room\r\n\r\n+   thick  smoke in a room\r\n- an empty corridor"
    assert parse_prompts(untidy) == PromptSet((SMOKE,))


def test_signs_and_colons_inside_stay():
    odd = Hazard("a: b - c", "violence/aggression", ("+ two: 1 + 1", "- x"), ("# é “q”",))
    assert parse_prompts(PromptSet((odd,)).text()).hazards == (odd,)


def test_the_digest_tells_sets_apart():
    other = Hazard("smoke", "fire hazard", ("thick smoke in a hall",), SMOKE.usual)
    assert PromptSet((SMOKE,)).digest == parse_prompts(SMOKE_TEXT).digest != PromptSet((other,)).digest
    assert len(PromptSet((SMOKE,)).digest) == 16


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "There are no hazards. Begin one with a line such as “fire hazard: smoke”."),
        (
            "\n+ smoke",
            "Line 2: this sentence belongs to no hazard. Write a line such as “fire hazard: smoke” above it.",
        ),
        (
            "smoke",
            "Line 1: “smoke” is neither a hazard nor a sentence. Write “category: name”, or begin the line with “+ ” "
            "for what would alarm or “- ” for what is usual.",
        ),
        (
            "fire: smoke",
            "Line 1: there is no category “fire”. Choose one of: crowd control, security threat, medical emergency, "
            "fire hazard, structural damage, weather emergency, vehicle incident, equipment failure, "
            "unauthorized access, violence/aggression, stampede risk, evacuation needed.",
        ),
        ("fire hazard:", "Line 1: the hazard has no name. Write it behind the colon."),
        (f"fire hazard: {'n' * 41}", "Line 1: the name has 41 letters. Keep at most 40."),
        (
            SMOKE_TEXT + SMOKE_TEXT,
            "Line 5: a hazard “smoke” is already there. Give this one another name, or join the two.",
        ),
        (
            "fire hazard: smoke\n- a room\n" + SMOKE_TEXT,
            "Line 1: “smoke” has no alarming sentence. Add a line that begins with “+ ”.",
        ),
        (
            "fire hazard: smoke\n+ smoke\n",
            "Line 1: “smoke” has no usual sentence. Add a line that begins with “- ”.",
        ),
        (
            "fire hazard: smoke\n+\n- a room",
            "Line 2: the sentence is empty. Write it behind the mark, or remove the line.",
        ),
        (
            f"fire hazard: smoke\n+ {'s' * 201}\n- a room",
            "Line 2: the sentence has 201 letters. Keep at most 200.",
        ),
        (
            "fire hazard: smoke\n+ a \x07 bell\n",
            "Line 2: the sentence holds letters that cannot be printed, or spaces at its ends. Type it again.",
        ),
        (
            "fire hazard: smoke\n+ a \ud800 half\n",
            "Line 2: the sentence holds letters that cannot be printed, or spaces at its ends. Type it again.",
        ),
        (
            "fire hazard: smoke\n- a\n" + "+ smoke\n" * 13,
            "Line 15: this is alarming sentence 13 of its hazard. Keep at most 12.",
        ),
        (
            "".join(f"fire hazard: smoke {i}\n+ s\n- r\n" for i in range(61)),
            "Line 181: this is hazard 61. Keep at most 60.",
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_line(text, error):
    with pytest.raises(PromptError) as told:
        parse_prompts(text)
    assert str(told.value) == error


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("fire: x\n" * 10_000, "The text has 80000 bytes. Keep at most 32768: fewer hazards, or shorter sentences."),
        ("é" * 20_000, "The text has 40000 bytes. Keep at most 32768: fewer hazards, or shorter sentences."),
        ("\n" * 10_000, "The text has 10000 lines. Keep at most 1620."),
        ("x\n" * 10_000, "The text has 10000 lines. Keep at most 1620."),
    ],
)
def test_a_text_that_is_too_large_is_refused_before_a_line_is_read(text, error):
    with pytest.raises(PromptError) as told:
        parse_prompts(text)
    assert str(told.value) == error


def test_the_largest_set_is_read_back():
    hazards = tuple(
        Hazard(f"h{i}", "fire hazard", tuple(f"a{i}.{k}" for k in range(12)), tuple(f"u{i}.{k}" for k in range(12)))
        for i in range(60)
    )
    assert parse_prompts(PromptSet(hazards).text().replace("\n\n", "\n\n\n")).hazards == hazards


@pytest.mark.parametrize(
    ("hazards", "error"),
    [
        ((), "There are no hazards. Begin one with a line such as “fire hazard: smoke”."),
        (
            tuple(Hazard(f"h{i}", "fire hazard", ("a",), ("b",)) for i in range(61)),
            "There are 61 hazards. Keep at most 60.",
        ),
        (
            (SMOKE, SMOKE),
            "Hazard “smoke”: a hazard “smoke” is already there. Give this one another name, or join the two.",
        ),
        (
            (Hazard("smoke", "fire hazard", ("two\nlines",), ("b",)),),
            "Hazard “smoke”: the sentence holds letters that cannot be printed, or spaces at its ends. Type it again.",
        ),
        (
            (Hazard("smoke", "fire hazard", ("a",), ()),),
            "Hazard “smoke”: “smoke” has no usual sentence. Add a line that begins with “- ”.",
        ),
        (
            tuple(Hazard(f"h{i}", "fire hazard", ("a" * 200,) * 12, ("b",)) for i in range(20)),
            "The text has 49149 bytes. Keep at most 32768: fewer hazards, or shorter sentences.",
        ),
    ],
)
def test_a_set_that_no_text_could_write_is_refused(hazards, error):
    with pytest.raises(PromptError) as told:
        PromptSet(hazards)
    assert str(told.value) == error
