"""Record one camera's events: a first clip while the event still runs, the whole one after it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from detection.evidence.clip import PART, ClipInfo
from detection.evidence.encoder import ClipEncoder, ClipJob, process_encoder
from detection.evidence.ring import EncodedFrame, PreRollRing
from detection.evidence.sound import SoundRing

log = logging.getLogger(__name__)

PREVIEW_AFTER_S = 2.0
GRACE_S = 1.0
"""A camera that dies during an event sends no frame that ends a wait; so much later we take what is there."""

MAX_RECORDINGS = 4
MAX_BYTES = 64 * 1024 * 1024
STALE_PART_S = 600.0


@dataclass(frozen=True, slots=True)
class ClipReady:
    """A clip of an event is on disk; started_at and ended_at are its first and last frame in Unix seconds.

    final is False for the preview; the final clip takes its place under the same path.
    """

    event_id: UUID
    path: Path
    final: bool
    started_at: float
    ended_at: float


@dataclass(slots=True)
class _Recording:
    """An event being recorded; *_wall are monotonic seconds, the other times Unix seconds."""

    event_id: UUID
    opened_at: float
    opened_wall: float
    frames: list[EncodedFrame]
    size_bytes: int
    closed_at: float | None = None
    closed_wall: float = 0.0
    previewed: bool = False
    full: bool = False


class EventRecorder:
    """Turn a camera's frames into clips of its events; thread-safe.

    Frames come from ring, and what was heard from sound, both of which the caller feeds; the clip of an event is
    folder/<event_id>.mp4. pre_roll_s and post_roll_s are seconds before the opening and after the closing; a clip ends
    after max_clip_s of pre-roll and event, or 64 MB of frames, even if the event goes on. At most four recordings are
    held at once; an older one gives way and is counted in `dropped`. `failed` counts events that end without a clip for
    another reason.
    """

    def __init__(
        self,
        folder: Path,
        ring: PreRollRing,
        pre_roll_s: float = 5.0,
        post_roll_s: float = 3.0,
        max_clip_s: float = 60.0,
        *,
        sound: SoundRing | None = None,
        encoder: ClipEncoder | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.dropped = 0
        self.failed = 0
        self._folder, self._ring, self._sound = folder, ring, sound
        self._pre_roll_s, self._post_roll_s, self._max_clip_s = pre_roll_s, post_roll_s, max_clip_s
        self._encoder = encoder or process_encoder()
        self._monotonic = monotonic
        self._lock = threading.RLock()
        self._finished = threading.Condition(self._lock)
        self._recordings: dict[UUID, _Recording] = {}
        self._ready: list[ClipReady] = []
        self._encoding = 0
        _remove_stale_parts(folder)
        ring.listen(self._add)

    def opened(self, event_id: UUID, at: float) -> None:
        """Begin the clip of an event that opened at `at` (Unix seconds), with the pre-roll from the ring."""
        with self._lock:
            while len(self._recordings) >= MAX_RECORDINGS:
                oldest = next(iter(self._recordings))
                del self._recordings[oldest]
                self.dropped += 1
                log.warning("the clip of event %s was given up: too many events are waiting for their clips", oldest)
            frames = self._ring.snapshot(at - self._pre_roll_s)
            size = sum(len(frame.jpeg) for frame in frames)
            self._recordings[event_id] = _Recording(event_id, at, self._monotonic(), frames, size)

    def closed(self, event_id: UUID, at: float) -> None:
        """End the clip post_roll_s after `at` (Unix seconds); an unknown or already capped event is ignored."""
        with self._lock:
            recording = self._recordings.get(event_id)
            if recording is not None and recording.closed_at is None:
                recording.closed_at, recording.closed_wall = at, self._monotonic()
                self._advance(recording)

    def ready(self) -> list[ClipReady]:
        """Return the clips finished since the last call; call it now and then, it also ends waits of dead cameras."""
        with self._lock:
            for recording in list(self._recordings.values()):
                self._advance(recording)
            finished, self._ready = self._ready, []
            return finished

    def close(self, timeout_s: float = 5.0) -> list[ClipReady]:
        """Finish every open recording with what is there and return the clips; waits at most timeout_s seconds."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            while True:
                # A full queue refuses a recording; it is offered again until there is room.
                for recording in list(self._recordings.values()):
                    self._submit(recording, final=True)
                left_s = deadline - time.monotonic()
                if left_s <= 0 or not (self._encoding or self._recordings):
                    return self.ready()
                self._finished.wait(min(left_s, 0.2))

    def _add(self, frame: EncodedFrame) -> None:
        with self._lock:
            for recording in list(self._recordings.values()):
                if recording.full:
                    self._advance(recording)
                    continue
                if recording.frames and frame.captured_at <= recording.frames[-1].captured_at:
                    # Already in the ring when the event took its pre-roll.
                    continue
                end = recording.opened_at - self._pre_roll_s + self._max_clip_s
                if recording.closed_at is not None:
                    end = min(end, recording.closed_at + self._post_roll_s)
                too_big = recording.size_bytes + len(frame.jpeg) > MAX_BYTES
                if frame.captured_at > end or too_big:
                    recording.full = True
                else:
                    recording.frames.append(frame)
                    recording.size_bytes += len(frame.jpeg)
                self._advance(recording)

    def _advance(self, recording: _Recording) -> None:
        """Send recording to the encoder when its preview or its end is due."""
        now = self._monotonic()
        ended = recording.closed_at is not None and now >= recording.closed_wall + self._post_roll_s + GRACE_S
        if recording.full or ended:
            self._submit(recording, final=True)
            return
        if recording.previewed or recording.closed_at is not None:
            return
        shown_s = recording.frames[-1].captured_at - recording.opened_at if recording.frames else 0.0
        if shown_s >= PREVIEW_AFTER_S or now >= recording.opened_wall + PREVIEW_AFTER_S + GRACE_S:
            self._submit(recording, final=False)

    def _submit(self, recording: _Recording, *, final: bool) -> None:
        recording.previewed = True
        if not recording.frames:
            if final:
                del self._recordings[recording.event_id]
                self.failed += 1
                log.warning("event %s has no clip: the camera gave no frame", recording.event_id)
            return

        def done(info: ClipInfo | None) -> None:
            with self._lock:
                self._encoding -= 1
                if info is None:
                    self.failed += final
                else:
                    self._ready.append(ClipReady(recording.event_id, info.path, final, info.started_at, info.ended_at))
                self._finished.notify_all()

        path = self._folder / f"{recording.event_id}.mp4"
        first, last = recording.frames[0].captured_at, recording.frames[-1].captured_at
        sound = self._sound.between(first, last + 1.0 / self._ring.fps) if self._sound is not None else None
        job = ClipJob(recording.event_id, path, final, self._ring.fps, tuple(recording.frames), done, sound)
        if self._encoder.submit(job):
            self._encoding += 1
            if final:
                del self._recordings[recording.event_id]


def _remove_stale_parts(folder: Path) -> None:
    """Remove what a killed process left half written; a younger one may be another camera's, at work."""
    for part in folder.glob(f".*{PART}"):
        try:
            if time.time() - part.stat().st_mtime > STALE_PART_S:
                part.unlink()
        except OSError:
            log.warning("the unfinished clip %s cannot be removed", part)
