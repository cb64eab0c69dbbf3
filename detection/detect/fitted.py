"""Give each picture to a copy of the network whose input has the picture's shape, so that no padding is computed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from detection.detect.base import Detector, DetectorError
from detection.detect.reshape import ReshapeError, Size, size_for
from detection.types import Detection, Image

log = logging.getLogger(__name__)

MOST_SIZES = 4
"""Copies kept at most, each of some tens of megabytes; pictures of further shapes go to the network as it is."""
WORTH = 0.95
"""A copy is made when it computes at most so much of the pixels."""


class SizedDetector(Detector, Protocol):
    """A detector whose network has one input size."""

    @property
    def size(self) -> Size:
        """Return the height and the width of the network's input."""


Sized = TypeVar("Sized", bound=SizedDetector)


class FittedDetector(Generic[Sized]):
    """Detect with one network at several input sizes, one for each shape of pictures. Called by one thread.

    A picture is scaled as for the network's own input, only the padding is left out. Where a network cannot be given
    another size it goes on with its own.
    """

    def __init__(self, open_at: Callable[[Size | None], Sized]) -> None:
        """Open the network at its own size; raises DetectorError as `open_at` does.

        open_at: returns the detector with an input of that size, None for its own; may raise ReshapeError.
        """
        self._open_at = open_at
        self.own: Sized = open_at(None)
        self._by_size: dict[Size, Sized] = {}

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self.own.name

    @property
    def version(self) -> str:
        """Return the model's digest."""
        return self.own.version

    @property
    def opened(self) -> tuple[Sized, ...]:
        """Return the copies that pictures were given to."""
        return tuple(dict.fromkeys(self._by_size.values()))

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Return the detections of each picture; see Detector.detect."""
        answers: list[list[Detection]] = [[] for _ in images]
        by_size: dict[Size, list[int]] = {}
        for index, image in enumerate(images):
            by_size.setdefault(self._size(image), []).append(index)
        for size, indices in by_size.items():
            found = self._at(size).detect([images[i] for i in indices], [cameras[i] for i in indices])
            for index, detections in zip(indices, found, strict=True):
                answers[index] = detections
        return answers

    def forget(self, camera: str) -> None:
        """Do nothing: this detector keeps nothing of a camera."""

    def _size(self, image: Image) -> Size:
        own = self.own.size
        if 0 in image.shape:
            return own
        size = size_for(own, (image.shape[0], image.shape[1]))
        return size if size[0] * size[1] <= WORTH * own[0] * own[1] else own

    def _at(self, size: Size) -> Sized:
        if size not in self._by_size:
            fits = size != self.own.size and len(self._by_size) < MOST_SIZES
            self._by_size[size] = self._opened(size) if fits else self.own
        return self._by_size[size]

    def _opened(self, size: Size) -> Sized:
        try:
            return self._open_at(size)
        except (ReshapeError, DetectorError) as error:
            log.info("%s keeps its own input for pictures of %d×%d: %s", self.name, *size, error)
            return self.own
