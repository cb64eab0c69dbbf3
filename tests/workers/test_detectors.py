"""One detector per process, and an honest stand-in for one that cannot be loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detection.detect.base import DetectorError
from workers.detectors import detector_for

PICTURE = np.zeros((48, 64, 3), np.uint8)


def test_cameras_share_one_builtin_detector() -> None:
    assert detector_for("builtin") is detector_for("builtin")
    assert detector_for("builtin").name == "builtin"


def test_a_missing_model_says_where_to_put_it(settings: Any, tmp_path: Path) -> None:
    settings.VEDETTE_MODELS = tmp_path
    detector = detector_for("plaza.onnx")
    with pytest.raises(DetectorError) as refusal:
        detector.detect([PICTURE], ["gate"])
    assert str(refusal.value) == (
        "The model plaza.onnx is missing in the models folder. Put it there, or choose “builtin”."
    )


def test_a_broken_model_is_told_and_tried_again(settings: Any, tmp_path: Path) -> None:
    settings.VEDETTE_MODELS = tmp_path
    (tmp_path / "broken.onnx").write_bytes(b"no model at all")
    first = detector_for("broken.onnx")
    with pytest.raises(DetectorError):
        first.detect([PICTURE], ["gate"])
    assert detector_for("broken.onnx") is not first


def test_a_name_cannot_lead_out_of_the_models_folder(settings: Any, tmp_path: Path) -> None:
    settings.VEDETTE_MODELS = tmp_path / "models"
    (tmp_path / "outside.onnx").write_bytes(b"")
    with pytest.raises(DetectorError, match=r"The model outside\.onnx is missing in"):
        detector_for("../outside.onnx").detect([PICTURE], ["gate"])


def test_a_foreign_file_under_a_known_name_is_refused_by_name(settings: Any, tmp_path: Path) -> None:
    settings.VEDETTE_MODELS = tmp_path
    (tmp_path / "yolox_nano.onnx").write_bytes(b"another model")
    with pytest.raises(DetectorError, match=r"^yolox_nano\.onnx is not the published file"):
        detector_for("yolox_nano.onnx").detect([PICTURE], ["gate"])
