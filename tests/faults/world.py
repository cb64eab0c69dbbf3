"""The installation that the fault tests share, and the cameras in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import Camera, Preset
from cameras.services import camera_update
from incidents.services.incidents import incident_acknowledge
from tests.cast import Cast, make_camera, make_cast
from tests.faults.facts import events_of
from tests.faults.scene import write_scene
from tests.faults.system import System, until
from tests.rtsp_server import GarbageServer, RtspServer, refused_port

PASSWORD = "green-door"


@dataclass(frozen=True)
class World:
    """gate shows a scene with events; yard is there to be broken; locked asks for a password."""

    cast: Cast
    system: System
    gate: Camera
    yard: Camera
    yard_server: RtspServer
    locked: Camera
    locked_server: RtspServer
    refused: Camera
    garbage: Camera

    def acknowledge_first(self) -> None:
        """Wait for the first incident of Gate and let Omar take it, if he has not."""
        until(lambda: events_of(self.gate), 120, "the first event of Gate")
        first = events_of(self.gate)[0].incident
        with tenant(self.cast.acme.id):
            incident_acknowledge(actor=self.cast.omar.actor, incident_id=first.id, at=timezone.now())

    def complaints(self) -> list[str]:
        """Return what the watching nodes call an error."""
        lines = "\n".join(self.system.log(node) for node in ("alpha", "beta")).splitlines()
        return [line for line in lines if " ERROR " in line or " CRITICAL " in line]

    def change_source(self, camera: Camera, source: str) -> None:
        """Give a camera another address, as a manager does."""
        camera_update(organization_id=camera.organization_id, camera_id=camera.id, source=source, at=timezone.now())


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
    """Start everything; the cameras are taken up within seconds."""
    cast = make_cast()
    with tenant(cast.acme.id):
        alert = Preset.objects.create(
            organization_id=cast.acme.id, name="alert", threshold=0.3, cooldown_seconds=1.0, analysed_fps=5.0
        )
        Camera.objects.filter(id=cast.gate3.id).delete()
    with (
        RtspServer(write_scene(folder / "scene.mp4"), fps=15) as gate,
        RtspServer(size=(320, 240), fps=10) as yard,
        RtspServer(size=(320, 240), fps=10, user="guard", password=PASSWORD) as locked,
        GarbageServer() as garbage,
    ):
        cameras = {
            name: make_camera(cast.north, alert, name, source)
            for name, source in (
                ("Gate", gate.url),
                ("Yard", yard.url),
                ("Locked", locked.url_as("guard", "wrong-" + PASSWORD)),
                ("Refused", f"rtsp://127.0.0.1:{refused_port()}/camera"),
                ("Garbage", garbage.url),
            )
        }
        logs = folder / "logs"
        logs.mkdir()
        with System(logs, nodes=("alpha", "beta")) as system:
            yield World(
                cast=cast,
                system=system,
                gate=cameras["Gate"],
                yard=cameras["Yard"],
                yard_server=yard,
                locked=cameras["Locked"],
                locked_server=locked,
                refused=cameras["Refused"],
                garbage=cameras["Garbage"],
            )
