"""Other scorers go through the same protocol: one that watches sees the other clips first, a trained one nothing."""

from __future__ import annotations

import numpy as np

from detection.evaluate.others import Read, evaluate_other
from detection.evaluate.ped2 import Clip
from detection.features import FeatureExtractor
from detection.score.base import Reading, Scene, Seen
from detection.types import FrameScore

FPS = 10.0


class Counting:
    """Score how long it has watched: what it saw before a clip is what tells."""

    name, version, reads = "counting", "1", ""

    def __init__(self) -> None:
        self.times: list[float] = []

    def read(self, scene: Scene) -> Seen:
        return {}

    def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
        assert not self.times or reading.at_s > self.times[-1], "time never falls from clip to clip"
        self.times.append(reading.at_s)
        return FrameScore(min(1.0, len(self.times) / 100), agreement=2)


def read(name: str, frames: int, labels: np.ndarray | None = None) -> Read:
    features = FeatureExtractor().extract([], (240, 360), 0.0)
    readings = tuple(Reading((), features, (240, 360), i / FPS, i / FPS, True, {}) for i in range(frames))
    return Read(Clip(name, (), labels), readings, 0.5, 0.25)


def test_who_watches_has_seen_the_training_clips_and_who_is_trained_starts_anew():
    normal = [read("Train001", 20), read("Train002", 30)]
    test = [read("Test001", 10, np.arange(10) >= 5)]
    watched = evaluate_other(normal, test, FPS, Counting, "cast 1", trained=False)
    trained = evaluate_other(normal, test, FPS, Counting, "cast 1", trained=True)
    assert (watched.micro, watched.macro, watched.test_frames) == (1.0, 1.0, 10)
    # 50 frames were watched before: the first test frame scores 0.51, over "sensitive" at once.
    assert watched.rows["sensitive, 0.45"].test.found == 1
    assert trained.rows["sensitive, 0.45"].test.found == 0
    assert watched.rows["sensitive, 0.45"].normal.normal_s == 5.0
    assert (watched.normal_is.split(":")[0], trained.normal_is.split(":")[0]) == ("held out", "not held out")
    assert watched.as_json()["settings"]["sensitive, 0.45"]["events_found"] == 1
    assert "micro frame-AUC 1.0000" in watched.as_text()
