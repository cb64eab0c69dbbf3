"""Turn Ultralytics weights into what the detectors run: ONNX, OpenVINO, or a TensorRT engine."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from training.errors import TrainingError

SIZES = range(128, 1281, 32)


def export_engine(weights: Path, form: str, size: int, folder: Path) -> Path:
    """Export `weights`, a .pt file, to `folder`, and return what was made; size: the side of its input in pixels.

    form: "onnx", "openvino" (a folder) or "engine" (TensorRT, which needs a GPU and is bound to it). Raises
    TrainingError for a file that is no such weights, a size that is not a multiple of 32, and an export that fails.
    """
    if size not in SIZES:
        raise TrainingError(f"The size must be a multiple of 32 from {SIZES[0]} to {SIZES[-1]}, not {size}.")
    if not weights.is_file():
        raise TrainingError(f"There is no file {weights}.")
    os.environ.setdefault("YOLO_VERBOSE", "False")
    from ultralytics import YOLO  # type: ignore[attr-defined]  # here: it reads YOLO_VERBOSE when it is imported

    with tempfile.TemporaryDirectory() as scratch:
        # The export lies beside the weights; these may lie where nothing may be written.
        copy = Path(scratch) / weights.name
        shutil.copyfile(weights, copy)
        try:
            made = Path(YOLO(str(copy), task="detect").export(format=form, imgsz=size, verbose=False))
        except Exception as error:  # ultralytics and torch raise whatever their parts raise
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise TrainingError(f"{weights.name} could not be exported: {reason}") from error
        target = folder / f"{weights.stem}_{size}{made.suffix if made.is_file() else '_openvino'}"
        folder.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            shutil.rmtree(target)
        shutil.move(made, target)
    return target
