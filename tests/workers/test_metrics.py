"""Metrics go to this machine and to administrators, and name no organization."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from redis import Redis

from accounts.tenancy import tenant
from cameras.models import Camera
from cameras.services import camera_state_report
from incidents.models import Event, Incident
from tests.cast import Cast
from tests.workers.test_system_page import LOAD
from workers.model_store import store
from workers.models import WorkerNode

pytestmark = pytest.mark.django_db(transaction=True)

LINE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+]+$')


def test_every_line_is_of_the_format_and_the_figures_are_those_of_the_installation(client: Client, cast: Cast, node):
    WorkerNode.objects.filter(id=node("alpha", 32)).update(load=LOAD)
    for camera, organization, ms in ((cast.gate3, cast.acme, 4.0), (cast.globex_camera, cast.globex, 6.0)):
        camera_state_report(
            camera_id=camera.id, organization_id=organization.id, status="online", at=timezone.now(),
            analysed_fps=5.0, frames=100, dropped=3, stage_ms={"detect": ms},
            senses={"pose": {"state": "available", "message": ""}, "scene": {"state": "missing model", "message": ""}},
        )  # fmt: skip
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete("jobs")  # other tests ask for jobs that no worker takes up
    response = client.get("/metrics")
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert [line for line in lines if not line.startswith("# ") and not LINE.match(line)] == []
    for expected in (
        'vedette_node_up{node="alpha"} 1',
        'vedette_node_cores_busy{node="alpha"} 0.4',
        "vedette_cameras_left 15",
        'vedette_cameras{state="online"} 2',
        "vedette_frames_total 200",
        "vedette_frames_dropped_total 6",
        "vedette_analysed_frames_per_second 10",
        'vedette_stage_milliseconds{stage="detect"} 5',
        'vedette_senses{sense="pose",state="available"} 2',
        'vedette_senses{sense="scene",state="missing model"} 2',
        'vedette_queue_length{queue="jobs"} 0',
    ):
        assert expected in lines
    assert "Acme" not in response.content.decode()


@pytest.mark.parametrize(
    "come",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"REMOTE_ADDR": "no address"}],
)
def test_from_elsewhere_only_an_administrator_reads_them(cast: Cast, come):
    stranger, member, administrator = Client(), Client(), Client()
    cast.login(member, cast.olga)
    assert stranger.get("/metrics", **come).status_code == 403
    assert member.get("/metrics", **come).status_code == 403
    cast.vera.user.is_superuser = True
    cast.vera.user.save()
    cast.login(administrator, cast.vera)
    assert administrator.get("/metrics", **come).status_code == 200


def put(camera: Camera, number: int, severity: int, ago: dt.timedelta, **facts: Any) -> None:
    """Write an incident with one event, as many minutes ago as said."""
    at = timezone.now() - ago
    common = {"organization_id": camera.organization_id, "camera": camera, "reason": "Someone lies.",
              "severity": severity, "category": "medical emergency"}  # fmt: skip
    with tenant(camera.organization_id):
        incident = Incident.objects.create(
            site=camera.site, number=number, opened_at=at, last_event_at=at, **common, **facts
        )
        Event.objects.create(
            incident=incident, epoch=1, started_at=at, peak_at=at, peak_score=0.9, threshold=0.7, **common
        )


def test_the_totals_are_those_of_all_organizations_together(client: Client, cast: Cast):
    minute = dt.timedelta(minutes=1)
    put(cast.gate3, 1, 4, 10 * minute)
    put(cast.gate3, 2, 4, 5 * minute)
    put(cast.globex_camera, 1, 3, 2 * minute)
    put(cast.globex_camera, 2, 3, minute, status="acknowledged", acknowledged_at=timezone.now())
    put(cast.gate3, 3, 4, minute, status="resolved", acknowledged_at=timezone.now(), disposition="false alarm")
    text = client.get("/metrics").content.decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not LINE.match(line)] == []

    def told(name: str) -> list[str]:
        found = [line.removeprefix(name) for line in lines if line.startswith(name + "{")]
        return [line for line in found if not line.endswith(" 0")]

    assert told("vedette_events_total") == [
        '{severity="HIGH",category="medical emergency"} 2',
        '{severity="CRITICAL",category="medical emergency"} 3',
    ]
    assert told("vedette_incidents") == [
        '{state="open",severity="HIGH"} 1',
        '{state="open",severity="CRITICAL"} 2',
        '{state="acknowledged",severity="HIGH"} 1',
        '{state="resolved",severity="CRITICAL"} 1',
    ]
    assert told("vedette_incidents_resolved") == ['{disposition="false alarm"} 1']
    ages = {line.split('"')[1]: float(line.split()[-1]) for line in told("vedette_unacknowledged_oldest_seconds")}
    assert ages.keys() == {"HIGH", "CRITICAL"}
    assert 600 <= ages["CRITICAL"] < 660
    assert 120 <= ages["HIGH"] < 180
    assert len([line for line in lines if line.startswith("vedette_events_total{")]) == 60
    assert sum(float(line.split()[-1]) for line in told("vedette_models")) == len(store().states())
    assert 'vedette_queue_length{queue="outbox"} 0' in lines
    assert [name for name in ("Acme", "Globex", "Gate 3", str(cast.acme.id)) if name in text] == []


@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("a-long-token", "Bearer a-long-token", 200),
        ("a-long-token", "bearer a-long-token", 200),
        ("a-long-token", "Bearer another", 403),
        ("a-long-token", "Bearer a-long-toke\u00f1", 403),
        ("a-long-token", "Token a-long-token", 403),
        ("a-long-token", "", 403),
        ("", "Bearer ", 403),
        ("", "Bearer", 403),
    ],
)
def test_from_elsewhere_the_token_opens_them(client: Client, settings: Any, token: str, given: str, status: int):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION=given).status_code == status
    assert client.get("/metrics").status_code == 200
