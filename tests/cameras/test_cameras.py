"""Cameras: what may be set, who may set it, and what the worker hears of it."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.actors import Actor
from accounts.models import AuditEntry, Role
from accounts.services import user_create
from accounts.tenancy import tenant
from cameras.models import Camera, CameraState
from cameras.services import (
    camera_create,
    camera_delete,
    camera_disable,
    camera_enable,
    camera_source,
    camera_update,
)
from tests.cameras.planted import PASSWORD, SOURCE

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def asked(cast, who: str = "mia") -> dict[str, object]:
    actor = getattr(cast, who).actor
    return {"organization_id": actor.organization_id, "actor": actor, "at": AT}


def stored(camera: Camera) -> Camera:
    with tenant(camera.organization_id):
        return Camera.objects.select_related("state").get(id=camera.id)


def create(cast, **fields) -> Camera:
    given = {
        "site_id": cast.south.id,
        "preset_id": cast.presets["balanced"].id,
        "name": "Yard",
        "source": SOURCE,
        **asked(cast),
        **fields,
    }
    return camera_create(**given)


def test_a_manager_creates_a_camera_that_waits_for_a_worker(cast) -> None:
    camera = stored(create(cast, masks=[[[0, 0], [1, 0], [0, 1]]], loop=True))
    assert (camera.config_version, camera.enabled, camera.loop, camera.detector) == (1, True, True, "builtin")
    assert camera.masks == [[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]]
    assert (camera.state.status, camera.state.since) == ("waiting", AT)
    assert camera_source(camera) == SOURCE


def test_the_address_is_encrypted_in_the_row_and_masked_in_the_audit_trail(cast) -> None:
    camera = stored(create(cast))
    assert PASSWORD.encode() not in bytes(camera.source_encrypted)
    with tenant(cast.acme.id):
        entry = AuditEntry.objects.get(at=AT)
    assert (entry.action, entry.target, entry.actor_id) == ("camera.create", "Yard", cast.mia.user.id)
    assert entry.details["source"] == "rtsp://***:***@10.0.0.8:554/stream"
    assert PASSWORD not in repr(camera) + repr(vars(camera)) + str(entry.details)


@pytest.mark.parametrize(
    ("fields", "changes_watching"),
    [
        ({"source": "rtsp://10.0.0.9/stream"}, True),
        ({"loop": True}, True),
        ({"masks": [[[0, 0], [1, 0], [0, 1]]]}, True),
        ({"enabled": False}, True),
        ({"name": "Gate 4"}, False),
        ({"source": SOURCE, "name": "Dock", "enabled": True}, False),
    ],
)
def test_the_version_rises_when_the_worker_must_hear_of_it(cast, secret_camera, fields, changes_watching) -> None:
    camera_update(camera_id=secret_camera.id, **asked(cast), **fields)
    assert stored(secret_camera).config_version == (2 if changes_watching else 1)


def test_preset_and_detector_count_as_changes_too(cast, secret_camera, settings, tmp_path) -> None:
    settings.VEDETTE_MODELS = tmp_path
    (tmp_path / "yolox.onnx").write_bytes(b"x")
    camera_update(camera_id=secret_camera.id, preset_id=cast.presets["sensitive"].id, **asked(cast))
    camera_update(camera_id=secret_camera.id, detector="yolox.onnx", **asked(cast))
    camera_update(camera_id=secret_camera.id, site_id=cast.south.id, **asked(cast))
    camera = stored(secret_camera)
    assert (camera.config_version, camera.preset_id, camera.detector, camera.site_id) == (
        4,
        cast.presets["sensitive"].id,
        "yolox.onnx",
        cast.south.id,
    )


def test_an_update_that_changes_nothing_writes_nothing(cast, secret_camera, rows) -> None:
    before = rows()
    camera_update(camera_id=secret_camera.id, source=SOURCE, name="Dock", masks=[], **asked(cast))
    assert rows() == before


def test_disable_and_enable_show_at_once_and_repeat_harmlessly(cast, secret_camera, rows) -> None:
    camera_disable(camera_id=secret_camera.id, **asked(cast))
    camera = stored(secret_camera)
    assert (camera.enabled, camera.config_version, camera.state.status) == (False, 2, "disabled")
    before = rows()
    camera_disable(camera_id=secret_camera.id, **asked(cast))
    assert rows() == before
    camera_enable(camera_id=secret_camera.id, **asked(cast))
    camera = stored(secret_camera)
    assert (camera.enabled, camera.config_version, camera.state.status) == (True, 3, "waiting")


def test_an_address_that_the_key_cannot_read_can_be_replaced_and_the_camera_switched(
    cast, secret_camera, settings
) -> None:
    settings.CREDENTIAL_KEY = Fernet.generate_key()
    camera_disable(camera_id=secret_camera.id, **asked(cast))
    camera_update(camera_id=secret_camera.id, source=SOURCE, **asked(cast))
    assert camera_source(stored(secret_camera)) == SOURCE


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"source": "ftp://host/a"}, "source"),
        ({"source": "/etc/passwd"}, "source"),
        ({"source": "usb:0"}, "source"),
        ({"detector": "none.onnx"}, "detector"),
        ({"masks": [[[0, 0], [2, 0], [0, 1]]]}, "masks"),
        ({"name": ""}, "name"),
        ({"name": "Gate 3"}, "name"),
    ],
)
def test_wrong_values_are_refused_and_nothing_is_written(cast, secret_camera, rows, fields, refusal) -> None:
    before = rows()
    with pytest.raises(ValidationError) as refused:
        camera_update(camera_id=secret_camera.id, **asked(cast), **fields)
    assert list(refused.value.message_dict) == [refusal]
    with pytest.raises(ValidationError) as refused:
        create(cast, site_id=cast.north.id, **fields)
    assert list(refused.value.message_dict) == [refusal]
    assert rows() == before


@pytest.mark.parametrize("field", ["site", "preset"])
def test_another_organizations_site_or_preset_is_unknown(cast, rows, field) -> None:
    with tenant(cast.globex.id):
        foreign = getattr(Camera.objects.get(id=cast.globex_camera.id), f"{field}_id")
    before = rows()
    with pytest.raises(ValidationError) as refused:
        create(cast, **{f"{field}_id": foreign})
    assert refused.value.message_dict == {f"{field}_id": [f"There is no such {field} in your organization."]}
    assert rows() == before


def test_only_the_administrator_and_trusted_commands_name_files_and_devices(cast, tmp_path) -> None:
    clip = tmp_path / "clip.mp4"
    root = user_create(email="root@vedette.example", password="correct horse battery", is_superuser=True)
    entered = Actor(root, cast.acme, Role.OWNER)
    assert camera_source(create(cast, name="A", source=str(clip), actor=None, trusted_source=True)) == str(clip)
    assert camera_source(create(cast, name="B", source="usb:0", actor=entered)) == "usb:0"


@pytest.mark.parametrize("who", ["omar", "vera"])
def test_operators_and_viewers_are_refused_with_the_reason(cast, rows, who) -> None:
    before = rows()
    common = {"camera_id": cast.gate3.id, **asked(cast, who)}
    for attempt in (
        lambda: create(cast, **asked(cast, who)),
        lambda: camera_update(name="Mine", **common),
        lambda: camera_disable(**common),
        lambda: camera_enable(**common),
        lambda: camera_delete(**common),
    ):
        with pytest.raises(PermissionDenied, match="it does not let you change sites, cameras and presets"):
            attempt()
    assert rows() == before


def test_a_stranger_finds_no_such_camera(cast, rows) -> None:
    before = rows()
    common = {"camera_id": cast.gate3.id, **asked(cast, "greta")}
    for attempt in (lambda: camera_update(name="Mine", **common), lambda: camera_disable(**common)):
        with pytest.raises(Camera.DoesNotExist):
            attempt()
    with pytest.raises(Camera.DoesNotExist):
        camera_delete(**common)
    assert rows() == before


def test_a_camera_without_incidents_goes_with_its_state(cast, secret_camera) -> None:
    camera_delete(camera_id=secret_camera.id, **asked(cast))
    with tenant(cast.acme.id):
        assert list(Camera.objects.values_list("name", flat=True)) == ["Gate 3"]
        assert not CameraState.objects.exists()
        assert AuditEntry.objects.get(at=AT).details["camera"] == str(secret_camera.id)


def test_a_camera_with_incidents_stays(cast, rows) -> None:
    from incidents.models import Incident

    with tenant(cast.acme.id):
        Incident.objects.create(
            organization=cast.acme,
            number=1,
            site=cast.north,
            camera=cast.gate3,
            category="security threat",
            severity=2,
            reason="Somebody ran",
            opened_at=AT,
            last_event_at=AT,
        )
    before = rows()
    with pytest.raises(ValidationError, match=r"“Gate 3” cannot be deleted: incidents on record belong to it."):
        camera_delete(camera_id=cast.gate3.id, **asked(cast))
    assert rows() == before
