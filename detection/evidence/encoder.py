"""The one thread of a process that encodes clips, so that evidence never competes with watching for both cores."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import UUID

from detection.evidence.clip import ClipInfo, write_clip
from detection.evidence.ring import EncodedFrame
from detection.evidence.sound import Pcm

log = logging.getLogger(__name__)

QUEUE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class ClipJob:
    """One clip to write; done is called in the encoder's thread with its ClipInfo, or None when there is no clip."""

    event_id: UUID
    path: Path
    final: bool
    fps: float
    frames: tuple[EncodedFrame, ...] = field(repr=False)
    done: Callable[[ClipInfo | None], None] = field(repr=False)
    sound: Pcm | None = field(default=None, repr=False)


class ClipEncoder:
    """Write clips one after another in a daemon thread. When the queue is full, previews give way to final clips.

    failed counts clips that could not be written (a full disk, a folder that may not be written), dropped those that
    found no room in the queue. Neither ever stops a camera.
    """

    def __init__(self, queue_length: int = QUEUE_LENGTH) -> None:
        self.failed = 0
        self.dropped = 0
        self._queue_length = queue_length
        self._jobs: deque[ClipJob] = deque()
        self._given_up: list[ClipJob] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, job: ClipJob) -> bool:
        """Queue job; False when there is no room, and the job is then the caller's again."""
        with self._changed:
            if len(self._jobs) >= self._queue_length and not (job.final and self._drop_a_preview()):
                if not job.final:
                    self.dropped += 1
                return False
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="clip encoder", daemon=True)
                self._thread.start()
            self._changed.notify()
            return True

    def _drop_a_preview(self) -> bool:
        preview = next((job for job in self._jobs if not job.final), None)
        if preview is None:
            return False
        self._jobs.remove(preview)
        # Told by the encoder's thread: the caller may hold the lock that this job's `done` needs.
        self._given_up.append(preview)
        self.dropped += 1
        return True

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs)
                job = self._jobs.popleft()
                given_up, self._given_up = self._given_up, []
            for preview in given_up:
                preview.done(None)
            self._write(job)

    def _write(self, job: ClipJob) -> None:
        info: ClipInfo | None = None
        try:
            info = write_clip(job.frames, job.path, job.fps, job.sound)
        except OSError as error:
            self.failed += 1
            log.error(
                "The clip of event %s could not be written to %s: %s. Free space there, or change its permissions.",
                job.event_id,
                job.path.parent,
                error.strerror or error,
            )
        except Exception:
            self.failed += 1
            log.exception("the clip of event %s could not be encoded", job.event_id)
        job.done(info)


@cache
def process_encoder() -> ClipEncoder:
    """Return this process's only encoder."""
    return ClipEncoder()
