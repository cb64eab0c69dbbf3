"""Find recorded footage: video files, or folders of pictures in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from detection.types import Frame, Image
from training.errors import TrainingError

VIDEOS = frozenset({".avi", ".mkv", ".mov", ".mp4", ".m4v", ".ts", ".webm"})
PICTURES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff"})
PICTURES_FPS = 10.0
"""Frames a second of a folder of pictures, which does not tell: those of the public sets."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording: a video file, or a folder of pictures."""

    path: Path

    @property
    def name(self) -> str:
        """Return the name without the folder."""
        return self.path.name


def find_clips(folder: Path) -> list[Clip]:
    """Return the recordings of a folder by name; the folder itself when it holds pictures.

    Raises TrainingError when there is none.
    """
    if not folder.is_dir():
        raise TrainingError(f"There is no folder '{folder}'.")
    if _pictures(folder):
        return [Clip(folder)]
    found = [p for p in folder.iterdir() if p.suffix.lower() in VIDEOS or (p.is_dir() and _pictures(p))]
    if not found:
        raise TrainingError(f"The folder '{folder}' holds no video and no folder of pictures.")
    return [Clip(p) for p in sorted(found)]


def frames_of(clip: Clip, fps: float | None = None) -> Iterator[Frame]:
    """Yield the frames of a clip in order, at most fps a second (None: all); times count from the start of the clip.

    Raises TrainingError when it cannot be read.
    """
    due = 0.0
    for index, (at_s, image) in enumerate(_pictures_of(clip) if clip.path.is_dir() else _video_of(clip)):
        if fps is not None and at_s < due - 0.0005:
            continue
        yield Frame(image, index, at_s, at_s)
        due = max(due + 1.0 / fps, at_s) if fps else 0.0


def _pictures(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURES)


def _pictures_of(clip: Clip) -> Iterator[tuple[float, Image]]:
    for index, path in enumerate(_pictures(clip.path)):
        image = cv2.imread(str(path))
        if image is None:
            raise TrainingError(f"The picture '{path}' cannot be read.")
        yield index / PICTURES_FPS, np.asarray(image, np.uint8)


def _video_of(clip: Clip) -> Iterator[tuple[float, Image]]:
    try:
        with av.open(str(clip.path), metadata_errors="ignore") as container:
            start: float | None = None
            for picture in container.decode(video=0):
                at_s = float(picture.time or 0.0)
                start = at_s if start is None else start
                yield at_s - start, np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)
    except (av.error.FFmpegError, IndexError, OSError) as error:
        raise TrainingError(f"The clip '{clip.path}' cannot be read: {error}.") from error
