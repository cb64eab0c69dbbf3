"""Go through a recording again: scores and events as in the live run, without source, detector or tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from detection.cache.layout import Kind
from detection.cache.reader import Recording
from detection.events import EventSettings
from detection.judging import NEW_NORMAL_S, CameraJudge, Judged
from detection.score import RobustScore, Scorer


def replay(
    recording: Recording,
    make_scorer: Callable[[], Scorer] = RobustScore,
    events: EventSettings | None = None,
    new_normal_s: float = NEW_NORMAL_S,
) -> Iterator[Judged]:
    """Yield what each sight gives, and the closings where the source was gone or the watch had stopped.

    With the scorer and settings of the run that wrote it, all is as it was, bit for bit, but for the events' ids. Other
    settings, and other scorers that read the same of a picture, may be tried. Raises CacheError for a damaged file.
    """
    settings = events or EventSettings()
    judge: CameraJudge | None = None
    for kind, sight in recording.steps():
        if sight is not None:
            judge = judge or CameraJudge(settings, make_scorer, new_normal_s)
            yield judge.judge(sight)
        elif judge is not None:
            if closings := judge.flush():
                yield Judged(None, updates=closings)
            if kind is Kind.START:
                judge = None
    if judge is not None and (closings := judge.flush()):
        yield Judged(None, updates=closings)
