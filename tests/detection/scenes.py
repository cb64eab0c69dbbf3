"""Paint small scenes with known objects, and make the values that the stages pass on."""

from __future__ import annotations

import numpy as np

from detection.types import Box, Detection, Frame, Image, Track

HEIGHT, WIDTH = 240, 320


def pavement(seed: int = 1) -> Image:
    """Return a textured, unchanging background."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(90, 150, (HEIGHT // 8, WIDTH // 8, 1), np.uint8)
    return np.ascontiguousarray(np.broadcast_to(np.kron(coarse, np.ones((8, 8, 1), np.uint8)), (HEIGHT, WIDTH, 3)))


def paint(image: Image, box: tuple[int, int, int, int], colour: tuple[int, int, int]) -> Image:
    """Return a copy with one filled box."""
    painted = image.copy()
    left, top, right, bottom = box
    painted[top:bottom, left:right] = colour
    return painted


def frame(image: Image, index: int, fps: float = 5.0) -> Frame:
    """Return a frame whose stream time and capture time follow from its index."""
    return Frame(image, index, index / fps, 1_000_000.0 + index / fps)


def person(left: float, top: float, width: float = 20.0, height: float = 60.0) -> Detection:
    """Return a sure detection of somebody."""
    return Detection((left, top, left + width, top + height), "person", 0.9)


def track(
    track_id: int, box: Box, label: str = "person", velocity: tuple[float, float] = (0.0, 0.0), age_s: float = 1.0
) -> Track:
    """Return a track of confidence 0.8."""
    return Track(track_id, box, label, 0.8, 5, age_s, velocity)


class ScriptedDetector:
    """A detector that answers what the test put in, or raises it."""

    name = "scripted"
    version = "1"

    def __init__(self, *answers: list[Detection] | Exception) -> None:
        self._answers = list(answers)
        self.calls: list[tuple[str, ...]] = []
        self.forgotten: list[str] = []

    def detect(self, images: list[Image], cameras: list[str]) -> list[list[Detection]]:
        """Give the next answer; the last one goes on for ever."""
        self.calls.append(tuple(cameras))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return [list(answer) for _ in images]

    def forget(self, camera: str) -> None:
        """Remember who was forgotten."""
        self.forgotten.append(camera)
