"""Decides who is on the plaza when, and draws it frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detection.synthetic.backdrop import Backdrop, paint_backdrop
from detection.synthetic.camera import PlazaCamera
from detection.synthetic.crowd import passers_by
from detection.synthetic.performance import Performance
from detection.synthetic.script import Scene, scenes
from detection.synthetic.sensor import SensorNoise, burn_in_clock
from detection.synthetic.stage import Seen, Stage
from detection.synthetic.truth import FrameTruth, PersonTruth
from detection.types import Box, Image

SHORTEST_S = 20.0
LEAST_SHARE = 0.25
"""Somebody of whom less shows, at the edge or behind a tree, is not in the ground truth."""


@dataclass(frozen=True, slots=True)
class Plaza:
    """A clip before it is drawn: everything that a seed decides."""

    camera: PlazaCamera
    backdrop: Backdrop
    scenes: tuple[Scene, ...]
    people: tuple[Performance, ...]
    noise: SensorNoise
    seconds: float

    def frame(self, index: int, at_s: float) -> tuple[Image, FrameTruth]:
        """Draw the picture at a time of the clip in seconds."""
        stage = Stage(self.camera, self.backdrop)
        acting: dict[str, tuple[str, float]] = {}
        # The clip is a loop: who is still on their way at its end is seen again at its start.
        for moment in (at_s, at_s + self.seconds):
            for person in self.people:
                stance = person.at(moment)
                if stance is not None:
                    acting[person.name] = (stance.action, stance.speed_m_s)
                    stage.add_person(person.name, person.look, stance)
            for scene in self.scenes:
                place = scene.van.place(moment) if scene.van else None
                if scene.van is not None and place is not None:
                    stage.add_van("van", scene.van, place)
                if scene.bag is not None and scene.bag.place(moment) is not None:
                    stage.add_bag("bag", scene.bag)
        image, seen = stage.compose()
        image = self.noise.add(image, index)
        burn_in_clock(image, at_s)
        return image, self._truth(index, at_s, seen, acting)

    def _truth(self, index: int, at_s: float, seen: list[Seen], acting: dict[str, tuple[str, float]]) -> FrameTruth:
        boxes: dict[str, Box] = {item.name: item.box for item in seen if item.share >= LEAST_SHARE}
        people = tuple(PersonTruth(name, box, *acting[name]) for name, box in sorted(boxes.items()) if name in acting)
        events = {
            scene.kind: boxes[scene.subject]
            for scene in self.scenes
            if scene.start_s <= at_s < scene.end_s and scene.subject in boxes
        }
        return FrameTruth(index, round(at_s, 4), people, events)


def build_plaza(seed: int, seconds: float, size: tuple[int, int], fps: float) -> Plaza:
    """Decide everything about a clip. Raises ValueError for a size, length or rate that cannot be rendered."""
    width, height = size
    if width < 160 or height < 120 or width % 2 or height % 2:
        raise ValueError(f"The picture size {width}×{height} cannot be rendered: use even numbers from 160×120 up.")
    if not 1 <= fps <= 60:
        raise ValueError(f"A clip of {fps:g} frames a second cannot be rendered: choose 1 to 60.")
    if not SHORTEST_S <= seconds <= 3600:
        raise ValueError(f"A clip of {seconds:g} s cannot be rendered: choose {SHORTEST_S:g} to 3600 s.")
    painting, acting, walking, sensing = (np.random.default_rng((seed, room)) for room in range(4))
    camera = PlazaCamera(width, height)
    cast = scenes(acting, seconds)
    actors = tuple(person for scene in cast for person in scene.people)
    return Plaza(
        camera=camera,
        backdrop=paint_backdrop(camera, painting),
        scenes=cast,
        people=actors + passers_by(camera, walking, cast, seconds),
        noise=SensorNoise(width, height, sensing),
        seconds=seconds,
    )


def plaza_frames(
    *, seed: int = 7, seconds: float = 80.0, size: tuple[int, int] = (640, 480), fps: float = 12.5
) -> Iterator[tuple[Image, FrameTruth]]:
    """Yield every picture (height, width, 3) BGR of a clip with what is really in it; the same for the same seed.

    Raises ValueError at the first frame for a size, length or rate that cannot be rendered.
    """
    plaza = build_plaza(seed, seconds, size, fps)
    for index in range(round(seconds * fps)):
        yield plaza.frame(index, index / fps)
