"""Acme's things that the permission table asks for, and the bodies it sends."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services import token_create
from accounts.tenancy import tenant
from cameras.models import Site
from cameras.services import scores_put
from cameras.snapshots import snapshot_put
from incidents.models import Event
from incidents.services.incidents import incident_resolve
from tests.cast import make_camera
from tests.incidents.sightings import incident_at


class Things:
    """One of each thing of Acme; made once a test, since a request may change it."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast
        self.incident = incident_at(cast.gate3)
        other = make_camera(cast.south, cast.presets["balanced"], "Door")
        self.resolved = incident_at(other)
        with tenant(cast.acme.id):
            incident_resolve(
                actor=cast.omar.actor,
                incident_id=self.resolved.id,
                disposition="false alarm",
                note="",
                at=timezone.now(),
            )
            self.event = Event.objects.get(incident=self.incident)
            folder = f"{cast.acme.id}/{self.event.id}"
            self.event.peak_image = default_storage.save(f"{folder}/peak.jpg", ContentFile(b"\xff\xd8\xff\xd9"))
            self.event.clip = default_storage.save(f"{folder}/clip.mp4", ContentFile(b"\x00" * 64))
            self.event.save(update_fields=["peak_image", "clip"])
            self.empty_site = Site.objects.create(organization_id=cast.acme.id, name="Empty")
            self.audit_entry = AuditEntry.objects.order_by("at", "id").first()
        self.idle_preset = cast.presets["sensitive"]
        scores_put(
            organization_id=cast.acme.id,
            camera_id=cast.gate3.id,
            started_at=timezone.now() - dt.timedelta(hours=7),
            ended_at=timezone.now(),
            packed=b"",
            highest=0.5,
        )
        self.idle_camera = make_camera(cast.south, cast.presets["balanced"], "Idle")
        self.token, _ = token_create(membership=cast.omar.membership, name="Door", at=timezone.now())
        snapshot_put(cast.gate3.id, b"\xff\xd8\xff\xd9", timezone.now().timestamp())
        self.probe = uuid.uuid4()
        cache.delete(f"probe:{self.probe}")

    def address(self, names: tuple[str, ...]) -> list[Any]:
        """Return what fills an address, in order."""
        return [self._one(name) for name in names]

    def _one(self, name: str) -> Any:
        if name == "camera":
            return self.cast.gate3.id
        if name == "site":
            return self.cast.north.id
        if name == "preset":
            return self.cast.presets["balanced"].id
        if name == "team":
            return self.cast.security.id
        if name == "membership":
            return self.cast.omar.membership.id
        if name == "content_type_id":
            return ContentType.objects.get_for_model(Site).id
        if name == "app_label":
            return "cameras"
        found = getattr(self, name)
        return found if isinstance(found, uuid.UUID) else found.id

    def body(self, name: str) -> dict[str, Any]:
        """Return what a row sends."""
        return {
            "": {},
            "organization": {"organization": str(self.cast.acme.id)},
            "resolution": {"disposition": "false alarm", "note": "A cat."},
            "comment": {"text": "A cat."},
            "setting": {"preset": str(self.cast.presets["sensitive"].id), "alerts_per_day": "5"},
            "preset_choice": {"preset": "Sensitive"},
            "preset": {"name": "Night", "threshold": 0.5},
            "site": {"name": "East", "time_zone": "UTC"},
            "senses_form": {"transcripts": "off", "languages": "de"},
            "senses": {"transcripts": "off", "languages": ["de"], "phrases": None, "prompts": "", "posture": {}},
            "transcripts": {"transcripts": "phrases"},
            "name": {"name": "Gate 4"},
            "camera": {
                "name": "Gate 5",
                "site_id": str(self.cast.north.id),
                "preset_id": str(self.cast.presets["balanced"].id),
                "source": "rtsp://127.0.0.1:1/none",
            },
            "probe": {"source": "rtsp://127.0.0.1:1/none"},
        }[name]
