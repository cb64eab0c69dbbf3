"""A small delivery van: a side profile drawn out to its width, seen from any direction."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import cos, sin

import cv2
import numpy as np

from detection.synthetic.camera import MOUNT_HEIGHT_M, Floats, PlazaCamera
from detection.synthetic.canvas import fill, shaded
from detection.synthetic.capsule import Patch
from detection.synthetic.figure import Colour
from detection.synthetic.light import lambert, shadow_of
from detection.synthetic.route import Route

LENGTH_M = 4.4
HALF_WIDTH_M = 0.9
WHEEL_RADIUS_M = 0.33
AXLES_M = (-1.38, 1.4)
OVERSAMPLING = 3
GLASS: Colour = (96, 82, 66)
TYRE: Colour = (38, 38, 40)

PROFILE = np.array(
    ((-2.16, 0.32), (-2.2, 0.9), (-2.12, 1.72), (-1.94, 1.9), (0.72, 1.92), (0.98, 1.84), (1.6, 1.14), (2.08, 0.98),
     (2.2, 0.78), (2.2, 0.42), (2.12, 0.3)),
    np.float32,
)  # fmt: skip
"""Outline in metres, (forward, up), from the rear bumper over the roof to the front bumper."""
WINDSCREEN = 5
"""The piece of the outline that is glass."""


@dataclass(frozen=True, slots=True)
class Van:
    """A van on its way: its route, when it starts, its speed in metres a second, its paint (BGR)."""

    route: Route
    start_s: float
    speed_m_s: float
    body: Colour
    stripe: Colour

    @property
    def end_s(self) -> float:
        return self.start_s + self.route.length_m / self.speed_m_s

    def place(self, seconds: float) -> tuple[float, float, float] | None:
        """Return x, y and heading at a time of the clip, None when it is not there."""
        if not self.start_s <= seconds < self.end_s:
            return None
        return self.route.at((seconds - self.start_s) * self.speed_m_s)

    def place_xy(self, seconds: float) -> tuple[float, float] | None:
        """Return only x and y of the place."""
        place = self.place(seconds)
        return None if place is None else place[:2]


def _world(place: tuple[float, float, float], points: Floats) -> Floats:
    """Turn points (n, 3), forward, left, up, into world metres."""
    x, y, heading = place
    c, s = cos(heading), sin(heading)
    return np.stack(
        (x + points[:, 0] * c - points[:, 1] * s, y + points[:, 0] * s + points[:, 1] * c, points[:, 2]), axis=1
    ).astype(np.float32)


def _on_side(outline: Floats, side: float) -> Floats:
    return np.column_stack((outline[:, 0], np.full(len(outline), side), outline[:, 1])).astype(np.float32)


def van_shadow(place: tuple[float, float, float]) -> list[Floats]:
    """Return convex outlines (n, 3) on the ground that together are the van's shadow."""
    hull = np.vstack([_on_side(PROFILE, side) for side in (-HALF_WIDTH_M, HALF_WIDTH_M)])
    underneath = hull * (1.03, 1.1, 0)
    hull = np.vstack((hull, underneath))
    flat = shadow_of(_world(place, hull))[:, :2]
    outline = cv2.convexHull(np.ascontiguousarray(flat, np.float32)[:, None, :]).reshape(-1, 2)
    return [np.column_stack((outline, np.zeros(len(outline)))).astype(np.float32)]


class _Sketch:
    """Faces of the van on an enlarged patch of the picture."""

    def __init__(self, camera: PlazaCamera, place: tuple[float, float, float]) -> None:
        self.camera, self.place = camera, place
        corners = np.vstack([_on_side(PROFILE, side) for side in (-HALF_WIDTH_M, HALF_WIDTH_M)])
        pixels, _ = camera.project(_world(place, np.vstack((corners, corners * (1, 1, 0)))))
        self.left, self.top = (int(edge) - 2 for edge in pixels.min(axis=0))
        right, bottom = (int(edge) + 3 for edge in pixels.max(axis=0))
        shape = ((bottom - self.top) * OVERSAMPLING, (right - self.left) * OVERSAMPLING)
        self.colour = np.zeros((*shape, 3), np.uint8)
        self.cover = np.zeros(shape, np.uint8)

    def face(self, points: Floats, colour: Colour) -> None:
        pixels, _ = self.camera.project(_world(self.place, points))
        enlarged = (pixels - (self.left, self.top)) * OVERSAMPLING
        fill(self.colour, enlarged, colour)
        fill(self.cover, enlarged, (255,))

    def patch(self) -> Patch:
        size = (self.colour.shape[1] // OVERSAMPLING, self.colour.shape[0] // OVERSAMPLING)
        cover = cv2.resize(self.cover, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        colour = cv2.resize(self.colour, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        return Patch(self.left, self.top, colour, cover)


def draw_van(van: Van, place: tuple[float, float, float], camera: PlazaCamera) -> Patch:
    """Draw the van at a place (x, y, heading)."""
    x, y, heading = place
    sketch = _Sketch(camera, place)
    c, s = cos(heading), sin(heading)
    towards = (-x * c - y * s, x * s - y * c)
    near = HALF_WIDTH_M if towards[1] > 0 else -HALF_WIDTH_M
    for axle in AXLES_M:
        sketch.face(_on_side(_circle(axle, WHEEL_RADIUS_M), -near * 0.9), (24, 24, 26))
    for index, (a, b) in enumerate(pairwise(PROFILE)):
        _strip(sketch, van, index, a, b, (c, s), towards[0])
    side_light = lambert((-s * np.sign(near), c * np.sign(near), 0.0))
    _side(sketch, van, near, side_light)
    return sketch.patch()


def _strip(
    sketch: _Sketch, van: Van, index: int, a: Floats, b: Floats, turn: tuple[float, float], camera_forward: float
) -> None:
    """Draw one piece of the outline across the van's width, if the camera sees its outer face."""
    normal = np.array((-(b[1] - a[1]), b[0] - a[0]))
    middle = (a + b) / 2
    if normal @ (camera_forward - middle[0], MOUNT_HEIGHT_M - middle[1]) <= 0:
        return
    normal = normal / np.linalg.norm(normal)
    light = lambert((float(normal[0]) * turn[0], float(normal[0]) * turn[1], float(normal[1])))
    w = HALF_WIDTH_M
    corners = [(a[0], -w, a[1]), (a[0], w, a[1]), (b[0], w, b[1]), (b[0], -w, b[1])]
    sketch.face(np.array(corners, np.float32), shaded(van.body, light))
    if index == WINDSCREEN:
        low, high = a + (b - a) * 0.95, a + (b - a) * 0.06
        glass = [(low[0], -w * 0.88, low[1]), (low[0], w * 0.88, low[1]), (high[0], w * 0.8, high[1])]
        sketch.face(np.array([*glass, (high[0], -w * 0.8, high[1])], np.float32), shaded(GLASS, light))
        shine = [(low[0], 0.1, low[1]), (low[0], 0.3, low[1]), (high[0], -0.1, high[1]), (high[0], -0.25, high[1])]
        sketch.face(np.array(shine, np.float32), shaded((176, 164, 148), light))


def _circle(forward: float, radius: float, up: float = WHEEL_RADIUS_M) -> Floats:
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    return np.column_stack((forward + radius * np.cos(turn), up + radius * np.sin(turn))).astype(np.float32)


def _side(sketch: _Sketch, van: Van, side: float, light: float) -> None:
    """Draw the side that faces the camera: panels, stripe, windows, doors, wheels, lamps."""
    outer = side * 1.005

    def panel(outline: tuple[tuple[float, float], ...], colour: Colour) -> None:
        sketch.face(_on_side(np.array(outline, np.float32), outer), colour)

    sketch.face(_on_side(PROFILE, side), shaded(van.body, light))
    panel(((-2.16, 0.32), (-2.18, 0.5), (2.2, 0.5), (2.12, 0.3)), shaded((70, 70, 72), light))
    panel(((-2.2, 0.86), (-2.19, 1.06), (1.72, 1.06), (2.0, 0.86)), shaded(van.stripe, light))
    panel(((0.42, 1.16), (0.42, 1.7), (0.9, 1.7), (1.36, 1.16)), shaded(GLASS, light))
    panel(((0.6, 1.16), (0.86, 1.7), (0.9, 1.7), (0.78, 1.16)), shaded((168, 156, 140), light))
    seam = shaded(van.body, light * 0.66)
    for forward in (-0.72, 0.34, 1.42):
        panel(((forward, 0.5), (forward, 1.72 if forward < 1 else 1.1), (forward + 0.03, 1.72 if forward < 1 else 1.1),
               (forward + 0.03, 0.5)), seam)  # fmt: skip
    panel(((0.42, 1.08), (0.42, 1.12), (0.58, 1.12), (0.58, 1.08)), shaded((60, 60, 60), light))
    panel(((1.98, 0.72), (1.92, 0.86), (2.16, 0.82), (2.2, 0.72)), (206, 226, 232))
    panel(((-2.2, 0.8), (-2.16, 1.3), (-2.08, 1.3), (-2.1, 0.8)), (40, 40, 190))
    for axle in AXLES_M:
        sketch.face(_on_side(_circle(axle, WHEEL_RADIUS_M * 1.2), outer), shaded((44, 44, 46), light))
        sketch.face(_on_side(_circle(axle, WHEEL_RADIUS_M), outer), TYRE)
        sketch.face(_on_side(_circle(axle, WHEEL_RADIUS_M * 0.6), outer), shaded((176, 176, 174), light))
        sketch.face(_on_side(_circle(axle, WHEEL_RADIUS_M * 0.2), outer), shaded((90, 90, 90), light))
