"""Phrases are heard through accents, punctuation and a misheard letter, and not where they are not."""

from __future__ import annotations

import pytest

from detection.audio.phrases import MAX_PHRASES, PhraseError, Phrases, plain_words


def topics(text: str, *languages: str) -> list[tuple[str, str]]:
    return [(hit.topic, hit.phrase) for hit in Phrases.default(languages or ("en",)).heard_in(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Please, somebody HELP me!", ("distress", "somebody help")),
        ("Call an ambulence, quick.", ("medical", "call an ambulance")),
        ("He's got... he has a knife!", ("threat", "he has a knife")),
        ("I can’t breathe", ("medical", "i can't breathe")),
    ],
)
def test_what_is_said_is_heard(text, first):
    assert first in topics(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "And so my fellow Americans, ask not what your country can do for you.",
        "The helper arrived at the helpdesk.",
        "The plane has a nice wing.",
    ],
)
def test_what_is_not_said_is_not(text):
    assert topics(text) == []


def test_other_languages_have_their_own():
    assert topics("Hilfe! Ruft einen Arzt!", "de") == [("medical", "ruft einen arzt"), ("distress", "hilfe")]
    assert ("distress", "à l'aide") in topics("A l aide", "fr")
    assert topics("hilfe", "en") == topics("help", "xx") == []


def test_words_are_compared_plainly():
    assert plain_words("  À l'Aide,   ÇA va? ") == "a l aide ca va"


@pytest.mark.parametrize("phrase", ["", " !! ", "x" * 81])
def test_a_phrase_that_is_none_is_refused(phrase):
    with pytest.raises(PhraseError, match="is no phrase: use 1 to 80 letters"):
        Phrases({"threat": [phrase]})


def test_too_many_are_refused():
    with pytest.raises(PhraseError, match=r"^There are 10000 phrases; at most 2000 are listened for\.$"):
        Phrases({"threat": [f"phrase {i}" for i in range(10_000)]})
    assert MAX_PHRASES == 2000
