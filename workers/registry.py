"""What this process watches: one entry per camera that lives on between slices, and the slices that run now."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from workers.leases import LEASE_TTL_S, Held, Wanted

log = logging.getLogger(__name__)

STALLED_AFTER_S = 20.0
"""A slice that has not stepped for so long hangs in a library: its lease is left to expire, another may begin."""

KEPT_IDLE_S = 15.0
"""A watch that no slice has taken up for so long is closed; a lost slice is sent again well before."""


class Watch(Protocol):
    """What the registry needs to know of a camera's watch."""

    held: Held

    def adopt(self, held: Held) -> None:
        """Go on at the camera's next epoch."""

    def close(self) -> None:
        """Release the decoder and the threads."""


@dataclass(eq=False)
class Run:
    """One running slice. The keeper thread writes lost, wanted and valid_until, the slice's own thread the others."""

    held: Held
    stepped_at: float
    valid_until: float
    config_version: int = 0
    last_frame_at: float | None = None
    wanted: Wanted | None = None
    lost: threading.Event = field(default_factory=threading.Event)

    @property
    def may_write(self) -> bool:
        """Whether the lease is still ours by our own clock, which goes on while the process is paused."""
        return not self.lost.is_set() and time.monotonic() < self.valid_until


@dataclass(eq=False)
class _Kept:
    watch: Watch
    used_at: float


class Registry:
    """Thread-safe. A camera has at most one slice that makes progress, and one watch."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._runs: dict[UUID, Run] = {}
        self._kept: dict[UUID, _Kept] = {}
        self._outdated: list[Watch] = []

    def begin(self, held: Held) -> Run | None:
        """Enter a slice, or return None while another one of this camera is at work in this process."""
        now = self._monotonic()
        with self._lock:
            other = self._runs.get(held.camera_id)
            if other is not None:
                if now - other.stepped_at < STALLED_AFTER_S:
                    return None
                log.error("the slice of %s hangs and is given up", other.held)
                other.lost.set()
                # Its thread still holds the watch; it closes it itself when it comes back.
                self._kept.pop(held.camera_id, None)
            run = Run(held, stepped_at=now, valid_until=now + LEASE_TTL_S)
            self._runs[held.camera_id] = run
            return run

    def is_busy(self, camera_id: UUID) -> bool:
        """Whether a slice of this camera is at work."""
        with self._lock:
            run = self._runs.get(camera_id)
            return run is not None and self._monotonic() - run.stepped_at < STALLED_AFTER_S

    def end(self, run: Run, watch: Watch | None) -> None:
        """Leave a slice; its watch, if it goes on, waits for the next one."""
        with self._lock:
            mine = self._runs.get(run.held.camera_id) is run
            if mine:
                del self._runs[run.held.camera_id]
                if watch is not None:
                    self._kept[run.held.camera_id] = _Kept(watch, self._monotonic())
        if not mine and watch is not None:
            watch.close()

    def take(self, held: Held) -> Watch | None:
        """Return the watch of an earlier slice for this one to go on with.

        Only the same epoch or the one right after it may: nobody else can have watched the camera in between.
        A watch of an older time is left to the sweep, since closing a decoder can take seconds.
        """
        with self._lock:
            kept = self._kept.pop(held.camera_id, None)
            if kept is None:
                return None
            if held.epoch - kept.watch.held.epoch not in (0, 1):
                self._outdated.append(kept.watch)
                return None
        kept.watch.adopt(held)
        return kept.watch

    def runs(self) -> list[Run]:
        """Return the slices that make progress: those whose lease deserves to be renewed."""
        now = self._monotonic()
        with self._lock:
            return [run for run in self._runs.values() if now - run.stepped_at < STALLED_AFTER_S]

    def sweep(self) -> int:
        """Close the watches that no slice has taken up again; return how many."""
        now = self._monotonic()
        with self._lock:
            old = [camera_id for camera_id, kept in self._kept.items() if now - kept.used_at > KEPT_IDLE_S]
            watches = [*self._outdated, *(self._kept.pop(camera_id).watch for camera_id in old)]
            self._outdated.clear()
        for watch in watches:
            watch.close()
        return len(watches)

    def close(self) -> None:
        """Close every watch that waits for a slice: the process ends."""
        with self._lock:
            watches = [*self._outdated, *(kept.watch for kept in self._kept.values())]
            self._outdated.clear()
            self._kept.clear()
        for watch in watches:
            watch.close()
