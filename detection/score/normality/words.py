"""Say a part of the learned score in plain words, with its usual range."""

from __future__ import annotations

from math import exp

from detection.score.normality.model import SHAPE_WEIGHT
from detection.types import ScorePart

_WORDS = {
    "scene_motion": "the fastest place moves at {value:.1f} times what is fast there (usually {usual})",
    "object_speed": "the fastest object moves {value:.1f} of its place's heights a second (usually {usual})",
    "object_class": "the rarest kind of object is one in {times:,.0f}, less if unsure (usually one in {often})",
    "object_shape": "the largest object for its place is {larger:.0%} larger than any remembered (usually {share})",
    "object_look": "the least familiar look is {value:.2f} from any remembered (usually {usual})",
}
"""Every part has its words; the test of this file walks through PARTS."""


NAMES = frozenset(_WORDS)


def told(part: ScorePart) -> str:
    """Return one reason in plain words; raises KeyError for a part of another scorer.

    object_class is the negative log of a share times how sure the detector is, object_shape a weighted log of a size:
    both are told as what they mean.
    """
    low, high = part.usual_low, part.usual_high
    return _WORDS[part.name].format(
        value=part.value,
        usual=f"{low:.1f} to {high:.1f}" if part.name != "object_look" else f"{low:.2f} to {high:.2f}",
        times=exp(min(part.value, 20.0)),
        often=f"{exp(min(low, 20.0)):,.0f} to {exp(min(high, 20.0)):,.0f}",
        larger=exp(part.value / SHAPE_WEIGHT) - 1,
        share=f"{exp(low / SHAPE_WEIGHT) - 1:.0%} to {exp(high / SHAPE_WEIGHT) - 1:.0%}",
    )
