"""Tell kinds of sounds with YAMNet (Google, 521 classes of AudioSet), and gather those that matter."""

from __future__ import annotations

import csv
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.audio.chunk import AudioError, Samples

WINDOW = 15_600
"""Samples that the network judges at once: 0.975 s."""
CLASSES = 521

WEIGHTS: dict[str, dict[str, float]] = {
    "scream": {
        "Screaming": 1.0, "Yell": 0.8, "Shout": 0.7, "Bellow": 0.7, "Wail, moan": 0.7, "Crying, sobbing": 0.6,
    },
    "gunshot": {
        "Gunshot, gunfire": 1.0, "Machine gun": 1.0, "Fusillade": 1.0, "Artillery fire": 1.0, "Cap gun": 0.6,
    },
    "explosion": {"Explosion": 0.9, "Boom": 0.7, "Eruption": 0.6},
    "glass": {"Glass": 0.9, "Shatter": 1.0, "Breaking": 0.9, "Smash, crash": 0.8},
    "siren": {
        "Siren": 1.0, "Civil defense siren": 1.0, "Police car (siren)": 1.0, "Ambulance (siren)": 1.0,
        "Fire engine, fire truck (siren)": 1.0, "Emergency vehicle": 0.8,
    },
    "alarm": {"Alarm": 0.9, "Smoke detector, smoke alarm": 1.0, "Fire alarm": 1.0, "Buzzer": 0.6, "Car alarm": 0.9},
}  # fmt: skip
"""What each kind is heard by, and how much each class says of it, 0–1."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How sure each kind of WEIGHTS is in one window, 0–1, and the three surest classes of all for people to read."""

    kinds: dict[str, float]
    top: tuple[tuple[str, float], ...]


class SoundModel:
    """YAMNet from its folder, shared by the cameras of a process; thread-safe.

    Raises AudioError, naming the file, for a folder without it, and for files that are another model.
    """

    def __init__(self, folder: Path) -> None:
        model, names = folder / "yamnet.tflite", folder / "yamnet_class_map.csv"
        self._names = _class_names(names)
        try:
            from ai_edge_litert.interpreter import Interpreter  # here: it takes a while, and only sound needs it

            self._interpreter: Any = Interpreter(model_path=str(model), num_threads=1)
            self._interpreter.allocate_tensors()
            (given,), answers = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        except (ValueError, OSError, RuntimeError) as error:
            raise AudioError(
                f"{model.name} is not a readable sound model. Check it with: manage.py models verify yamnet"
            ) from error
        if list(given["shape"]) != [WINDOW] or list(answers[0]["shape"]) != [1, CLASSES]:
            raise AudioError(
                f"{model.name} is another model: it takes {list(given['shape'])} and gives "
                f"{list(answers[0]['shape'])}, not [{WINDOW}] and [1, {CLASSES}]."
            )
        self._input, self._output = given["index"], answers[0]["index"]
        self._columns = {
            kind: np.array([self._names.index(name) for name in weights]) for kind, weights in WEIGHTS.items()
        }
        self._weights = {kind: np.array(list(weights.values())) for kind, weights in WEIGHTS.items()}
        self._lock = threading.Lock()

    def hear(self, samples: Samples) -> Heard:
        """Return what the newest WINDOW samples sound like; fewer are filled up with silence in front."""
        window = np.zeros(WINDOW, np.float32)
        newest = samples[-WINDOW:]
        window[WINDOW - len(newest) :] = newest
        with self._lock:
            self._interpreter.set_tensor(self._input, window)
            self._interpreter.invoke()
            scores: NDArray[np.float32] = self._interpreter.get_tensor(self._output)[0].copy()
        if not np.isfinite(scores).all():
            raise AudioError("The sound model answered values that are not finite.")
        kinds = {kind: float((scores[self._columns[kind]] * self._weights[kind]).max()) for kind in WEIGHTS}
        top = tuple((self._names[i], float(scores[i])) for i in np.argsort(-scores)[:3])
        return Heard(kinds, top)


def _class_names(path: Path) -> list[str]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            names = [row["display_name"] for row in csv.DictReader(file)]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise AudioError(f"The names of the sounds, {path.name}, cannot be read: {error}.") from error
    lacking = [name for weights in WEIGHTS.values() for name in weights if name not in names]
    if len(names) != CLASSES or lacking:
        raise AudioError(f"{path.name} does not name the {CLASSES} sounds of YAMNet. Fetch it again.")
    return names
