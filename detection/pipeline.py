"""Take one camera's frames through every stage: gate, detect, track, features, score, event."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from detection.detect.base import Detector, DetectorError
from detection.events import EventSettings, EventTracker
from detection.features import FeatureExtractor, FrameFeatures, tags_of
from detection.motion import GateDecision, MotionGate, MotionSettings
from detection.score import RobustScore, Scene, Scorer
from detection.track import DeepSortTracker
from detection.types import Detection, EventUpdate, Frame, FrameScore, Track

GAP_S = 5.0
"""After a gap of so much stream time nobody is where they were: tracks start anew, what is usual stays."""


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """How one camera is watched.

    camera: the key of its state in a shared detector; new_normal_s: an event open for longer is learned from again,
    so that a lasting change of the scene cannot keep one event open for ever.
    """

    camera: str = "camera"
    events: EventSettings = field(default_factory=EventSettings)
    motion: MotionSettings = field(default_factory=MotionSettings)
    new_normal_s: float = 120.0


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What one frame gave.

    When the detector or the scorer failed, error is its sentence, features and score are None, and no update was drawn
    from the frame. stage_s: seconds spent per stage (gate, detect, track, features, score, event).
    """

    frame: Frame
    gate: GateDecision
    detections: tuple[Detection, ...] = ()
    tracks: tuple[Track, ...] = ()
    features: FrameFeatures | None = None
    tags: tuple[str, ...] = ()
    score: FrameScore | None = None
    updates: tuple[EventUpdate, ...] = ()
    error: str = ""
    stage_s: dict[str, float] = field(default_factory=dict)


class CameraPipeline:
    """Hold the state of every stage for one camera. Not thread-safe: one thread calls it, frame by frame."""

    def __init__(
        self, settings: PipelineSettings, detector: Detector, make_scorer: Callable[[], Scorer] = RobustScore
    ) -> None:
        """Start with nothing seen; make_scorer gives a scorer anew at the start and for another picture size."""
        self._settings = settings
        self._detector = detector
        self._gate = MotionGate(settings.motion)
        self._events = EventTracker(settings.events)
        self._make_scorer = make_scorer
        self._scorer = make_scorer()
        self._size: tuple[int, int] | None = None
        self._last_at = float("-inf")
        self._detections: tuple[Detection, ...] = ()
        self._restart_tracks()

    @property
    def event_open(self) -> bool:
        """Tell whether an event is open."""
        return self._events.open_since is not None

    def process(self, frame: Frame) -> FrameResult:
        """Return what one frame gave; frames come in order of time. Never raises for a detector that fails.

        On a still picture nothing is detected: what was seen last is still there, and goes through the later stages
        as it is.
        """
        at_s = self._begin(frame)
        stage_s: dict[str, float] = {}
        with _timed(stage_s, "gate"):
            gate = self._gate.look(frame.image, at_s)
        if gate.open:
            try:
                with _timed(stage_s, "detect"):
                    self._detections = tuple(self._detector.detect([frame.image], [self._settings.camera])[0])
            except Exception as error:  # a plug-in may raise anything; its camera shows it, the others go on
                self._detections = ()
                return FrameResult(frame, gate, error=_sentence(error, self._detector.name), stage_s=stage_s)
        return self._judge(frame, at_s, gate, stage_s)

    def reconfigure(self, settings: PipelineSettings) -> None:
        """Take new settings without losing tracks, what is usual, or the open event."""
        if settings.motion != self._settings.motion:
            self._gate = MotionGate(settings.motion)
        self._events.settings = settings.events
        self._settings = settings

    def flush(self) -> tuple[EventUpdate, ...]:
        """Close the open event, if any: the source ended or the watch stops."""
        return self._events.flush()

    def _begin(self, frame: Frame) -> float:
        """Return the frame's stream time, never falling, after starting anew what a gap or another size ended."""
        at_s = max(frame.at_s, self._last_at)
        size = (frame.image.shape[0], frame.image.shape[1])
        if self._size is not None and size != self._size:
            self._scorer = self._make_scorer()  # pixels mean something else now
            self._restart_tracks()
        elif at_s - self._last_at > GAP_S:
            self._restart_tracks()
        self._size, self._last_at = size, at_s
        return at_s

    def _restart_tracks(self) -> None:
        self._tracker = DeepSortTracker()
        self._extractor = FeatureExtractor()
        self._detections = ()

    def _judge(self, frame: Frame, at_s: float, gate: GateDecision, stage_s: dict[str, float]) -> FrameResult:
        size = (frame.image.shape[0], frame.image.shape[1])
        with _timed(stage_s, "track"):
            tracks = tuple(self._tracker.update(frame.image, self._detections, at_s))
        with _timed(stage_s, "features"):
            features = self._extractor.extract(tracks, size, at_s)
            tags = tags_of(features, size)
        scene = Scene(frame.image, tracks, features, at_s, frame.captured_at)
        try:
            with _timed(stage_s, "score"):
                score = self._scorer.update(scene, learn=self._may_learn(frame.captured_at))
        except Exception as error:  # a scorer is a plug-in too; a fault is never a quiet "normal"
            sentence = f"The scorer {self._scorer.name} failed: {type(error).__name__}: {error}"
            return FrameResult(frame, gate, self._detections, tracks, error=sentence, stage_s=stage_s)
        with _timed(stage_s, "event"):
            labels = [t.label for t in tracks]
            updates = self._events.update(score, features, tags, labels, frame.captured_at)
        return FrameResult(frame, gate, self._detections, tracks, features, tags, score, updates, "", stage_s)

    def _may_learn(self, at: float) -> bool:
        since = self._events.open_since
        return since is None or at - since > self._settings.new_normal_s


@contextmanager
def _timed(stage_s: dict[str, float], stage: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        stage_s[stage] = time.perf_counter() - started


def _sentence(error: Exception, detector: str) -> str:
    if isinstance(error, DetectorError):
        return str(error)
    return f"The detector {detector} failed: {type(error).__name__}: {error}"
