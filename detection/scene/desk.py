"""Look for all live cameras of a process in one thread, so that a slow model holds no camera up."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from detection.scene.look import EVERY_S
from detection.scene.picture import reduce
from detection.scene.stage import SceneStage
from detection.types import Image

log = logging.getLogger(__name__)

CLOSING_S = 5.0


@dataclass(frozen=True, slots=True)
class DeskCount:
    """What became of one camera's pictures: looked at, or dropped for a newer one; busy_s: time the looks took."""

    looked: int = 0
    dropped: int = 0
    busy_s: float = 0.0


@dataclass(slots=True)
class _Slot:
    """One camera's newest picture, (224, 224, 3), and whose it is."""

    image: Image
    at_s: float
    stage: SceneStage


class SceneDesk:
    """One daemon thread with a slot for each camera: the newest picture wins, cameras take turns. Thread-safe.

    Results wait in the stage, where the camera's thread takes them. The thread starts with the first picture.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._counts: dict[str, DeskCount] = {}
        self._taken: dict[str, float] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._looking = ""
        self._closed = False

    def put(self, camera: str, image: Image, at_s: float, stage: SceneStage) -> bool:
        """Hand a picture in, and tell whether it was taken: one a second of stream time, none once closed.

        It is reduced here, in the camera's thread, so that nothing large is kept. A picture that still waits is
        replaced in its turn, and counted as dropped.
        """
        with self._changed:
            if self._closed or not self._due(camera, at_s, stage):
                return False
            self._taken[camera] = at_s
        small = reduce(image)
        with self._changed:
            if self._closed or camera not in self._taken:
                return False
            before = self._slots.get(camera)
            if before is None:
                self._slots[camera] = _Slot(small, at_s, stage)
            else:
                before.image, before.at_s, before.stage = small, at_s, stage
                self._count(camera, dropped=1)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="scene-desk", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return True

    def forget(self, camera: str) -> None:
        """Drop what waits for a camera, and its counts."""
        with self._changed:
            self._slots.pop(camera, None)
            self._taken.pop(camera, None)
            self._counts.pop(camera, None)

    def count(self, camera: str) -> DeskCount:
        """Return what became of a camera's pictures so far."""
        with self._changed:
            return self._counts.get(camera, DeskCount())

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until every picture was looked at; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._slots and not self._looking, timeout_s)

    def close(self) -> None:
        """Take no more pictures, drop those that wait, and let the look in progress end. A second call does nothing."""
        with self._changed:
            self._closed = True
            self._slots.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(CLOSING_S)

    def _due(self, camera: str, at_s: float, stage: SceneStage) -> bool:
        last = self._taken.get(camera)
        return stage.due(at_s) and (last is None or abs(at_s - last) >= EVERY_S - 1e-6)

    def _count(self, camera: str, looked: int = 0, dropped: int = 0, busy_s: float = 0.0) -> None:
        old = self._counts.get(camera, DeskCount())
        self._counts[camera] = DeskCount(old.looked + looked, old.dropped + dropped, old.busy_s + busy_s)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._slots or self._closed)
                if self._closed:
                    return
                camera, slot = self._slots.popitem(last=False)
                self._looking = camera
            began = self._clock()
            try:
                slot.stage.look(slot.image, slot.at_s)
            except Exception:  # one camera's failure is not the others'
                log.exception("looking at the scene failed")
            took_s = self._clock() - began
            with self._changed:
                self._looking = ""
                if camera in self._taken:
                    self._count(camera, looked=1, busy_s=took_s)
                self._changed.notify_all()
