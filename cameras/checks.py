"""Check what a camera is set to: its detector, its scorer and its privacy masks."""

from __future__ import annotations

import math
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

BUILTIN = "builtin"
SCORERS = ("baseline", "robust")
"""What needs no trained model."""
MAX_MASKS = 32
MAX_CORNERS = 100


def check_detector(name: str) -> str:
    """Return the detector's name: "builtin", or an ONNX file that lies in the models folder.

    Raises:
        ValidationError: on field `detector`, naming the folder.
    """
    name = name.strip()
    if name == BUILTIN:
        return name
    folder = Path(settings.VEDETTE_MODELS)
    # A bare name only: a path would let a manager ask which files the server has.
    if Path(name).name != name or not name.endswith(".onnx") or not (folder / name).is_file():
        raise ValidationError(
            {"detector": f"There is no model {name} in {folder}. Use builtin, or put an .onnx file there and name it."}
        )
    return name


def detectors_installed() -> list[str]:
    """Return the names that check_detector accepts, the built-in one first."""
    return [BUILTIN, *sorted(file.name for file in Path(settings.VEDETTE_MODELS).glob("*.onnx"))]


def check_scorer(name: str) -> str:
    """Return the scorer's name: one that needs no training, or the folder of a trained model in the models folder.

    Raises:
        ValidationError: on field `scorer`, naming the folder.
    """
    name = name.strip()
    if name not in scorers_installed():
        raise ValidationError(
            {
                "scorer": f"There is no trained model {name} in {settings.VEDETTE_MODELS}. Use baseline or robust, or "
                "train one there with “manage.py train”."
            }
        )
    return name


def scorers_installed() -> list[str]:
    """Return the names that check_scorer accepts, the default first."""
    trained = sorted(meta.parent.name for meta in Path(settings.VEDETTE_MODELS).glob("*/meta.json"))
    return [*SCORERS, *(name for name in trained if name not in SCORERS)]


def check_masks(masks: object) -> list[list[list[float]]]:
    """Return privacy masks as lists of corners [x, y], each a share 0–1 of the picture's width and height.

    Raises:
        ValidationError: on field `masks`, naming the mask and the corner, counted from 1.
    """
    if not isinstance(masks, list):
        raise _refusal("Masks are a list of polygons: [[[x, y], [x, y], [x, y]], …].")
    if len(masks) > MAX_MASKS:
        raise _refusal(f"A camera has at most {MAX_MASKS} masks; these are {len(masks)}.")
    return [_polygon(polygon, number) for number, polygon in enumerate(masks, 1)]


def _polygon(polygon: object, number: int) -> list[list[float]]:
    if not isinstance(polygon, list | tuple) or not 3 <= len(polygon) <= MAX_CORNERS:
        raise _refusal(f"Mask {number} needs 3 to {MAX_CORNERS} corners.")
    return [_corner(corner, number, place) for place, corner in enumerate(polygon, 1)]


def _corner(corner: object, number: int, place: int) -> list[float]:
    if not isinstance(corner, list | tuple) or len(corner) != 2:
        raise _refusal(f"Mask {number}, corner {place}: a corner is a pair [x, y].")
    for share in corner:
        # bool is an int to Python; JSON has NaN only by extension.
        if (
            isinstance(share, bool)
            or not isinstance(share, int | float)
            or not math.isfinite(share)
            or not 0 <= share <= 1
        ):
            raise _refusal(f"Mask {number}, corner {place}: {share!r} lies outside the picture, which spans 0 to 1.")
    return [float(corner[0]), float(corner[1])]


def _refusal(message: str) -> ValidationError:
    return ValidationError({"masks": message})
