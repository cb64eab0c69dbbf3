"""What was said around an event is kept once, and what the watch has forgotten since stays with the event."""

from __future__ import annotations

from uuid import uuid4

from workers.facts import EventFacts, _OpenEvent
from workers.leases import Held
from workers.scribe import Fact

Words = list[tuple[float, float, str]]


def test_words_gather_and_each_is_told_once() -> None:
    told: list[Fact] = []
    facts = EventFacts(told.append, Held(uuid4(), uuid4(), uuid4(), 1))
    event = _OpenEvent("folder")
    heard: list[Words] = [
        [],
        [(10.0, 11.0, "stop it")],
        [(10.3, 11.3, "stop it")],
        [(150.0, 151.0, "help"), (200.0, 201.0, "stop it")],
    ]
    asked: list[float] = []
    for words in heard:
        facts.said = lambda since, words=words: asked.append(since) or words  # type: ignore[misc]
        facts._keep_words(uuid4(), event, 12.0)
    assert asked == [7.0] * 4
    assert event.words == ((10.0, 11.0, "stop it"), (150.0, 151.0, "help"), (200.0, 201.0, "stop it"))
    assert len(told) == 2
