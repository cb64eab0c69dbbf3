"""Dresses people: looks drawn at random, so that no two people on the plaza are alike."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from detection.synthetic.figure import Bottom, Colour, Hair, Look, Top

SKINS: tuple[Colour, ...] = (
    (150, 182, 226), (138, 172, 214), (120, 156, 204), (92, 128, 178), (66, 92, 136), (48, 68, 104),
)  # fmt: skip
HAIRS: tuple[Colour, ...] = ((28, 32, 38), (34, 48, 72), (52, 84, 128), (86, 140, 184), (150, 156, 160), (40, 58, 110))
TOPS: tuple[Colour, ...] = (
    (142, 82, 44), (52, 50, 168), (214, 216, 216), (70, 104, 58), (58, 64, 72), (70, 150, 206), (120, 66, 112),
    (166, 150, 96), (96, 52, 34), (92, 112, 196), (178, 190, 120), (60, 130, 168),
)  # fmt: skip
BOTTOMS: tuple[Colour, ...] = ((84, 58, 40), (48, 46, 48), (66, 62, 60), (112, 82, 56), (104, 128, 146), (50, 70, 92))
PACKS: tuple[Colour, ...] = ((44, 54, 176), (92, 70, 40), (54, 60, 60), (52, 138, 196))
STEWARD_TOP: Colour = (50, 222, 232)


def random_look(rng: np.random.Generator) -> Look:
    """Draw somebody: 1.56 to 1.92 m tall, in everyday clothes."""
    top = cast(Top, rng.choice(("shirt", "shirt", "jacket", "jacket", "coat")))
    bottom = cast(Bottom, rng.choice(("trousers", "trousers", "trousers", "shorts", "skirt")))
    if top == "coat":
        bottom = "trousers"
    hair = cast(Hair, rng.choice(("short", "short", "long", "long", "hat", "bald")))
    return Look(
        height_m=float(rng.uniform(1.56, 1.92)),
        girth=float(rng.uniform(0.9, 1.16)),
        skin=_pick(SKINS, rng),
        hair=_pick(HAIRS, rng),
        hair_style=hair,
        top=top,
        top_colour=_pick(TOPS, rng),
        bottom=bottom,
        bottom_colour=_pick(BOTTOMS, rng),
        backpack=_pick(PACKS, rng) if rng.random() < 0.28 else None,
    )


def steward_look(rng: np.random.Generator) -> Look:
    """Draw a steward: everyday build, yellow vest with reflecting bands, cap."""
    look = random_look(rng)
    return replace(
        look, hair_style="hat", hair=(70, 52, 40), top="vest", top_colour=STEWARD_TOP, bottom="trousers",
        bottom_colour=(70, 54, 44), backpack=None,
    )  # fmt: skip


def _pick(colours: tuple[Colour, ...], rng: np.random.Generator) -> Colour:
    return colours[int(rng.integers(len(colours)))]
