"""Watch the bodies of one camera: look at the picture, then judge what was seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal

from detection.pose.errors import PoseError
from detection.pose.finding import PoseFinding
from detection.pose.judge import PoseJudge
from detection.pose.landmarker import Landmarker
from detection.pose.look import Looker
from detection.pose.reading import PoseReading
from detection.pose.settings import PoseSettings
from detection.types import Image, Track

State = Literal["available", "missing model", "off", "failed"]


class PoseStage:
    """One camera's pose stage. Not thread-safe; the landmarker may be shared by the cameras of a process.

    look() and judge() are apart so that a recorded reading can be judged again without the picture: the same readings
    give the same findings, bit for bit.
    """

    def __init__(
        self,
        landmarker: Landmarker | None,
        settings: PoseSettings | None = None,
        *,
        missing: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Start with nobody known.

        landmarker: None where no model is installed; missing then says why in a full sentence (the PoseError's).
        """
        self._settings = settings or PoseSettings()
        self._landmarker = landmarker
        self._looker = None if landmarker is None else Looker(landmarker, self._settings, clock)
        self._judge = PoseJudge(self._settings)
        self._message = missing if landmarker is None else ""
        self._failed = False

    @property
    def state(self) -> State:
        """Return whether poses are looked for: "failed" after a look that raised, until one succeeds."""
        if self._settings.off:
            return "off"
        if self._looker is None:
            return "missing model"
        return "failed" if self._failed else "available"

    @property
    def message(self) -> str:
        """Return a sentence that says why poses are not looked for, or ""."""
        if self._settings.off:
            return "Pose is switched off for this camera."
        return self._message

    @property
    def reads(self) -> str:
        """Return what tells two kinds of readings apart, for a cache of them; "" when nothing is read."""
        if self._settings.off or self._landmarker is None:
            return ""
        look = self._settings.look
        return f"pose-1-{self._landmarker.version}-{look.grown:g}-{look.min_person_px:g}-{look.lost_s:g}"

    def look(self, image: Image, tracks: Sequence[Track], at_s: float) -> PoseReading:
        """Return the poses of the people chosen within the frame's budget; nothing when off, missing or failed.

        image: (height, width, 3) uint8 BGR; tracks: of this frame, in its pixels; at_s: stream seconds, never falling.
        """
        size = (image.shape[0], image.shape[1])
        if self._looker is None or self._settings.off:
            return PoseReading(size=size)
        try:
            reading = self._looker.look(image, tracks, at_s)
        except PoseError as error:
            self._failed, self._message = True, str(error)
            return PoseReading(size=size)
        self._failed, self._message = False, ""
        return reading

    def judge(self, reading: PoseReading, tracks: Sequence[Track], at_s: float) -> PoseFinding:
        """Return what is unusual about the people of this frame; frames come in order of time."""
        if self._settings.off:
            return PoseFinding()
        return self._judge.judge(reading, tracks, at_s)
