"""Check whether a moving region holds people, with OpenCV's built-in people detector."""

from __future__ import annotations

import cv2
import numpy as np

from detection.types import Box, Image

WINDOW_H = 128
PERSON_IN_WINDOW = 96
"""The detector's window is 64×128 and was trained on people of about 96 pixels (Dalal & Triggs, CVPR 2005)."""
SEARCH_MARGIN = 0.25
HIT_THRESHOLD = 0.0
MAX_SEARCH_PX = 320


class PeopleCheck:
    """Look for upright people in one part of a picture."""

    def __init__(self) -> None:
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector(), np.float32))

    def find(self, image: Image, box: Box) -> list[tuple[Box, float]]:
        """Return (box, confidence 0–1) of each person in the region, surest first.

        image: (height, width, 3), uint8, BGR; box in its pixels. The region is scaled so that somebody as tall as the
        box fits the detector's window, and searched there and one step smaller: people in a group are shorter than
        the region that holds them, never taller.
        """
        left, top, right, bottom = box
        tall = max(bottom - top, 8.0)
        pad = SEARCH_MARGIN * tall
        x0, y0 = max(0, int(left - pad)), max(0, int(top - pad))
        x1, y1 = min(image.shape[1], int(right + pad) + 1), min(image.shape[0], int(bottom + pad) + 1)
        scale = min(PERSON_IN_WINDOW / tall, MAX_SEARCH_PX / max(1, x1 - x0))
        size = (max(64, round((x1 - x0) * scale)), max(WINDOW_H, round((y1 - y0) * scale)))
        part = cv2.resize(image[y0:y1, x0:x1], size, interpolation=cv2.INTER_LINEAR)
        found, weights = self._hog.detectMultiScale(
            part, hitThreshold=HIT_THRESHOLD, winStride=(8, 8), padding=(8, 8), scale=1.2, groupThreshold=1
        )
        across, down = (x1 - x0) / size[0], (y1 - y0) / size[1]
        people = []
        for (x, y, w, h), weight in zip(np.reshape(found, (-1, 4)).tolist(), np.ravel(weights).tolist(), strict=True):
            # The window holds 16 of 128 pixels of margin on every side of the person.
            person = (
                x0 + (x + w * 0.2) * across,
                y0 + (y + h * 0.1) * down,
                x0 + (x + w * 0.8) * across,
                y0 + (y + h * 0.92) * down,
            )
            people.append((person, float(np.clip(0.5 + 0.25 * weight, 0.5, 0.95))))
        return sorted(people, key=lambda item: item[1], reverse=True)
