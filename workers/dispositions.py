"""Write what operators decided as labelled footage, from which a scorer can be trained."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage

from accounts.models import Organization
from accounts.tenancy import installation, tenant
from incidents.models import Disposition, Event

LABELS = "labels.csv"
COLUMNS = ("clip", "start_s", "end_s", "label")
NORMAL = "normal"


class DispositionError(Exception):
    """Nothing can be written; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many events were written: true alarms, normal ones, and those whose clip is gone."""

    alarms: int
    normal: int
    lost: int


def write_dispositions(slug: str, folder: Path) -> Written:
    """Write the clips of decided events and labels.csv to an empty folder, as `train scorer` reads them.

    True alarms carry their category, false alarms and expected events "normal"; tests are left out. Raises
    DispositionError for an organization that there is not, a folder that is not empty, and when nothing is decided.
    """
    with installation():
        organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise DispositionError(f"There is no organization '{slug}'.")
    if folder.exists() and any(folder.iterdir()):
        raise DispositionError(f"{folder} is not empty. Name a new folder.")
    rows, counts = [], {True: 0, False: 0}
    lost = 0
    with tenant(organization.id):
        decided = (
            Event.objects.filter(incident__disposition__in=[d for d in Disposition if d != Disposition.TEST])
            .exclude(clip="")
            .select_related("incident")
            .order_by("started_at", "id")
        )
        for event in decided.iterator():
            if event.clip_started_at is None or event.ended_at is None:
                continue
            name = f"{event.id}.mp4"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with default_storage.open(event.clip) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
            except FileNotFoundError:
                lost += 1
                continue
            alarm = event.incident.disposition == Disposition.TRUE_ALARM
            counts[alarm] += 1
            start_s = max(0.0, (event.started_at - event.clip_started_at).total_seconds())
            end_s = max(start_s, (event.ended_at - event.clip_started_at).total_seconds())
            rows.append((name, f"{start_s:.2f}", f"{end_s:.2f}", event.category if alarm else NORMAL))
    if not rows:
        raise DispositionError(
            f"No event of {organization.name} has both a decision and a clip. Resolve incidents as true or false "
            "alarms first."
        )
    with (folder / LABELS).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return Written(counts[True], counts[False], lost)
