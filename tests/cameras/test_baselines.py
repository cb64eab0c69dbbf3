"""What workers report of a learned normality, and the wish to learn anew."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage

from accounts.models import AuditEntry
from accounts.tenancy import tenant
from cameras.models import Camera, CameraBaseline, CameraCalibration, CameraScores
from cameras.services import baseline_relearn, baseline_report, baseline_saved, camera_delete, camera_update
from cameras.services.baselines import Saved
from tests.cameras.learned import AT, HOUR, calibrated, learned, scored
from tests.cast import make_camera


def stored(camera: Camera) -> CameraBaseline:
    with tenant(camera.organization_id):
        return CameraBaseline.objects.get(camera=camera)


def relearn(cast, who: str = "mia", at: dt.datetime = AT) -> None:
    actor = getattr(cast, who).actor
    baseline_relearn(organization_id=actor.organization_id, camera_id=cast.gate3.id, actor=actor, at=at)


def judged(camera: Camera) -> tuple[int, int]:
    """Return how many rows of scores and calibrations the camera has."""
    with tenant(camera.organization_id):
        return (
            CameraScores.objects.filter(camera=camera).count(),
            CameraCalibration.objects.filter(camera=camera).count(),
        )


def test_what_the_worker_says_is_kept(cast) -> None:
    learned(cast.gate3, phase="warming up", progress=0.25, left_s=5400.0, message="Learning.", learned_s=1800.0)
    baseline = stored(cast.gate3)
    assert (baseline.phase, baseline.progress, baseline.left_s, baseline.message) == (
        "warming up",
        0.25,
        5400.0,
        "Learning.",
    )
    assert (baseline.learned_s, baseline.objects_learned, baseline.version) == (1800.0, 1834, "living1")
    assert (baseline.since, baseline.reported_at, baseline.saved_at, baseline.state_file) == (AT - HOUR, AT, None, "")
    assert baseline_saved(baseline) == Saved()


@pytest.mark.django_db(transaction=True)
def test_a_state_replaces_the_one_before_and_its_file(cast) -> None:
    learned(cast.gate3, saved=Saved(b"first"))
    first = stored(cast.gate3).state_file
    assert first.startswith(f"{cast.acme.id}/{cast.gate3.id}/baseline/")
    learned(cast.gate3, saved=Saved(b"second"), at=AT + HOUR)
    baseline = stored(cast.gate3)
    assert (baseline_saved(baseline), baseline.saved_at) == (Saved(b"second"), AT + HOUR)
    assert (default_storage.exists(first), default_storage.exists(baseline.state_file)) == (False, True)
    learned(cast.gate3, at=AT + 2 * HOUR)
    assert baseline_saved(stored(cast.gate3)) == Saved(b"second")


@pytest.mark.django_db(transaction=True)
def test_what_was_learned_of_the_picture_before_is_kept_beside_until_it_is_let_go(cast) -> None:
    gate = Saved(b"gate", "0123456789abcdef")
    learned(cast.gate3, saved=gate)
    assert baseline_saved(stored(cast.gate3)) == gate
    yard = Saved(b"yard", "fedcba9876543210", gate)
    learned(cast.gate3, phase="relearning", saved=yard)
    assert baseline_saved(stored(cast.gate3)) == yard
    before = stored(cast.gate3).before_file
    learned(cast.gate3, phase="relearning")
    learned(cast.gate3, phase="relearning", saved=Saved(b"more", yard.picture, gate))
    assert stored(cast.gate3).before_file == before, "the same is not written again"
    learned(cast.gate3, saved=Saved(b"learned", yard.picture))
    assert baseline_saved(stored(cast.gate3)) == Saved(b"learned", yard.picture)
    assert (stored(cast.gate3).before_file, default_storage.exists(before)) == ("", False)


@pytest.mark.django_db(transaction=True)
def test_the_states_go_with_their_camera(cast) -> None:
    camera = make_camera(cast.south, cast.presets["default"], "Yard")
    learned(camera, saved=Saved(b"learned", "0123456789abcdef", Saved(b"before", "fedcba9876543210")))
    names = [stored(camera).state_file, stored(camera).before_file]
    camera_delete(organization_id=cast.acme.id, camera_id=camera.id, at=AT)
    assert [default_storage.exists(name) for name in names] == [False, False]


@pytest.mark.django_db(transaction=True)
def test_a_state_that_is_gone_is_none_and_the_camera_learns_anew(cast) -> None:
    learned(cast.gate3, saved=Saved(b"learned"))
    baseline = stored(cast.gate3)
    default_storage.delete(baseline.state_file)
    assert baseline_saved(baseline) == Saved()


def test_a_camera_that_is_gone_is_left_alone(cast, rows) -> None:
    before = rows()
    missing = Camera(id=cast.globex_camera.id, organization_id=cast.acme.id)
    assert learned(missing) is None
    assert rows() == before


def test_the_wish_is_noted_with_what_it_forgets_and_the_worker_hears_of_it(cast) -> None:
    learned(cast.gate3)
    scored(cast.gate3, AT - HOUR)
    calibrated(cast.gate3)
    with tenant(cast.acme.id):
        version = Camera.objects.get(id=cast.gate3.id).config_version
    relearn(cast)
    assert stored(cast.gate3).relearn_wanted_at == AT
    assert judged(cast.gate3) == (0, 0)
    with tenant(cast.acme.id):
        assert Camera.objects.get(id=cast.gate3.id).config_version == version + 1
        entry = AuditEntry.objects.get(action="camera.relearn")
    assert (entry.target, entry.actor_id, entry.details) == (
        "Gate 3",
        cast.mia.user.id,
        {"camera": str(cast.gate3.id)},
    )


def test_a_wish_before_the_first_report_is_kept_too(cast) -> None:
    relearn(cast)
    assert (stored(cast.gate3).relearn_wanted_at, stored(cast.gate3).reported_at) == (AT, None)


@pytest.mark.parametrize(
    ("done", "left"), [(None, AT), (AT - HOUR, AT), (AT, None), (AT + HOUR, None)], ids=["no", "older", "same", "newer"]
)
def test_a_wish_is_fulfilled_by_name_and_a_newer_one_stays(cast, done, left) -> None:
    relearn(cast)
    learned(cast.gate3, phase="relearning", relearned=done)
    assert stored(cast.gate3).relearn_wanted_at == left


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("warming up", "active", 0),
        ("active", "relearning", 0),
        ("relearning", "active", 0),
        ("active", "drifting", 1),
        ("drifting", "active", 1),
        ("warming up", "relearning", 1),
    ],
)
def test_scores_of_another_judge_are_forgotten(cast, before, after, kept) -> None:
    learned(cast.gate3, phase=before)
    scored(cast.gate3, AT)
    calibrated(cast.gate3)
    learned(cast.gate3, phase=after)
    assert judged(cast.gate3) == (kept, kept)


@pytest.mark.parametrize("who", ["omar", "vera"])
def test_only_managers_have_a_camera_learn_anew(cast, rows, who) -> None:
    learned(cast.gate3)
    before = rows()
    with pytest.raises(PermissionDenied, match="change sites, cameras and presets"):
        relearn(cast, who)
    assert rows() == before


def test_a_stranger_has_no_such_camera(cast, rows) -> None:
    before = rows()
    with pytest.raises(Camera.DoesNotExist):
        relearn(cast, "greta")
    assert rows() == before


def test_a_camera_that_learns_nothing_cannot_learn_anew(cast, rows) -> None:
    camera_update(organization_id=cast.acme.id, camera_id=cast.gate3.id, at=AT, scorer="robust")
    before = rows()
    with pytest.raises(ValidationError, match=r"“Gate 3” learns nothing: its scorer is robust. Choose baseline first."):
        relearn(cast)
    assert rows() == before


def test_an_unknown_phase_is_refused(cast, rows) -> None:
    before = rows()
    with pytest.raises(ValueError, match="asleep"):
        learned(cast.gate3, phase="asleep")
    assert rows() == before


def test_another_detector_makes_a_camera_learn_anew_and_another_scorer_forgets_the_scores(
    cast, settings, tmp_path
) -> None:
    settings.VEDETTE_MODELS = tmp_path
    (tmp_path / "yolox.onnx").write_bytes(b"x")
    scored(cast.gate3, AT)
    camera_update(organization_id=cast.acme.id, camera_id=cast.gate3.id, at=AT, scorer="robust")
    assert judged(cast.gate3) == (0, 0)
    camera_update(organization_id=cast.acme.id, camera_id=cast.gate3.id, at=AT, scorer="baseline")
    learned(cast.gate3)
    scored(cast.gate3, AT)
    camera_update(organization_id=cast.acme.id, camera_id=cast.gate3.id, at=AT, detector="yolox.onnx")
    assert stored(cast.gate3).relearn_wanted_at == AT
    assert judged(cast.gate3) == (0, 0)


def test_another_organization_cannot_report(cast, rows) -> None:
    before = rows()
    report = learned(cast.gate3)
    assert report is not None
    assert rows() != before
    before = rows()
    assert (
        baseline_report(
            organization_id=cast.globex.id,
            camera_id=cast.gate3.id,
            at=AT,
            phase="active",
            progress=1.0,
            left_s=None,
            message="",
            since=AT,
            learned_s=0.0,
            objects_learned=0,
            version="",
        )
        is None
    )
    assert rows() == before
