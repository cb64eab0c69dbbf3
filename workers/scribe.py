"""Write what one camera's watch has to say, in order, whatever the database and the cache are doing meanwhile.

The slice never waits for a database: it hands facts to its camera's scribe, a thread with a bounded spool. A fact
that cannot be written stays first in the spool until it can. When the lease is lost the scribe holds still: if this
very process gets the camera back at the next epoch, nobody else watched in between and the facts are written; in
every other case they are refused and dropped, and counted.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from django.db import InterfaceError, InternalError, OperationalError, connection
from redis.exceptions import RedisError

from workers.leases import Held, LeaseLost, fence

log = logging.getLogger(__name__)

SPOOL_SIZE = 256
"""Facts that wait for the database at most; with an event a minute, hours."""

RETRY_S = 0.5
RETRY_MAX_S = 3.0
ENGINE_ERRORS = (OperationalError, InterfaceError, InternalError, RedisError)
"""What a restarting database or cache raises; all else is a fault of the fact itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to write under the lease; what names it in logs. prepare runs before the transaction, once."""

    what: str
    write: Callable[[Held], None]
    prepare: Callable[[], None] | None = None
    after: Callable[[], None] | None = None


class Scribe:
    """One camera's writer. Facts keep their order; of the notes (state, snapshot) only the newest matters."""

    def __init__(self, held: Held, *, spool_size: int = SPOOL_SIZE) -> None:
        self.dropped = 0
        self.refused = 0
        self._held = held
        self._size = spool_size
        self._facts: deque[Fact] = deque()
        self._notes: dict[str, Callable[[Held], None]] = {}
        self._lost = False
        self._closing = False
        self._prepared: Fact | None = None
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"scribe {held.camera_id}", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many facts are not written yet."""
        with self._wake:
            return len(self._facts)

    def tell(self, fact: Fact) -> None:
        """Hand over a fact; a full spool gives up its oldest, but for the one at hand, and counts it."""
        with self._wake:
            if len(self._facts) >= self._size:
                given_up = self._facts[1]
                del self._facts[1]
                self.dropped += 1
                log.error("%s of %s was dropped: the spool of %d is full", given_up.what, self._held, self._size)
            self._facts.append(fact)
            self._wake.notify_all()

    def note(self, key: str, write: Callable[[Held], None]) -> None:
        """Hand over a note, which fences itself if it must; a newer one of the same key takes its place."""
        with self._wake:
            self._notes[key] = write
            self._wake.notify_all()

    def adopt(self, held: Held) -> None:
        """Go on under the camera's next lease."""
        with self._wake:
            self._held, self._lost = held, False
            self._wake.notify_all()

    def drain(self, timeout_s: float) -> bool:
        """Wait until every fact is written; False at timeout or when the lease is lost."""
        with self._wake:
            self._wake.wait_for(lambda: not self._facts or self._lost, timeout_s)
            return not self._facts

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop; facts that are not written by now are refused and counted."""
        with self._wake:
            self._closing = True
            self.refused += len(self._facts)
            for fact in self._facts:
                log.warning("%s of %s was not written: the lease is gone", fact.what, self._held)
            self._facts.clear()
            self._notes.clear()
            self._wake.notify_all()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        pause_s = RETRY_S
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or (not self._lost and (self._facts or self._notes)))
                if self._closing:
                    return
                held = self._held
                fact = self._facts[0] if self._facts else None
                key = "" if fact else next(iter(self._notes))
                note = None if fact else self._notes.pop(key)
            try:
                if fact is not None:
                    self._write(held, fact)
                elif note is not None:
                    note(held)
                pause_s = RETRY_S
            except LeaseLost:
                self._mark_lost(held)
            except ENGINE_ERRORS as error:
                log.warning("%s waits: %s", fact.what if fact else key, _first_line(error))
                with self._wake:
                    self._wake.wait_for(lambda: self._closing, pause_s)
                pause_s = min(pause_s * 2, RETRY_MAX_S)
            except Exception:
                log.exception("%s of %s cannot be written and is dropped", fact.what if fact else key, held)
                if fact is not None:
                    self._done(fact, dropped=True)
            finally:
                connection.close()

    def _write(self, held: Held, fact: Fact) -> None:
        if fact.prepare is not None and self._prepared is not fact:
            fact.prepare()
            self._prepared = fact
        with fence(held):
            fact.write(held)
        self._done(fact)
        if fact.after is not None:
            fact.after()

    def _done(self, fact: Fact, *, dropped: bool = False) -> None:
        with self._wake:
            self.dropped += dropped
            if self._facts and self._facts[0] is fact:  # else the scribe was closed meanwhile
                self._facts.popleft()
            self._wake.notify_all()

    def _mark_lost(self, held: Held) -> None:
        with self._wake:
            if self._held == held:
                self._lost = True
                log.warning("%s: the lease is lost, %d facts wait", held, len(self._facts))
            self._wake.notify_all()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
