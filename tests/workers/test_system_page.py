"""The System page says how many cameras fit, how each process is doing, and nothing of other organizations."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from cameras.services import camera_state_report
from tests.cast import Cast
from tests.workers.rows import LOAD, let_die
from workers.health import PARTS
from workers.models import WorkerNode
from workers.reconciler import RECONCILED_AT
from workers.system import ADVICE, PART_WORDS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mia(client: Client, cast: Cast) -> Client:
    return cast.login(client, cast.mia)


def page(client: Client) -> str:
    response = client.get("/system/")
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_process_it_says_what_to_do(mia):
    text = page(mia)
    assert "<strong>No process watches cameras.</strong>" in text
    assert "Start one with: manage.py up" in text


def test_before_it_is_measured_nothing_is_promised(mia, node):
    node("alpha")
    assert "It is not known yet how many more cameras fit." in page(mia)


def test_room_load_and_engine_are_told(mia, cast, node):
    WorkerNode.objects.filter(id=node("alpha", 32)).update(load=LOAD)
    camera_state_report(
        camera_id=cast.gate3.id, organization_id=cast.acme.id, status="online", at=timezone.now(),
        analysed_fps=5.0, frames=100, dropped=3, stage_ms={"gate": 0.4, "detect": 5.1},
    )  # fmt: skip
    camera_state_report(
        camera_id=cast.globex_camera.id, organization_id=cast.globex.id, status="online", at=timezone.now()
    )
    text = page(mia)
    assert "<strong>About 15 more cameras fit.</strong>" in text
    assert "Machine 30 % busy" in text
    assert "0.40 of 2 cores" in text
    assert "by OpenVINO bf16 at 320×416, 5.9 ms a picture" in text
    assert "3 of 100" in text
    assert "5.5 ms" in text
    assert cast.gate3.name in text
    assert cast.globex_camera.name not in text


def test_a_full_machine_is_said_to_be_full(mia, node):
    WorkerNode.objects.filter(id=node("alpha", 32)).update(load={**LOAD, "own": 0.04, "machine": 1.9})
    assert "<strong>No more cameras fit.</strong>" in page(mia)


def test_the_figures_of_a_process_that_is_gone_or_leaves_are_not_counted(mia, node):
    for name, changes in (("alpha", {}), ("beta", {"draining": True}), ("gamma", {})):
        WorkerNode.objects.filter(id=node(name, 32)).update(load=LOAD, host=name, **changes)
    let_die(WorkerNode.objects.get(name="gamma").id)
    text = page(mia)
    assert "<strong>About 15 more cameras fit.</strong>" in text
    assert text.count("room for 15 more") == 1
    assert text.count("Machine 30 % busy") == 2
    assert "Not counted yet" not in text


def test_several_processes_of_one_machine_share_its_room_and_a_new_one_is_named(mia, node):
    for name in ("alpha", "beta"):
        WorkerNode.objects.filter(id=node(name, 32)).update(load={**LOAD, "machine": 0.8}, host="one")
    WorkerNode.objects.filter(id=node("gamma", 32)).update(host="another")
    text = page(mia)
    assert "<strong>About 16 more cameras fit.</strong>" in text
    assert text.count("room for 8 more") == 2
    assert "Not counted yet: gamma, until a camera has been watched there for half a minute." in text


def test_an_operator_is_told_why_not(client, cast):
    response = cast.login(client, cast.omar).get("/system/")
    assert response.status_code == 403
    assert "it does not let you see how this installation is doing" in response.content.decode()


def test_every_part_of_the_health_has_its_words(mia):
    assert PARTS.keys() == ADVICE.keys() == PART_WORDS.keys()
    cache.delete(RECONCILED_AT)  # other tests let the scheduler tick
    assert "Schedule not well" in page(mia)
