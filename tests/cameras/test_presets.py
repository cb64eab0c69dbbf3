"""Detection presets."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from accounts.tenancy import tenant
from cameras.calibration import preset_wanted
from cameras.models import Camera, CameraCalibration, Preset
from cameras.services import preset_create, preset_delete, preset_update, presets_create_builtin

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_the_five_built_in_presets(cast) -> None:
    with tenant(cast.acme.id):
        found = list(Preset.objects.order_by("-threshold", "name"))
    assert [(preset.name, preset.threshold, preset_wanted(preset)) for preset in found] == [
        ("Conservative", 0.85, {"share": 0.05}),
        ("Balanced", 0.75, {"share": 0.10}),
        ("Default", 0.75, {"alerts_per_day": 2.0}),
        ("Moderate", 0.60, {"share": 0.25}),
        ("Sensitive", 0.45, {"share": 0.40}),
    ]
    shared = {
        (each.hysteresis_low_ratio, each.end_patience_frames, each.cooldown_seconds, each.min_frames) for each in found
    }
    assert shared == {(0.7, 10, 10.0, 2)}
    assert all(preset.description.endswith(".") for preset in found)


def test_creating_them_again_changes_nothing(cast, rows) -> None:
    before = rows()
    again = presets_create_builtin(organization_id=cast.acme.id)
    assert [preset.name for preset in again] == ["Default", "Conservative", "Balanced", "Moderate", "Sensitive"]
    assert rows() == before


def test_a_preset_made_with_a_threshold_alone_keeps_it(cast) -> None:
    own = preset_create(organization_id=cast.acme.id, actor=cast.mia.actor, at=AT, name="Own", threshold=0.5)
    assert (own.basis, preset_wanted(own)) == ("threshold", {"threshold": 0.5})


def test_a_changed_preset_reaches_the_cameras_that_use_it_and_no_other(cast) -> None:
    with tenant(cast.acme.id):
        other = Camera.objects.create(
            organization=cast.acme, site=cast.south, name="Yard", preset=cast.presets["moderate"], source_encrypted=b"x"
        )
    preset_update(
        organization_id=cast.acme.id,
        actor=cast.mia.actor,
        at=AT,
        preset_id=cast.presets["balanced"].id,
        threshold=0.7,
        min_frames=2,
    )
    with tenant(cast.acme.id):
        assert Camera.objects.get(id=cast.gate3.id).config_version == 2
        assert Camera.objects.get(id=other.id).config_version == 1
        assert Preset.objects.get(name="Balanced").threshold == 0.7


def test_an_update_that_changes_nothing_disturbs_no_camera(cast, rows) -> None:
    before = rows()
    preset_update(organization_id=cast.acme.id, at=AT, preset_id=cast.presets["balanced"].id, threshold=0.75)
    assert rows() == before


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"threshold": 1.2}, "threshold"),
        ({"hysteresis_low_ratio": 0.0}, "hysteresis_low_ratio"),
        ({"min_frames": 0}, "min_frames"),
        ({"analysed_fps": 100}, "analysed_fps"),
        ({"name": "Moderate"}, "name"),
        ({"basis": "alerts"}, "alerts_per_day"),
        ({"basis": "alerts", "alerts_per_day": 0.01}, "alerts_per_day"),
        ({"share": None}, "share"),
        ({"share": 0.6}, "share"),
        ({"basis": "luck"}, "basis"),
        ({"lone_frames": 0}, "lone_frames"),
        ({"smoothing_s": -1.0}, "smoothing_s"),
    ],
)
def test_values_out_of_range_are_refused_and_nothing_is_written(cast, rows, fields, field) -> None:
    before = rows()
    with pytest.raises(ValidationError) as refused:
        preset_update(organization_id=cast.acme.id, at=AT, preset_id=cast.presets["balanced"].id, **fields)
    assert list(refused.value.message_dict) == [field]
    assert rows() == before


def test_a_used_preset_stays_and_an_unused_one_goes(cast, rows) -> None:
    common = {"organization_id": cast.acme.id, "actor": cast.mia.actor, "at": AT}
    before = rows()
    with pytest.raises(ValidationError, match=r"“Balanced” cannot be deleted: 1 camera uses it."):
        preset_delete(preset_id=cast.presets["balanced"].id, **common)
    assert rows() == before
    preset_delete(preset_id=cast.presets["sensitive"].id, **common)
    with tenant(cast.acme.id):
        assert not Preset.objects.filter(name="Sensitive").exists()


def test_an_operator_and_a_stranger_change_no_preset(cast, rows) -> None:
    before, balanced = rows(), cast.presets["balanced"].id
    with pytest.raises(PermissionDenied, match="change sites, cameras and presets"):
        preset_create(organization_id=cast.acme.id, actor=cast.omar.actor, at=AT, name="Own", threshold=0.5)
    with pytest.raises(PermissionDenied, match="change sites, cameras and presets"):
        preset_delete(organization_id=cast.acme.id, actor=cast.omar.actor, at=AT, preset_id=balanced)
    with pytest.raises(Preset.DoesNotExist):
        preset_update(organization_id=cast.globex.id, actor=cast.greta.actor, at=AT, preset_id=balanced, threshold=0.1)
    assert rows() == before


def test_a_changed_target_asks_for_the_thresholds_of_its_cameras_and_a_changed_name_does_not(cast) -> None:
    common = {"organization_id": cast.acme.id, "actor": cast.mia.actor, "at": AT}
    balanced = cast.presets["balanced"].id
    preset_update(preset_id=balanced, name="Tenth", **common)
    with tenant(cast.acme.id):
        assert not CameraCalibration.objects.exists()
    preset_update(preset_id=balanced, share=0.2, **common)
    with tenant(cast.acme.id):
        asked = CameraCalibration.objects.get()
        assert (asked.camera_id, asked.asked_at, asked.computed_at) == (cast.gate3.id, AT, None)
        assert Camera.objects.get(id=cast.gate3.id).config_version == 3


def test_the_database_refuses_a_target_without_its_figure(cast) -> None:
    with pytest.raises(IntegrityError, match="preset_basis_has_its_figure"), tenant(cast.acme.id):
        Preset.objects.filter(name="Default").update(alerts_per_day=None)


def test_one_sense_alone_cannot_be_quicker_than_several(cast):
    at = dt.datetime(2026, 3, 8, tzinfo=dt.UTC)
    common = {"organization_id": cast.acme.id, "preset_id": cast.presets["balanced"].id, "at": at}
    with pytest.raises(ValidationError, match="at least as many frames in a row as several together"):
        preset_update(**common, min_frames=3, lone_frames=2)
    assert preset_update(**common, min_frames=3, lone_frames=3).lone_frames == 3
    assert preset_update(**common, lone_frames=None).lone_frames is None
