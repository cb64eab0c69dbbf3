"""The page and the API tell of the alerts that a sense alone raised in the last 7 days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.alone import alone_of, alone_words
from cameras.models import Camera
from incidents.models import Event, Incident

HOUR = dt.timedelta(hours=1)


def put(camera: Camera, number: int, ago: dt.timedelta, components: dict[str, Any]) -> None:
    at = timezone.now() - ago
    common = {"organization_id": camera.organization_id, "camera": camera, "severity": 3, "reason": "Someone fell.",
              "category": "medical emergency"}  # fmt: skip
    with tenant(camera.organization_id):
        incident = Incident.objects.create(site=camera.site, number=number, opened_at=at, last_event_at=at, **common)
        Event.objects.create(
            incident=incident, epoch=1, started_at=at, peak_at=at, peak_score=0.9, threshold=0.7,
            tier1_components=components, **common,
        )  # fmt: skip


@pytest.fixture
def week(cast: Any) -> Camera:
    """Gate 3 with three alerts of a sense alone in the last 7 days, and others that are none."""
    alone = [{"fusion": {"alone": kind}} for kind in ("fall", "scream", "fall")]
    others = [{"fusion": {"alone": ""}}, {"fusion": {"alone": None}}, {"fusion": {}}, {}]
    for number, components in enumerate(alone + others, start=1):
        put(cast.gate3, number, number * HOUR, components)
    put(cast.gate3, 20, 169 * HOUR, alone[0])
    put(cast.globex_camera, 1, HOUR, alone[0])
    return cast.gate3


def test_only_the_last_week_of_this_camera_and_a_sense_alone_count(cast: Any, week: Camera) -> None:
    with tenant(cast.acme.id):
        assert alone_of(week, timezone.now()) == 3
        assert alone_of(week, timezone.now() - 2 * HOUR - dt.timedelta(minutes=1)) == 1 + 1


@pytest.mark.parametrize(("count", "alerts"), [(1, "1 alert"), (12, "12 alerts")])
def test_the_count_is_said_in_words(count: int, alerts: str) -> None:
    assert alone_words(count) == (
        f"Besides, the senses alone raised {alerts} in the last 7 days, such as of a fall or a scream."
    )
    assert alone_words(0).endswith("in the last 7 days.")


def test_the_page_and_the_api_tell_it(cast: Any, client: Client, week: Camera) -> None:
    cast.login(client, cast.vera)
    page = client.get(reverse("camera", args=[week.id])).content.decode()
    assert "the senses alone raised 3 alerts in the last 7 days" in page
    assert client.get(f"/api/v1/cameras/{week.id}/calibration/").json()["sense_alerts_7d"] == 3
