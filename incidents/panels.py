"""What the console's panels show: the queue as it was asked for, and one incident with its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from cameras.frame import Narrowing, frame_context
from cameras.models import CameraStatus
from cameras.selectors import cameras_of
from cameras.shape import picture_shape
from incidents.lane import lane_of
from incidents.models import Disposition, Incident, Status
from incidents.selectors import incidents_of, outbox_position, queue, queue_counts

QUEUE_LIMIT = 60
"""Cards on one page: more than an operator scrolls through; the search finds the rest."""

WAITING_LIMIT = 100
"""Open incidents that a page counts one by one; its title says 100+ from there."""

WATCHING = (CameraStatus.ONLINE, CameraStatus.DEGRADED)

DISPOSITIONS = (
    (Disposition.TRUE_ALARM.value, "True alarm", "It happened, and somebody dealt with it."),
    (Disposition.FALSE_ALARM.value, "False alarm", "Nothing happened here."),
    (Disposition.EXPECTED.value, "Expected", "It happened, and it was meant to."),
    (Disposition.TEST.value, "Test", "Somebody tried the system."),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The queue that a console asks for by its address; without a word it is the open ones.

    mine: only what this person is alerted of. It is the default of people in a team; others see every site.
    """

    status: str
    mine: bool
    mine_by_default: bool
    narrowing: Narrowing

    @classmethod
    def of(cls, query: QueryDict, actor: Actor) -> Asked:
        status, scope = query.get("status", ""), query.get("scope", "")
        in_team = _in_team(actor)
        return cls(
            status=status if status in Status.values else Status.OPEN.value,
            mine=scope == "team" if scope in ("team", "all") else in_team,
            mine_by_default=in_team,
            narrowing=Narrowing.of(query),
        )

    def query(self, *, status: str | None = None, mine: bool | None = None) -> str:
        """Return this as an address's query, with some of it changed; defaults are left out."""
        status = self.status if status is None else status
        mine = self.mine if mine is None else mine
        values = {
            "status": "" if status == Status.OPEN else status,
            "scope": "" if mine == self.mine_by_default else ("team" if mine else "all"),
            "site": str(self.narrowing.site or ""),
            "q": self.narrowing.words,
        }
        return urlencode({name: value for name, value in values.items() if value})


def console_context(actor: Actor, asked: Asked, selected: UUID | None = None) -> dict[str, Any]:
    """Return the frame and the queue: worst first, newest first among equals."""
    cards = queue(
        actor,
        scope="mine" if asked.mine else "all",
        status=(asked.status,),
        site=asked.narrowing.site,
        q=asked.narrowing.words,
        limit=QUEUE_LIMIT + 1,
    )
    counts = queue_counts(actor)
    frame = frame_context(actor, room="console", find_action=reverse("console"), narrowing=asked.narrowing)
    shown = {"status": "" if asked.status == Status.OPEN else asked.status, "scope": "team" if asked.mine else "all"}
    if asked.mine == asked.mine_by_default:
        shown["scope"] = ""
    return frame | {
        "cards": cards[:QUEUE_LIMIT],
        "more": len(cards) > QUEUE_LIMIT,
        "status": asked.status,
        "status_word": Status(asked.status).label.lower(),
        "mine": asked.mine,
        "elsewhere": counts["open"] - counts["mine"],
        "everywhere_query": asked.query(mine=False),
        "query": asked.query(),
        "find_keep": [(name, value) for name, value in shown.items() if value],
        "selected": selected,
        "switches": _switches(asked, counts),
        "position": outbox_position(actor),
        **({} if cards else _watching(actor)),
    }


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open incidents that wait for a person, worst first: (id, severity, alert), at most `limit`.

    everywhere: those of every site count, as in the queue of a person who is in no team.
    """

    incidents: list[tuple[UUID, int, bool]]
    everywhere: bool
    limit: int = WAITING_LIMIT

    @property
    def said(self) -> str:
        """Their count as a page's title says it."""
        return f"{self.limit}+" if len(self.incidents) >= self.limit else str(len(self.incidents))


def waiting(actor: Actor) -> Waiting:
    """Return what is open for this person; an alert to people who may not act is not theirs to answer."""
    found = incidents_of(actor).filter(status=Status.OPEN)
    everywhere = not _in_team(actor)
    if not everywhere:
        found = found.filter(alert=True)
    rows = found.order_by("-severity", "-opened_at", "-number").values_list("id", "severity", "alert")[:WAITING_LIMIT]
    may_act = actor.can("incidents.act")
    return Waiting([(id, severity, alert and may_act) for id, severity, alert in rows], everywhere)


def incident_context(actor: Actor, incident: Incident, event_id: UUID | None = None) -> dict[str, Any]:
    """Return one incident's panels, showing one of its events: the one asked for, else its highest."""
    events = list(incident.events.all())
    shown = next((each for each in events if each.id == event_id), None)
    if shown is None and events:
        shown = max(events, key=lambda each: (each.severity, each.peak_score, each.started_at))
    return {
        "incident": incident,
        "events": events,
        "event": shown,
        "asked_event": event_id,
        "lane": lane_of(shown, timezone.now()) if shown else None,
        "shape": picture_shape(incident.camera),
        "told": [step for step in incident.routing if step["alerted"]],
        "passed_over": [step for step in incident.routing if not step["alerted"]],
        "timeline": incident.timeline.all(),
        "dispositions": DISPOSITIONS,
        "may_act": actor.can("incidents.act"),
    }


def _in_team(actor: Actor) -> bool:
    return actor.membership is not None and actor.membership.teams.exists()


def _switches(asked: Asked, counts: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    console = reverse("console")
    open_now = None if asked.narrowing else counts["mine" if asked.mine else "open"]
    return {
        "status": [
            {
                "value": status.value,
                "label": status.label,
                "count": open_now if status == Status.OPEN else None,
                "href": f"{console}?{asked.query(status=status.value)}",
                "current": status == asked.status,
            }
            for status in Status
        ],
        "scope": [
            {
                "value": value,
                "label": label,
                "href": f"{console}?{asked.query(mine=mine)}",
                "current": asked.mine == mine,
            }
            for value, label, mine in (("team", "My teams", True), ("all", "All sites", False))
        ],
    }


def _watching(actor: Actor) -> dict[str, int]:
    cameras = cameras_of(actor)
    return {
        "cameras_total": cameras.count(),
        "watching": cameras.filter(enabled=True, state__status__in=WATCHING).count(),
    }
