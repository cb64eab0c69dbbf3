"""The scene as one of a camera's senses: looked at now and then, judged at every frame."""

from __future__ import annotations

from dataclasses import replace

from detection.scene.desk import SceneDesk
from detection.scene.look import SceneLook
from detection.scene.stage import SceneStage
from detection.senses import Finding, Moment, SenseState

STILL_EVERY_S = 10.0
"""A picture in which nothing moves is looked at so often: smoke and water rise slowly, and looks cost the most."""


class SceneSense:
    """One camera's scene. With a desk (live cameras) another thread looks; without one each look is waited for."""

    def __init__(self, stage: SceneStage, camera: str, desk: SceneDesk | None) -> None:
        """Watch through stage; camera: the key of its slot at the desk."""
        self._stage, self._camera, self._desk = stage, camera, desk
        self._looked_at_s = float("-inf")

    @property
    def state(self) -> SenseState:
        """Return how looking at the scene stands at this camera."""
        dropped = self._desk.count(self._camera).dropped if self._desk is not None else 0
        return replace(self._stage.state, dropped=dropped)

    @property
    def latest(self) -> SceneLook | None:
        """Return the last look that succeeded, None before the first."""
        return self._stage.latest

    def find(self, moment: Moment) -> Finding | None:
        """Return what is unusual about the view; None while there is no model."""
        if self._stage.state.state == "missing model":
            return None
        look = None
        if moment.moved or not 0.0 <= moment.at_s - self._looked_at_s < STILL_EVERY_S:
            look = self._look(moment)
        elif self._desk is not None:
            look = self._stage.take()
        return self._stage.judge(look, moment.at_s, moment.learn)

    def restart(self) -> None:
        """Go on: a view knows no tracks."""

    def close(self) -> None:
        """Leave the desk."""
        if self._desk is not None:
            self._desk.forget(self._camera)

    def _look(self, moment: Moment) -> SceneLook | None:
        if self._stage.due(moment.at_s):
            self._looked_at_s = moment.at_s
        if self._desk is None:
            return self._stage.look(moment.image, moment.at_s)
        self._desk.put(self._camera, moment.image, moment.at_s, self._stage)
        return self._stage.take()
