"""Judge one camera's sound: its level always, voice and kinds of sound where it is worth listening, words last."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeVar

from detection.audio.chunk import RATE, AudioChunk, AudioError, Samples
from detection.audio.level import AUDIBLE_DB, LevelMeter, level_db
from detection.audio.phrases import CATEGORY, Hit, Phrases
from detection.audio.rolling import Rolling
from detection.audio.scribe import Scribe
from detection.audio.sounds import Heard, SoundModel
from detection.audio.spans import Span, SpeechSpans
from detection.audio.speech import SpeechModel, Transcript
from detection.audio.voice import VoiceModel
from detection.senses import ALONE, Finding, SenseState
from detection.types import ScorePart

STEP_S = 0.5
HOLD_S = 3.0
"""What was heard counts for so long: an event of the picture is rarely in the same half second."""
SAID_KEPT_S = 120.0
MAX_SAID = 64
LONELY_LEVEL = 0.6
"""Loudness alone corroborates what other senses see, and never alarms by itself."""

FIRES_AT: dict[str, float] = {
    "scream": 0.33, "gunshot": 0.5, "explosion": 0.7, "glass": 0.5, "siren": 0.6, "alarm": 0.7,
}  # fmt: skip
"""How sure a kind must be to alarm by itself; sounds of other kinds lie below 0.2 on what was measured."""
WORDS: dict[str, tuple[str, str]] = {
    "scream": ("a scream", "violence/aggression"),
    "gunshot": ("a gunshot", "security threat"),
    "explosion": ("an explosion", "fire hazard"),
    "glass": ("breaking glass", "security threat"),
    "siren": ("a siren", "evacuation needed"),
    "alarm": ("an alarm", "fire hazard"),
}
Found = TypeVar("Found")
Transcripts = Literal["keep", "phrases", "off"]


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What is listened for at a camera.

    transcripts: "keep" writes speech down and keeps the words; "phrases" understands it only to listen for phrases, and
    forgets the words; "off" never tries to understand it. languages: those of the built-in phrases and, when there is
    one, the language that speech is expected in; kinds: the sound events that count.
    """

    transcripts: Transcripts = "keep"
    languages: tuple[str, ...] = ("en",)
    kinds: frozenset[str] = frozenset(WORDS)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What half a second told: level in dB, share of speech, kinds of sound; None where it was not asked."""

    at_s: float
    level_db: float
    level_part: ScorePart
    voice: float | None = None
    heard: Heard | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Words, what was listened for in them, and the stream time at which they were known."""

    at_s: float
    transcript: Transcript
    hits: tuple[Hit, ...]


@dataclass(slots=True)
class SoundModels:
    """The models of a process; one that is None is missing, and its part of hearing is left out."""

    sounds: SoundModel | None = None
    voice: VoiceModel | None = None
    speech: SpeechModel | None = None
    missing: dict[str, str] = field(default_factory=dict)
    """For each model that is missing, by "sound", "voice" or "speech": the sentence that says so."""


class SoundStage:
    """Hear one camera. A failing model is told in `state` and never stops the others.

    `hear` is for one thread at a time; everything else may be called from any, and waits for no model.
    """

    def __init__(
        self, models: SoundModels, settings: SoundSettings | None = None, phrases: Phrases | None = None
    ) -> None:
        self._models = models
        self._settings = settings or SoundSettings()
        self._phrases = phrases or Phrases.default(self._settings.languages)
        self._scribe: Scribe | None = None
        self._rolling = Rolling()
        self._spans = SpeechSpans()
        self._level = LevelMeter()
        self._due_at_s: float | None = None
        self._closed = False
        self._failures: dict[str, str] = {}
        self._lock = threading.Lock()
        self._last: list[Hearing] = []
        self._said: deque[Said] = deque(maxlen=MAX_SAID)
        self.clipped = 0.0

    @property
    def state(self) -> SenseState:
        """Return how hearing stands: what fails first, else what is missing."""
        off = self._settings.transcripts == "off"
        failures = [text for part, text in list(self._failures.items()) if not (off and part == "speech")]
        missing = [text for part, text in self._models.missing.items() if not (off and part == "speech")]
        if failures:
            return SenseState("audio", "failed", failures[0])
        if missing:
            return SenseState("audio", "missing model", " ".join(missing))
        if self.clipped > 0.2:
            return SenseState("audio", "available", "The sound is cut off: turn the microphone's gain down.")
        return SenseState("audio", "available")

    def write_with(self, scribe: Scribe) -> None:
        """Have speech written down by scribe from now on, instead of at once; it is found when it is written."""
        self._scribe = scribe

    def reconfigure(self, settings: SoundSettings, phrases: Phrases | None = None) -> None:
        """Listen for something else from now on. The camera's usual level stays; words no longer to be kept go."""
        with self._lock:
            self._phrases = phrases or Phrases.default(settings.languages)
            self._settings = settings
            if settings.transcripts != "keep":
                self._said = deque((_without_words(said) for said in self._said), maxlen=MAX_SAID)

    def close(self) -> None:
        """Leave speech that still waits to be written down."""
        self._closed = True

    def hear(self, chunk: AudioChunk) -> list[Hearing]:
        """Take the next sound and return what each due half second told."""
        told: list[Hearing] = []
        self.clipped += 0.05 * (chunk.clipped - self.clipped)
        for start in range(0, len(chunk.samples), round(STEP_S * RATE)):
            piece = AudioChunk(chunk.samples[start : start + round(STEP_S * RATE)], chunk.at_s + start / RATE)
            self._rolling.add(piece)
            end_s = self._rolling.end_s or 0.0
            if self._due_at_s is None or abs(end_s - self._due_at_s) > HOLD_S:
                self._due_at_s = end_s
            if end_s >= self._due_at_s - 1e-6:
                self._due_at_s += STEP_S
                told.append(self._judge(end_s))
        if told:
            # Twice as long as it counts: pictures are often judged later than their sound.
            fresh = [h for h in [*self._last, *told] if abs(told[-1].at_s - h.at_s) <= 2 * HOLD_S]
            with self._lock:
                self._last = fresh
        return told

    def finding(self, at_s: float) -> Finding:
        """Return what was heard within HOLD_S before a stream time, the strongest of it."""
        with self._lock:
            recent = [h for h in self._last if 0.0 <= at_s - h.at_s <= HOLD_S]
            said = [s for s in self._said if 0.0 <= at_s - s.at_s <= HOLD_S]
        text = " ".join(s.transcript.text for s in said if s.transcript.text)
        found = [self._of(hearing, text) for hearing in recent]
        details = found[-1].details if found else {"transcript": text}
        for each in said:
            found += [_of_hit(hit, each.transcript, details) for hit in each.hits]
        return max(found, key=lambda f: f.score, default=Finding("audio"))

    def transcripts_since(self, at_s: float) -> list[tuple[float, float, str]]:
        """Return what was said after a stream time as (start_s, end_s, text), the oldest first.

        At most MAX_SAID of the last SAID_KEPT_S; nothing where words are not kept.
        """
        with self._lock:
            said = list(self._said)
        least = max(at_s, (said[-1].at_s if said else 0.0) - SAID_KEPT_S)
        return [
            (s.transcript.start_s, s.transcript.end_s, s.transcript.text)
            for s in said
            if s.transcript.text and s.transcript.end_s > least
        ]

    def _judge(self, end_s: float) -> Hearing:
        recent = self._rolling.last(STEP_S)
        level = level_db(recent)
        _, part = self._level.judge(level, end_s)
        heard, voice = None, None
        if level > AUDIBLE_DB:
            heard = self._asked("sound", self._sounds)
            voice = self._asked("voice", self._voice)
        self._listen(recent, voice, end_s)
        return Hearing(end_s, level, part, voice, heard)

    def _sounds(self) -> Heard | None:
        """Return what the last second sounds like, judged twice: a window that cuts a scream in two hears none."""
        model = self._models.sounds
        if model is None:
            return None
        recent = self._rolling.last(1.0 + STEP_S / 2)
        newest, before = model.hear(recent), model.hear(recent[: -round(STEP_S / 2 * RATE)])
        kinds = {kind: max(sure, before.kinds[kind]) for kind, sure in newest.kinds.items()}
        return Heard(kinds, newest.top)

    def _voice(self) -> float | None:
        return self._models.voice.speech_share(self._rolling.last(1.0)) if self._models.voice else None

    def _listen(self, recent: Samples, voice: float | None, end_s: float) -> None:
        """Collect speech while somebody speaks, and have it written down when they pause."""
        if self._settings.transcripts == "off" or self._models.speech is None:
            self._spans.forget()
            return
        span = self._spans.add(self._rolling.last(1.0), recent, voice, end_s)
        if span is None:
            return
        if self._scribe is None:
            self._write_down(span)
        else:
            self._scribe.put(partial(self._write_down, span))

    def _write_down(self, span: Span) -> None:
        model, settings = self._models.speech, self._settings
        if model is None or settings.transcripts == "off" or self._closed:
            return
        language = settings.languages[0] if len(settings.languages) == 1 else ""
        words = self._asked("speech", lambda: model.write_down(span.samples, span.start_s, span.end_s, language))
        if words is None:
            return
        with self._lock:
            said = Said(self._rolling.end_s or span.end_s, words, tuple(self._phrases.heard_in(words.text)))
            # The settings may have changed while it was written.
            if self._settings.transcripts != "off":
                self._said.append(said if self._settings.transcripts == "keep" else _without_words(said))

    def _asked(self, part: str, ask: Callable[[], Found | None]) -> Found | None:
        try:
            found = ask()
        except AudioError as error:
            self._failures[part] = str(error)
            return None
        self._failures.pop(part, None)
        return found

    def _of(self, hearing: Hearing, text: str) -> Finding:
        """Return the strongest reason in one hearing; text: what was said around it."""
        details: dict[str, object] = {
            "level_db": round(hearing.level_db, 1),
            "voice": hearing.voice,
            "kinds": {k: round(v, 3) for k, v in hearing.heard.kinds.items()} if hearing.heard else {},
            "heard": [[name, round(value, 3)] for name, value in hearing.heard.top] if hearing.heard else [],
            "transcript": text,
        }
        found = [Finding("audio", min(LONELY_LEVEL, hearing.level_part.deviation / 10.0), details=details)]
        if found[0].score > 0.3:
            found[0] = Finding(
                "audio",
                found[0].score,
                "loud",
                None,
                found[0].score,
                f"it is suddenly loud ({hearing.level_db:.0f} dB)",
                (hearing.level_part,),
                details,
            )
        for kind, sure in (hearing.heard.kinds if hearing.heard else {}).items():
            if kind in self._settings.kinds:
                words, category = WORDS[kind]
                score = min(1.0, ALONE * sure / FIRES_AT[kind])
                part = ScorePart(f"sound_{kind}", sure, 0.0, FIRES_AT[kind], sure / FIRES_AT[kind], 1.0)
                found.append(
                    Finding("audio", score, kind, category, sure, f"{words} ({sure:.0%} sure)", (part,), details)
                )
        return max(found, key=lambda f: f.score)


def _of_hit(hit: Hit, words: Transcript, details: Mapping[str, object]) -> Finding:
    sure = hit.alike * words.confidence
    return Finding(
        "audio",
        min(1.0, ALONE + 0.25 * sure),
        hit.topic,
        CATEGORY[hit.topic],
        sure,
        f"somebody said “{hit.phrase}”",
        (),
        details,
    )


def _without_words(said: Said) -> Said:
    return replace(said, transcript=replace(said.transcript, text=""))
