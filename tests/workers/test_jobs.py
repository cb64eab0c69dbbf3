"""What the jobs' worker does in which order, as a process of its own on the real broker."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.credentials import encrypt
from cameras.models import CameraCalibration
from cameras.services import calibration_ask
from cameras.turns import QUEUE, turns_before
from config.celery import app
from config.engines.children import dies_with_parent
from tests.cameras.learned import HOUR, scored
from tests.cameras.queue import JobQueue
from tests.cast import Cast, make_camera
from tests.faults.system import PROJECT, until
from workers.supervisor.programs import programs

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_job_waits_behind_more_than_one_calibration(cast: Cast, tmp_path: Path) -> None:
    """Even on one thread: five thresholds and then the test of an address are asked for."""
    JobQueue()
    now = timezone.now()
    cameras = [make_camera(cast.north, cast.presets["default"], f"Dock {n}") for n in range(5)]
    for camera in cameras:
        scored(camera, now - 8 * HOUR, minutes=420)
        calibration_ask(organization_id=cast.acme.id, camera_id=camera.id, at=timezone.now(), actor=cast.mia.actor)
    assert [turns_before(camera.id) for camera in cameras] == [0, 1, 2, 3, 4]
    address = encrypt(str(tmp_path / "none.mp4")).decode()
    app.send_task("workers.probe_source", args=[str(uuid4()), address], queue=QUEUE)

    def computed() -> bool:
        with tenant(cast.acme.id):
            return CameraCalibration.objects.exclude(computed_at=None).count() == 5

    log = tmp_path / "jobs.log"
    with jobs_worker(log, threads=1):
        until(computed, 60, "all five thresholds are computed")
        until(lambda: len(ended(log)) == 6, 20, "the log names all jobs")
    assert ended(log) == ["calibrate_next", "probe_source", *["calibrate_next"] * 4]


class jobs_worker:
    """The jobs' worker as the supervisor starts it, but for its number of threads, with its log in a file."""

    def __init__(self, log: Path, threads: int) -> None:
        made = programs(home=Path(settings.VEDETTE_HOME), host="127.0.0.1", port=1, node="jobs", slots=1)
        program = next(each for each in made if each.name == "jobs")
        command = ["--loglevel=INFO" if part.startswith("--loglevel") else part for part in program.command]
        command[command.index("-c") + 1] = str(threads)
        self._command, self._environ, self._log = command, os.environ | dict(program.environ), log

    def __enter__(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=PROJECT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGKILL),
            )

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)


def ended(log: Path) -> list[str]:
    return re.findall(r"Task workers\.(\w+)\[[-0-9a-f]+\] succeeded", log.read_text(errors="replace"))
