"""Learn beside the frames, and hand over what was learned at a fixed frame."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from detection.score.living.hours import Floats, Hours
from detection.score.living.learned import Learned, Lesson, learn_from
from detection.score.living.senses import Senses
from detection.score.living.taught import Withheld


@dataclass(frozen=True, slots=True)
class Studied:
    """What one learning gave: what is normal, and how the taught events lie in it, (frames, senses) each."""

    learned: Learned
    taught: tuple[tuple[Withheld, Floats], ...]


class Study:
    """One learning on a thread beside.

    It is handed over at the first frame at or after due_at_s of stream time, and that frame waits if it is not ready:
    a slow machine and a fast one, a live camera and a replay give the same scores.
    """

    def __init__(self, lesson: Lesson, hours: Hours, taught: tuple[Withheld, ...], due_at_s: float) -> None:
        self.due_at_s = due_at_s
        self._future: Future[Studied] = _thread().submit(_study, lesson, hours.copy(), taught)

    def result(self) -> Studied:
        """Wait for and return what was learned; raises what the learning raised."""
        return self._future.result()

    def cancel(self) -> None:
        """Let it go; a learning that has begun ends unheard."""
        self._future.cancel()


@lru_cache(maxsize=1)
def _thread() -> ThreadPoolExecutor:
    """Return the one thread on which all cameras of the process learn, one after the other."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="baseline")


def _study(lesson: Lesson, hours: Hours, taught: tuple[Withheld, ...]) -> Studied:
    learned = learn_from(lesson)
    hours.set_everything(learned.footage)
    senses = Senses(learned, hours, lesson.diagonal)
    return Studied(learned, tuple((event, senses.of_event(event.moments)) for event in taught))
