"""What a camera's row says to the pipeline, and which changes need a new watch."""

from __future__ import annotations

from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cameras.services import camera_delete, camera_update, site_update
from tests.cast import Cast, make_camera
from workers.leases import Held, LeaseLost
from workers.plan import camera_plan

pytestmark = pytest.mark.django_db


def held(cast: Cast) -> Held:
    return Held(cast.gate3.id, cast.acme.id, uuid4(), 1)


def test_the_plan_has_the_presets_settings_and_the_clear_address(cast: Cast) -> None:
    plan = camera_plan(held(cast))
    assert plan.uri == "rtsp://127.0.0.1:1/none"
    assert plan.uri not in repr(plan)
    assert plan.settings.pipeline.events.threshold == 0.75
    assert (plan.settings.analysis_fps, plan.settings.source.loop, plan.settings.masks) == (5.0, False, ())


def test_a_mask_or_preset_is_followed_an_address_or_detector_opened_anew(cast: Cast) -> None:
    before = camera_plan(held(cast))
    common = {"organization_id": cast.acme.id, "camera_id": cast.gate3.id, "at": timezone.now()}
    camera_update(**common, masks=[[[0.0, 0.0], [0.5, 0.0], [0.5, 0.5]]], preset_id=cast.presets["sensitive"].id)
    masked = camera_plan(held(cast))
    assert masked.settings.masks == (((0.0, 0.0), (0.5, 0.0), (0.5, 0.5)),)
    assert masked.settings.pipeline.events.threshold == 0.45
    assert masked.version > before.version
    assert masked.opens_like(before)
    camera_update(**common, source="rtsp://127.0.0.1:1/other")
    assert not camera_plan(held(cast)).opens_like(masked)


def test_a_sites_clocks_and_a_move_to_another_site_are_followed(cast: Cast) -> None:
    before = camera_plan(held(cast))
    assert before.zone == ZoneInfo("Europe/Berlin")
    common = {"organization_id": cast.acme.id, "at": timezone.now()}
    site_update(**common, site_id=cast.north.id, time_zone="Asia/Tokyo")
    tokyo = camera_plan(held(cast))
    assert (tokyo.zone, tokyo.version) == (ZoneInfo("Asia/Tokyo"), before.version + 1)
    assert tokyo.opens_like(before)
    site_update(**common, site_id=cast.north.id, name="North gate", time_zone="Asia/Tokyo")
    assert camera_plan(held(cast)).version == tokyo.version
    camera_update(**common, camera_id=cast.gate3.id, site_id=cast.south.id)
    moved = camera_plan(held(cast))
    assert (moved.zone, moved.version) == (before.zone, tokyo.version + 1)


def test_another_login_names_the_same_picture(cast: Cast) -> None:
    common = {"organization_id": cast.acme.id, "camera_id": cast.gate3.id, "at": timezone.now()}
    before = camera_plan(held(cast))
    camera_update(**common, source="rtsp://user:secret@127.0.0.1:1/none")
    login = camera_plan(held(cast))
    assert (login.picture, login.opens_like(before)) == (before.picture, False)
    camera_update(**common, source="rtsp://127.0.0.1:1/other")
    assert camera_plan(held(cast)).picture != before.picture


def test_another_organizations_camera_cannot_be_read(cast: Cast) -> None:
    with pytest.raises(LeaseLost):
        camera_plan(Held(cast.globex_camera.id, cast.acme.id, uuid4(), 1))


def test_a_deleted_camera_is_a_lost_lease(cast: Cast) -> None:
    gate4 = make_camera(cast.north, cast.presets["balanced"], "Gate 4")
    camera_delete(organization_id=cast.acme.id, camera_id=gate4.id, at=timezone.now())
    with pytest.raises(LeaseLost):
        camera_plan(Held(gate4.id, cast.acme.id, uuid4(), 1))
