"""Judge one camera's sound: its level always, voice and kinds of sound where it is worth listening, words last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from detection.audio.chunk import RATE, AudioChunk, AudioError, Samples
from detection.audio.level import AUDIBLE_DB, LevelMeter, level_db
from detection.audio.phrases import CATEGORY, Hit, Phrases
from detection.audio.rolling import Rolling
from detection.audio.sounds import Heard, SoundModel
from detection.audio.speech import MAX_S, SpeechModel, Transcript
from detection.audio.voice import VoiceModel
from detection.senses import Finding, SenseState
from detection.types import ScorePart

STEP_S = 0.5
HOLD_S = 3.0
"""What was heard counts for so long: an event of the picture is rarely in the same half second."""
VOICE_SHARE = 0.3
QUIET_END_S = 1.0
LEAST_SPEECH_S = 0.8
SPEECH_KEPT_S = MAX_S
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
ALONE = 0.75
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What is listened for at a camera.

    transcripts: whether speech is written down; languages: those of the built-in phrases and, when there is one, the
    language that speech is expected in; kinds: the sound events that count.
    """

    transcripts: bool = True
    languages: tuple[str, ...] = ("en",)
    kinds: frozenset[str] = frozenset(WORDS)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What half a second told: level in dB, share of speech, kinds of sound, words; None where it was not asked."""

    at_s: float
    level_db: float
    level_part: ScorePart
    voice: float | None = None
    heard: Heard | None = None
    transcript: Transcript | None = None
    hits: tuple[Hit, ...] = ()


@dataclass(slots=True)
class SoundModels:
    """The models of a process; one that is None is missing, and its part of hearing is left out."""

    sounds: SoundModel | None = None
    voice: VoiceModel | None = None
    speech: SpeechModel | None = None
    missing: dict[str, str] = field(default_factory=dict)
    """For each model that is missing, by "sound", "voice" or "speech": the sentence that says so."""


class SoundStage:
    """Hear one camera. Not thread-safe. A failing model is told in `state` and never stops the others."""

    def __init__(
        self, models: SoundModels, settings: SoundSettings | None = None, phrases: Phrases | None = None
    ) -> None:
        self._models = models
        self._settings = settings or SoundSettings()
        self._phrases = phrases or Phrases.default(self._settings.languages)
        self._rolling = Rolling()
        self._speech: list[Samples] = []
        self._speech_from_s = 0.0
        self._voice_at_s = float("-inf")
        self._level = LevelMeter()
        self._due_at_s: float | None = None
        self._failure = ""
        self._last: list[Hearing] = []
        self.clipped = 0.0

    @property
    def state(self) -> SenseState:
        """Return how hearing stands: what failed first, else what is missing."""
        if self._failure:
            return SenseState("audio", "failed", self._failure)
        if self._models.missing:
            return SenseState("audio", "missing model", " ".join(self._models.missing.values()))
        if self.clipped > 0.2:
            return SenseState("audio", "available", "The sound is cut off: turn the microphone's gain down.")
        return SenseState("audio", "available")

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
        self._last = [h for h in [*self._last, *told] if told == [] or told[-1].at_s - h.at_s <= HOLD_S]
        return told

    def finding(self, at_s: float) -> Finding:
        """Return what was heard within HOLD_S before a stream time, the strongest of it."""
        recent = [h for h in self._last if 0.0 <= at_s - h.at_s <= HOLD_S]
        found = [self._of(hearing) for hearing in recent]
        return max(found, key=lambda f: f.score, default=Finding("audio"))

    def _judge(self, end_s: float) -> Hearing:
        recent = self._rolling.last(STEP_S)
        level = level_db(recent)
        _, part = self._level.judge(level, end_s)
        if level <= AUDIBLE_DB:
            return Hearing(end_s, level, part, transcript=(words := self._speech_ended(end_s)), hits=self._hits(words))
        heard = self._asked(self._sounds)
        voice = self._asked(
            lambda: self._models.voice.speech_share(self._rolling.last(1.0)) if self._models.voice else None
        )
        words = self._listen(recent, voice, end_s)
        return Hearing(end_s, level, part, voice, heard, words, self._hits(words))

    def _sounds(self) -> Heard | None:
        """Return what the last second sounds like, judged twice: a window that cuts a scream in two hears none."""
        model = self._models.sounds
        if model is None:
            return None
        recent = self._rolling.last(1.0 + STEP_S / 2)
        newest, before = model.hear(recent), model.hear(recent[: -round(STEP_S / 2 * RATE)])
        kinds = {kind: max(sure, before.kinds[kind]) for kind, sure in newest.kinds.items()}
        return Heard(kinds, newest.top)

    def _listen(self, recent: Samples, voice: float | None, end_s: float) -> Transcript | None:
        """Collect speech while somebody speaks, and write it down when they pause."""
        if not self._settings.transcripts or self._models.speech is None or voice is None:
            return None
        if voice >= VOICE_SHARE:
            if not self._speech:
                self._speech, self._speech_from_s = [self._rolling.last(1.0)], end_s - 1.0
            else:
                self._speech.append(recent)
            self._voice_at_s = end_s
            if end_s - self._speech_from_s >= SPEECH_KEPT_S:
                return self._write_down(end_s)
            return None
        if self._speech:
            self._speech.append(recent)
        return self._speech_ended(end_s)

    def _speech_ended(self, end_s: float) -> Transcript | None:
        if self._speech and end_s - self._voice_at_s >= QUIET_END_S:
            return self._write_down(end_s)
        return None

    def _write_down(self, end_s: float) -> Transcript | None:
        samples, start_s = np.concatenate(self._speech), self._speech_from_s
        self._speech = []
        model = self._models.speech
        if model is None or len(samples) < LEAST_SPEECH_S * RATE:
            return None
        language = self._settings.languages[0] if len(self._settings.languages) == 1 else ""
        return self._asked(lambda: model.write_down(samples, start_s, end_s, language))

    def _hits(self, words: Transcript | None) -> tuple[Hit, ...]:
        return tuple(self._phrases.heard_in(words.text)) if words else ()

    def _asked(self, ask: Callable[[], Found | None]) -> Found | None:
        try:
            return ask()
        except AudioError as error:
            self._failure = str(error)
            return None

    def _of(self, hearing: Hearing) -> Finding:
        """Return the strongest reason in one hearing."""
        details: dict[str, object] = {
            "level_db": round(hearing.level_db, 1),
            "voice": hearing.voice,
            "kinds": {k: round(v, 3) for k, v in hearing.heard.kinds.items()} if hearing.heard else {},
            "heard": [[name, round(value, 3)] for name, value in hearing.heard.top] if hearing.heard else [],
            "transcript": hearing.transcript.text if hearing.transcript else "",
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
                part = ScorePart(f"sound_{kind}", sure, 0.0, FIRES_AT[kind] / 4, sure / FIRES_AT[kind], 1.0)
                found.append(
                    Finding("audio", score, kind, category, sure, f"{words} ({sure:.0%} sure)", (part,), details)
                )
        for hit in hearing.hits:
            sure = hit.alike * (hearing.transcript.confidence if hearing.transcript else 1.0)
            found.append(
                Finding(
                    "audio",
                    min(1.0, ALONE + 0.25 * sure),
                    hit.topic,
                    CATEGORY[hit.topic],
                    sure,
                    f"somebody said “{hit.phrase}”",
                    (),
                    details,
                )
            )
        return max(found, key=lambda f: f.score)
