"""Score each object by how little its next step was to be expected, given its past and its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.score.base import Reading, Scene, Seen
from detection.score.learned.folder import ModelError, read_model
from detection.score.learned.network import Floats, Network
from detection.score.learned.paths import MOTION, PLACE, SIZE, Moments, TrackPaths
from detection.score.learned.smoothing import Smooth
from detection.score.learned.tail import Tail, score_of
from detection.types import FrameScore, ScorePart

KIND = "attention"
MODEL_FILE = "model.onnx"
INPUTS = ("past", "present", "place")
OUTPUTS = ("mean", "log_variance", "group")
TARGETS = 4
"""What the network foretells of a step, as a normal distribution each: motion x and y, log height and width."""
PARTS = (
    "motion for its place",
    "size for its place",
    "class for its place",
    "motion after its past",
    "size after its past",
)
SMOOTH_S = 0.45
NAMED_PARTS = 5
_LOG_2_PI = float(np.log(2.0 * np.pi))

Array = NDArray[np.float64]


def part_errors(network: Network, moments: Moments) -> Array:
    """Return the negative log-likelihood of each part of each object, (n, len(PARTS)), in nats.

    The network is asked twice: with the past hidden (what is usual for the place) and with it.
    """
    hidden = np.zeros_like(moments.present)
    mean, log_variance, group = network.run(
        {
            "past": np.concatenate([moments.past, moments.past]),
            "present": np.concatenate([hidden, moments.present]),
            "place": np.concatenate([moments.now[:, :PLACE]] * 2),
        }
    )
    now = moments.now[:, MOTION.start : SIZE.stop]
    return errors_of(mean, log_variance, group, now, moments.group)


def errors_of(mean: Floats, log_variance: Floats, group: Floats, now: Floats, true_group: NDArray[np.int64]) -> Array:
    """Return the errors of PARTS from the answers to both questions, (2n, …), and what was seen, (n, TARGETS)."""
    n = len(now)
    both = np.concatenate([now, now]).astype(np.float64)
    nll = 0.5 * ((both - mean) ** 2 / np.exp(log_variance.astype(np.float64)) + log_variance + _LOG_2_PI)
    motion, size = nll[:, :2].sum(axis=1), nll[:, 2:].sum(axis=1)
    logits = group[:n].astype(np.float64)
    top = logits.max(axis=1, keepdims=True)
    log_p = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    kind = -log_p[np.arange(n), true_group]
    return np.stack([motion[:n], size[:n], kind, motion[n:], size[n:]], axis=1)


class AttentionScorer:
    """Score one camera by its most surprising object. Not thread-safe.

    Each part is brought to decades of rarity on normal tracks that the network had not seen; an object's parts add up,
    the highest object counts, is smoothed over SMOOTH_S, and scored by how rare that was on normal footage.
    """

    name = KIND
    reads = ""

    def __init__(self, path: Path) -> None:
        """Open a model folder; raises ModelError for a foreign or damaged one."""
        folder = read_model(path, KIND)
        self.version = folder.version
        self.threshold = float(folder.field("threshold"))
        self._network = Network(folder, INPUTS, OUTPUTS)
        try:
            self._parts = [Tail.from_json(facts) for facts in folder.field("part_calibration")]
            self._tail = Tail.from_json(folder.field("calibration"))
        except ValueError as error:
            raise ModelError(f"The model '{folder.name}' cannot be used: {error}") from error
        if len(self._parts) != len(PARTS):
            raise ModelError(f"The model '{folder.name}' has {len(self._parts)} calibrated parts, not {len(PARTS)}.")
        self._paths = TrackPaths()
        self._smooth = Smooth(SMOOTH_S)

    def read(self, scene: Scene) -> Seen:
        """Read nothing of the picture: the tracks say it all."""
        return {}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        """Return the score of one frame; nothing is learned here. Raises ModelError on a fault."""
        moments = self._paths.look(reading.tracks, reading.size, reading.at_s)
        errors = part_errors(self._network, moments) if len(moments) else np.zeros((0, len(PARTS)))
        surprise = part_surprise(self._parts, errors)
        sums = surprise.sum(axis=1)
        raw = self._smooth.add(float(sums.max(initial=0.0)), reading.at_s)
        value = score_of(float(self._tail.surprise(raw)))
        if not len(moments):
            return FrameScore(value)
        worst = int(np.argmax(sums))
        return FrameScore(value, self._explain(errors[worst], surprise[worst]))

    def _explain(self, errors: Array, surprise: Array) -> tuple[ScorePart, ...]:
        whole = float(surprise.sum()) or 1.0
        usual = [tail.usual for tail in self._parts]
        return tuple(
            ScorePart(
                name=PARTS[i],
                value=float(errors[i]),
                usual_low=usual[i][0],
                usual_high=usual[i][1],
                deviation=float(surprise[i]),
                share=float(surprise[i]) / whole,
            )
            for i in np.argsort(-surprise)[:NAMED_PARTS]
        )


def part_surprise(tails: list[Tail], errors: Array) -> Array:
    """Return the surprise of each part in decades, in the shape of errors, (n, len(PARTS))."""
    return np.stack([tail.surprise(errors[:, i]) for i, tail in enumerate(tails)], axis=1)
