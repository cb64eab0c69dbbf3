"""Learn one camera's background and return what stands out from it, moving or left behind."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detection.detect.regions import Mask, Region, as_u8, regions_of
from detection.detect.standing import StandingThings, is_ghost
from detection.types import Image

MODEL_WIDTH = 320
NOMINAL_FPS = 5.0
ABSORB_S = 90.0
"""A thing that stands still becomes background after about this long at NOMINAL_FPS."""
BACKGROUND_RATIO = 0.7
WARM_UP_FRAMES = 25
STILL_S = 4.0
FLOOD_RATIO = 0.6
"""More foreground than this is a change of light or of view, not objects."""
SHADOW = (0.42, 0.96)
"""A shadow keeps this share of the background's light."""
SHADOW_BLUE = (-0.04, 0.2)
"""And of blue so much more than of red, as the sky still lights it; green lies between."""
SHADOW_GREEN = 0.05
PIXEL_DEVIATION = 30
MIN_VARIANCE = 16.0
"""With PIXEL_DEVIATION, a pixel must differ by 22 grey levels at least: less is noise, compression or light."""
LIGHT_EVERY = 5


@dataclass(frozen=True, slots=True)
class Blob:
    """One object-like region: its place in model pixels, and whether it stands still."""

    region: Region
    static: bool

    @property
    def fill(self) -> float:
        """Return the share of the rectangle that stands out, 0–1."""
        return min(1.0, self.region.filled / self.region.area)


class CameraBackground:
    """Hold the background model of one camera (MOG2: Zivkovic, ICPR 2004) at no more than MODEL_WIDTH pixels wide.

    The age of each foreground pixel, counted in frames, separates what stands still from what passes in front of it.
    Where something left that was taken for background, a ghost remains; it is recognised and left out. Not
    thread-safe. `scale` turns model pixels into pixels of the last picture.
    """

    def __init__(self) -> None:
        self._model = cv2.createBackgroundSubtractorMOG2(detectShadows=False, varThreshold=PIXEL_DEVIATION)
        self._model.setBackgroundRatio(BACKGROUND_RATIO)
        self._model.setVarMin(MIN_VARIANCE)
        self._rate = 1.0 - BACKGROUND_RATIO ** (1.0 / (ABSORB_S * NOMINAL_FPS))
        self._standing = StandingThings(int(ABSORB_S * NOMINAL_FPS))
        self._seen = 0
        self._reference = np.zeros((0, 0), np.float32)
        self._age = np.zeros((0, 0), np.uint16)
        self._ghost = np.zeros((0, 0), np.uint8)
        self.scale = 1.0

    def blobs(self, image: Image) -> list[Blob]:
        """Learn one picture and return what stands out, largest first.

        image: (height, width, 3), uint8, BGR; another size than before starts anew. Empty while the first
        WARM_UP_FRAMES are learned, and after a change of the whole picture.
        """
        height, width = image.shape[:2]
        self.scale = max(1.0, width / MODEL_WIDTH)
        size = (max(1, round(width / self.scale)), max(1, round(height / self.scale)))
        small = as_u8(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
        if self._age.shape != small.shape[:2]:
            self._restart(small)
        small = self._even_light(small) if self._seen else small
        foreground = self._foreground(small)
        if self._seen <= WARM_UP_FRAMES:
            return []
        if np.count_nonzero(foreground) > FLOOD_RATIO * foreground.size:
            self._seen = WARM_UP_FRAMES // 2  # learn the new light quickly
            self._age[:] = 0
            self._ghost[:] = 0
            self._standing.forget()
            return []
        return self._split(small, foreground)

    def _restart(self, small: Image) -> None:
        self._seen = 0
        self._reference = small[::4, ::4, 1].astype(np.float32)
        self._age = np.zeros(small.shape[:2], np.uint16)
        self._ghost = np.zeros(small.shape[:2], np.uint8)
        self._standing.forget()

    def _even_light(self, small: Image) -> Image:
        """Undo the camera's own exposure control: bring the picture to the brightness of the learned background.

        The gain is the median over single pixels, which objects do not move as long as they cover less than half.
        """
        if self._seen % LIGHT_EVERY == 0:
            self._reference = self._model.getBackgroundImage()[::4, ::4, 1].astype(np.float32)
        gain = float(np.median((self._reference + 1.0) / (small[::4, ::4, 1] + np.float32(1.0))))
        return small if abs(gain - 1.0) < 0.01 else as_u8(cv2.convertScaleAbs(small, alpha=gain))

    def _foreground(self, small: Image) -> Mask:
        self._seen += 1
        rate = max(self._rate, 1.0 / (self._seen + 1)) if self._seen <= WARM_UP_FRAMES else self._rate
        raw = as_u8(self._model.apply(small, learningRate=rate))
        opened = cv2.morphologyEx(raw & ~self._shadows(small, raw), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        return as_u8(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((7, 3), np.uint8)))

    def _shadows(self, small: Image, raw: Mask) -> Mask:
        """Return the foreground pixels that only lie in shade: darker than the background, hardly of other colour."""
        rows, columns = np.nonzero(raw)
        learned = self._model.getBackgroundImage()[rows, columns].astype(np.float32) + np.float32(1.0)
        blue, green, red = ((small[rows, columns] + np.float32(1.0)) / learned).T
        shade = (green > SHADOW[0]) & (green < SHADOW[1])
        shade &= (blue - red > SHADOW_BLUE[0]) & (blue - red < SHADOW_BLUE[1])
        shade &= np.abs(green - (blue + red) / 2) < SHADOW_GREEN
        mask = np.zeros_like(raw)
        mask[rows[shade], columns[shade]] = 255
        return as_u8(cv2.medianBlur(mask, 3))

    def _split(self, small: Image, foreground: Mask) -> list[Blob]:
        self._age = np.where(foreground > 0, np.minimum(self._age, 60000) + 1, 0).astype(np.uint16)
        self._ghost &= foreground
        still = np.where(self._age >= STILL_S * NOMINAL_FPS, foreground & ~self._ghost, 0).astype(np.uint8)
        still = as_u8(cv2.morphologyEx(still, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
        standing = self._without_ghosts(small, foreground, still)
        for gone in self._standing.update(small, foreground, standing, still):
            self._ghost[gone.slices] |= foreground[gone.slices]
        things = self._standing.regions
        moving = foreground & ~self._ghost & ~as_u8(cv2.dilate(still, np.ones((3, 3), np.uint8)))
        passing = [r for r in regions_of(moving) if not _part_of_any(r, things)]
        return [Blob(r, True) for r in things] + [Blob(r, False) for r in passing]

    def _without_ghosts(self, small: Image, foreground: Mask, still: Mask) -> list[Region]:
        """Return the standing regions, after moving the ghosts among them from `still` to the ghost mask."""
        known = self._standing.regions
        fresh = [r for r in regions_of(still) if not _part_of_any(r, known)]
        if not fresh:
            return []
        learned = as_u8(self._model.getBackgroundImage())
        real = []
        for region in fresh:
            if is_ghost(region, still, foreground, small, learned):
                self._ghost[region.slices] |= still[region.slices]
                still[region.slices] = 0
            else:
                real.append(region)
        return real


def _part_of_any(region: Region, things: list[Region]) -> bool:
    """Tell whether a region lies mostly on a standing thing: the moving arm of someone who waits."""
    return any(region.shared(t, max(2, (t.right - t.left) // 6)) >= 0.6 * region.area for t in things)
