"""What stands on the plaza and hides people who pass behind it: trees, a lamp, benches, the fountain, planters."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detection.synthetic.camera import Floats, PlazaCamera
from detection.synthetic.canvas import Pixels, disc, fill_world, fixed_point, shaded
from detection.synthetic.layer import Layer, box_shadow, stripe_shadow
from detection.synthetic.light import TO_SUN, shadow_of
from detection.synthetic.paving import FOUNTAIN_AT


@dataclass(frozen=True, slots=True)
class Tree:
    """A round-headed tree: place on the ground and size of the crown in metres."""

    x: float
    y: float
    crown_z: float
    crown_radius: float


TREES = (Tree(-8.6, 24.5, 4.5, 2.5), Tree(9.6, 25.0, 4.6, 2.5), Tree(6.75, 13.2, 5.1, 1.9))
LAMPS = ((-6.1, 17.0), (5.4, 25.5))
BENCHES = ((-1.9, 25.2), (-5.0, 25.2))
PLANTERS = ((-10.6, 20.2), (10.2, 19.3))
FOUNTAIN_RADIUS_M = 2.0
FOUNTAIN_WALL_M = 0.55


def _leaves(tree: Tree, rng: np.random.Generator, count: int = 3600) -> Floats:
    """Return leaf clumps (count, 4): x, y, z and radius in metres, on and in a lumpy ball."""
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    lumps = rng.normal(size=(9, 3))
    lumps /= np.linalg.norm(lumps, axis=1, keepdims=True)
    bulge = 1 + 0.16 * np.max(direction @ lumps.T, axis=1) ** 3
    reach = tree.crown_radius * bulge * rng.uniform(0.35, 1, count) ** 0.4
    centres = direction * reach[:, None] * (1, 1, 0.82) + (tree.x, tree.y, tree.crown_z)
    return np.column_stack((centres, rng.uniform(0.045, 0.13, count))).astype(np.float32)


def _tree_layer(camera: PlazaCamera, tree: Tree, leaves: Floats, rng: np.random.Generator) -> Layer:
    layer = Layer(camera, camera.depth_at(tree.x, tree.y))
    bark = np.array((74, 92, 108), np.float32)
    layer.post((tree.x, tree.y, 0.0), tree.crown_z, 0.17, bark, taper=0.6)
    centre = np.array((tree.x, tree.y, tree.crown_z), np.float32)
    pixels, depths = camera.project(leaves[:, :3])
    order = np.argsort(-depths)
    outward = (leaves[:, :3] - centre) / tree.crown_radius
    lit = np.clip(outward @ TO_SUN * 0.75 + 0.5, 0, 1.15) * rng.uniform(0.62, 1.15, len(leaves))
    dark, bright = np.array((34, 62, 48), np.float32), np.array((70, 176, 146), np.float32)
    for index in order:
        colour = dark + (bright - dark) * lit[index]
        radius = leaves[index, 3] * camera.focal_px / depths[index]
        centre_px = tuple(fixed_point(pixels[index]).tolist())
        axes = tuple(fixed_point(np.array((radius, radius * 0.7), np.float32)).tolist())
        turn = float(rng.uniform(0, 180))
        for target, value in ((layer.colour, tuple(colour.tolist())), (layer.cover, (255,))):
            cv2.ellipse(target, centre_px, axes, turn, 0, 360, value, -1, cv2.LINE_AA, 4)
    return layer


def _fountain_layer(camera: PlazaCamera) -> Layer:
    x, y = FOUNTAIN_AT
    layer = Layer(camera, camera.depth_at(x, y - FOUNTAIN_RADIUS_M))
    stone = np.array((182, 196, 204), np.float32)
    layer.drum((x, y), FOUNTAIN_RADIUS_M, 0.0, FOUNTAIN_WALL_M, stone)
    layer.polygon(disc((x, y, FOUNTAIN_WALL_M), FOUNTAIN_RADIUS_M), shaded(stone.tolist(), 1.12))
    layer.polygon(disc((x, y, FOUNTAIN_WALL_M), FOUNTAIN_RADIUS_M - 0.3), (112, 112, 104))
    layer.polygon(disc((x + 0.05, y - 0.06, FOUNTAIN_WALL_M - 0.14), FOUNTAIN_RADIUS_M - 0.36), (156, 146, 104))
    layer.polygon(disc((x + 0.25, y - 0.3, FOUNTAIN_WALL_M - 0.14), FOUNTAIN_RADIUS_M - 0.85), (178, 168, 128))
    layer.drum((x, y), 0.26, 0.4, 1.15, stone * 0.95)
    for step in range(6):
        layer.drum((x, y), 0.3 + 0.115 * step, 1.1 + 0.05 * step, 1.18 + 0.05 * step, stone * 0.98)
    layer.polygon(disc((x, y, 1.43), 0.9), shaded(stone.tolist(), 1.14))
    layer.polygon(disc((x, y, 1.42), 0.76), (186, 178, 142))
    layer.drum((x, y), 0.11, 1.4, 1.95, stone)
    layer.drum((x, y), 0.2, 1.95, 2.1, stone)
    layer.polygon(disc((x, y, 2.1), 0.2), shaded(stone.tolist(), 1.15))
    return layer


def _lamp_layer(camera: PlazaCamera, at: tuple[float, float]) -> Layer:
    layer = Layer(camera, camera.depth_at(*at))
    iron = np.array((58, 62, 58), np.float32)
    layer.post((*at, 0.0), 0.5, 0.13, iron)
    layer.post((*at, 0.5), 3.7, 0.055, iron)
    layer.post((*at, 3.7), 4.15, 0.13, np.array((196, 226, 236), np.float32), taper=1.5)
    layer.post((*at, 4.15), 4.3, 0.22, iron, taper=0.3)
    return layer


def _bench_layer(camera: PlazaCamera, at: tuple[float, float]) -> Layer:
    x, y = at
    layer = Layer(camera, camera.depth_at(x, y))
    wood, iron = np.array((72, 108, 150), np.float32), np.array((60, 62, 60), np.float32)
    for side in (-0.8, 0.74):
        layer.block((x + side, y - 0.2, 0.0), (x + side + 0.06, y + 0.25, 0.42), iron)
    for slat in range(3):
        z = 0.56 + 0.13 * slat
        layer.block((x - 0.9, y + 0.24, z), (x + 0.9, y + 0.28, z + 0.1), wood)
    layer.block((x - 0.9, y - 0.24, 0.4), (x + 0.9, y + 0.2, 0.46), wood)
    return layer


def _planter_layer(camera: PlazaCamera, at: tuple[float, float], rng: np.random.Generator) -> Layer:
    x, y = at
    layer = Layer(camera, camera.depth_at(x, y - 0.4))
    layer.block((x - 0.8, y - 0.4, 0.0), (x + 0.8, y + 0.4, 0.55), np.array((150, 162, 172), np.float32))
    spots = rng.uniform((-0.75, -0.3, 0.52), (0.75, 0.3, 0.95), (130, 3)) + np.array((x, y, 0))
    greens = ((60, 118, 74), (52, 96, 58), (78, 152, 110))
    for spot in spots[np.argsort(-spots[:, 1])]:
        colour = greens[int(rng.integers(3))] if rng.random() > 0.25 else (92, 84, 214)
        layer.polygon(disc(spot, float(rng.uniform(0.06, 0.13)), steps=8), colour)
    return layer


def standing_layers(camera: PlazaCamera, rng: np.random.Generator) -> tuple[list[Layer], Pixels]:
    """Draw everything that stands on the floor.

    Returns the layers from far to near, and the shadow they throw on the ground, (height, width), 0–255.
    """
    shadow: Pixels = np.zeros((camera.height, camera.width), np.uint8)
    layers = [_fountain_layer(camera)]
    for tree in TREES:
        leaves = _leaves(tree, rng)
        layers.append(_tree_layer(camera, tree, leaves, rng))
        for leaf, ground in zip(leaves[::6], shadow_of(leaves[::6, :3]), strict=True):
            fill_world(shadow, camera, disc(ground, float(leaf[3]) * 1.9, steps=8), (255,))
        stripe_shadow(shadow, camera, (tree.x, tree.y), tree.crown_z, 0.17)
    for lamp in LAMPS:
        layers.append(_lamp_layer(camera, lamp))
        stripe_shadow(shadow, camera, lamp, 4.2, 0.07)
    for bench in BENCHES:
        layers.append(_bench_layer(camera, bench))
        box_shadow(shadow, camera, (bench[0] - 0.9, bench[1] - 0.2), (bench[0] + 0.9, bench[1] + 0.25), 0.45)
    for planter in PLANTERS:
        layers.append(_planter_layer(camera, planter, rng))
        box_shadow(shadow, camera, (planter[0] - 0.8, planter[1] - 0.4), (planter[0] + 0.8, planter[1] + 0.4), 0.7)
    for height in np.linspace(0, FOUNTAIN_WALL_M, 6):
        fill_world(shadow, camera, shadow_of(disc((*FOUNTAIN_AT, float(height)), FOUNTAIN_RADIUS_M)), (255,))
    fill_world(shadow, camera, shadow_of(disc((*FOUNTAIN_AT, 1.4), 0.9)), (255,))
    return sorted(layers, key=lambda layer: -layer.depth), shadow
