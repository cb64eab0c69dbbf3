"""What workers report of a camera."""

from __future__ import annotations

import datetime as dt

from accounts.tenancy import tenant
from cameras.models import CameraState
from cameras.services import camera_delete, camera_disable, camera_state_report
from tests.cameras.planted import PASSWORD, SOURCE

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(seconds=2)


def report(camera, status: str, at: dt.datetime, message: str = "", **figures) -> bool:
    return camera_state_report(
        camera_id=camera.id, organization_id=camera.organization_id, status=status, message=message, at=at, **figures
    )


def state_of(camera) -> CameraState:
    with tenant(camera.organization_id):
        return CameraState.objects.get(camera=camera)


def test_since_moves_with_the_status_only(cast) -> None:
    assert report(cast.gate3, "online", AT, frames=10, width=640, height=480, score=0.25) is True
    assert report(cast.gate3, "online", LATER, frames=20) is False
    state = state_of(cast.gate3)
    assert (state.status, state.since, state.reported_at) == ("online", AT, LATER)
    assert (state.frames, state.width, state.height, state.score) == (20, 640, 480, 0.25)
    assert report(cast.gate3, "offline", LATER) is True
    assert state_of(cast.gate3).since == LATER


def test_a_message_is_masked_and_cut(cast) -> None:
    report(cast.gate3, "offline", AT, f"{SOURCE} refused the password. " + "x" * 400)
    message = state_of(cast.gate3).message
    assert message.startswith("rtsp://***:***@10.0.0.8:554/stream refused the password. xxx")
    assert len(message) == 300
    assert PASSWORD not in message


def test_a_disabled_camera_stays_disabled_whatever_a_late_worker_says(cast, secret_camera) -> None:
    camera_disable(organization_id=cast.acme.id, camera_id=secret_camera.id, at=AT)
    assert report(secret_camera, "online", LATER) is False
    state = state_of(secret_camera)
    assert (state.status, state.since) == ("disabled", AT)


def test_a_camera_that_is_gone_is_left_alone(cast, secret_camera) -> None:
    camera_delete(organization_id=cast.acme.id, camera_id=secret_camera.id, at=AT)
    assert report(secret_camera, "online", LATER) is False
    with tenant(cast.acme.id):
        assert not CameraState.objects.filter(camera_id=secret_camera.id).exists()


def test_another_organizations_camera_cannot_be_reported(cast, rows) -> None:
    before = rows()
    assert not camera_state_report(
        camera_id=cast.gate3.id, organization_id=cast.globex.id, status="offline", message="", at=AT
    )
    assert rows() == before
