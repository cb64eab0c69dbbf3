"""Pose as one of a camera's senses: look where the picture changed, judge every frame."""

from __future__ import annotations

from detection.pose.finding import PoseFinding
from detection.pose.landmarker import Landmarker
from detection.pose.reading import PoseReading
from detection.pose.settings import PoseSettings
from detection.pose.stage import PoseStage
from detection.senses import Finding, Moment, SenseState


class PoseSense:
    """One camera's pose. Not thread-safe; the landmarker may be shared by the cameras of a process.

    On a still picture nobody is looked at: those seen last are where they were, and who lies goes on lying.
    """

    def __init__(
        self, landmarker: Landmarker | None, settings: PoseSettings | None = None, *, missing: str = ""
    ) -> None:
        """Start with nobody known; missing says why there is no landmarker."""
        self._landmarker, self._settings, self._missing = landmarker, settings, missing
        self._stage = PoseStage(landmarker, settings, missing=missing)
        self._reading: PoseReading | None = None
        self._late = 0
        self.found = PoseFinding()

    @property
    def state(self) -> SenseState:
        """Return how pose stands at this camera."""
        model = self._landmarker.version if self._landmarker is not None else ""
        return SenseState("pose", self._stage.state, self._stage.message, model, self._late)

    def find(self, moment: Moment) -> Finding | None:
        """Return what the people of this frame do; None while poses cannot be looked for."""
        if self._stage.state in ("off", "missing model"):
            return None
        if moment.fresh or self._reading is None or self._reading.size != moment.size:
            self._reading = self._stage.look(moment.image, moment.tracks, moment.at_s)
            self._late += self._reading.out_of_budget
        self.found = self._stage.judge(self._reading, moment.tracks, moment.at_s)
        found = self.found
        return Finding(
            "pose",
            found.score,
            found.kinds[0] if found.kinds else "",
            found.category or None,
            found.confidence,
            found.reason,
            found.parts,
            {"kinds": list(found.kinds), "people": self._reading.counts()},
        )

    def restart(self) -> None:
        """Forget everybody: tracks start anew."""
        self._stage = PoseStage(self._landmarker, self._settings, missing=self._missing)
        self._reading = None
        self.found = PoseFinding()

    def close(self) -> None:
        """Do nothing: the landmarker belongs to the process."""
