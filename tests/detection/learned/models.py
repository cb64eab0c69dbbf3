"""Make small trained models and scenes for the tests."""

from __future__ import annotations

from pathlib import Path

import lightgbm
import numpy as np

from detection.features import FeatureExtractor
from detection.score.base import Reading, Scene, Seen
from detection.score.learned.boosted import KIND, MODEL_FILE
from detection.score.learned.columns import PEOPLE_AND_FLOW, VALUES
from detection.score.learned.folder import ModelFolder, save_model
from detection.types import FrameScore, Image, ScorePart, Track
from tests.detection.scenes import pavement


def scene(at_s: float, tracks: tuple[Track, ...] = (), image: Image | None = None) -> Scene:
    """Return the scene of some tracks on the pavement."""
    image = pavement() if image is None else image
    features = FeatureExtractor().extract(tracks, (image.shape[0], image.shape[1]), at_s)
    return Scene(image, tracks, features, at_s, 1_000_000.0 + at_s)


def trees(order: tuple[str, ...] = PEOPLE_AND_FLOW, feature: str = "num_people") -> lightgbm.Booster:
    """Return trees for which a frame with more than 4.5 of a feature is what was labelled."""
    rng = np.random.default_rng(3)
    rows = rng.uniform(0.0, 9.0, (300, len(order)))
    labels = (rows[:, order.index(feature)] > 4.5).astype(float)
    parameters = {"objective": "binary", "num_threads": 1, "verbose": -1, "seed": 1, "num_leaves": 4}
    return lightgbm.train(parameters, lightgbm.Dataset(rows, labels, feature_name=list(order)), 20)


def boosted_folder(path: Path, order: tuple[str, ...] = PEOPLE_AND_FLOW, **changes: object) -> ModelFolder:
    """Write a boosted model whose trees judge by num_people."""
    facts = {"feature_order": list(order), "usual": [[0.0, 3.0]] * len(VALUES), "threshold": 0.5, "smooth_s": 0.0}
    model = trees(order, order[0]).model_to_string().encode()
    return save_model(path, KIND, MODEL_FILE, model, {**facts, **changes}, {})


class FixedScorer:
    """A scorer that answers what the test put in, or raises it."""

    def __init__(self, name: str, *answers: FrameScore | Exception, version: str = "1") -> None:
        self.name, self.version = name, version
        self._answers = list(answers)
        self.learned: list[bool] = []

    reads = ""

    def read(self, scene: Scene) -> Seen:
        """Read nothing."""
        return {}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Give the next answer; the last one goes on for ever."""
        self.learned.append(learn)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def score(value: float) -> FrameScore:
    """Return a score with one part."""
    return FrameScore(value, (ScorePart("part", value, 0.0, 1.0, 1.0, 1.0),))
