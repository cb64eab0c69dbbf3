"""One copy of each detector per process, shared by every camera that names it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from detection.detect.base import Detector, DetectorError
from detection.detect.batching import MicroBatcher
from detection.detect.fitted import FittedDetector
from detection.detect.measured import Measured, MeasuredDetector
from detection.detect.registry import load_detector
from detection.models import MODELS, ModelError
from detection.types import Detection, Image
from workers.model_store import store

log = logging.getLogger(__name__)

BUILTIN = "builtin"
ENGINES = "engines"
"""Where, in the home, it is kept which engine runs a model quickest here."""


class UnavailableDetector:
    """Stand in for a detector that could not be loaded: the camera shows its picture, and why nothing is analysed."""

    version = ""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self._reason = reason

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Raise the reason, always."""
        raise DetectorError(self._reason)

    def forget(self, camera: str) -> None:
        """Have nothing to forget."""


_lock = threading.Lock()
_loaded: dict[str, MicroBatcher] = {}
_measuring: list[FittedDetector[MeasuredDetector]] = []


def detector_for(name: str) -> Detector:
    """Return this process's detector of that name: "builtin", or the name of a file in the models folder.

    What cannot be loaded is tried again the next time a camera asks: the file may have been put there by then.
    """
    # The first camera loads, the others wait: two copies of a model may not fit a GPU.
    with _lock:
        if name not in _loaded:
            try:
                _loaded[name] = MicroBatcher(_opened(name))
            except Exception as error:  # a broken model file may raise anything
                log.error("the detector %s cannot be loaded: %s", name, error)
                return UnavailableDetector(name, _reason(name, error))
        return _loaded[name]


def measured() -> list[Measured]:
    """Return what this process found out about its detectors' engines."""
    with _lock:
        return [one.measured for each in _measuring for one in each.opened if one.measured is not None]


def _opened(name: str) -> Detector:
    if name == BUILTIN:
        return load_detector(name)
    # Half of the cores: decoding, tracking and scoring of all cameras need the others.
    threads = max(1, len(os.sched_getaffinity(0)) // 2)
    path, folder = _path(name), Path(settings.VEDETTE_HOME) / ENGINES
    detector = FittedDetector(lambda size: MeasuredDetector(path, folder, size=size, threads=threads))
    _measuring.append(detector)
    return detector


def _path(name: str) -> Path:
    """Return the file of that name in the models folder; raises DetectorError when it is missing or refused."""
    file = Path(settings.VEDETTE_MODELS) / Path(name).name
    try:
        for model in MODELS:
            if model.place == file.name:
                return store().path(model.name)
    except ModelError as error:
        raise DetectorError(str(error)) from error
    if not file.is_file():
        raise DetectorError(
            f"The model {file.name} is missing in the models folder. Put it there, or choose “builtin”."
        )
    return file


def _reason(name: str, error: Exception) -> str:
    if isinstance(error, DetectorError):
        return str(error)
    return f"The detector {name} cannot be loaded: {type(error).__name__}: {error}"
