"""Clothes a skeleton and draws it: the limbs of one person as capsules, their outline box, their shadow."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin
from typing import Literal

import numpy as np

from detection.synthetic import skeleton as sk
from detection.synthetic.camera import MOUNT_HEIGHT_M, Floats, PlazaCamera
from detection.synthetic.capsule import Capsule

Colour = tuple[float, float, float]
Bottom = Literal["trousers", "shorts", "skirt"]
Top = Literal["shirt", "jacket", "coat", "vest"]
Hair = Literal["short", "long", "hat", "bald"]

SHOE: Colour = (44, 46, 52)
VEST_STRIPE: Colour = (225, 232, 235)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody's build (height in metres, girth about 1) and clothes (BGR colours)."""

    height_m: float
    girth: float
    skin: Colour
    hair: Colour
    hair_style: Hair
    top: Top
    top_colour: Colour
    bottom: Bottom
    bottom_colour: Colour
    backpack: Colour | None = None


@dataclass(frozen=True, slots=True)
class Stance:
    """Where somebody is and how they hold themselves at one moment; heading in radians, 0 is +x, pi/2 is +y."""

    x: float
    y: float
    heading: float
    pose: Floats
    action: str
    speed_m_s: float = 0.0
    carried: Colour | None = None


@dataclass(frozen=True, slots=True)
class Limb:
    """A part of a body in the world: two ends in metres, their radii in metres, its colour."""

    start: Floats
    end: Floats
    start_radius: float
    end_radius: float
    colour: Colour
    nearer_m: float = 0.0


def joints_in_world(look: Look, stance: Stance) -> Floats:
    """Return the joints (18, 3) in world metres."""
    pose = stance.pose * look.height_m
    c, s = cos(stance.heading), sin(stance.heading)
    world = np.empty_like(pose)
    world[:, 0] = stance.x + pose[:, 0] * c - pose[:, 1] * s
    world[:, 1] = stance.y + pose[:, 0] * s + pose[:, 1] * c
    world[:, 2] = pose[:, 2]
    return world


def limbs(look: Look, stance: Stance) -> list[Limb]:
    """Return everything one person is made of, in the world."""
    joints = joints_in_world(look, stance)
    size, wide = look.height_m, look.height_m * look.girth
    parts: list[Limb] = []
    for side in (0, 1):
        parts += _leg(look, joints, side, size, wide)
        parts += _arm(look, joints, side, size, wide)
    parts += _trunk(look, joints, size, wide)
    parts += _head(look, joints, size)
    if stance.carried is not None:
        parts += bag_limbs(joints[sk.HANDS[1]] - np.array((0, 0, 0.32), np.float32), stance.heading, stance.carried)
    return parts


def bag_limbs(at: Floats, heading: float, colour: Colour) -> list[Limb]:
    """Return a holdall, 0.56 m long, whose middle is at a world point."""
    along = np.array((cos(heading), sin(heading), 0), np.float32)
    up = np.array((0, 0, 1), np.float32)
    strap = tuple(channel * 0.45 for channel in colour)
    dark: Colour = (strap[0], strap[1], strap[2])
    return [
        Limb(at - along * 0.2, at + along * 0.2, 0.15, 0.15, colour),
        Limb(at - along * 0.2, at - along * 0.19, 0.145, 0.145, dark, nearer_m=0.02),
        Limb(at - along * 0.12, at - along * 0.05 + up * 0.27, 0.018, 0.018, dark, nearer_m=0.03),
        Limb(at + along * 0.12, at + along * 0.05 + up * 0.27, 0.018, 0.018, dark, nearer_m=0.03),
    ]


def _leg(look: Look, joints: Floats, side: int, size: float, wide: float) -> list[Limb]:
    hip, knee = joints[sk.HIPS[side]], joints[sk.KNEES[side]]
    ankle, toe = joints[sk.ANKLES[side]], joints[sk.TOES[side]]
    upper = look.skin if look.bottom == "skirt" else look.bottom_colour
    lower = look.bottom_colour if look.bottom == "trousers" else look.skin
    thick = 1.12 if look.bottom == "trousers" else 0.95
    return [
        Limb(ankle - (toe - ankle) * 0.22, toe, 0.026 * size, 0.02 * size, SHOE),
        Limb(knee, ankle, 0.034 * size * thick, 0.024 * size * thick, lower),
        Limb(hip, knee, 0.05 * wide, 0.038 * wide * (1.15 if look.bottom == "shorts" else 1), upper),
    ]


def _arm(look: Look, joints: Floats, side: int, size: float, wide: float) -> list[Limb]:
    shoulder, elbow, hand = joints[sk.SHOULDERS[side]], joints[sk.ELBOWS[side]], joints[sk.HANDS[side]]
    long_sleeve = look.top in ("jacket", "coat")
    sleeve = tuple(channel * 0.94 for channel in look.top_colour)
    colour: Colour = (sleeve[0], sleeve[1], sleeve[2])
    return [
        Limb(shoulder, elbow, 0.034 * wide, 0.028 * wide, colour),
        Limb(elbow, hand, 0.027 * size, 0.02 * size, colour if long_sleeve else look.skin),
        Limb(hand, hand + (hand - elbow) * 0.16, 0.022 * size, 0.02 * size, look.skin),
    ]


def _trunk(look: Look, joints: Floats, size: float, wide: float) -> list[Limb]:
    chest, pelvis = joints[sk.CHEST], joints[sk.PELVIS]
    left, right = joints[sk.SHOULDERS[0]], joints[sk.SHOULDERS[1]]
    top = look.top_colour
    across = _unit(left - right)
    down = _unit(pelvis - chest)
    breast = _half_width(chest, down, across, 0.098 * wide, 0.068 * wide)
    waist = _half_width(pelvis, down, across, 0.083 * wide, 0.062 * wide)
    hips = _half_width(pelvis, down, across, 0.096 * wide, 0.068 * wide)
    shoulder_drop = down * 0.022 * size
    parts = [
        Limb(pelvis, pelvis + down * 0.012 * size, hips, hips * 0.96, look.bottom_colour, -0.02),
        Limb(left + shoulder_drop, right + shoulder_drop, 0.043 * wide, 0.043 * wide, top, -0.12),
        Limb(chest + down * (breast - 0.03 * size), pelvis - down * 0.03 * size, breast, waist, top),
    ]
    if look.bottom == "skirt" or look.top == "coat":
        colour, reach = (look.bottom_colour, 0.92) if look.bottom == "skirt" else (top, 0.72)
        knees = joints[list(sk.KNEES)]
        # Cloth holds the knees together: without this the hem splits in two with every step.
        knees = knees * 0.55 + knees.mean(axis=0) * 0.45
        hems = [pelvis + (knee - pelvis) * reach for knee in (knees[0], knees[1], knees.mean(axis=0))]
        parts += [Limb(pelvis, hem, 0.068 * wide, 0.058 * wide, colour, 0.05 + 0.02 * n) for n, hem in enumerate(hems)]
    if look.top == "vest":
        for share in (0.45, 0.75):
            band = chest + (pelvis - chest) * share
            half = across * _half_width(band, down, across, 0.07 * wide, 0.03 * wide)
            parts.append(Limb(band - half, band + half, 0.016 * size, 0.016 * size, VEST_STRIPE, 0.18))
    if look.backpack is not None:
        forward = _unit(_cross(left - right, np.array((0, 0, 1), np.float32)))
        middle = chest * 0.6 + pelvis * 0.4 - forward * 0.085 * size
        above, below = middle - down * 0.06 * size, middle + down * 0.07 * size
        parts.append(Limb(above, below, 0.07 * size, 0.078 * size, look.backpack))
    return parts


def _cross(a: Floats, b: Floats) -> Floats:
    """Return the cross product of two vectors; numpy's own is ten times slower for a single pair."""
    (ax, ay, az), (bx, by, bz) = a.tolist(), b.tolist()
    return np.array((ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx), np.float32)


def _unit(vector: Floats) -> Floats:
    result: Floats = vector / max(float(np.linalg.norm(vector)), 1e-6)
    return result


def _half_width(at: Floats, down: Floats, across: Floats, half_wide: float, half_deep: float) -> float:
    """Return half the width in metres that a flat trunk shows to the camera, which depends on how it is turned."""
    seen_from = at - np.array((0, 0, MOUNT_HEIGHT_M), np.float32)
    sideways = _unit(_cross(down, seen_from))
    return float(np.hypot(half_wide * (across @ sideways), half_deep * (_cross(down, across) @ sideways)))


def _head(look: Look, joints: Floats, size: float) -> list[Limb]:
    neck, head = joints[sk.NECK], joints[sk.HEAD]
    side = joints[sk.SHOULDERS[0]] - joints[sk.SHOULDERS[1]]
    up = _unit(head - neck)
    forward = _unit(_cross(side, up))
    parts = [
        Limb(joints[sk.CHEST], head, 0.03 * size, 0.03 * size, look.skin),
        Limb(head - up * 0.02 * size, head + up * 0.012 * size, 0.045 * size, 0.053 * size, look.skin),
    ]
    back = head - forward * 0.016 * size + up * 0.02 * size
    if look.hair_style in ("short", "long"):
        parts.append(Limb(back, back + up * 0.006 * size, 0.055 * size, 0.053 * size, look.hair, 0.0))
    if look.hair_style == "long":
        ends = back - up * 0.085 * size - forward * 0.015 * size
        parts.append(Limb(back, ends, 0.05 * size, 0.036 * size, look.hair))
    if look.hair_style == "hat":
        crown = head + up * 0.03 * size
        parts.append(Limb(crown, crown + up * 0.018 * size, 0.054 * size, 0.05 * size, look.hair, 0.05))
        parts.append(Limb(crown, crown + forward * 0.07 * size, 0.03 * size, 0.018 * size, look.hair, 0.04))
    return parts


def in_picture(parts: list[Limb], camera: PlazaCamera) -> list[Capsule]:
    """Project limbs; nearer parts hide farther ones, a nearer_m bias settles what lies on what."""
    ends = np.array([(part.start, part.end) for part in parts], np.float32)
    pixels, depths = camera.project(ends)
    capsules = []
    for part, (start, end), (near, far) in zip(parts, pixels.tolist(), depths.tolist(), strict=True):
        capsules.append(
            Capsule(
                start=(start[0], start[1]),
                end=(end[0], end[1]),
                start_radius=part.start_radius * camera.focal_px / near,
                end_radius=part.end_radius * camera.focal_px / far,
                depth=(near + far) / 2 - part.nearer_m,
                colour=part.colour,
            )
        )
    return capsules
