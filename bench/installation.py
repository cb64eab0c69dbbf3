"""A throwaway installation to measure: `manage.py up` on a home of its own, with cameras that loop a clip."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_LIMIT_S = 120.0
PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Bench:
    """Where the installation listens, its API key, its supervisor, its organization, and its cameras' ids by name."""

    port: int
    key: str
    supervisor: subprocess.Popen[bytes]
    organization_id: Any
    cameras: dict[str, Any]


@contextlib.contextmanager
def running_installation(*, video: Path | None, cameras: int, **preset: Any) -> Iterator[Bench]:
    """Start everything, watch `video` (None: a rendered scene) with so many cameras, and remove it all at the end."""
    home = Path(tempfile.mkdtemp(prefix="vedette-bench-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {"VEDETTE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port)]
    with (home / "up.log").open("wb") as log:
        supervisor = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log)
    try:
        _wait_until_well(port, supervisor, home / "up.log")
        yield _furnish(home, port, supervisor, video, cameras, preset)
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_well(port: int, supervisor: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                if json.load(answer)["ok"]:
                    return
        except (OSError, ValueError):
            pass
        if supervisor.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"The installation did not start:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.25)


def _furnish(
    home: Path, port: int, supervisor: subprocess.Popen[bytes], video: Path | None, cameras: int, preset: dict[str, Any]
) -> Bench:
    import django

    django.setup()
    from django.utils import timezone

    from accounts.models import AlertScope, Role
    from accounts.services import membership_add, organization_create, token_create, user_create
    from accounts.tenancy import tenant
    from cameras.models import Preset, Site
    from cameras.services import camera_create
    from tests.faults.scene import write_scene

    at = timezone.now()
    source = video.resolve() if video else write_scene(home / "scene.mp4")
    organization = organization_create(name="Bench", slug="bench", at=at)
    user = user_create(email="bench@bench.example", password="a long pass phrase", full_name="Bench")
    member = membership_add(
        organization_id=organization.id, user=user, role=Role.OPERATOR, at=at, alerts=AlertScope.ALL
    )
    _, key = token_create(membership=member, name="bench", at=at)
    with tenant(organization.id):
        site = Site.objects.create(organization_id=organization.id, name="Site")
        settings = Preset.objects.create(organization_id=organization.id, name="bench", **preset)
    made = {}
    for number in range(1, cameras + 1):
        name = f"Camera {number}"
        made[name] = camera_create(
            organization_id=organization.id,
            at=timezone.now(),
            trusted_source=True,
            site_id=site.id,
            preset_id=settings.id,
            name=name,
            source=str(source),
            loop=True,
        ).id
    return Bench(port, key, supervisor, organization.id, made)
