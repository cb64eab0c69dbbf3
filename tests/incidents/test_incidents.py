"""What people do with an incident: once, in order, and with the right."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404

from accounts.tenancy import tenant
from incidents.models import Incident, OutboxEntry, TimelineEntry
from incidents.services.errors import AlreadyTaken, NotAllowed, Stale
from incidents.services.incidents import (
    ALLOWED,
    incident_acknowledge,
    incident_comment,
    incident_reopen,
    incident_resolve,
)
from tests.incidents.sightings import after, incident_at, opened, sighting


@pytest.fixture
def incident(cast: Any) -> Incident:
    return incident_at(cast.gate3)


def written(cast: Any) -> tuple[list[str], list[str]]:
    with tenant(cast.acme.id):
        kinds = OutboxEntry.objects.order_by("sequence").values_list("kind", flat=True)
        texts = TimelineEntry.objects.exclude(kind="opened").order_by("at").values_list("text", flat=True)
        return list(kinds), list(texts)


def test_acknowledging(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id):
        incident_acknowledge(actor=cast.omar.actor, incident_id=incident.id, at=after(9))
        incident_acknowledge(actor=cast.omar.actor, incident_id=incident.id, at=after(12))
        stored = Incident.objects.get()
    assert (stored.status, stored.acknowledged_by_id, stored.acknowledged_at) == (
        "acknowledged",
        cast.omar.user.id,
        after(9),
    )
    assert stored.version == 2
    assert written(cast) == (["incident.opened", "incident.acknowledged"], ["Omar acknowledged it."])


def test_the_second_is_told_who_was_first_and_when(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id):
        incident_acknowledge(actor=cast.omar.actor, incident_id=incident.id, at=after(9))
        with pytest.raises(AlreadyTaken, match=r"^Omar already acknowledged incident #1 at 12:00:09 UTC\.$") as refusal:
            incident_acknowledge(actor=cast.mia.actor, incident_id=incident.id, at=after(10))
    assert (refusal.value.who, refusal.value.when) == ("Omar", after(9))
    assert written(cast) == (["incident.opened", "incident.acknowledged"], ["Omar acknowledged it."])


def test_resolving_an_open_one_takes_it_too(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id):
        incident_resolve(
            actor=cast.omar.actor, incident_id=incident.id, disposition="false alarm", note=" A cat. ", at=after(9)
        )
        stored = Incident.objects.get()
    assert (stored.status, stored.disposition, stored.resolution_note) == ("resolved", "false alarm", "A cat.")
    assert (stored.acknowledged_at, stored.resolved_at, stored.dedup_key) == (after(9), after(9), "")
    assert written(cast)[1] == ["Omar resolved it as false alarm. A cat."]


def test_a_resolved_one_takes_no_event(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id):
        incident_resolve(actor=cast.omar.actor, incident_id=incident.id, disposition="test", at=after(1))
    assert opened(cast.gate3, sighting(2.0)).incident_id != incident.id


def test_resolving_twice_names_the_first(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id):
        incident_resolve(actor=cast.omar.actor, incident_id=incident.id, disposition="test", at=after(9))
        for act in (incident_acknowledge, resolve_as_expected):
            with pytest.raises(AlreadyTaken, match=r"^Omar already resolved incident #1"):
                act(actor=cast.mia.actor, incident_id=incident.id, at=after(10))


def resolve_as_expected(**arguments: Any) -> Incident:
    return incident_resolve(disposition="expected", **arguments)


def test_reopening(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id):
        with pytest.raises(NotAllowed, match=r"^Incident #1 is open; only a resolved one can be reopened\.$"):
            incident_reopen(actor=cast.mia.actor, incident_id=incident.id, at=after(8))
        incident_resolve(actor=cast.omar.actor, incident_id=incident.id, disposition="test", note="x", at=after(9))
        incident_reopen(actor=cast.mia.actor, incident_id=incident.id, at=after(10))
        stored = Incident.objects.get()
    assert (stored.status, stored.disposition, stored.resolution_note) == ("acknowledged", "", "")
    assert (stored.acknowledged_by_id, stored.resolved_by_id, stored.resolved_at) == (cast.mia.user.id, None, None)


def test_commenting_in_any_state(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id):
        incident_comment(actor=cast.mia.actor, incident_id=incident.id, text=" On my way. ", at=after(3))
        with pytest.raises(ValidationError, match="Write something first"):
            incident_comment(actor=cast.mia.actor, incident_id=incident.id, text="  ", at=after(4))
        with pytest.raises(ValidationError, match="2001 characters; the most is 2000"):
            incident_comment(actor=cast.mia.actor, incident_id=incident.id, text="x" * 2001, at=after(4))
    assert written(cast) == (["incident.opened", "incident.commented"], ["On my way."])


def test_a_stale_look_is_refused(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id):
        with pytest.raises(Stale):
            incident_resolve(
                actor=cast.omar.actor, incident_id=incident.id, disposition="test", at=after(9), expected_version=7
            )
        incident_resolve(
            actor=cast.omar.actor, incident_id=incident.id, disposition="test", at=after(9), expected_version=1
        )


def test_an_unknown_disposition_is_refused(cast: Any, incident: Incident) -> None:
    with tenant(cast.acme.id), pytest.raises(ValidationError, match="“whatever” is no disposition"):
        incident_resolve(actor=cast.omar.actor, incident_id=incident.id, disposition="whatever", at=after(9))


def test_a_viewer_may_not_and_greta_finds_nothing(cast: Any, incident: Incident) -> None:
    for act in (incident_acknowledge, resolve_as_expected, incident_reopen, comment):
        with tenant(cast.acme.id), pytest.raises(PermissionDenied, match="it does not let you act on incidents"):
            act(actor=cast.vera.actor, incident_id=incident.id, at=after(9))
        for scope in (cast.globex, cast.acme):
            with tenant(scope.id), pytest.raises(Http404):
                act(actor=cast.greta.actor, incident_id=incident.id, at=after(9))
    assert written(cast) == (["incident.opened"], [])


def comment(**arguments: Any) -> Incident:
    return incident_comment(text="Hello", **arguments)


def test_every_action_has_its_states() -> None:
    assert set(ALLOWED) == {"acknowledge", "resolve", "reopen", "comment"}
    assert ALLOWED["acknowledge"] == {"open"}
    assert ALLOWED["resolve"] == {"open", "acknowledged"}
    assert ALLOWED["reopen"] == {"resolved"}


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "resolved", "acknowledged_at": after(0)}, "resolved_incident_has_disposition"),
        ({"status": "acknowledged"}, "open_incident_is_unacknowledged"),
    ],
)
def test_the_database_refuses_half_a_change(
    cast: Any, incident: Incident, values: dict[str, Any], constraint: str
) -> None:
    with tenant(cast.acme.id), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Incident.objects.filter(id=incident.id).update(**values)
