"""A camera in trouble: what it says of itself, that people hear of it, and that it comes back by itself."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import Camera
from cameras.services import camera_disable, camera_enable
from incidents.models import TimelineEntry
from tests.faults.system import is_fresh, is_watched, lease, state, until
from tests.faults.world import PASSWORD, World

pytestmark = pytest.mark.timeout(300)


def fault_entries(camera: Camera) -> list[tuple[str, str]]:
    """Return what the timelines of a camera's incidents say about its faults: (kind, fault), oldest first."""
    with tenant(camera.organization_id):
        entries = TimelineEntry.objects.filter(incident__camera=camera, kind__in=("camera.fault", "camera.back"))
        found = entries.order_by("at", "id").values_list("kind", "details")
        return [(kind, details["fault"]) for kind, details in found]


def test_a_cut_stream_is_an_incident_and_comes_back(world: World) -> None:
    until(lambda: is_watched(world.yard), 60, "Yard is watched")
    before, epoch = len(fault_entries(world.yard)), lease(world.yard).epoch
    world.yard_server.cut()
    try:
        until(lambda: state(world.yard).status == "offline", 15, "Yard is offline")
        until(lambda: ("camera.fault", "offline") in fault_entries(world.yard)[before:], 40, "an incident says so")
    finally:
        world.yard_server.resume()
    until(lambda: is_watched(world.yard), 45, "Yard is watched again")
    until(lambda: fault_entries(world.yard)[before:][-1] == ("camera.back", "offline"), 15, "and that it is back")
    assert fault_entries(world.yard)[before:] == [("camera.fault", "offline"), ("camera.back", "offline")]
    assert lease(world.yard).epoch == epoch


def test_a_frozen_picture_is_never_shown_as_live(world: World) -> None:
    until(lambda: is_watched(world.yard), 60, "Yard is watched")
    before = len(fault_entries(world.yard))
    world.yard_server.freeze()
    try:
        until(lambda: state(world.yard).status == "frozen", 25, "Yard is frozen")
        until(lambda: ("camera.fault", "frozen") in fault_entries(world.yard)[before:], 20, "an incident says so")
    finally:
        world.yard_server.resume()
    until(lambda: is_watched(world.yard), 30, "Yard is watched again")
    until(lambda: fault_entries(world.yard)[before:][-1] == ("camera.back", "frozen"), 15, "and that it is back")


def test_a_wrong_password_is_told_and_the_right_one_taken_up(world: World) -> None:
    until(lambda: state(world.locked).status == "offline", 30, "Locked is offline")
    message = state(world.locked).message
    assert "password" in message
    assert PASSWORD not in message
    gate = lease(world.gate).epoch
    world.change_source(world.locked, world.locked_server.url)
    until(lambda: is_fresh(world.locked, time.time() - 5), 30, "Locked is watched")
    assert lease(world.gate).epoch == gate
    assert PASSWORD not in world.system.log("alpha") + world.system.log("beta") + world.system.log("jobs")
    world.change_source(world.locked, world.locked_server.url_as("guard", "wrong-" + PASSWORD))
    until(lambda: state(world.locked).status == "offline", 30, "Locked is offline again")


def test_a_camera_is_switched_off_and_on_without_a_restart_or_a_word_to_others(world: World) -> None:
    until(lambda: is_watched(world.yard), 60, "Yard is watched")
    until(lambda: is_watched(world.gate), 60, "Gate is watched")
    epoch, gate = lease(world.yard).epoch, lease(world.gate).epoch
    camera_disable(organization_id=world.cast.acme.id, camera_id=world.yard.id, at=timezone.now())
    try:
        until(lambda: lease(world.yard).node is None, 8, "Yard is given back")
        assert state(world.yard).status == "disabled"
    finally:
        camera_enable(organization_id=world.cast.acme.id, camera_id=world.yard.id, at=timezone.now())
    until(lambda: is_watched(world.yard, after_epoch=epoch), 30, "Yard is watched again")
    assert lease(world.gate).epoch == gate


@pytest.mark.parametrize("which", ["refused", "garbage"])
def test_an_address_that_is_no_camera_is_told_and_disturbs_nobody(world: World, which: str) -> None:
    camera: Camera = getattr(world, which)
    until(lambda: state(camera).status == "offline", 30, f"{which} is offline")
    assert state(camera).message.endswith(".")
    assert "127.0.0.1" in state(camera).message
    until(lambda: is_fresh(world.gate, time.time() - 3), 30, "Gate is watched beside it")
