"""How the senses of a camera stand: what the worker reports, the camera's page and the API show."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.tenancy import tenant
from cameras.models import Camera, CameraState
from cameras.services import camera_disable, camera_state_report
from tests.cameras.planted import PASSWORD, SOURCE

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SENSES = {
    "pose": {"state": "available", "message": "", "model": "pose-landmarker-full", "dropped": 0},
    "audio": {
        "state": "missing model",
        "message": "There is no model of sounds. Get it with: manage.py models pull yamnet",
        "model": "",
        "dropped": 0,
    },
    "scene": {"state": "slow", "message": "Each 12th picture is looked at.", "model": "siglip", "dropped": 1200},
}


def report(camera: Camera, **figures: Any) -> None:
    camera_state_report(camera_id=camera.id, organization_id=camera.organization_id, status="online", at=AT, **figures)


def state_of(camera: Camera) -> CameraState:
    with tenant(camera.organization_id):
        return CameraState.objects.get(camera=camera)


def shown(client: Any, camera: Camera) -> str:
    page = client.get(reverse("camera", args=[camera.id])).content.decode()
    return page[page.index(f'id="senses-{camera.id}"') :].split("</section>")[0]


def test_senses_are_written_when_they_are_given_and_stay_when_not(cast) -> None:
    report(cast.gate3, frames=1)
    assert state_of(cast.gate3).senses == {}
    report(cast.gate3, senses=SENSES)
    report(cast.gate3, frames=2)
    assert (state_of(cast.gate3).senses, state_of(cast.gate3).frames) == (SENSES, 2)
    report(cast.gate3, senses={"pose": SENSES["pose"]})
    assert state_of(cast.gate3).senses == {"pose": SENSES["pose"]}


def test_what_a_sense_says_is_masked_and_cut(cast) -> None:
    said = {"state": "failed", "message": f"{SOURCE} has no sound. " + "x" * 400, "model": ""}
    report(cast.gate3, senses={"audio": said})
    message = state_of(cast.gate3).senses["audio"]["message"]
    assert message.startswith("rtsp://***:***@10.0.0.8:554/stream has no sound. xxx")
    assert len(message) == 300
    assert PASSWORD not in message
    assert PASSWORD in said["message"]


@pytest.mark.parametrize(("who", "managing"), [("vera", 0), ("omar", 0), ("mia", 1), ("olga", 1)])
def test_everyone_sees_them_and_managers_get_the_links(cast, client, who, managing) -> None:
    report(cast.gate3, senses=SENSES)
    section = shown(cast.login(client, getattr(cast, who)), cast.gate3)
    words = ("Posture", "Working", "pose-landmarker-full", "Sound", "Model missing", "Scene", "Too slow")
    assert [word for word in words if word not in section] == []
    assert "Get it with: <code>manage.py models pull yamnet</code>" in section
    for address in (reverse("models"), reverse("senses"), reverse("camera-senses", args=[cast.gate3.id])):
        assert section.count(f'="{address}"') == managing


def test_a_camera_that_was_never_watched_says_so(cast, client) -> None:
    cast.login(client, cast.omar)
    assert "Not watched yet." in shown(client, cast.gate3)
    report(cast.gate3)
    assert "Not watched yet." in shown(client, cast.gate3)


def test_a_camera_that_is_switched_off_has_no_senses_now(cast, client) -> None:
    report(cast.gate3, senses=SENSES)
    camera_disable(organization_id=cast.acme.id, camera_id=cast.gate3.id, at=AT)
    section = shown(cast.login(client, cast.omar), cast.gate3)
    assert "Not watched: the camera is switched off." in section
    assert "Working" not in section


def test_the_api_tells_them_and_switches_them(cast, client) -> None:
    cast.login(client, cast.mia)
    report(cast.gate3, senses=SENSES)
    address = f"/api/v1/cameras/{cast.gate3.id}/"
    camera = client.get(address).json()
    assert camera["state"]["senses"] == SENSES
    assert (camera["pose"], camera["audio"], camera["scene"], camera["config_version"]) == (True, True, True, 1)
    changed = client.patch(address, {"audio": False}, content_type="application/json").json()
    assert (changed["pose"], changed["audio"], changed["scene"], changed["config_version"]) == (True, False, True, 2)


def test_a_manager_switches_the_senses_on_the_cameras_page(cast, client) -> None:
    cast.login(client, cast.mia)
    address = reverse("camera-senses", args=[cast.gate3.id])
    answer = client.post(address, {"pose": "on", "scene": "on"})
    assert (answer.status_code, answer.url) == (302, reverse("camera", args=[cast.gate3.id]))
    assert [str(each) for each in get_messages(answer.wsgi_request)] == [
        "“Gate 3” uses Posture, Scene of its senses now."
    ]
    with tenant(cast.acme.id):
        camera = Camera.objects.get(id=cast.gate3.id)
    assert (camera.pose, camera.audio, camera.scene, camera.config_version) == (True, False, True, 2)
    section = shown(client, cast.gate3)
    assert [section.count(f'name="{name}"') for name in ("pose", "audio", "scene")] == [1, 1, 1]
    assert section.count(" checked") == 2


def test_a_manager_switches_the_senses_in_the_admin(cast, client) -> None:
    cast.login(client, cast.mia)
    form = {
        "site": cast.north.id,
        "name": "Gate 3",
        "preset": cast.presets["balanced"].id,
        "enabled": "on",
        "detector": "builtin",
        "scorer": "baseline",
        "pose": "on",
    }
    answer = client.post(reverse("admin:cameras_camera_change", args=[cast.gate3.id]), form)
    assert answer.status_code == 302
    with tenant(cast.acme.id):
        camera = Camera.objects.get(id=cast.gate3.id)
    assert (camera.pose, camera.audio, camera.scene, camera.config_version) == (True, False, False, 2)


def test_the_page_says_what_a_sense_had_no_time_for(cast, client) -> None:
    report(cast.gate3, senses=SENSES)
    page = cast.login(client, cast.omar).get(f"/cameras/{cast.gate3.id}/").content.decode()
    assert "1,200 pictures replaced by newer ones" in page
    assert "looks at people left" not in page
