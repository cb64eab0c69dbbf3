"""What a watch has to say is written in order, once, and only under its lease."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.db import OperationalError

from tests.cast import Cast
from tests.workers.rows import lease_of, let_expire
from workers.leases import Held, lease_start, leases_claim, leases_ensure, leases_expire
from workers.scribe import Fact, Scribe

pytestmark = pytest.mark.django_db(transaction=True)

Register = Callable[..., UUID]


def hold(cast: Cast, node_id: UUID) -> Held:
    leases_ensure()
    leases_claim()
    held = lease_start(camera_id=cast.gate3.id, epoch=lease_of(cast.gate3.id).epoch, node_id=node_id)
    assert held is not None
    return held


@pytest.fixture
def scribe(cast: Cast, node: Register) -> Iterator[Scribe]:
    scribe = Scribe(hold(cast, node()), spool_size=4)
    yield scribe
    scribe.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.01)


def test_facts_are_written_in_order_under_the_lease(scribe: Scribe) -> None:
    written: list[tuple[str, int]] = []
    for name in ("opened", "peak", "closed"):
        scribe.tell(Fact(name, lambda held, name=name: written.append((name, held.epoch))))
    assert scribe.drain(10)
    assert written == [("opened", 1), ("peak", 1), ("closed", 1)]


def test_what_the_database_refused_for_a_while_is_written_afterwards_in_order(scribe: Scribe) -> None:
    written: list[str] = []
    away = threading.Event()
    away.set()
    tried = threading.Event()

    def opened(held: Held) -> None:
        if away.is_set():
            tried.set()
            raise OperationalError("the database system is shutting down")
        written.append("opened")

    prepared: list[str] = []
    scribe.tell(Fact("opened", opened, prepare=lambda: prepared.append("picture")))
    scribe.tell(Fact("closed", lambda held: written.append("closed")))
    assert tried.wait(10)
    assert (written, scribe.waiting) == ([], 2)
    away.clear()
    assert scribe.drain(10)
    assert written == ["opened", "closed"]
    assert prepared == ["picture"]
    assert (scribe.dropped, scribe.refused) == (0, 0)


def test_a_full_spool_drops_the_oldest_that_waits_and_counts_it(scribe: Scribe) -> None:
    written: list[int] = []
    gate, inside = threading.Event(), threading.Event()

    def wait(held: Held) -> None:
        inside.set()
        assert gate.wait(10)

    scribe.tell(Fact("first", wait))
    assert inside.wait(10)
    for number in range(5):
        scribe.tell(Fact(f"fact {number}", lambda held, number=number: written.append(number)))
    gate.set()
    assert scribe.drain(10)
    assert written == [2, 3, 4]
    assert scribe.dropped == 2


def test_a_fact_that_cannot_be_written_does_not_hold_up_the_next(
    scribe: Scribe, caplog: pytest.LogCaptureFixture
) -> None:
    written: list[str] = []

    def broken(held: Held) -> None:
        raise ValueError("no such thing")

    scribe.tell(Fact("the broken fact", broken))
    scribe.tell(Fact("the next", lambda held: written.append("next")))
    assert scribe.drain(10)
    assert (written, scribe.dropped) == (["next"], 1)
    assert "the broken fact of camera" in caplog.text


def test_after_a_lost_lease_nothing_is_written(cast: Cast, scribe: Scribe) -> None:
    written: list[str] = []
    let_expire(cast.gate3.id)
    scribe.tell(Fact("a late fact", lambda held: written.append("late")))
    assert not scribe.drain(10)
    scribe.close()
    assert (written, scribe.refused) == ([], 1)


def test_the_same_process_at_the_next_epoch_writes_what_waited(cast: Cast, node: Register) -> None:
    node_id = node()
    scribe = Scribe(hold(cast, node_id))
    written: list[int] = []
    let_expire(cast.gate3.id)
    scribe.tell(Fact("a fact", lambda held: written.append(held.epoch)))
    assert not scribe.drain(10)
    leases_expire()
    scribe.adopt(hold(cast, node_id))
    until(lambda: scribe.waiting == 0)
    assert written == [2]
    scribe.close()


def test_of_notes_only_the_newest_is_written(scribe: Scribe) -> None:
    written: list[str] = []
    gate, inside = threading.Event(), threading.Event()

    def wait(held: Held) -> None:
        inside.set()
        assert gate.wait(10)

    scribe.tell(Fact("a long write", wait))
    assert inside.wait(10)
    for text in ("old", "older", "newest"):
        scribe.note("state", lambda held, text=text: written.append(text))
    gate.set()
    until(lambda: written != [])
    assert written == ["newest"]
