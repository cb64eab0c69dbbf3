"""What the relay makes up for, and what it clears away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.tenancy import tenant
from incidents.models import OutboxEntry
from incidents.services import outbox
from incidents.services.outbox import outbox_append, outbox_prune, outbox_relay
from tests.incidents.sightings import NOON, after, incident_at


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, int]]:
    """The nudges that are sent, written down instead."""
    sent: list[tuple[Any, int]] = []
    monkeypatch.setattr(outbox, "nudge", lambda organization_id, sequence: sent.append((organization_id, sequence)))
    return sent


def append(organization: Any, count: int, at: dt.datetime = NOON) -> None:
    with tenant(organization.id):
        for _ in range(count):
            outbox_append(organization_id=organization.id, kind="incident.updated", incident=None, payload={}, at=at)


def test_the_relay_sends_what_was_left_for_every_organization(cast: Any, nudges: list[tuple[Any, int]]) -> None:
    append(cast.acme, 3)
    append(cast.globex, 1)
    assert outbox_relay(at=after(5)) == 4
    assert sorted(nudges, key=lambda nudge: nudge[1]) == [(cast.globex.id, 1), (cast.acme.id, 3)]
    assert outbox_relay(at=after(6)) == 0
    with tenant(cast.acme.id):
        assert set(OutboxEntry.objects.values_list("sent_at", flat=True)) == {after(5)}


def test_the_relay_takes_a_bounded_batch_oldest_first(cast: Any, nudges: list[tuple[Any, int]]) -> None:
    for second in range(5):
        append(cast.acme, 1, after(second))
    assert [outbox_relay(at=after(9), limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert nudges == [(cast.acme.id, 2), (cast.acme.id, 4), (cast.acme.id, 5)]


def test_nothing_counts_as_sent_while_redis_is_away(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise RedisConnectionError("Connection refused.")

    monkeypatch.setattr(outbox, "nudge", away)
    append(cast.acme, 1)
    with pytest.raises(RedisConnectionError):
        outbox_relay(at=after(5))
    with tenant(cast.acme.id):
        assert OutboxEntry.objects.get().sent_at is None


@pytest.mark.django_db(transaction=True)
def test_a_change_stands_while_redis_is_away(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise RedisConnectionError("Connection refused.")

    monkeypatch.setattr(outbox, "nudge", away)
    assert incident_at(cast.gate3).number == 1


def test_sent_entries_go_after_a_week_and_unsent_ones_stay(cast: Any, nudges: list[tuple[Any, int]]) -> None:
    append(cast.acme, 2)
    week = NOON + dt.timedelta(days=7)
    assert outbox_prune(at=week + dt.timedelta(days=1)) == 0
    outbox_relay(at=after(5))
    append(cast.acme, 1, after(1))
    assert outbox_prune(at=week) == 0
    assert outbox_prune(at=week + dt.timedelta(seconds=2), limit=1) == 1
    assert outbox_prune(at=week + dt.timedelta(seconds=2)) == 1
    with tenant(cast.acme.id):
        assert OutboxEntry.objects.get().sequence == 3
