"""Watch one camera: its source, pre-roll, pipeline and recorder, glued together and stepped by the caller."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from detection.audio.chunk import AudioChunk
from detection.detect.base import Detector
from detection.evidence import ClipReady, EventRecorder, PreRollRing, encode_jpeg
from detection.evidence.sound import SoundRing
from detection.masks import Polygon
from detection.pipeline import CameraPipeline, FrameResult, PipelineSettings
from detection.score import RobustScore, Scorer
from detection.senses import SenseState
from detection.sensing import Senses
from detection.sight import Tape
from detection.sources import SourceSettings, SourceState, open_source
from detection.types import EventUpdate, Frame

SLACK_S = 10.0
"""A clip's sound is fetched so much later at most: when its last picture came, or the camera was given up."""
SILENT_S = 10.0
"""An event whose camera has been gone for so long is closed: nobody can say any more that it goes on."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How one camera is read, analysed and recorded.

    analysis_fps: frames a second that go through the pipeline; never more than the source has, and the source is read
    at least as fast. The camera key of `pipeline` is set by the watch.
    """

    source: SourceSettings = field(default_factory=SourceSettings)
    pipeline: PipelineSettings = field(default_factory=PipelineSettings)
    masks: tuple[Polygon, ...] = ()
    analysis_fps: float = 5.0
    pre_roll_s: float = 5.0
    post_roll_s: float = 3.0
    max_clip_s: float = 60.0


@dataclass(frozen=True, slots=True)
class WatchStep:
    """What one step brought: an analysed frame or None, how the source is doing, and the clips finished since.

    closings are ends of events that no frame brought: the source ended or has been silent, or the watch was closed.
    """

    result: FrameResult | None
    source: SourceState
    clips: tuple[ClipReady, ...] = ()
    closings: tuple[EventUpdate, ...] = ()

    @property
    def updates(self) -> tuple[EventUpdate, ...]:
        """Return all event updates of this step, in order."""
        return (self.result.updates if self.result else ()) + self.closings


class CameraWatch:
    """Watch one camera. One thread calls step; close, reconfigure and latest_jpeg may come from others.

    The constructor raises SourceError when the address is not understood; later trouble shows in the source state.
    tape: keeps what every analysed frame showed, for a replay; senses: what is asked beside the detector.
    """

    def __init__(
        self,
        camera: str,
        uri: str,
        settings: WatchSettings,
        detector: Detector,
        evidence_dir: Path,
        make_scorer: Callable[[], Scorer] = RobustScore,
        tape: Tape | None = None,
        senses: Senses | None = None,
    ) -> None:
        self._camera = camera
        self._settings = settings
        self._detector = detector
        self._senses = senses or Senses()
        self._source = open_source(uri, _fast_enough(settings))
        self._source.set_masks(settings.masks)
        self._pipeline = CameraPipeline(
            replace(settings.pipeline, camera=camera), detector, make_scorer, tape, self._senses
        )
        evidence_dir.mkdir(parents=True, exist_ok=True)
        self._ring = PreRollRing(settings.pre_roll_s)
        self._sound = SoundRing(settings.max_clip_s + settings.post_roll_s + SLACK_S)
        self._recorder = EventRecorder(
            evidence_dir,
            self._ring,
            settings.pre_roll_s,
            settings.post_roll_s,
            settings.max_clip_s,
            sound=self._sound,
        )
        self._still = False
        self._latest: Frame | None = None
        self._source.subscribe(self._keep)
        self._source.subscribe(self._ring.add)
        self._source.subscribe_sound(self._hear)
        self._lock = threading.Lock()
        self._index = -1
        self._due_at_s = float("-inf")
        self._heard = time.monotonic()
        self._closed = False

    def start(self) -> None:
        """Begin reading the source."""
        self._source.start()

    def step(self, timeout_s: float) -> WatchStep:
        """Analyse the newest frame that is due, waiting at most timeout_s seconds for one.

        Frames between two due ones are passed over, so that analysis_fps holds whatever the source gives.
        """
        deadline = time.monotonic() + timeout_s
        frame = self._next_due(deadline)
        with self._lock:
            result = self._pipeline.process(frame) if frame is not None and not self._closed else None
            closings: tuple[EventUpdate, ...] = ()
            if result is not None:
                self._heard = time.monotonic()
                self._record(result.updates)
                self._show_motion(result)
            elif self._source.state.status == "ended" or time.monotonic() - self._heard > SILENT_S:
                closings = self._pipeline.flush()
                self._record(closings)
            return WatchStep(result, self._source.state, tuple(self._recorder.ready()), closings)

    def _show_motion(self, result: FrameResult) -> None:
        """Let the pre-roll be thin while nothing moves and nothing is recorded."""
        still = not result.gate.moved and not self._pipeline.event_open
        if still != self._still:
            self._still = still
            self._ring.set_still(still)

    @property
    def analysed_fps(self) -> float:
        """Return how many frames a second are to be analysed: as set, and never more than the source says it has."""
        has = self._source.state.fps
        return min(self._settings.analysis_fps, has) if has > 0.0 else self._settings.analysis_fps

    def reconfigure(self, settings: WatchSettings) -> None:
        """Take new masks, pipeline settings and analysis rate at once; the others need a new watch."""
        with self._lock:
            self._source.set_masks(settings.masks)
            self._pipeline.reconfigure(replace(settings.pipeline, camera=self._camera))
            self._settings = settings

    def set_senses(self, senses: Senses) -> None:
        """Go on with other senses; the ones before are closed."""
        with self._lock:
            before, self._senses = self._senses, senses
            self._pipeline.set_senses(senses)
        before.close()

    def said(self, since: float) -> list[tuple[float, float, str]]:
        """Return what was said after a Unix time as (start, end, text), as far as it is written down."""
        offset_s = self._sound.offset_s
        if offset_s is None:
            return []
        words = self._senses.said_since(since - offset_s)
        return [(start_s + offset_s, end_s + offset_s, text) for start_s, end_s, text in words]

    def senses(self) -> tuple[SenseState, ...]:
        """Return how each sense stands; hearing also says why no sound comes."""
        silent = self._source.state.audio
        states = self._senses.states()
        return tuple(
            replace(s, message=silent) if s.sense == "audio" and s.state == "available" and silent else s
            for s in states
        )

    def latest_jpeg(self, max_width: int) -> bytes | None:
        """Return the newest picture with its masks as JPEG, at most max_width pixels wide; None before the first."""
        frame = self._latest
        return encode_jpeg(frame.image, max_width=max_width) if frame is not None else None

    def close(self) -> WatchStep:
        """Stop reading, close the open event, finish its clip, and return these last facts. Idempotent."""
        self._source.stop()
        with self._lock:
            if self._closed:
                return WatchStep(None, self._source.state)
            self._closed = True
            closings = self._pipeline.flush()
            self._record(closings)
            clips = tuple(self._recorder.close())
            self._detector.forget(self._camera)
            self._senses.close()
            return WatchStep(None, self._source.state, clips, closings)

    def _hear(self, chunk: AudioChunk) -> None:
        self._sound.add(chunk)
        self._senses.hear(chunk)

    def _keep(self, frame: Frame) -> None:
        self._latest = frame
        self._sound.see(frame)

    def _next_due(self, deadline: float) -> Frame | None:
        while (frame := self._source.next(self._index, max(0.0, deadline - time.monotonic()))) is not None:
            self._index = frame.index
            interval_s = 1.0 / self._settings.analysis_fps
            if frame.at_s >= self._due_at_s - 0.001:
                late = frame.at_s - self._due_at_s > interval_s
                self._due_at_s = (frame.at_s if late else self._due_at_s) + interval_s
                return frame
        return None

    def _record(self, updates: tuple[EventUpdate, ...]) -> None:
        for update in updates:
            if update.kind == "opened":
                self._recorder.opened(update.event_id, update.started_at)
            elif update.kind == "closed" and update.ended_at is not None:
                self._recorder.closed(update.event_id, update.ended_at)


def _fast_enough(settings: WatchSettings) -> SourceSettings:
    """Return the source's settings, with as many pictures a second as are to be analysed."""
    delivered = settings.source.deliver_fps
    if delivered is None or delivered >= settings.analysis_fps:
        return settings.source
    return replace(settings.source, deliver_fps=settings.analysis_fps)
