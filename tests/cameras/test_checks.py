"""Detectors and privacy masks."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from cameras.checks import check_detector, check_masks, detectors_installed

TRIANGLE = [[0, 0], [1, 0], [0.5, 1]]


@pytest.fixture
def models(settings, tmp_path: Path) -> Path:
    settings.VEDETTE_MODELS = tmp_path
    (tmp_path / "yolox_nano.onnx").write_bytes(b"x")
    (tmp_path / "readme.txt").write_bytes(b"x")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "deep.onnx").write_bytes(b"x")
    return tmp_path


def test_the_built_in_detector_and_installed_models_are_known(models: Path) -> None:
    assert detectors_installed() == ["builtin", "yolox_nano.onnx"]
    assert [check_detector(name) for name in ("builtin", " yolox_nano.onnx ")] == ["builtin", "yolox_nano.onnx"]


@pytest.mark.parametrize("name", ["", "other.onnx", "readme.txt", "inner/deep.onnx", "../x.onnx", "/etc/passwd"])
def test_any_other_detector_is_refused_with_the_folder(models: Path, name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_detector(name)
    assert refused.value.message_dict == {
        "detector": [f"There is no model {name} in {models}. Use builtin, or put an .onnx file there and name it."]
    }


def test_masks_come_back_as_shares() -> None:
    assert check_masks([TRIANGLE, [(0, 0), (0, 1), (1, 1), (1, 0)]]) == [
        [[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]],
        [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]],
    ]
    assert check_masks([]) == []


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        ({"a": 1}, "Masks are a list of polygons: [[[x, y], [x, y], [x, y]], …]."),
        ("x", "Masks are a list of polygons: [[[x, y], [x, y], [x, y]], …]."),
        ([TRIANGLE] * 33, "A camera has at most 32 masks; these are 33."),
        ([TRIANGLE, [[0, 0], [1, 1]]], "Mask 2 needs 3 to 100 corners."),
        ([[[0, 0]] * 101], "Mask 1 needs 3 to 100 corners."),
        ([["a", "b", "c"]], "Mask 1, corner 1: a corner is a pair [x, y]."),
        ([[[0, 0], [0, 0, 0], [1, 1]]], "Mask 1, corner 2: a corner is a pair [x, y]."),
        ([[[0, 0], [1.1, 0], [1, 1]]], "Mask 1, corner 2: 1.1 lies outside the picture, which spans 0 to 1."),
        ([[[0, 0], [1, -0.1], [1, 1]]], "Mask 1, corner 2: -0.1 lies outside the picture, which spans 0 to 1."),
        ([[[0, 0], [1, float("nan")], [1, 1]]], "Mask 1, corner 2: nan lies outside the picture, which spans 0 to 1."),
        ([[[0, 0], [1, True], [1, 1]]], "Mask 1, corner 2: True lies outside the picture, which spans 0 to 1."),
        ([[[0, 0], [1, "1"], [1, 1]]], "Mask 1, corner 2: '1' lies outside the picture, which spans 0 to 1."),
    ],
)
def test_masks_outside_the_picture_are_refused(masks: object, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_masks(masks)
    assert refused.value.message_dict == {"masks": [message]}
