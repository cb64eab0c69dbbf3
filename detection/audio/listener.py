"""One camera's ears: between the thread that reads its source and the one that judges its pictures."""

from __future__ import annotations

import logging
import threading
from collections import deque

from detection.audio.chunk import AudioChunk
from detection.audio.scribe import Scribe
from detection.audio.stage import SoundStage
from detection.senses import Finding, SenseState

log = logging.getLogger(__name__)

QUEUE_S = 4.0
"""A live camera's sound that waits longer is too old to matter."""
SLOW_S = 3.0
AHEAD_S = 60.0
"""So much of a file's sound waits at most until its pictures ask for it."""


class SoundPool:
    """The threads on which the sound of all live cameras of a process is heard, and the one that writes speech down.

    Cameras take turns, one piece of sound each; no camera is ever heard by two threads at once.
    """

    def __init__(self, threads: int = 1) -> None:
        self.scribe = Scribe()
        self._changed = threading.Condition()
        self._due: deque[Listener] = deque()
        self._closed = False
        self._threads = [threading.Thread(target=self._run, name=f"sound {n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def schedule(self, listener: Listener) -> None:
        """Give listener a turn after those that wait already."""
        with self._changed:
            self._due.append(listener)
            self._changed.notify()

    def close(self, timeout_s: float = 3.0) -> None:
        """End the threads after what they are hearing; what waits is left. The scribe may be busy for longer."""
        self.scribe.close()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._due or self._closed)
                if self._closed:
                    return
                listener = self._due.popleft()
            if listener.take_turn():
                self.schedule(listener)


class Listener:
    """Bring a camera's sound to its stage, and what was found to whoever judges the pictures. Thread-safe.

    With a pool (live cameras) sound is heard on the pool's threads and `finding` never waits: of sound that cannot be
    heard in time the oldest is dropped and counted, and speech enters when it is written down. Without a pool (files
    read as fast as they are consumed) `finding` itself hears what is due, so that the same file gives the same
    findings on every machine.
    """

    def __init__(self, stage: SoundStage, pool: SoundPool | None) -> None:
        self._stage, self._pool = stage, pool
        if pool is not None:
            stage.write_with(pool.scribe)
        self._lock = threading.Lock()
        self._hearing = threading.Lock()
        self._queue: deque[AudioChunk] = deque()
        self._queued_s = 0.0
        self._scheduled = False
        self._closed = False
        self._failure = ""
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Return how many pieces of sound were too old to be heard."""
        return self._dropped

    @property
    def state(self) -> SenseState:
        """Return how hearing stands: "slow" while it is over SLOW_S behind, else as its stage says."""
        if self._failure:
            return SenseState("audio", "failed", self._failure)
        state = self._stage.state
        if self._pool is not None and self._queued_s > SLOW_S and state.state != "failed":
            return SenseState(
                "audio",
                "slow",
                f"Hearing is over {SLOW_S:g} s behind: this machine has too much to do. Listen at fewer cameras.",
            )
        return state

    def put(self, chunk: AudioChunk) -> None:
        """Take the next sound, from the source's thread."""
        with self._lock:
            if self._closed:
                return
            self._queue.append(chunk)
            self._queued_s += chunk.seconds
            while self._pool is not None and self._queued_s > QUEUE_S and len(self._queue) > 1:
                self._queued_s -= self._queue.popleft().seconds
                self._dropped += 1
            wake, self._scheduled = not self._scheduled, True
        if self._pool is None:
            if self._queued_s > AHEAD_S:
                self._hear_before(chunk.at_s)
        elif wake:
            self._pool.schedule(self)

    def finding(self, at_s: float) -> Finding:
        """Return what was heard of late at a frame's stream time; without a pool, hear what starts before it first."""
        if self._pool is None:
            self._hear_before(at_s)
        return self._stage.finding(at_s)

    def said_since(self, at_s: float) -> list[tuple[float, float, str]]:
        """Return what was said after a stream time as (start_s, end_s, text), as far as it is written down."""
        return self._stage.transcripts_since(at_s)

    def take_turn(self) -> bool:
        """Hear one piece, on a thread of the pool; return whether more waits."""
        self._hear_next(float("inf"))
        with self._lock:
            self._scheduled = bool(self._queue)
            return self._scheduled

    def close(self) -> None:
        """Hear no more, and leave what waits."""
        with self._lock:
            self._closed = True
            self._queue.clear()
            self._queued_s = 0.0
        self._stage.close()

    def _hear_before(self, at_s: float) -> None:
        with self._hearing:
            while self._hear_next(at_s):
                pass

    def _hear_next(self, before_s: float) -> bool:
        with self._lock:
            if not self._queue or self._queue[0].at_s >= before_s:
                return False
            chunk = self._queue.popleft()
            self._queued_s -= chunk.seconds
        try:
            self._stage.hear(chunk)
            self._failure = ""
        except Exception as error:
            if not self._failure:
                log.exception("hearing failed at %.2f s", chunk.at_s)
            self._failure = f"Hearing failed with {type(error).__name__}; the log says where. It goes on by itself."
        return True
