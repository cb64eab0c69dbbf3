"""Read UCSD Ped2 (Mahadevan, Li, Bhalodia and Vasconcelos, CVPR 2010) from its folders.

DIR holds Train/TrainNNN and Test/TestNNN, each with one picture a frame (.tif, .jpg, .png), in any subset. The truth of
a test clip is, first found: Test/labels.json {"Test001": [0, 0, 1, …]}, Test/TestNNN_gt.npz (packed masks `mask` and
their `shape`), or Test/TestNNN_gt/ with one mask picture a frame, as published.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detection.evaluate.metrics import Labels
from detection.types import Frame

FPS = 10.0
PICTURES = frozenset({".tif", ".tiff", ".jpg", ".jpeg", ".png", ".bmp"})


class DatasetError(Exception):
    """The folder does not hold what was expected; the message is a sentence that names it."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip: its name ("Test001"), its pictures in order, and for a test clip which frames are unusual."""

    name: str
    pictures: tuple[Path, ...]
    labels: Labels | None = None

    def frames(self) -> Iterator[Frame]:
        """Yield the decoded frames at FPS; raises DatasetError for a picture that cannot be read."""
        for index, path in enumerate(self.pictures):
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is None:
                raise DatasetError(f"The picture {path} cannot be read.")
            yield Frame(np.asarray(image, np.uint8), index, index / FPS, index / FPS)


def normal_clips(root: Path) -> list[Clip]:
    """Return the training clips in order of name; raises DatasetError when there is none."""
    return [Clip(folder.name, _pictures(folder)) for folder in _folders(root / "Train")]


def labelled_clips(root: Path, only: Sequence[str] = ()) -> list[Clip]:
    """Return the test clips in order of name, with their labels.

    only: numbers or names ("07", "Test007"); empty means all there are. Raises DatasetError for a clip that is not
    there, or whose labels are missing or of another length.
    """
    folders = {folder.name: folder for folder in _folders(root / "Test")}
    wanted = [_name(text) for text in only] or list(folders)
    for name in wanted:
        if name not in folders:
            raise DatasetError(f"There is no clip {name} in {root / 'Test'}; there are: {', '.join(folders)}.")
    clips = []
    for name in wanted:
        pictures = _pictures(folders[name])
        clips.append(Clip(name, pictures, _labels(root / "Test", name, len(pictures))))
    return clips


def _folders(parent: Path) -> list[Path]:
    found = sorted(p for p in parent.glob("T*") if p.is_dir() and not p.name.endswith("_gt"))
    if not found:
        raise DatasetError(f"There are no clip folders in {parent}; UCSD's layout is Train/Train001, Test/Test001 ….")
    return found


def _pictures(folder: Path) -> tuple[Path, ...]:
    found = tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURES and not p.name.startswith(".")))
    if not found:
        raise DatasetError(f"There are no pictures in {folder}.")
    return found


def _name(text: str) -> str:
    text = text.strip()
    return f"Test{int(text):03d}" if text.isdigit() else text


def _labels(parent: Path, name: str, frames: int) -> Labels:
    labels = _from_json(parent / "labels.json", name)
    if labels is None:
        labels = _from_npz(parent / f"{name}_gt.npz")
    if labels is None:
        labels = _from_masks(parent / f"{name}_gt")
    if labels is None:
        raise DatasetError(f"The clip {name} has no truth: neither labels.json, {name}_gt.npz nor {name}_gt/ is there.")
    if labels.size != frames:
        raise DatasetError(f"The clip {name} has {frames} pictures and {labels.size} labels.")
    return labels


def _from_json(path: Path, name: str) -> Labels | None:
    if not path.is_file():
        return None
    values = json.loads(path.read_text()).get(name)
    return None if values is None else np.asarray(values, np.int64) > 0


def _from_npz(path: Path) -> Labels | None:
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as stored:
        shape = tuple(int(n) for n in stored["shape"])
        bits = np.unpackbits(stored["mask"])[: int(np.prod(shape))]
    return np.asarray(bits.reshape(shape).any(axis=(1, 2)))


def _from_masks(folder: Path) -> Labels | None:
    if not folder.is_dir():
        return None
    masks = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in _pictures(folder)]
    return np.array([mask is not None and bool(mask.any()) for mask in masks])
