"""Say an incident in the sections that integrators know, from recorded facts alone."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import TypedDict

from incidents.models import Event, Incident, Severity, Status
from incidents.words import part_line

PARTS_SAID = 3


class Summary(TypedDict):
    """What an alert says. The last four are written by the second tier and are empty while it is not there."""

    situation_overview: str
    severity_assessment: str
    hazard_analysis: str
    immediate_actions: list[str]
    equipment_required: list[str]
    de_escalation_strategy: str
    resolution_method: str


def summary_of(incident: Incident, events: Sequence[Event]) -> Summary:
    """Summarise an incident and its events; they and the site and camera are loaded already."""
    top = max(events, key=lambda event: event.peak_score, default=None)
    return Summary(
        situation_overview=_overview(incident),
        severity_assessment=_assessment(incident, top),
        hazard_analysis=_hazard(top),
        immediate_actions=[],
        equipment_required=[],
        de_escalation_strategy="",
        resolution_method="",
    )


def requires_immediate_action(incident: Incident) -> bool:
    """HIGH and above, until somebody has resolved it."""
    return incident.severity >= Severity.HIGH and incident.status != Status.RESOLVED


def _overview(incident: Incident) -> str:
    zone = zoneinfo.ZoneInfo(incident.site.time_zone)
    began, last = _clock(incident.opened_at, zone), _clock(incident.last_event_at, zone)
    where = f"{incident.camera.name} at {incident.site.name}"
    times = f"{incident.event_count} times, last at {last}" if incident.event_count > 1 else "once"
    return f"{incident.reason} Seen by {where} from {began} ({zone.key}), {times}."


def _assessment(incident: Incident, top: Event | None) -> str:
    level = incident.get_severity_display()
    if top is None:
        return f"{level}: reported of the camera itself."
    return f"{level}: score {top.peak_score:.2f}, alarm from {top.threshold:.2f}, confidence {incident.confidence:.0%}."


def _hazard(top: Event | None) -> str:
    lines = [part_line(part) for part in (top.parts if top else [])[:PARTS_SAID]]
    return " ".join(
        f"{line.label}: {line.value}, {line.against if line.limit else f'usually {line.usual}'}." for line in lines
    )


def _clock(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
