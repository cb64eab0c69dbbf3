"""Which threshold holds for a camera, and who computes it when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.tenancy import tenant
from cameras.models import Camera, CameraCalibration
from cameras.services import (
    calibration_ask,
    camera_fps,
    camera_threshold,
    camera_update,
    camera_wanted,
)
from cameras.turns import Turn, turn_take
from tests.cameras.learned import AT, HOUR, calibrated, scored
from tests.cast import make_camera


@pytest.fixture
def dock(cast: Any) -> Camera:
    """A camera of the default preset: 2 alerts a day, 0.75 until that can be computed."""
    return make_camera(cast.north, cast.presets["default"], "Dock")


def stored(camera: Camera) -> Camera:
    with tenant(camera.organization_id):
        return Camera.objects.select_related("preset", "calibration").get(id=camera.id)


def update(camera: Camera, **fields: Any) -> Camera:
    return camera_update(organization_id=camera.organization_id, camera_id=camera.id, at=AT, **fields)


def test_without_a_calibration_the_presets_threshold_holds(dock) -> None:
    assert camera_threshold(stored(dock)) == 0.75


def test_a_calibrated_threshold_holds_and_the_worker_hears_of_it(dock) -> None:
    calibrated(dock)
    assert (camera_threshold(stored(dock)), stored(dock).config_version) == (0.81, 2)
    calibrated(dock, at=AT + HOUR)
    assert stored(dock).config_version == 2
    calibrated(dock, threshold=0.79, at=AT + 2 * HOUR)
    assert (camera_threshold(stored(dock)), stored(dock).config_version) == (0.79, 3)


@pytest.mark.parametrize(
    "changes",
    [{"enough": False}, {"wanted": {"alerts_per_day": 3.0}}, {"wanted": {"share": 0.05}}],
    ids=["too little footage", "another number", "another target"],
)
def test_a_calibration_for_something_else_or_from_too_little_does_not_hold(dock, changes) -> None:
    calibrated(dock, **changes)
    assert (camera_threshold(stored(dock)), stored(dock).config_version) == (0.75, 1)


def test_a_fixed_threshold_is_never_calibrated(cast, dock) -> None:
    with tenant(cast.acme.id):
        preset = cast.presets["default"]
        preset.basis, preset.threshold = "threshold", 0.6
        preset.save()
    calibrated(dock, wanted={"threshold": 0.6})
    assert (camera_threshold(stored(dock)), stored(dock).config_version) == (0.6, 1)


def test_another_preset_holds_at_once_by_what_it_would_have_done(cast, dock) -> None:
    sensitive = cast.presets["sensitive"]
    outlook = {"wanted": {"share": 0.4}, "threshold": 0.31, "alerts_per_day": 120.0}
    calibrated(dock, presets={sensitive.id: outlook})
    update(dock, preset_id=sensitive.id)
    assert camera_threshold(stored(dock)) == 0.31
    with tenant(cast.acme.id):
        sensitive.share = 0.3
        sensitive.save()
    assert camera_threshold(stored(dock)) == 0.45


def test_a_cameras_own_target_goes_before_its_presets_and_the_last_named_holds(dock) -> None:
    update(dock, alerts_per_day=5.0)
    assert camera_wanted(stored(dock)) == {"alerts_per_day": 5.0}
    update(dock, share=0.02)
    assert (camera_wanted(stored(dock)), stored(dock).alerts_per_day) == ({"share": 0.02}, None)
    update(dock, alerts_per_day=4.0)
    assert (camera_wanted(stored(dock)), stored(dock).share) == ({"alerts_per_day": 4.0}, None)
    update(dock, alerts_per_day=None)
    assert camera_wanted(stored(dock)) == {"alerts_per_day": 2.0}
    assert stored(dock).config_version == 5


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"alerts_per_day": 0.05}, "alerts_per_day"),
        ({"alerts_per_day": 2000.0}, "alerts_per_day"),
        ({"share": 0.0}, "share"),
        ({"share": 0.51}, "share"),
        ({"alerts_per_day": 2.0, "share": 0.1}, "share"),
        ({"analysed_fps": 40.0}, "analysed_fps"),
        ({"scorer": "none"}, "scorer"),
    ],
)
def test_a_target_out_of_range_is_refused_and_nothing_is_written(dock, rows, fields, field) -> None:
    before = rows()
    with pytest.raises(ValidationError) as refused:
        update(dock, **fields)
    assert list(refused.value.message_dict) == [field]
    assert rows() == before


def test_a_camera_may_be_analysed_at_its_own_rate(dock) -> None:
    assert camera_fps(stored(dock)) == 5.0
    update(dock, analysed_fps=10.0)
    assert camera_fps(stored(dock)) == 10.0


def test_a_trained_model_is_a_scorer_by_its_folders_name(dock, settings, tmp_path) -> None:
    settings.VEDETTE_MODELS = tmp_path
    (tmp_path / "fights").mkdir()
    (tmp_path / "fights" / "meta.json").write_text("{}")
    assert update(dock, scorer="fights").scorer == "fights"


@pytest.mark.django_db(transaction=True)
def test_a_changed_target_asks_a_worker_once_it_is_kept(dock, queue) -> None:
    update(dock, alerts_per_day=5.0)
    queue.take()
    assert ["workers.calibrate_next" in body for body in queue.bodies] == [True]
    assert turn_take() == Turn(dock.id, AT.timestamp())
    assert stored(dock).calibration.asked_at == AT
    update(dock, name="Dock 2")
    queue.take()
    assert queue.bodies == []


@pytest.mark.django_db(transaction=True)
def test_asking_needs_footage_and_says_how_much_there_is(cast, dock, rows, queue) -> None:
    before = rows()
    with pytest.raises(ValidationError) as refused:
        calibration_ask(organization_id=cast.acme.id, camera_id=dock.id, actor=cast.mia.actor, at=AT)
    assert refused.value.messages == [
        "This camera has no scores of the last days yet; about 6 hours are needed. "
        "Until then the preset's own threshold 0.75 holds."
    ]
    assert rows() == before
    scored(dock, AT, minutes=12.5)
    with pytest.raises(ValidationError, match=r"This camera has 12 minutes of scores; about 6 hours are needed\."):
        calibration_ask(organization_id=cast.acme.id, camera_id=dock.id, actor=cast.mia.actor, at=AT)
    scored(dock, AT + HOUR, minutes=350)
    calibration_ask(organization_id=cast.acme.id, camera_id=dock.id, actor=cast.mia.actor, at=AT)
    queue.take()
    assert len(queue.bodies) == 1
    assert "workers.calibrate_next" in queue.bodies[0]


def test_only_managers_ask(cast, dock, rows) -> None:
    scored(dock, AT, minutes=400)
    before = rows()
    with pytest.raises(PermissionDenied, match="change sites, cameras and presets"):
        calibration_ask(organization_id=cast.acme.id, camera_id=dock.id, actor=cast.omar.actor, at=AT)
    with pytest.raises(Camera.DoesNotExist):
        calibration_ask(organization_id=cast.globex.id, camera_id=dock.id, actor=cast.greta.actor, at=AT)
    assert rows() == before


@pytest.mark.parametrize("threshold", [0.0, 1.01, float("nan")])
def test_a_threshold_that_no_event_could_use_is_refused(dock, rows, threshold) -> None:
    before = rows()
    with pytest.raises(ValueError, match="must be over 0 and at most 1"):
        calibrated(dock, threshold=threshold)
    assert rows() == before


def test_what_was_computed_is_kept_whole(cast, dock) -> None:
    calibrated(dock)
    with tenant(cast.acme.id):
        row = CameraCalibration.objects.values().get()
    assert row == {
        "organization_id": cast.acme.id,
        "camera_id": dock.id,
        "wanted": {"alerts_per_day": 2.0},
        "threshold": 0.81,
        "alerts_per_day": 2.0,
        "held_out_alerts_per_day": 1.75,
        "share_over": 0.002,
        "hours": 168.0,
        "from_at": AT - dt.timedelta(days=7),
        "to_at": AT,
        "enough": True,
        "message": "",
        "table": [[0.5, 31.0], [0.81, 2.0]],
        "presets": {},
        "computed_at": AT,
        "asked_at": None,
    }


def test_a_camera_that_is_gone_is_left_alone(cast, rows) -> None:
    before = rows()
    assert calibrated(Camera(id=cast.globex_camera.id, organization_id=cast.acme.id)) is None
    assert rows() == before
