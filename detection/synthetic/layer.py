"""One standing object's own transparent picture, from a few solid shapes, and the shadows such shapes throw."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from detection.synthetic.camera import Floats, PlazaCamera
from detection.synthetic.canvas import Pixels, fill, fill_world, shaded
from detection.synthetic.light import lambert, shadow_of


class Layer:
    """One object's own transparent picture, at the backdrop's size: colour (h, w, 3) and cover (h, w), 0–255."""

    def __init__(self, camera: PlazaCamera, depth: float) -> None:
        self.camera = camera
        self.depth = depth
        self.colour: Pixels = np.zeros((camera.height, camera.width, 3), np.uint8)
        self.cover: Pixels = np.zeros((camera.height, camera.width), np.uint8)

    def polygon(self, corners: Floats, colour: tuple[float, float, float]) -> None:
        """Add a face with these world corners (n, 3)."""
        pixels, _ = self.camera.project(np.asarray(corners, np.float32))
        fill(self.colour, pixels, colour)
        fill(self.cover, pixels, (255,))

    def post(
        self, foot: tuple[float, float, float], top: float, radius: float, colour: Floats, taper: float = 1.0
    ) -> None:
        """Add an upright round post from foot to the height top, lit from the left."""
        right = np.array((1, 0, 0), np.float32)
        base = np.array(foot, np.float32)
        head = np.array((foot[0], foot[1], top), np.float32)
        strips = np.linspace(-1, 1, 9)
        for a, b in pairwise(strips):
            middle = (a + b) / 2
            normal = (middle, -float(np.sqrt(1 - middle**2)), 0.0)
            top_a, top_b = head + right * a * radius * taper, head + right * b * radius * taper
            corners = np.array((base + right * a * radius, base + right * b * radius, top_b, top_a))
            self.polygon(corners, shaded(colour.tolist(), lambert(normal)))

    def block(self, low: tuple[float, float, float], high: tuple[float, float, float], colour: Floats) -> None:
        """Add an upright box between two corners: its top, its front, and the side that the camera sees."""
        (x0, y0, z0), (x1, y1, z1) = low, high

        def face(corners: list[tuple[float, float, float]], normal: tuple[float, float, float]) -> None:
            self.polygon(np.array(corners, np.float32), shaded(colour.tolist(), lambert(normal)))

        if x0 > 0:
            face([(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)], (-1, 0, 0))
        elif x1 < 0:
            face([(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)], (1, 0, 0))
        face([(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)], (0, -1, 0))
        face([(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)], (0, 0, 1))

    def drum(self, at: tuple[float, float], radius: float, low: float, high: float, colour: Floats) -> None:
        """Add the visible side of an upright cylinder, strip by strip."""
        turns = np.linspace(np.pi, 2 * np.pi, 25)
        for a, b in pairwise(turns):
            middle = float(a + b) / 2
            rim = [(at[0] + radius * np.cos(turn), at[1] + radius * np.sin(turn)) for turn in (a, b)]
            corners = [(*rim[0], low), (*rim[1], low), (*rim[1], high), (*rim[0], high)]
            normal = (float(np.cos(middle)), float(np.sin(middle)), 0.0)
            self.polygon(np.array(corners), shaded(colour.tolist(), lambert(normal)))


def stripe_shadow(shadow: Pixels, camera: PlazaCamera, at: tuple[float, float], height: float, radius: float) -> None:
    """Add the shadow of a thin post to a shadow picture (h, w), in place."""
    foot, tip = shadow_of(np.array(((*at, 0.0), (*at, height)), np.float32))
    side = np.array((tip[1] - foot[1], foot[0] - tip[0], 0), np.float32)
    side *= radius / np.linalg.norm(side)
    fill_world(shadow, camera, [foot - side, foot + side, tip + side, tip - side], (255,))


def box_shadow(
    shadow: Pixels, camera: PlazaCamera, low: tuple[float, float], high: tuple[float, float], height: float
) -> None:
    """Add the shadow of an upright box to a shadow picture (h, w), in place."""
    (x0, y0), (x1, y1) = low, high
    base = np.array(((x0, y0, 0), (x1, y0, 0), (x1, y1, 0), (x0, y1, 0)), np.float32)
    both = np.vstack((base, shadow_of(base + np.array((0, 0, height), np.float32))))[:, :2]
    outline = cv2.convexHull(np.ascontiguousarray(both)[:, None, :]).reshape(-1, 2)
    fill_world(shadow, camera, [(float(x), float(y), 0.0) for x, y in outline], (255,))
