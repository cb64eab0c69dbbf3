"""Say what a detector is, and how one fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from detection.types import Detection, Image

MAX_DETECTIONS = 40
"""Objects kept of one picture, the surest first: it bounds the work of every later stage."""


class DetectorError(Exception):
    """A detector could not look at a picture; the message is a sentence for the operator of that camera."""


class DetectorTimeoutError(DetectorError):
    """A detector did not answer in time, or its queue was full."""


class Detector(Protocol):
    """Find objects in a batch of pictures."""

    @property
    def name(self) -> str:
        """Return the short name, as recorded with every event."""

    @property
    def version(self) -> str:
        """Return what tells two builds of this detector apart."""

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Return the detections of each picture, in the order given, at most MAX_DETECTIONS each.

        images: pictures (height, width, 3), uint8, BGR, of any sizes. cameras: one key per picture; a detector that
        learns a background keeps it per key and sees the pictures of one key in order of time. Boxes are in pixels
        of the picture given. Raises DetectorError with a full sentence.
        """

    def forget(self, camera: str) -> None:
        """Drop what was learned of one camera (its source changed, or it is no longer watched)."""
