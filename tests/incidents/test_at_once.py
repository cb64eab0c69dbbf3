"""Two at the same moment, with real threads and real locks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.utils import timezone

from accounts.tenancy import tenant
from incidents.models import Event, Incident, OrganizationCounter, OutboxEntry, TimelineEntry
from incidents.services.camera_faults import camera_fault_opened
from incidents.services.errors import AlreadyTaken
from incidents.services.events import event_peaked
from incidents.services.incidents import incident_acknowledge
from incidents.services.outbox import outbox_append
from tests.cast import make_camera
from tests.incidents.sightings import after, incident_at, opened, sighting

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Run each call in a thread of its own, all let go together."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        try:
            start.wait(20)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(60) for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.parametrize("attempt", range(3))
def test_two_operators_acknowledge_and_one_wins(cast: Any, attempt: int) -> None:
    incident = incident_at(cast.gate3)

    def acknowledge(person: Any) -> str:
        with tenant(cast.acme.id):
            try:
                incident_acknowledge(actor=person.actor, incident_id=incident.id, at=timezone.now())
            except AlreadyTaken as refusal:
                return f"after {refusal.who}"
        return str(person.user)

    outcome = sorted(at_once(lambda: acknowledge(cast.omar), lambda: acknowledge(cast.mia)))
    assert outcome in (["Mia", "after Mia"], ["Omar", "after Omar"])
    with tenant(cast.acme.id):
        assert str(Incident.objects.get().acknowledged_by) == outcome[0]
        assert TimelineEntry.objects.filter(kind="acknowledged").count() == 1
        assert OutboxEntry.objects.filter(kind="incident.acknowledged").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_events_of_a_camera_make_one_incident(cast: Any, attempt: int) -> None:
    events = at_once(*(lambda n=n: opened(cast.gate3, sighting(n)) for n in (0.0, 1.0)))
    assert events[0].incident_id == events[1].incident_id
    with tenant(cast.acme.id):
        assert (Incident.objects.get().event_count, Event.objects.count()) == (2, 2)
        assert OrganizationCounter.objects.get().incident_number == 1


def test_incident_numbers_have_no_gap(cast: Any) -> None:
    cameras = [make_camera(cast.north, cast.presets["balanced"], f"Gate 1{n}") for n in range(4)]

    def fire(camera: Any) -> None:
        for n in range(3):
            opened(camera, sighting(n * 700.0))

    at_once(*(lambda camera=camera: fire(camera) for camera in cameras))
    with tenant(cast.acme.id):
        assert sorted(Incident.objects.values_list("number", flat=True)) == list(range(1, 13))
        assert sorted(OutboxEntry.objects.values_list("sequence", flat=True)) == list(range(1, 13))


def test_workers_and_operators_do_not_lock_each_other_out(cast: Any) -> None:
    event = opened(cast.gate3, sighting())

    def rise() -> None:
        for n in range(1, 16):
            peak = sighting(n / 10, event_id=event.id, kind="peak", confidence=0.6 + n / 100)
            with tenant(cast.acme.id):
                event_peaked(organization_id=cast.acme.id, update=peak, peak_image="", at=after(n))

    def join() -> None:
        for n in range(15):
            opened(cast.gate3, sighting(n / 10, severity=3))

    def acknowledge() -> None:
        with tenant(cast.acme.id):
            incident_acknowledge(actor=cast.omar.actor, incident_id=event.incident_id, at=timezone.now())

    at_once(rise, join, acknowledge)
    with tenant(cast.acme.id):
        incident = Incident.objects.get()
        entries = list(OutboxEntry.objects.order_by("sequence").values_list("sequence", flat=True))
    assert (incident.event_count, incident.status) == (16, "acknowledged")
    assert entries == list(range(1, len(entries) + 1))


def test_the_outbox_has_no_gap_when_writers_fail_and_readers_look(cast: Any) -> None:
    """A reader that sees n has seen everything up to n: what a serial column would break."""
    done = threading.Event()

    def write(number: int) -> None:
        for turn in range(12):
            try:
                with tenant(cast.acme.id):
                    outbox_append(
                        organization_id=cast.acme.id, kind="incident.updated", incident=None, payload={}, at=after(0)
                    )
                    if (turn + number) % 3 == 0:
                        raise InterruptedError
            except InterruptedError:
                continue

    def write_all() -> list[list[int]]:
        try:
            at_once(*(lambda n=n: write(n) for n in range(4)))
        finally:
            done.set()
        return []

    def read() -> list[list[int]]:
        seen: list[list[int]] = []
        while not done.is_set():
            with tenant(cast.acme.id):
                seen.append(sorted(OutboxEntry.objects.values_list("sequence", flat=True)))
        return seen

    looks = next(seen for seen in at_once(write_all, read) if seen)
    assert all(look == list(range(1, len(look) + 1)) for look in looks)
    with tenant(cast.acme.id):
        assert OutboxEntry.objects.count() == 4 * 12 * 2 // 3
        assert OrganizationCounter.objects.get().outbox_sequence == 32


def test_two_workers_report_the_same_fault_and_it_is_one_incident(cast: Any) -> None:
    def report() -> Any:
        with tenant(cast.acme.id):
            return camera_fault_opened(
                organization_id=cast.acme.id,
                camera_id=cast.gate3.id,
                fault="offline",
                message="",
                since=after(0),
                at=after(1),
            ).id

    first, second = at_once(report, report)
    assert first == second
    with tenant(cast.acme.id):
        assert TimelineEntry.objects.filter(kind="camera.fault").count() == 1
