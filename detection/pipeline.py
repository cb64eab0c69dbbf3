"""Take one camera's frames through every stage: gate, detect, track, features, score, event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from detection.detect.base import Detector, DetectorError
from detection.events import EventSettings
from detection.features import FeatureExtractor, FrameFeatures
from detection.fuse import Fused
from detection.judging import NEW_NORMAL_S, CameraJudge, scorer_failed
from detection.motion import GateDecision, MotionGate, MotionSettings
from detection.pose.finding import PoseFinding
from detection.scene.look import SceneLook
from detection.score import RobustScore, Scene, Scorer
from detection.senses import Moment
from detection.sensing import Senses
from detection.sight import Sight, Tape, usable
from detection.stages import timed
from detection.track import DeepSortTracker
from detection.types import Detection, EventUpdate, Frame, FrameScore, Track

GAP_S = 5.0
"""After a gap of so much stream time nobody is where they were: tracks start anew, what is usual stays."""


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """How one camera is watched.

    camera: the key of its state in a shared detector; new_normal_s: an event open for longer is learned from again.
    """

    camera: str = "camera"
    events: EventSettings = field(default_factory=EventSettings)
    motion: MotionSettings = field(default_factory=MotionSettings)
    new_normal_s: float = NEW_NORMAL_S


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What one frame gave.

    When the detector or the scorer failed, error is its sentence, features and score are None, and only a sense that is
    sure enough to alarm alone makes an update. score: the scorer's own; fused: what it and the senses say together.
    stage_s: seconds spent per stage (gate, detect, track, features, score, pose, audio, scene, event). refused:
    detections that were unusable, for example with a box that is not finite. bodies: the poses, for the overlay;
    look: the last look at the scene, by which similar events are found.
    """

    frame: Frame
    gate: GateDecision
    detections: tuple[Detection, ...] = ()
    tracks: tuple[Track, ...] = ()
    features: FrameFeatures | None = None
    tags: tuple[str, ...] = ()
    score: FrameScore | None = None
    fused: Fused | None = None
    updates: tuple[EventUpdate, ...] = ()
    error: str = ""
    stage_s: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    bodies: PoseFinding = field(default_factory=PoseFinding)
    look: SceneLook | None = None


class CameraPipeline:
    """Hold the state of every stage for one camera. Not thread-safe: one thread calls it, frame by frame.

    What needs the picture ends in a Sight, which the tape keeps, if there is one; the judge makes score and events of
    it, and does the same in a replay.
    """

    def __init__(
        self,
        settings: PipelineSettings,
        detector: Detector,
        make_scorer: Callable[[], Scorer] = RobustScore,
        tape: Tape | None = None,
        senses: Senses | None = None,
    ) -> None:
        """Start with nothing seen; make_scorer gives a scorer anew at the start and for another picture size."""
        self._senses = senses or Senses()
        self._settings = settings
        self._detector = detector
        self._judge = CameraJudge(settings.events, make_scorer, settings.new_normal_s)
        self._tape = tape
        self._gate = MotionGate(settings.motion)
        self._size: tuple[int, int] | None = None
        self._last_at = float("-inf")
        self._restart_tracks()

    @property
    def event_open(self) -> bool:
        """Tell whether an event is open."""
        return self._judge.open_since is not None

    def process(self, frame: Frame) -> FrameResult:
        """Return what one frame gave; frames come in order of time. Never raises for a detector that fails.

        On a still picture nothing is detected: what was seen last is still there, and goes through the later stages
        as it is.
        """
        stage_s: dict[str, float] = {}
        sight = self._look(frame, self._begin(frame), stage_s)
        if self._tape is not None:
            self._tape.add(sight)
        judged = self._judge.judge(sight)
        for stage, seconds in judged.stage_s.items():
            stage_s[stage] = stage_s.get(stage, 0.0) + seconds
        return FrameResult(
            frame=frame,
            gate=sight.gate,
            detections=sight.detections,
            tracks=sight.tracks,
            features=sight.features if judged.score is not None else None,
            tags=judged.tags,
            score=judged.score,
            fused=judged.fused,
            updates=judged.updates,
            error=judged.error,
            stage_s=stage_s,
            refused=sight.refused,
            bodies=self._senses.bodies,
            look=self._senses.look,
        )

    def reconfigure(self, settings: PipelineSettings) -> None:
        """Take new settings without losing tracks, what is usual, or the open event."""
        if settings.motion != self._settings.motion:
            self._gate = MotionGate(settings.motion)
        self._judge.set_events(settings.events)
        self._judge.new_normal_s = settings.new_normal_s
        self._settings = settings

    def set_senses(self, senses: Senses) -> None:
        """Go on with other senses."""
        self._senses = senses

    def flush(self) -> tuple[EventUpdate, ...]:
        """Close the open event, if any: the source ended or the watch stops."""
        if self._tape is not None:
            self._tape.flushed()
        return self._judge.flush()

    def _begin(self, frame: Frame) -> float:
        """Return the frame's stream time, never falling, after starting anew what a gap or another size ended."""
        at_s = max(frame.at_s, self._last_at)
        size = (frame.image.shape[0], frame.image.shape[1])
        if self._size is not None and size != self._size:
            self._gate = MotionGate(self._settings.motion)
            self._restart_tracks()
        elif at_s - self._last_at > GAP_S:
            self._restart_tracks()
        self._size, self._last_at = size, at_s
        return at_s

    def _restart_tracks(self) -> None:
        self._tracker = DeepSortTracker()
        self._extractor = FeatureExtractor()
        self._detections: tuple[Detection, ...] = ()
        self._owed = False
        self._senses.restart()

    def _look(self, frame: Frame, at_s: float, stage_s: dict[str, float]) -> Sight:
        """Return what every stage up to the scorer's reading sees in a frame."""
        size, refused = (frame.image.shape[0], frame.image.shape[1]), 0
        with timed(stage_s, "gate"):
            gate = self._gate.look(frame.image, at_s)
        if self._owed and not gate.open:
            # What moved was not seen, as the detector failed: a still picture of it is looked at all the same.
            gate = GateDecision(True, "refresh", gate.changed_ratio)
        scorer = self._judge.scorer_for(size)
        if gate.open:
            try:
                with timed(stage_s, "detect"):
                    found = self._detector.detect([frame.image], [self._settings.camera])[0]
                    self._detections = usable(found, size)
            except Exception as error:  # a plug-in may raise anything; its camera shows it, the others go on
                self._detections, self._owed = (), True
                sentence = _detector_failed(self._detector, error)
                return self._unseen(frame, at_s, gate, sentence, stage_s)
            self._owed = False
            refused = len(found) - len(self._detections)
        try:
            with timed(stage_s, "track"):
                tracks = tuple(self._tracker.update(frame.image, self._detections, at_s))
            with timed(stage_s, "features"):
                features = self._extractor.extract(tracks, size, at_s)
        except Exception as error:  # numerical trouble in a library: people see it, and tracking starts anew
            self._restart_tracks()
            self._owed = True
            sentence = f"The tracker failed: {type(error).__name__}: {error}"
            return self._unseen(frame, at_s, gate, sentence, stage_s)
        scene = Scene(frame.image, tracks, features, at_s, frame.captured_at, gate.moved)
        findings = self._senses.find(
            Moment(frame.image, tracks, at_s, gate.open, gate.moved, not self.event_open), stage_s
        )
        try:
            with timed(stage_s, "score"):
                # In one order in memory, since sums over another order differ in the last bit.
                seen = {name: np.asarray(array, order="C") for name, array in scorer.read(scene).items()}
        except Exception as error:  # a scorer is a plug-in too
            sentence, seen = scorer_failed(scorer, error), {}
        else:
            sentence = ""
        return Sight(
            frame.index,
            at_s,
            frame.captured_at,
            size,
            gate,
            self._detections,
            tracks,
            features,
            seen,
            refused,
            sentence,
            findings,
        )

    def _unseen(self, frame: Frame, at_s: float, gate: GateDecision, sentence: str, stage_s: dict[str, float]) -> Sight:
        """Return the sight of a frame whose objects are not known: what is heard counts all the same."""
        size = (frame.image.shape[0], frame.image.shape[1])
        findings = self._senses.find(Moment(frame.image, (), at_s, False, gate.moved, not self.event_open), stage_s)
        return Sight(frame.index, at_s, frame.captured_at, size, gate, error=sentence, findings=findings)


def _detector_failed(detector: Detector, error: Exception) -> str:
    if isinstance(error, DetectorError):
        return str(error)
    return f"The detector {detector.name} failed: {type(error).__name__}: {error}"
