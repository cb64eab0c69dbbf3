"""Check what an organization listens and looks for: languages, phrases and descriptions; say the built-in ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from django.core.exceptions import ValidationError

from detection.audio.phrases import DEFAULT, MAX_PHRASES, PhraseError, Phrases, Topic

TOPICS: tuple[Topic, ...] = get_args(Topic)
MAX_LANGUAGES = 8

SPOKEN = frozenset(
    [
        *("af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca", "cs", "cy", "da", "de", "el"),
        *("en", "es", "et", "eu", "fa", "fi", "fo", "fr", "gl", "gu", "ha", "haw", "he", "hi", "hr", "ht", "hu", "hy"),
        *("id", "is", "it", "ja", "jw", "ka", "kk", "km", "kn", "ko", "la", "lb", "ln", "lo", "lt", "lv", "mg", "mi"),
        *("mk", "ml", "mn", "mr", "ms", "mt", "my", "ne", "nl", "nn", "no", "oc", "pa", "pl", "ps", "pt", "ro", "ru"),
        *("sa", "sd", "si", "sk", "sl", "sn", "so", "sq", "sr", "su", "sv", "sw", "ta", "te", "tg", "th", "tk", "tl"),
        *("tr", "tt", "uk", "ur", "uz", "vi", "yi", "yo", "yue", "zh"),
    ]
)
"""The ISO 639 codes that the speech model writes down; it refuses others."""


def builtin_phrases(topic: Topic, languages: Iterable[str]) -> list[str]:
    """Return the built-in phrases of some languages about one topic, each once."""
    return list(dict.fromkeys(each for language in languages for each in DEFAULT.get(language, {}).get(topic, ())))


def all_phrases(own: Mapping[str, list[str]] | None, languages: Sequence[str]) -> dict[str, list[str]] | None:
    """Return every phrase by topic where an organization has some of its own, None where all are built in."""
    if own is None:
        return None
    return {topic: own.get(topic, builtin_phrases(topic, languages)) for topic in TOPICS}


def check_languages(languages: Sequence[str], own: Mapping[str, list[str]] | None) -> list[str]:
    """Return language codes in lower case, each once; own: the organization's own phrases.

    Raises:
        ValidationError: on field `languages`, for none, too many, no language, or one without any phrases.
    """
    codes = list(dict.fromkeys(code.strip().lower() for code in languages))
    if not codes:
        raise _refusal("languages", "Choose at least one language.")
    if len(codes) > MAX_LANGUAGES:
        raise _refusal("languages", f"At most {MAX_LANGUAGES} languages are listened for; these are {len(codes)}.")
    given = any((own or {}).values())
    for code in codes:
        if code not in SPOKEN:
            raise _refusal(
                "languages",
                f"“{code[:20]}” is no language that speech is written down in. Use a code such as en or pt.",
            )
        if code not in DEFAULT and not given:
            builtin = ", ".join(DEFAULT)
            raise _refusal(
                "languages", f"There are no built-in phrases in “{code}”, only in {builtin}. Give phrases of your own."
            )
    return codes


def check_phrases(phrases: Mapping[str, Sequence[str]] | None) -> dict[str, list[str]] | None:
    """Return an organization's own phrases by topic, tidied; None for none.

    Raises:
        ValidationError: on field `phrases`, naming the topic and the line.
    """
    if not phrases:
        return None
    if unknown := sorted(set(phrases) - set(TOPICS)):
        raise _refusal("phrases", f"There is no topic “{unknown[0][:40]}”. Topics are {', '.join(TOPICS)}.")
    total = sum(len(lines) for lines in phrases.values())
    if total > MAX_PHRASES:
        raise _refusal("phrases", too_many(total))
    checked = {}
    for topic, lines in phrases.items():
        try:
            checked[topic] = check_topic(lines)
        except PhraseError as error:
            raise _refusal("phrases", f"{topic}, {error}") from error
    return checked


def check_topic(lines: Sequence[str]) -> list[str]:
    """Return the phrases that stand one in a line, single spaces between words, each once; empty lines are left out.

    Raises PhraseError, naming the line, counted from 1.
    """
    if len(lines) > MAX_PHRASES:
        raise PhraseError(too_many(len(lines)))
    kept: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        phrase = " ".join(line.split())
        if not phrase:
            continue
        try:
            Phrases({"distress": [phrase]})
        except PhraseError as error:
            raise PhraseError(f"line {number}: {error}") from error
        kept[phrase] = None
    return list(kept)


def too_many(count: int) -> str:
    """Say that so many phrases are over the limit."""
    return f"These are {count} lines; at most {MAX_PHRASES} phrases are listened for."


def _refusal(field: str, message: str) -> ValidationError:
    return ValidationError({field: message})
