"""A camera's threshold comes from its own scores, and the worker follows it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import Camera, CameraCalibration, CameraScores
from cameras.services import preset_update, scores_put
from cameras.turns import Turn, turn_ask, turn_take, turns_before
from detection.calibrate import ScoreSeries
from tests.cameras.queue import JobQueue
from tests.cast import Cast
from tests.workers.test_plan import held
from workers.calibration import calibrate_camera, calibrate_due, calibrate_next
from workers.moments import moment
from workers.plan import camera_plan
from workers.tasks import prune_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue() -> JobQueue:
    return JobQueue()


HOUR = 3600.0


def record(camera: Camera, hours: float, *, until: float | None = None, per_hour: int = 2, height: float = 0.9) -> None:
    """Keep hours of scores at one frame a second in which something happens so often an hour."""
    end = timezone.now().timestamp() - 60 if until is None else until
    start = end - hours * HOUR
    for begin in np.arange(start, end, 300.0):
        at = np.arange(begin, min(begin + 300.0, end))
        score = np.where((at - start) % (HOUR / per_hour) < 5.0, height, 0.1)
        series = ScoreSeries.of(at, score, np.ones(len(at), int))
        scores_put(
            organization_id=camera.organization_id,
            camera_id=camera.id,
            started_at=moment(float(at[0])),
            ended_at=moment(float(at[-1])),
            packed=series.pack(),
            highest=float(score.max()),
        )


def ask_for(cast: Cast, **fields) -> None:
    with tenant(cast.acme.id):
        preset_id = cast.gate3.preset_id
    preset_update(organization_id=cast.acme.id, preset_id=preset_id, at=timezone.now(), **fields)


def calibration(camera: Camera) -> CameraCalibration:
    with tenant(camera.organization_id):
        return CameraCalibration.objects.get(camera=camera)


def test_a_target_becomes_a_threshold_that_the_worker_follows(cast):
    ask_for(cast, basis="alerts", alerts_per_day=2.0)
    record(cast.gate3, 12.0)
    before = camera_plan(held(cast))
    calibrate_camera(cast.gate3.id)
    made = calibration(cast.gate3)
    assert (made.enough, made.threshold, made.alerts_per_day) == (True, 0.91, 0.0)
    assert made.wanted == {"alerts_per_day": 2.0}
    assert len(made.presets) == len(cast.presets)
    after = camera_plan(held(cast))
    assert after.version == before.version + 1
    assert after.settings.pipeline.events.threshold == 0.91
    assert after.opens_like(before)


def test_little_footage_leaves_the_presets_own_threshold(cast):
    ask_for(cast, basis="alerts", alerts_per_day=2.0)
    record(cast.gate3, 3.0)
    before = camera_plan(held(cast))
    calibrate_camera(cast.gate3.id)
    assert not calibration(cast.gate3).enough
    assert camera_plan(held(cast)) == before


def test_a_fixed_threshold_is_told_what_it_means(cast):
    ask_for(cast, basis="threshold")
    record(cast.gate3, 10.0)
    calibrate_camera(cast.gate3.id)
    made = calibration(cast.gate3)
    assert (made.threshold, round(made.alerts_per_day or 0)) == (0.75, 48)


def test_damaged_minutes_are_left_out(cast, caplog):
    record(cast.gate3, 10.0)
    with tenant(cast.acme.id):
        row = CameraScores.objects.order_by("started_at").first()
        CameraScores.objects.filter(id=row.id).update(packed=b"nonsense")
    calibrate_camera(cast.gate3.id)
    assert "some minutes of camera" in caplog.text
    assert calibration(cast.gate3).hours == pytest.approx(10.0 - 1 / 12, abs=0.01)


def test_what_is_due_is_computed_once_the_stalest_first(cast, queue):
    assert calibrate_due() == 0, "nothing is recorded"
    queue.take()
    assert queue.bodies == []
    record(cast.gate3, 1.0)
    record(cast.globex_camera, 1.0)
    assert calibrate_due() == 2
    calibrate_next()
    calibrate_next()
    assert calibration(cast.globex_camera).computed_at is not None
    assert calibration(cast.gate3).computed_at is not None
    assert calibrate_due() == 0
    for camera, hours in ((cast.globex_camera, 2), (cast.gate3, 3)):
        with tenant(camera.organization_id):
            CameraCalibration.objects.update(computed_at=timezone.now() - dt.timedelta(hours=hours))
    assert calibrate_due() == 2, "with under a day of footage an hour is long"
    turn_ask(cast.globex_camera.id, timezone.now().timestamp())
    assert [turns_before(camera.id) for camera in (cast.gate3, cast.globex_camera)] == [1, 0], "people go first"
    assert calibrate_due() == 2
    assert turns_before(cast.gate3.id) == 1


def test_a_round_does_not_send_again_what_waits(cast, queue):
    record(cast.gate3, 1.0)
    record(cast.globex_camera, 1.0)
    for _ in range(3):
        calibrate_due()
    queue.take()
    assert len(queue.bodies) == 1
    calibrate_next()
    queue.take()
    assert len(queue.bodies) == 1
    calibrate_next()
    queue.take()
    assert queue.bodies == []


def test_one_that_fails_keeps_none_from_its_turn(cast, queue, monkeypatch):
    record(cast.gate3, 1.0)
    record(cast.globex_camera, 1.0)
    turn_ask(cast.globex_camera.id, 2.0)
    turn_ask(cast.gate3.id, 1.0)
    with tenant(cast.acme.id):
        CameraScores.objects.update(packed=b"")
    monkeypatch.setattr("workers.calibration.ScoreSeries.unpack", lambda packed: 1 / len(packed))
    with pytest.raises(ZeroDivisionError):
        calibrate_next()
    assert turn_take() == Turn(cast.globex_camera.id, 2.0)


def test_a_camera_that_is_gone_is_no_error(cast):
    from uuid import uuid4

    calibrate_camera(uuid4())


def test_old_scores_are_pruned_in_every_organization(cast):
    now = timezone.now().timestamp()
    record(cast.gate3, 0.5)
    record(cast.gate3, 0.5, until=now - 9 * 24 * HOUR)
    record(cast.globex_camera, 0.5, until=now - 9 * 24 * HOUR)
    prune_scores()
    with tenant(cast.acme.id):
        assert CameraScores.objects.count() == 6
    with tenant(cast.globex.id):
        assert CameraScores.objects.count() == 0
