"""Footage of a made-up street, as observations: people walk at 0.8 heights a second and grow towards the camera."""

from __future__ import annotations

import numpy as np

from detection.score.normality.flow import BANDS
from detection.score.normality.observe import Observation, Seen

HEIGHT = 240
FPS = 10.0


def tall(foot_y: float) -> float:
    """Return how tall people are by where they stand."""
    return 0.2 * foot_y


def walker(track_id: int, foot_y: float, rng: np.random.Generator, label: str = "person", pace: float = 0.8) -> Seen:
    size = tall(foot_y) * rng.normal(1.0, 0.03)
    left = float(rng.uniform(10, 300))
    box = (left, foot_y - size, left + 0.4 * size * rng.normal(1.0, 0.05), foot_y)
    return Seen(track_id, label, 0.9, box, pace * tall(foot_y) * rng.normal(1.0, 0.05), look(rng))


def look(rng: np.random.Generator) -> np.ndarray:
    """Return the look of somebody usual: near the first axis."""
    vector = np.array([1.0, 0.0, 0.0, 0.0]) + rng.normal(0.0, 0.05, 4)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def street(index: int, objects: tuple[Seen, ...], rng: np.random.Generator) -> Observation:
    """Return one frame: in every band the motion is that of a walker who stands there."""
    rows = (np.arange(BANDS) + 0.5) * HEIGHT / BANDS
    bands = 0.8 * 0.2 * rows * rng.normal(1.0, 0.05, BANDS)
    return Observation(index / FPS, HEIGHT, objects, bands.astype(np.float32))


def clip(seed: int, frames: int = 60, people: int = 4) -> list[Observation]:
    rng = np.random.default_rng(seed)
    feet = rng.uniform(90, 230, people)
    return [street(i, tuple(walker(t, float(feet[t]), rng) for t in range(people)), rng) for i in range(frames)]
