"""Tell a Pose Landmarker bundle from any other file before MediaPipe's C++ is given it.

A bundle is a zip with two stored TensorFlow Lite models: one finds bodies, the other their 33 points. MediaPipe may end
the process on a broken one, so everything that can be known beforehand is checked here. The file is read once, and what
was checked is what is opened: a file swapped or cut off later changes nothing.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from detection.pose.errors import PoseError

FINDER, POINTER = "pose_detector.tflite", "pose_landmarks_detector.tflite"
MARK = b"TFL3"
"""A TensorFlow Lite model has it at bytes 4–8."""
LEAST_BYTES = 500_000
MOST_BYTES = 200_000_000
"""The published members have 2.8 to 26 million bytes; a zip that unpacks to gigabytes is no model."""
VARIANTS = ((4_500_000, "lite"), (12_000_000, "full"), (MOST_BYTES, "heavy"))
"""Upper size in bytes of the published point models (2.8, 6.4 and 27 million)."""
FINDER_SHAPE = (1, 224, 224, 3)
POINTER_SHAPE = (1, 256, 256, 3)
POINTER_VALUES = 195
"""Outputs of the point model: 39 points of 5 values, of which 33 are the body's."""
WAY_OUT = "Run `manage.py models verify`, and fetch it again with `manage.py models pull`."


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked bundle: which of the three it is, what tells it from another, and the whole file."""

    variant: str
    version: str
    content: bytes


def check_bundle(path: Path) -> Bundle:
    """Return what the file is; raises PoseError naming it when it is not a whole Pose Landmarker bundle."""
    if not path.is_file():
        raise PoseError(
            f"There is no pose model {path.name} in {path.parent}. "
            "Install it with `manage.py models pull`, or check what is there with `manage.py models verify`."
        )
    try:
        size = path.stat().st_size
        if size == 0:
            raise PoseError(f"The pose model {path.name} is empty (0 bytes). {WAY_OUT}")
        if size > 2 * MOST_BYTES:
            raise PoseError(f"The file {path.name} is not a pose model: it has {size} bytes. {WAY_OUT}")
        content = path.read_bytes()
    except OSError as error:
        raise PoseError(f"The pose model {path.name} cannot be read: {error.strerror or error}. {WAY_OUT}") from error
    finder, pointer = _members(path, content)
    _check_member(path, FINDER, finder, FINDER_SHAPE, None)
    _check_member(path, POINTER, pointer, POINTER_SHAPE, POINTER_VALUES)
    variant = next(name for limit, name in VARIANTS if len(pointer) <= limit)
    return Bundle(variant, f"{variant}-{hashlib.sha256(content).hexdigest()[:12]}", content)


def _members(path: Path, content: bytes) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            there = {item.filename: item for item in bundle.infolist()}
            if FINDER not in there or POINTER not in there:
                found = ", ".join(sorted(there)[:4]) or "nothing"
                raise PoseError(f"The file {path.name} is not a pose model: it holds {found}. {WAY_OUT}")
            for name in (FINDER, POINTER):
                if not LEAST_BYTES <= there[name].file_size <= MOST_BYTES:
                    told = f"its part {name} has {there[name].file_size} bytes"
                    raise PoseError(f"The file {path.name} is not a pose model: {told}. {WAY_OUT}")
            return bundle.read(FINDER), bundle.read(POINTER)  # checks their CRC-32
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise PoseError(f"The pose model {path.name} is cut off, damaged or another kind of file. {WAY_OUT}") from error


def _check_member(path: Path, name: str, model: bytes, shape: tuple[int, ...], values: int | None) -> None:
    """Compare the model's input, and the size of one output, with what a pose model has."""
    if model[4:8] != MARK:
        raise PoseError(f"The file {path.name} is not a pose model: its part {name} is no TensorFlow Lite. {WAY_OUT}")
    from ai_edge_litert.interpreter import Interpreter  # heavy, and only needed where pose is used

    try:
        reader = Interpreter(model_content=model, num_threads=1)
        takes = tuple(int(side) for side in reader.get_input_details()[0]["shape"])
        gives = [int(side["shape"][-1]) for side in reader.get_output_details()]
    except (ValueError, RuntimeError, IndexError) as error:
        raise PoseError(f"The pose model {path.name} has a damaged part {name}. {WAY_OUT}") from error
    if takes != shape or (values is not None and values not in gives):
        told = f"its part {name} takes {takes} and gives {gives}"
        raise PoseError(f"The file {path.name} was swapped for another model: {told}. {WAY_OUT}")
