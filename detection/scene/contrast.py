"""Turn a hazard's sentences into two directions, and a picture into one contrast for each hazard."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detection.scene.prompts import PromptSet
from detection.scene.tower import Floats, unit

MOST_SETS = 64
"""Sets remembered in a process; one of 15 hazards and 90 sentences takes 250 kB."""


class Reader(Protocol):
    """What reads sentences: SceneModel or SceneText."""

    version: str

    def read(self, sentences: Sequence[str]) -> Floats:
        """Return a vector of unit length for each sentence, (n, d), float32."""


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """What a set of prompts means to one model.

    alarming, usual: (hazards, d), float32, unit length: the mean of each hazard's sentences on a side; sentences: of
    each hazard, the vectors of its alarming ones, (k, d), to name the nearest.
    """

    prompts: PromptSet
    alarming: Floats
    usual: Floats
    sentences: tuple[Floats, ...]

    def contrasts(self, embedding: Floats) -> Floats:
        """Return cos(picture, alarming) − cos(picture, usual) of each hazard, (hazards,), float32, −2 to 2.

        embedding: (d,), unit length. A hazard's value depends on its own sentences alone.
        """
        # not a matrix product, whose rounding depends on how many rows there are
        between = self.alarming.astype(np.float64) - self.usual.astype(np.float64)
        return np.asarray((between * embedding.astype(np.float64)).sum(axis=1), np.float32)

    def nearest(self, hazard: int, embedding: Floats) -> str:
        """Return the alarming sentence of a hazard that the picture looks most like."""
        alike: NDArray[np.float32] = self.sentences[hazard] @ embedding
        return tuple(dict.fromkeys(self.prompts.hazards[hazard].alarming))[int(alike.argmax())]


class KnownDirections:
    """Remember the directions of the sets used last, for all cameras of a process; thread-safe."""

    def __init__(self, most: int = MOST_SETS) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str], Directions] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, model: Reader, prompts: PromptSet) -> Directions:
        """Return what a set means to a model, read once; others wait meanwhile. Raises what the model raises."""
        key = (model.version, prompts.digest)
        with self._lock:
            if key not in self._known:
                self._known[key] = directions(model, prompts)
                if len(self._known) > self._most:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            return self._known[key]


KNOWN = KnownDirections()
"""Those of this process."""


def directions(model: Reader, prompts: PromptSet) -> Directions:
    """Return what a set means to a model, each sentence read once; one written twice counts once in its hazard."""
    distinct = list(dict.fromkeys(s for hazard in prompts.hazards for s in (*hazard.alarming, *hazard.usual)))
    vectors = dict(zip(distinct, model.read(distinct), strict=True))
    sides = [
        [np.stack([vectors[s] for s in dict.fromkeys(side)]) for side in (hazard.alarming, hazard.usual)]
        for hazard in prompts.hazards
    ]
    alarming, usual = (unit(np.stack([each[i].mean(axis=0) for each in sides])) for i in (0, 1))
    return Directions(prompts, alarming, usual, tuple(each[0] for each in sides))
