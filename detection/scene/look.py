"""Look at one camera's picture at most once a second, and let a failing model rest."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from detection.scene.contrast import KNOWN, Directions
from detection.scene.model import SceneModel
from detection.scene.prompts import PromptSet
from detection.scene.tower import Floats, first_line
from detection.types import Image

EVERY_S = 1.0
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0
"""A model that failed is tried again after 5 s, then 10 s, and so on up to 5 minutes of stream time."""


@dataclass(frozen=True, slots=True, eq=False)
class SceneLook:
    """What one look saw: the picture's vector of unit length, (d,), and each hazard's contrast, (h,), both float32.

    digest: of the prompts that the contrasts belong to; model: the version of the weights.
    """

    at_s: float
    embedding: Floats
    contrasts: Floats
    digest: str = ""
    model: str = ""


class SceneLooker:
    """Look for one camera. Safe from two threads: the camera's own, and the desk's that looks for it."""

    def __init__(self, model: SceneModel, prompts: PromptSet) -> None:
        self._model, self._prompts = model, prompts
        self._lock = threading.Lock()
        self._looked_at_s: float | None = None
        self._rests_until_s = self._pause_s = 0.0
        self._waiting: SceneLook | None = None
        self.failure = ""
        self.latest: SceneLook | None = None
        self.directions: Directions | None = None

    def due(self, at_s: float) -> bool:
        """Tell whether a look is due; a stream that begins anew is looked at, one that only trembles is not."""
        last = self._looked_at_s
        if last is None or at_s <= last - EVERY_S:
            return True
        return at_s - last >= EVERY_S - 1e-6 and (not self.failure or at_s >= self._rests_until_s)

    def look(self, image: Image, at_s: float) -> SceneLook | None:
        """Return what is seen, or None when no look is due or the model fails, which `failure` then says."""
        with self._lock:
            if not self.due(at_s):
                return None
            self._looked_at_s = at_s
            prompts = self._prompts
        try:
            directions = KNOWN.of(self._model, prompts)
            embedding = self._model.look(image)
            seen = SceneLook(at_s, embedding, directions.contrasts(embedding), prompts.digest, self._model.version)
        except Exception as error:  # a picture or a model may fail in any way; people see it, the camera goes on
            with self._lock:
                self._pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2.0 * self._pause_s))
                self._rests_until_s = at_s + self._pause_s
                self.failure = first_line(error)
            return None
        with self._lock:
            self.failure, self._pause_s = "", 0.0
            self.latest = self._waiting = seen
            self.directions = directions
        return seen

    def take(self) -> SceneLook | None:
        """Return the newest look that nobody took yet."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
            return waiting

    def set_prompts(self, prompts: PromptSet) -> None:
        """Compare with other sentences from the next look on."""
        with self._lock:
            self._prompts = prompts
