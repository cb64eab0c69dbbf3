"""The portal's forms of the senses: which a camera has, and what the organization listens and looks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from cameras.models import Camera, SenseSettings, Transcripts
from cameras.phrasing import (
    MAX_PHRASES,
    TOPICS,
    builtin_phrases,
    check_languages,
    check_topic,
    too_many,
)
from cameras.prompting import builtin_prompts, check_prompts, hazards_in
from detection.audio.phrases import DEFAULT, PhraseError, Topic
from detection.pose.limits import LIMITS, Limit, LimitError, check_limits

LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French"}

TRANSCRIPT_HINTS = {
    Transcripts.KEEP: "Words near an event are written down and kept with it on this installation.",
    Transcripts.PHRASES: "Words are searched for the phrases below and forgotten; an event names the phrase only.",
    Transcripts.OFF: "No phrase can be found then. Screams, shots and other sounds are still heard.",
}
TOPIC_WORDS: dict[Topic, tuple[str, str]] = {
    "distress": ("Distress", "Somebody calls for help."),
    "threat": ("Threats", "Somebody threatens, or warns of a weapon."),
    "medical": ("Medical need", "Somebody is hurt or ill."),
}


class CameraSensesForm(forms.ModelForm):
    """Which senses one camera has; the service saves it."""

    class Meta:
        model = Camera
        fields = ["pose", "audio", "scene"]
        labels = {"pose": "Posture", "audio": "Sound", "scene": "Scene"}


@dataclass(frozen=True, slots=True)
class Area:
    """One area of text on the page: a topic's phrases; count is how many, own whether they differ from the built-in."""

    topic: str
    field: forms.BoundField
    count: int
    own: bool


class SensesForm(forms.Form):
    """What an organization's cameras listen and look for. Every area shows what holds, built in or not."""

    transcripts = forms.ChoiceField(label="Words that were heard", choices=Transcripts.choices)
    languages = forms.MultipleChoiceField(
        label="Languages", required=False, choices=[(code, LANGUAGES.get(code, code)) for code in DEFAULT]
    )
    other_languages = forms.CharField(
        label="Other languages",
        required=False,
        max_length=200,
        help_text="Codes such as it or pt, with commas between. There are no built-in phrases in these.",
    )
    distress = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    threat = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    medical = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    prompts = forms.CharField(label="Descriptions", required=False, strip=False, widget=forms.Textarea)

    def __init__(self, settings: SenseSettings, data: Any = None, **typed: Any) -> None:
        self.settings = settings
        stored = _as_text(settings)
        super().__init__(data, initial={**stored, **typed})
        self._stored = stored
        for name, limit in LIMITS.items():
            self.fields[f"limit_{name}"] = forms.FloatField(label=limit.says, required=False)
            self.initial.setdefault(f"limit_{name}", f"{(settings.posture or {}).get(name, limit.usual):g}")
        for topic, (label, hint) in TOPIC_WORDS.items():
            self.fields[topic].label, self.fields[topic].help_text = label, hint

    @classmethod
    def filled(cls, settings: SenseSettings, typed: QueryDict, name: str) -> SensesForm:
        """Return what a person typed, unchecked, with one area put back to what is built in.

        name: a topic, whose phrases are those of the ticked languages, or "prompts"; anything else changes nothing.
        """
        values = {field: typed.get(field, "") for field in (*cls.base_fields, name)}
        values["languages"] = typed.getlist("languages")
        if name == "prompts":
            values[name] = builtin_prompts()
        elif name in TOPICS:
            values[name] = "\n".join(builtin_phrases(name, _codes(values)))
        typed_limits = {f"limit_{name}": typed.get(f"limit_{name}", "") for name in LIMITS}
        return cls(settings, **{field: values[field] for field in cls.base_fields}, **typed_limits)

    def transcript_choices(self) -> list[tuple[str, str, str, bool]]:
        """Return value, words, a hint and whether it is chosen, for each choice."""
        chosen = self["transcripts"].value()
        return [
            (choice.value, str(choice.label), TRANSCRIPT_HINTS[choice], choice.value == chosen)
            for choice in Transcripts
        ]

    def language_choices(self) -> list[tuple[str, str, bool]]:
        """Return code, name and whether it is ticked, for each language with built-in phrases."""
        ticked = self["languages"].value() or []
        return [(code, name, code in ticked) for code, name in self.fields["languages"].choices]

    def areas(self) -> list[Area]:
        """Return the areas of phrases as they stand on the page."""
        areas = []
        for topic in TOPICS:
            lines = _plain_lines(self[topic].value() or "")
            areas.append(Area(topic, self[topic], len(lines), lines != builtin_phrases(topic, self._shown_codes())))
        return areas

    def prompts_words(self) -> str:
        """Say how many hazards the page names, and whether they are the built-in ones; nothing for a wrong text."""
        text = self["prompts"].value() or ""
        count = hazards_in(text)
        if count is None:
            return ""
        said = "1 hazard" if count == 1 else f"{count} hazards"
        return f"{said}, built in" if _same_text(text) == _same_text(builtin_prompts()) else said

    def problems(self) -> list[tuple[str, str, str]]:
        """Return where on the page each refusal stands, the name of its field, and the refusal."""
        places = {name: f"area-{name}" for name in (*TOPICS, "prompts")} | {
            f"limit_{name}": "area-posture" for name in LIMITS
        }
        return [
            (places.get(name, "heard-title"), self.fields[name].label if name in self.fields else "", lines[0])
            for name, lines in self.errors.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        codes = _codes(cleaned)
        own, lines = self._clean_phrases(cleaned, codes)
        if lines > MAX_PHRASES and not self.errors:
            self.add_error(max(TOPICS, key=lambda topic: len(cleaned[topic])), too_many(lines))
        if not self.errors:
            try:
                cleaned["languages"] = check_languages(codes, own)
            except ValidationError as refusal:
                self.add_error("languages", refusal.messages)
        cleaned["phrases"] = own or None
        cleaned["posture"] = self._clean_posture(cleaned)
        try:
            cleaned["prompts"] = check_prompts(cleaned.get("prompts", ""))
        except ValidationError as refusal:
            self.add_error("prompts", refusal.messages)
        return cleaned

    def limits(self) -> list[tuple[str, Limit, forms.BoundField]]:
        """Return name, limit and field of each limit of posture."""
        return [(name, limit, self[f"limit_{name}"]) for name, limit in LIMITS.items()]

    def _clean_posture(self, cleaned: dict[str, Any]) -> dict[str, float]:
        """Return the limits that differ from the usual ones; an empty field is the usual one."""
        kept: dict[str, float] = {}
        for name in LIMITS:
            value = cleaned.get(f"limit_{name}")
            try:
                kept |= check_limits({name: value}) if value is not None else {}
            except LimitError as error:
                self.add_error(f"limit_{name}", str(error))
        return kept

    def _clean_phrases(self, cleaned: dict[str, Any], codes: list[str]) -> tuple[dict[str, list[str]], int]:
        """Return the topics that have phrases of the organization's own, and how many phrases there are in all."""
        own, count = {}, 0
        for topic in TOPICS:
            try:
                phrases = check_topic(cleaned.get(topic, "").splitlines())
            except PhraseError as error:
                said = str(error)
                self.add_error(topic, said[0].upper() + said[1:])
                continue
            count += len(phrases)
            untouched = topic not in (self.settings.phrases or {}) and phrases == _plain_lines(self._stored[topic])
            if not untouched and phrases != builtin_phrases(topic, codes):
                own[topic] = phrases
        return own, count

    def _shown_codes(self) -> list[str]:
        return _codes({name: self[name].value() or "" for name in ("languages", "other_languages")})


def _as_text(settings: SenseSettings) -> dict[str, Any]:
    """Return settings as the form shows them: what is built in is written out."""
    own = settings.phrases or {}
    shown = {
        "transcripts": settings.transcripts,
        "languages": [code for code in settings.languages if code in DEFAULT],
        "other_languages": ", ".join(code for code in settings.languages if code not in DEFAULT),
        "prompts": settings.prompts or builtin_prompts(),
    }
    for topic in TOPICS:
        shown[topic] = "\n".join(own.get(topic, builtin_phrases(topic, settings.languages)))
    return shown


def _codes(values: Mapping[str, Any]) -> list[str]:
    """Return the codes that are ticked and typed."""
    typed = re.split(r"[\s,;]+", values.get("other_languages") or "")
    return [*(values.get("languages") or []), *(code.lower() for code in typed if code)]


def _plain_lines(text: str) -> list[str]:
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def _same_text(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]
