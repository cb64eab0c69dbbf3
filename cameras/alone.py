"""Count the alerts that one sense raised alone (a fall, a scream): no threshold of the camera's score tells of them."""

from __future__ import annotations

import datetime as dt

from cameras.calibration import WINDOW_DAYS
from cameras.models import Camera


def alone_of(camera: Camera, now: dt.datetime) -> int:
    """Return how many events of the camera's last WINDOW_DAYS days a sense alone had raised at their peak."""
    since = now - dt.timedelta(days=WINDOW_DAYS)
    recent = camera.events.filter(organization_id=camera.organization_id, started_at__gt=since, started_at__lte=now)
    # In PostgreSQL's order JSON's null lies below "", and a key that is not there compares with nothing.
    return int(recent.filter(tier1_components__fusion__alone__gt="").count())


def alone_words(count: int) -> str:
    """Say how many there were, beside what the setting means for everything that is unusual."""
    if not count:
        return f"Besides, no sense alone raised an alert, as of a fall or a scream, in the last {WINDOW_DAYS} days."
    alerts = f"{count} alert{'' if count == 1 else 's'}"
    return f"Besides, the senses alone raised {alerts} in the last {WINDOW_DAYS} days, such as of a fall or a scream."
