"""Draw what the pipeline saw into a picture, and make JPEGs."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import cv2
import numpy as np

from detection.types import Image, Track

Colour = tuple[int, int, int]

PERSON: Colour = (235, 190, 70)
VEHICLE: Colour = (60, 165, 250)
OTHER: Colour = (190, 190, 190)
INK: Colour = (20, 20, 20)
PAPER: Colour = (245, 245, 245)
WEIGHT = 600
VEHICLES = frozenset({"bicycle", "car", "motorcycle", "bus", "train", "truck", "boat", "airplane"})

MAX_TRACKS = 60
"""A crowd of hundreds of boxes hides the picture it should explain; the surest ones are drawn."""

_local = threading.local()


def draw_overlay(image: Image, tracks: Sequence[Track], caption: str = "") -> Image:
    """Return a copy of image with a box and a name tag for every track, and caption in a strip at the bottom.

    image: (height, width, 3) uint8 BGR; boxes are in its pixels. Colour tells people, vehicles and everything else
    apart; the tag says the same in words. Lines and letters grow with the picture and stay legible at 640 pixels.
    """
    drawn = image.copy()
    shorter = min(image.shape[:2])
    line = max(1, round(shorter / 240))
    letters = max(11, round(shorter / 34))
    surest = sorted(tracks, key=lambda track: track.confidence)[-MAX_TRACKS:]
    for track in surest:
        left, top, right, bottom = (round(side) for side in track.box)
        cv2.rectangle(drawn, (left, top), (right, bottom), _colour(track.label), line, cv2.LINE_AA)
    for track in surest:
        _tag(drawn, track, letters, line)
    if caption:
        _caption(drawn, caption, letters)
    return drawn


def encode_jpeg(image: Image, quality: int = 85, max_width: int | None = None) -> bytes:
    """Return image as JPEG, scaled down to max_width pixels if it is wider; quality 1–100."""
    height, width = image.shape[:2]
    if max_width is not None and width > max_width:
        size = (max_width, max(1, round(height * max_width / width)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"A picture of {width}×{height} could not be written as JPEG.")
    return data.tobytes()


def _colour(label: str) -> Colour:
    if label == "person":
        return PERSON
    return VEHICLE if label in VEHICLES else OTHER


def _font() -> cv2.FontFace:
    """Return this thread's font; OpenCV's are not safe to share, and loading one takes milliseconds."""
    if not hasattr(_local, "font"):
        _local.font = cv2.FontFace("sans")
    font: cv2.FontFace = _local.font
    return font


def _text_width(image: Image, text: str, letters: int) -> int:
    """Return the width of text in pixels."""
    _, _, width, _ = cv2.getTextSize((image.shape[1], image.shape[0]), text, (0, 0), _font(), letters, WEIGHT)
    return int(width)


def _tag(image: Image, track: Track, letters: int, line: int) -> None:
    """Write the track's name on a plate above its box, or inside at the picture's upper edge."""
    text = f"{track.label} {track.track_id}"
    pad = max(2, letters // 4)
    width = _text_width(image, text, letters) + 2 * pad
    height = letters + 2 * pad
    left = min(max(0, round(track.box[0]) - line // 2), max(0, image.shape[1] - width))
    top = round(track.box[1]) - height
    top = min(max(0, top), image.shape[0] - height)
    cv2.rectangle(image, (left, top), (left + width, top + height), _colour(track.label), cv2.FILLED)
    cv2.putText(image, text, (left + pad, top + pad + round(letters * 0.82)), INK, _font(), letters, WEIGHT)


def _caption(image: Image, caption: str, letters: int) -> None:
    pad = letters // 2
    height = letters + 2 * pad
    strip = image[-height:]
    strip[:] = (strip * 0.3).astype(np.uint8)
    text = caption
    while len(text) > 1 and _text_width(image, text, letters) > image.shape[1] - 2 * pad:
        text = text[:-2].rstrip() + "…"
    baseline = image.shape[0] - pad - round(letters * 0.18)
    cv2.putText(image, text, (pad, baseline), PAPER, _font(), letters, WEIGHT)
