"""Turn what the pipeline says of an event into facts for the scribe: evidence first, then the row."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from detection.evidence import ClipReady, draw_overlay, encode_jpeg
from detection.pipeline import FrameResult
from detection.pose.draw import draw_poses
from detection.scene.look import SceneLook
from detection.types import EventUpdate
from incidents.models import EMBEDDING_SIZE
from incidents.services import events
from incidents.services.embeddings import event_embedding_put
from workers import evidence
from workers.leases import Held
from workers.moments import moment
from workers.score_lane import ScoreLane
from workers.scribe import Fact

PEAK_EVERY_S = 1.0
"""A rising event brings a new peak with every frame; the console needs no more than one a second."""

IMAGE_MAX_WIDTH = 1280

WORDS_BEFORE_S = 5.0
"""What was said so shortly before an event belongs to it."""
MAX_WORDS = 40
WORDS_APART_S = 2.0


@dataclass(slots=True)
class _OpenEvent:
    """What is written of an event so far; pictures counts those that were stored."""

    folder: str
    picture: str = ""
    pictures: int = 0
    preview: str = ""
    written_at: float = 0.0
    pending: tuple[EventUpdate, FrameResult] | None = None
    words: tuple[tuple[float, float, str], ...] = ()
    look: SceneLook | None = None


class EventFacts:
    """Follow the events of one camera and tell the scribe about them. One thread calls it, frame by frame."""

    def __init__(
        self, tell: Callable[[Fact], None], held: Held, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.detector = self.preset = ""
        self.said: Callable[[float], list[tuple[float, float, str]]] = lambda since: []
        """What was said after a Unix time; the watch's own, as soon as there is one."""
        self._tell, self._held, self._monotonic = tell, held, monotonic
        self._lane = ScoreLane()
        self._open: dict[UUID, _OpenEvent] = {}
        self._closed: dict[UUID, _OpenEvent] = {}

    def frame(self, result: FrameResult) -> None:
        """Take one analysed frame."""
        if result.fused is not None:
            self._lane.add(result.frame.captured_at, result.fused.value)
        for update in result.updates:
            self._update(update, result)
        for event in self._open.values():
            if event.pending and self._monotonic() - event.written_at >= PEAK_EVERY_S:
                self._peaked(event)

    def closing(self, update: EventUpdate) -> None:
        """Take the end of an event that no frame brought: the watch ends."""
        if update.event_id in self._open:
            self._close(update)

    def clip(self, clip: ClipReady) -> None:
        """Take a finished clip: it goes to the storage, and the local file away when it was the final one."""
        event = self._open.get(clip.event_id) or self._closed.get(clip.event_id)
        if event is None:
            return
        name = f"{event.folder}/{'clip' if clip.final else 'preview'}.mp4"
        stored: list[str] = []

        def prepare() -> None:
            stored.append(evidence.put_clip(name, clip.path))

        def write(held: Held) -> None:
            events.event_clip_ready(
                organization_id=held.organization_id,
                event_id=clip.event_id,
                clip=stored[0],
                clip_started_at=moment(clip.started_at),
                final=clip.final,
                at=timezone.now(),
            )

        def after() -> None:
            if clip.final:
                clip.path.unlink(missing_ok=True)
                evidence.forget(replaced)

        replaced = event.preview if clip.final else ""
        if clip.final:
            # Words are written down seconds after they were spoken.
            self._keep_words(clip.event_id, event, clip.started_at)
            self._closed.pop(clip.event_id, None)
        else:
            event.preview = name
        self._tell(Fact(f"the clip of event {clip.event_id}", write, prepare, after))

    def _update(self, update: EventUpdate, result: FrameResult) -> None:
        if update.kind == "opened":
            self._opened(update, result)
        elif event := self._open.get(update.event_id):
            if update.kind == "peak":
                event.pending = (update, result)
            else:
                self._close(update)

    def _opened(self, update: EventUpdate, result: FrameResult) -> None:
        event = _OpenEvent(evidence.folder_of(self._held, update.event_id, update.started_at))
        event.written_at = self._monotonic()
        self._open[update.event_id] = event
        self._lane.opened(update.event_id, update.started_at)
        prepare, name = self._picture(event, update, result)

        def write(held: Held) -> None:
            events.event_opened(
                organization_id=held.organization_id,
                camera_id=held.camera_id,
                epoch=held.epoch,
                update=update,
                peak_image=name(),
                detector=self.detector,
                preset=self.preset,
                at=timezone.now(),
            )

        self._tell(Fact(f"the opening of event {update.event_id}", write, prepare))
        self._keep_look(event, update, result)

    def _peaked(self, event: _OpenEvent) -> None:
        assert event.pending is not None
        update, result = event.pending
        event.pending, event.written_at = None, self._monotonic()
        replaced = event.picture
        prepare, name = self._picture(event, update, result)

        def write(held: Held) -> None:
            events.event_peaked(
                organization_id=held.organization_id, update=update, peak_image=name(), at=timezone.now()
            )

        self._tell(Fact(f"the peak of event {update.event_id}", write, prepare, lambda: evidence.forget(replaced)))
        self._keep_look(event, update, result)

    def _keep_words(self, event_id: UUID, event: _OpenEvent, since: float) -> None:
        """Keep what was said around an event, when there is anything new."""
        # The watch forgets words after two minutes; those of a longer event stay with it.
        new = [word for word in self.said(since - WORDS_BEFORE_S) if not any(_same(word, old) for old in event.words)]
        if not new or len(event.words) >= MAX_WORDS:
            return
        event.words = words = (*event.words, *new)[:MAX_WORDS]

        def write(held: Held) -> None:
            events.event_said(organization_id=held.organization_id, event_id=event_id, words=words, at=timezone.now())

        self._tell(Fact(f"what was said at event {event_id}", write))

    def _keep_look(self, event: _OpenEvent, update: EventUpdate, result: FrameResult) -> None:
        """Keep what the picture shows, by which the event is found again."""
        look = result.look
        if look is None or look is event.look or len(look.embedding) != EMBEDDING_SIZE:
            return
        event.look = look
        vector = look.embedding.tolist()

        def write(held: Held) -> None:
            event_embedding_put(
                organization_id=held.organization_id,
                event_id=update.event_id,
                model=look.model,
                vector=vector,
                at=timezone.now(),
            )

        self._tell(Fact(f"what event {update.event_id} shows", write))

    def _close(self, update: EventUpdate) -> None:
        event = self._open.pop(update.event_id)
        if event.pending:
            self._peaked(event)
        # Its final clip comes seconds later; of events whose clip never comes, the oldest are forgotten.
        self._closed[update.event_id] = event
        while len(self._closed) > 8:
            del self._closed[next(iter(self._closed))]
        scores = self._lane.closed(update.event_id)

        def write(held: Held) -> None:
            events.event_closed(organization_id=held.organization_id, update=update, scores=scores, at=timezone.now())

        self._tell(Fact(f"the end of event {update.event_id}", write))
        self._keep_words(update.event_id, event, update.started_at)

    def _picture(
        self, event: _OpenEvent, update: EventUpdate, result: FrameResult
    ) -> tuple[Callable[[], None], Callable[[], str]]:
        """Return what stores the frame with its overlay, and what tells the stored name afterwards."""
        event.pictures += 1
        event.picture = f"{event.folder}/peak{'' if event.pictures == 1 else f'-{event.pictures}'}.jpg"
        name, stored = event.picture, [""]
        # Drawn and packed here: raw pictures in the spool of a camera whose database is away would fill the memory.
        bodies = result.bodies
        image = draw_poses(result.frame.image, bodies.poses, bodies.marked) if bodies.poses else result.frame.image
        shown = draw_overlay(image, result.tracks, update.reason)
        jpeg = encode_jpeg(shown, max_width=IMAGE_MAX_WIDTH)

        def prepare() -> None:
            stored[0] = evidence.put_picture(name, jpeg)

        return prepare, lambda: stored[0]


def _same(word: tuple[float, float, str], old: tuple[float, float, str]) -> bool:
    """Tell whether two are the same words: their times follow the clocks of picture and machine, and tremble."""
    return word[2] == old[2] and abs(word[0] - old[0]) < WORDS_APART_S
