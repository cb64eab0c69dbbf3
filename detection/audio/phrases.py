"""Listen for phrases of distress, threat and medical need in what was written down, misheard letters allowed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

Topic = Literal["distress", "threat", "medical"]

MAX_PHRASES = 2000
MAX_CHARS = 80
ALIKE = 86.0
"""Of 100: one wrong letter in seven or so still counts."""
SHORT = 5
"""A phrase of so few letters must be heard exactly: one letter off is another word."""

CATEGORY: dict[Topic, str] = {
    "distress": "security threat",
    "threat": "violence/aggression",
    "medical": "medical emergency",
}

DEFAULT: dict[str, dict[Topic, tuple[str, ...]]] = {
    "en": {
        "distress": ("help", "help me", "somebody help", "call the police", "call security", "let me go", "stop it"),
        "threat": ("i will kill you", "i have a gun", "i have a knife", "he has a gun", "he has a knife", "bomb"),
        "medical": (
            "call an ambulance", "call a doctor", "heart attack", "i cannot breathe", "i can't breathe",
            "not breathing", "he collapsed", "she collapsed", "unconscious", "bleeding",
        ),
    },
    "de": {
        "distress": ("hilfe", "helft mir", "ruft die polizei", "lass mich los", "hör auf"),
        "threat": ("ich bring dich um", "er hat eine waffe", "er hat ein messer", "bombe"),
        "medical": ("ruft einen arzt", "krankenwagen", "herzinfarkt", "bewusstlos", "atmet nicht"),
    },
    "es": {
        "distress": ("ayuda", "socorro", "ayúdame", "llama a la policía", "suéltame"),
        "threat": ("te voy a matar", "tiene una pistola", "tiene un cuchillo", "bomba"),
        "medical": ("una ambulancia", "un médico", "un infarto", "no respira", "inconsciente"),
    },
    "fr": {
        "distress": ("au secours", "à l'aide", "aidez-moi", "appelez la police", "lâche-moi"),
        "threat": ("je vais te tuer", "il a une arme", "il a un couteau", "bombe"),
        "medical": ("appelez une ambulance", "un médecin", "crise cardiaque", "ne respire plus", "inconscient"),
    },
}  # fmt: skip
"""What is listened for where an organization has named nothing of its own."""


class PhraseError(Exception):
    """A set of phrases cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was heard: its topic, the phrase itself, and how alike what was heard is, 0–1."""

    topic: Topic
    phrase: str
    alike: float


class Phrases:
    """Phrases of one organization, made ready once. Raises PhraseError for too many, an empty or an overlong one."""

    def __init__(self, by_topic: Mapping[Topic, Iterable[str]]) -> None:
        self._phrases: list[tuple[Topic, str, str]] = []
        for topic, phrases in by_topic.items():
            for phrase in phrases:
                plain = plain_words(phrase)
                if not plain or len(phrase) > MAX_CHARS:
                    raise PhraseError(f"“{phrase[:MAX_CHARS]}” is no phrase: use 1 to {MAX_CHARS} letters.")
                self._phrases.append((topic, phrase, plain))
        if len(self._phrases) > MAX_PHRASES:
            raise PhraseError(f"There are {len(self._phrases)} phrases; at most {MAX_PHRASES} are listened for.")

    @classmethod
    def default(cls, languages: Iterable[str] = ("en",)) -> Phrases:
        """Return the built-in phrases of some languages; one that there is none for is left out."""
        merged: dict[Topic, list[str]] = {}
        for language in languages:
            for topic, phrases in DEFAULT.get(language, {}).items():
                merged.setdefault(topic, []).extend(phrases)
        return cls(merged)

    def heard_in(self, text: str) -> list[Hit]:
        """Return the phrases that are in a text, the most alike first, each phrase once."""
        words = f" {plain_words(text)} "
        hits = []
        for topic, phrase, plain in self._phrases:
            if f" {plain} " in words:
                hits.append(Hit(topic, phrase, 1.0))
            elif len(plain) > SHORT and len(words) > len(plain):
                alike = fuzz.partial_ratio(plain, words, score_cutoff=ALIKE)
                if alike:
                    hits.append(Hit(topic, phrase, alike / 100.0))
        return sorted(hits, key=lambda hit: (-hit.alike, -len(hit.phrase), hit.phrase))


def plain_words(text: str) -> str:
    """Return lower-case letters and single spaces, without accents and punctuation."""
    letters = unicodedata.normalize("NFKD", text.lower())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", " ", kept, flags=re.UNICODE).strip()
