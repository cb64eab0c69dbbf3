"""Take footage through detector, tracker and features, as the pipeline does, up to the score."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from detection.detect.base import Detector
from detection.features import FeatureExtractor
from detection.score.base import Scene
from detection.track import DeepSortTracker
from detection.types import Detection, Image
from training.clips import Clip, frames_of


def scenes_of(clip: Clip, detector: Detector, fps: float | None) -> Iterator[Scene]:
    """Yield the scenes of one clip in order of time, at most fps a second; nothing is kept from another clip."""
    tracker, extractor = DeepSortTracker(), FeatureExtractor()
    key = str(clip.path)
    detector.forget(key)
    for frame in frames_of(clip, fps):
        found = detector.detect([frame.image], [key])[0]
        tracks = tuple(tracker.update(frame.image, found, frame.at_s))
        features = extractor.extract(tracks, (frame.image.shape[0], frame.image.shape[1]), frame.at_s)
        yield Scene(frame.image, tracks, features, frame.at_s, frame.captured_at)
    detector.forget(key)


class RememberedDetector:
    """A detector whose answers are kept in a folder by the digest of the picture, so that a second run is quick.

    Only for detectors that learn nothing from earlier pictures: their answer depends on the picture alone.
    """

    def __init__(self, detector: Detector, folder: Path, settings: str = "") -> None:
        """Keep answers apart by the detector's version and by its settings, for example its confidence."""
        self._detector = detector
        self.name, self.version = detector.name, detector.version
        self._folder = folder / f"{detector.name}-{detector.version}{settings}"

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Return the detections of each picture; see Detector.detect."""
        return [self._one(image, camera) for image, camera in zip(images, cameras, strict=True)]

    def forget(self, camera: str) -> None:
        """Pass on what Detector.forget says."""
        self._detector.forget(camera)

    def _one(self, image: Image, camera: str) -> list[Detection]:
        digest = hashlib.sha256(str(image.shape).encode() + image.tobytes()).hexdigest()[:32]
        file = self._folder / digest[:2] / f"{digest}.json"
        if file.is_file():
            return [
                Detection((b[0], b[1], b[2], b[3]), str(label), float(c))
                for b, label, c in json.loads(file.read_text())
            ]
        found = self._detector.detect([image], [camera])[0]
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch = file.with_suffix(".part")
        scratch.write_text(json.dumps([[d.box, d.label, d.confidence] for d in found]))
        scratch.replace(file)
        return found
