"""Give a camera the scorer that its settings name."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from detection.detect.base import DetectorError
from detection.models import MissingModel, ModelError
from detection.score import Reading, RobustScore, Scene, Scorer, Seen
from detection.score.learned import ModelError as ScorerError
from detection.score.normality.appearance import Embedder
from detection.score.registry import scorer_maker
from detection.types import FrameScore
from workers.baselines import BaselineKeeper
from workers.model_store import store

log = logging.getLogger(__name__)

BASELINE, ROBUST = "baseline", "robust"
EMBEDDER = "mobilenetv2-embedder"


class UnavailableScorerError(Exception):
    """A camera's scorer could not be loaded; the message is a sentence for the people of that camera."""


class UnavailableScorer:
    """Stand in for a scorer that could not be loaded: the camera shows its picture, and why nothing is scored."""

    version = ""
    reads = ""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self._reason = reason

    def read(self, scene: Scene) -> Seen:
        """Read nothing."""
        return {}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Raise the reason, always."""
        raise UnavailableScorerError(self._reason)


_lock = threading.Lock()
_embedders: dict[Path, Embedder] = {}


def embedder() -> Embedder | None:
    """Return this process's one copy of the appearance network, or None where it is not installed."""
    try:
        path = store().path(EMBEDDER)
        with _lock:
            if path not in _embedders:
                _embedders[path] = Embedder(path)
            return _embedders[path]
    except MissingModel:
        return None
    except (ModelError, DetectorError) as error:
        log.warning("looks are not judged: %s", error)
        return None


def maker_of(name: str, keeper: BaselineKeeper) -> Callable[[], Scorer]:
    """Return what makes the scorer of that name; one that cannot be loaded is replaced by one that says why."""
    if name == BASELINE:
        keeper.use(embedder())
        return keeper.make
    if name == ROBUST:
        return RobustScore
    try:
        return scorer_maker(store().folder / Path(name).name)
    except (ScorerError, OSError) as error:
        log.error("the scorer %s cannot be loaded: %s", name, error)
        reason = str(error)
        return lambda: UnavailableScorer(name, reason)
