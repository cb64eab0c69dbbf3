"""An ensemble brings its members to one scale, adds them up, and tells which of them it was."""

from __future__ import annotations

import numpy as np
import pytest

from detection.score.base import score_scene
from detection.score.learned import EnsembleScorer, Member, ModelError, Tail
from detection.types import FrameScore
from tests.detection.learned.models import FixedScorer, scene, score

EVEN = Tail.fit(np.linspace(0.0, 1.0, 100_001))
TENTH = Tail.fit(np.linspace(0.0, 0.1, 100_001))
SUM = Tail.fit(np.linspace(0.0, 4.0, 100_001))


def ensemble(one: FixedScorer, other: FixedScorer) -> EnsembleScorer:
    return EnsembleScorer([Member(one, EVEN), Member(other, TENTH)], SUM, "v")


def test_scores_of_different_scales_count_by_how_rare_they_are():
    judged = score_scene(ensemble(FixedScorer("a", score(0.9)), FixedScorer("b", score(0.099))), scene(0.0))
    assert [(p.name, p.value) for p in judged.parts] == [("b", 0.099), ("a", 0.9)]
    assert [p.deviation for p in judged.parts] == pytest.approx([2.0, 1.0], abs=1e-3)
    assert [p.share for p in judged.parts] == pytest.approx([2 / 3, 1 / 3], abs=1e-3)
    surprise = -np.log10(1.0 - 3.0 / 4.0)
    assert judged.value == pytest.approx(surprise / (1.0 + surprise), abs=1e-3)


def test_a_member_that_throws_fails_the_whole():
    with pytest.raises(ModelError, match=r"^The model 'x' failed\.$"):
        score_scene(
            ensemble(FixedScorer("a", score(0.9)), FixedScorer("b", ModelError("The model 'x' failed."))), scene(0.0)
        )


def test_a_member_that_warms_up_does_not_count_yet():
    warm = FixedScorer("a", FrameScore(0.0, warming_up=True))
    judged = score_scene(ensemble(warm, FixedScorer("b", score(0.099))), scene(0.0), learn=False)
    assert [(p.name, p.share) for p in judged.parts] == [("b", 1.0), ("a", 0.0)]
    assert warm.learned == [False]
    assert score_scene(ensemble(warm, FixedScorer("b", FrameScore(0.0, warming_up=True))), scene(0.0)).warming_up


def test_a_quiet_frame_scores_zero():
    judged = score_scene(ensemble(FixedScorer("a", score(0.0)), FixedScorer("b", score(0.0))), scene(0.0))
    assert (judged.value, [p.share for p in judged.parts]) == (0.0, [0.0, 0.0])


def test_two_members_of_one_kind_are_refused():
    with pytest.raises(ModelError, match="two members or more, each of another kind"):
        ensemble(FixedScorer("a", score(0.9)), FixedScorer("a", score(0.9)))
