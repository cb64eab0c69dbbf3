"""The exported appearance network tells looks apart, on any number of boxes, and without torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from detection.detect.base import DetectorError
from detection.score.normality.appearance import Embedder


@pytest.fixture(scope="module")
def embedder(tmp_path_factory) -> Embedder:
    pytest.importorskip("torch", reason="exporting needs the full install")
    path: Path = tmp_path_factory.mktemp("models") / "looks.onnx"
    call_command("export_embedder", path)
    assert [p.name for p in path.parent.iterdir()] == ["looks.onnx"]
    return Embedder(path)


def picture() -> np.ndarray:
    """Return a grey picture with the same stripes twice and a chequered patch."""
    image = np.full((120, 240, 3), 128, np.uint8)
    for left in (10, 90):
        image[20:100, left : left + 40 : 4] = (20, 40, 220)
    image[20:100:8, 170:210:2] = (230, 220, 20)
    return image


def test_the_same_look_is_near_and_another_far(embedder):
    boxes = [(10.0, 20.0, 50.0, 100.0), (90.0, 20.0, 130.0, 100.0), (170.0, 20.0, 210.0, 100.0)]
    first, twin, other = embedder.embed(picture(), boxes)
    assert first.shape == (1280,)
    assert float(np.linalg.norm(first)) == pytest.approx(1.0, abs=1e-5)
    assert float(first @ twin) == pytest.approx(1.0, abs=1e-4)
    assert float(first @ other) < 0.9


def test_no_box_and_a_box_outside_are_no_fault(embedder):
    assert embedder.embed(picture(), []).shape[0] == 0
    assert np.isfinite(embedder.embed(picture(), [(500.0, 500.0, 600.0, 600.0)])).all()


def test_a_file_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(DetectorError, match=r"There is no embedding model .* export_embedder"):
        Embedder(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(DetectorError, match=r"text\.onnx is not a readable ONNX model"):
        Embedder(tmp_path / "text.onnx")
