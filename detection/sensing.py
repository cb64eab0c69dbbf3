"""Ask the senses of one camera about each frame, so that none costs another one its word."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from detection.audio.chunk import AudioChunk
from detection.audio.sense import AudioSense
from detection.pose.finding import PoseFinding
from detection.pose.sense import PoseSense
from detection.scene.look import SceneLook
from detection.scene.sense import SceneSense
from detection.senses import Finding, Moment, Sense, SenseState
from detection.stages import timed

log = logging.getLogger(__name__)


class CameraSense(Protocol):
    """One sense of one camera, asked by the camera's own thread."""

    @property
    def state(self) -> SenseState:
        """Return how it stands."""

    def find(self, moment: Moment) -> Finding | None:
        """Return what it says of a frame, within its own bounded time; None where there is nothing to go by."""

    def restart(self) -> None:
        """Forget who is where: the tracks start anew."""

    def close(self) -> None:
        """Let go of what it holds."""


class Senses:
    """The senses of one camera, in a fixed order. Not thread-safe.

    A sense that raises is failed until it works again: it says nothing, and the frame and the other senses go on.
    """

    def __init__(self, senses: Sequence[CameraSense] = ()) -> None:
        self.all = tuple(senses)
        self._failed: dict[Sense, SenseState] = {}
        self._pose = next((sense for sense in self.all if isinstance(sense, PoseSense)), None)
        self._scene = next((sense for sense in self.all if isinstance(sense, SceneSense)), None)
        self._audio = next((sense for sense in self.all if isinstance(sense, AudioSense)), None)

    def hear(self, chunk: AudioChunk) -> None:
        """Take the next sound; may be called from the source's thread."""
        if self._audio is not None:
            self._audio.hear(chunk)

    def said_since(self, at_s: float) -> list[tuple[float, float, str]]:
        """Return what was said after a stream time as (start_s, end_s, text), the oldest first."""
        return self._audio.said_since(at_s) if self._audio is not None else []

    @property
    def look(self) -> SceneLook | None:
        """Return the last look at the scene, None where there is none."""
        return self._scene.latest if self._scene is not None else None

    @property
    def bodies(self) -> PoseFinding:
        """Return the poses of the last frame, for its overlay."""
        return self._pose.found if self._pose is not None else PoseFinding()

    def find(self, moment: Moment, stage_s: dict[str, float]) -> tuple[Finding, ...]:
        """Return what the senses that work say of a frame; the seconds of each are added to stage_s by its name."""
        found = []
        for sense in self.all:
            name = sense.state.sense
            try:
                with timed(stage_s, name):
                    finding = sense.find(moment)
            except Exception as error:  # a model may raise anything; people see it, the camera goes on
                if name not in self._failed:
                    log.exception("the sense %s failed", name)
                message = f"It failed on a picture: {type(error).__name__}: {error}"
                self._failed[name] = SenseState(name, "failed", message[:300], sense.state.model)
                continue
            self._failed.pop(name, None)
            if finding is not None:
                found.append(finding)
        return tuple(found)

    def states(self) -> tuple[SenseState, ...]:
        """Return how each stands."""
        return tuple(self._failed.get(sense.state.sense, sense.state) for sense in self.all)

    def restart(self) -> None:
        """Tell all that the tracks start anew."""
        for sense in self.all:
            sense.restart()

    def close(self) -> None:
        """Let go of everything."""
        for sense in self.all:
            with suppress(Exception):
                sense.close()
