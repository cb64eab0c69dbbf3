"""What a hazard scores depends on its own sentences and the picture, on nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from detection.scene.contrast import KnownDirections, directions
from detection.scene.defaults import default_prompts
from detection.scene.prompts import Hazard, PromptSet

SMOKE = Hazard("smoke", "fire hazard", ("thick smoke in a room", "dark smoke"), ("an ordinary room", "a corridor"))


def picture(seed: int = 0):
    return np.random.default_rng(seed).integers(0, 256, (120, 160, 3), np.uint8)


class Counted:
    """Pass sentences on to a model, and count them."""

    def __init__(self, model, version: str = "counted") -> None:
        self.model, self.version, self.read_so_far = model, version, []

    def read(self, sentences):
        self.read_so_far += sentences
        return self.model.read(sentences)


def test_a_contrast_is_the_difference_of_two_cosines(clip):
    seen = clip.look(picture())
    found = directions(clip, PromptSet((SMOKE,)))
    sides = []
    for side in (SMOKE.alarming, SMOKE.usual):
        mean = clip.read(side).mean(axis=0)
        sides.append(mean / np.linalg.norm(mean))
    assert found.contrasts(seen).shape == (1,)
    assert found.contrasts(seen).dtype == np.float32
    assert float(found.contrasts(seen)[0]) == pytest.approx(float(sides[0] @ seen - sides[1] @ seen), abs=1e-6)


def test_more_hazards_leave_the_contrast_of_another_alone(clip):
    seen = clip.look(picture())
    alone = directions(clip, PromptSet((SMOKE,))).contrasts(seen)
    among = directions(clip, PromptSet((*default_prompts().hazards[:5], SMOKE))).contrasts(seen)
    assert float(among[5]) == pytest.approx(float(alone[0]), abs=1e-6)
    assert len(set(among.tolist())) == 6


def test_a_sentence_written_twice_counts_once(clip):
    seen = clip.look(picture())
    twice = Hazard(SMOKE.name, SMOKE.category, SMOKE.alarming * 3 + SMOKE.alarming[:1], SMOKE.usual * 2)
    once, more = (directions(clip, PromptSet((hazard,))).contrasts(seen) for hazard in (SMOKE, twice))
    assert np.array_equal(once, more)


def test_a_hazard_against_its_own_sentences_has_no_contrast(clip):
    same = Hazard("same", "fire hazard", SMOKE.usual, SMOKE.usual)
    assert directions(clip, PromptSet((same,))).contrasts(clip.look(picture())).tolist() == [0.0]


def test_the_nearest_sentence_is_named(clip):
    found = directions(clip, PromptSet((SMOKE,)))
    for sentence in SMOKE.alarming:
        assert found.nearest(0, clip.read([sentence])[0]) == sentence


def test_a_set_is_read_once_for_a_model_and_each_sentence_once(clip):
    known, model, other = KnownDirections(), Counted(clip), Counted(clip, "other")
    shared = Hazard("dark", "fire hazard", ("dark smoke",), ("a corridor", "a hall"))
    first = known.of(model, PromptSet((SMOKE, shared)))
    assert known.of(model, PromptSet((SMOKE, shared))) is first
    assert model.read_so_far == [*SMOKE.alarming, *SMOKE.usual, "a hall"]
    assert known.of(other, PromptSet((SMOKE, shared))) is not first
    assert len(other.read_so_far) == 5


def test_the_sets_used_longest_ago_are_forgotten(clip):
    known, model = KnownDirections(most=2), Counted(clip)
    sets = [PromptSet((Hazard(f"h{i}", "fire hazard", ("a",), ("b",)),)) for i in range(3)]
    for i in (0, 1, 0, 2, 0, 1):
        known.of(model, sets[i])
    assert len(model.read_so_far) == 2 * 4, "the second was forgotten and read again"
