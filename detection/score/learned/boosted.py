"""Score frames with boosted trees trained on labelled footage (LightGBM: Ke et al., NeurIPS 2017)."""

from __future__ import annotations

from math import exp, isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detection.score.base import Reading, Scene, Seen
from detection.score.learned.columns import FEATURE_ORDER, VALUES, SceneColumns, value_of
from detection.score.learned.flow import READS, PeopleFlow
from detection.score.learned.folder import ModelError, ModelFolder, read_model
from detection.score.learned.smoothing import MovingMean
from detection.types import FrameScore, ScorePart

if TYPE_CHECKING:
    import lightgbm

KIND = "lightgbm"
MODEL_FILE = "model.txt"
NAMED_PARTS = 5
WARM_UP_S = 0.6
"""Until then there are no tracks and no flow: a frame tells nothing, and is neither scored nor trained on."""


class BoostedScorer:
    """Score one camera by the probability that its frame is one of those labelled. Not thread-safe.

    The value is the trees' probability, averaged over the last smooth_s seconds that meta.json names. A part is one
    measured value together with its history; its deviation is what it adds to the log-odds.
    """

    name = KIND
    reads = READS

    def __init__(self, path: Path) -> None:
        """Open a model folder; raises ModelError for a foreign, damaged or mismatching one."""
        folder = read_model(path, KIND)
        self.version = folder.version
        self._label = folder.name
        order = tuple(str(name) for name in folder.field("feature_order"))
        _check_order(folder.name, order)
        self._columns = np.array([FEATURE_ORDER.index(name) for name in order])
        self._values = np.array([VALUES.index(value_of(name)) for name in order])
        self._usual = np.asarray(folder.field("usual"), np.float64)
        if self._usual.shape != (len(VALUES), 2):
            raise ModelError(f"The usual ranges of the model '{folder.name}' are not one pair for each value.")
        self.threshold = float(folder.field("threshold"))
        self._smooth = MovingMean(float(folder.field("smooth_s")))
        self._booster = _booster(folder, order)
        self._flow = PeopleFlow()
        self._rows = SceneColumns()
        self._started_at: float | None = None

    def read(self, scene: Scene) -> Seen:
        """Return the flow of people and picture, `flow`: see PeopleFlow.read."""
        return self._flow.read(scene)

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Return the score of one frame; nothing is learned here. Raises ModelError or ValueError on a fault."""
        row = self._rows.row(reading)
        if self._started_at is None:
            self._started_at = reading.at_s
        if reading.at_s - self._started_at < WARM_UP_S:
            return FrameScore(0.0, warming_up=True)
        try:
            given = self._booster.predict(row[None, self._columns], pred_contrib=True, num_threads=1)
        except Exception as error:  # lightgbm raises its own unrelated classes
            raise ModelError(f"The model '{self._label}' failed on a frame: {error}") from error
        shares = np.asarray(given, np.float64).reshape(-1)
        value = 1.0 / (1.0 + exp(-float(np.clip(shares.sum(), -60.0, 60.0)))) if np.isfinite(shares).all() else np.nan
        if len(shares) != len(self._columns) + 1 or not isfinite(value):
            raise ModelError(f"The model '{self._label}' answered values that are not finite.")
        return FrameScore(self._smooth.add(value, reading.at_s), self._explain(row, shares[:-1]))

    def _explain(self, row: NDArray[np.float64], shares: NDArray[np.float64]) -> tuple[ScorePart, ...]:
        by_value = np.zeros(len(VALUES))
        np.add.at(by_value, self._values, shares)
        raising = [i for i in np.argsort(-by_value) if by_value[i] > 0.0]
        whole = sum(float(by_value[i]) for i in raising)
        return tuple(
            ScorePart(
                name=VALUES[i],
                value=float(row[i]),
                usual_low=float(self._usual[i, 0]),
                usual_high=float(self._usual[i, 1]),
                deviation=float(by_value[i]),
                share=float(by_value[i]) / whole,
            )
            for i in raising[:NAMED_PARTS]
        )


def _check_order(model: str, order: tuple[str, ...]) -> None:
    unknown = [name for name in order if name not in FEATURE_ORDER]
    if unknown:
        raise ModelError(
            f"The model '{model}' was trained on features that are not measured here: {', '.join(unknown[:5])}"
            f"{' …' if len(unknown) > 5 else ''}. Train it again."
        )
    if not order or list(order) != [name for name in FEATURE_ORDER if name in order] or len(set(order)) != len(order):
        at = next((name for name, due in zip(order, _sorted(order), strict=True) if name != due), "the first one")
        raise ModelError(
            f"The model '{model}' was trained on features in another order, from '{at}' on. Train it again."
        )


def _sorted(order: tuple[str, ...]) -> list[str]:
    return sorted(order, key=FEATURE_ORDER.index)


def _booster(folder: ModelFolder, order: tuple[str, ...]) -> lightgbm.Booster:
    try:
        import lightgbm  # here, so that a machine without its system library can still use every other scorer
    except (ImportError, OSError) as error:
        raise ModelError(f"The model '{folder.name}' needs LightGBM, which does not load here: {error}.") from error
    try:
        booster = lightgbm.Booster(model_str=folder.model.decode("utf-8"))
    except (lightgbm.basic.LightGBMError, UnicodeDecodeError) as error:
        raise ModelError(f"The file of the model '{folder.name}' is not a LightGBM model: {error}") from error
    names = tuple(booster.feature_name())
    if names != order:
        odd = next((a for a, b in zip(names, order, strict=False) if a != b), f"{len(names)} of {len(order)} features")
        raise ModelError(f"The trees of the model '{folder.name}' do not follow its feature_order: {odd}.")
    return booster
