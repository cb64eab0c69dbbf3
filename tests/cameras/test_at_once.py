"""Two at once, in two real transactions: the database decides, and nobody's word is lost."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.tenancy import tenant
from cameras.models import Camera, CameraState
from cameras.services import camera_create, camera_disable, camera_state_report, preset_update

pytestmark = pytest.mark.django_db(transaction=True)

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DEADLINE_S = 20


def in_threads(*functions: Callable[[], Any]) -> list[Any]:
    """Run the functions at once, each on its own connection; return their results or exceptions."""
    together = threading.Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        together.wait(DEADLINE_S)
        try:
            return function()
        except ValidationError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(DEADLINE_S) for future in [pool.submit(run, function) for function in functions]]


def test_of_two_cameras_with_one_name_exactly_one_is_made(cast) -> None:
    def create() -> Camera:
        return camera_create(
            organization_id=cast.acme.id,
            at=AT,
            site_id=cast.south.id,
            preset_id=cast.presets["balanced"].id,
            name="Yard",
            source="rtsp://10.0.0.8/a",
        )

    results = in_threads(create, create)
    refused = [result for result in results if isinstance(result, ValidationError)]
    assert [refusal.message_dict for refusal in refused] == [
        {"name": ["There is a camera with this name at this site already."]}
    ]
    with tenant(cast.acme.id):
        assert Camera.objects.filter(name="Yard").count() == 1


def test_a_report_that_overlaps_a_disable_never_hides_it(cast, secret_camera) -> None:
    disabled_but_open, reported = threading.Event(), threading.Event()

    def disable_and_wait() -> None:
        with transaction.atomic():
            camera_disable(organization_id=cast.acme.id, camera_id=secret_camera.id, at=AT)
            disabled_but_open.set()
            # The report is sent now and waits for the state's lock, held by this transaction.
            wait_until_blocked()

    def wait_until_blocked() -> None:
        deadline = threading.Event()
        for _ in range(DEADLINE_S * 50):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
                if cursor.fetchone()[0]:
                    return
            deadline.wait(0.02)
        raise AssertionError("the report never waited")

    def report() -> bool:
        assert disabled_but_open.wait(DEADLINE_S)
        changed = camera_state_report(
            camera_id=secret_camera.id, organization_id=cast.acme.id, status="online", message="", at=AT
        )
        reported.set()
        return changed

    assert in_threads(disable_and_wait, report) == [None, False]
    assert reported.is_set()
    with tenant(cast.acme.id):
        assert CameraState.objects.get(camera=secret_camera).status == "disabled"


def test_changing_a_preset_and_its_camera_at_once_counts_both(cast, secret_camera) -> None:
    def change_preset() -> None:
        preset_update(organization_id=cast.acme.id, at=AT, preset_id=cast.presets["balanced"].id, cooldown_seconds=5.0)

    def change_camera() -> None:
        camera_disable(organization_id=cast.acme.id, camera_id=secret_camera.id, at=AT)

    assert in_threads(change_preset, change_camera) == [None, None]
    with tenant(cast.acme.id):
        assert Camera.objects.get(id=secret_camera.id).config_version == 3
