"""Metrics go to this machine and to administrators, and name no organization."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from redis import Redis

from cameras.services import camera_state_report
from tests.cast import Cast
from tests.workers.test_system_page import LOAD
from workers.models import WorkerNode

pytestmark = pytest.mark.django_db(transaction=True)

LINE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9.e+]+$')


def test_every_line_is_of_the_format_and_the_figures_are_those_of_the_installation(client: Client, cast: Cast, node):
    WorkerNode.objects.filter(id=node("alpha", 32)).update(load=LOAD)
    for camera, organization, ms in ((cast.gate3, cast.acme, 4.0), (cast.globex_camera, cast.globex, 6.0)):
        camera_state_report(
            camera_id=camera.id, organization_id=organization.id, status="online", at=timezone.now(),
            analysed_fps=5.0, frames=100, dropped=3, stage_ms={"detect": ms},
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
