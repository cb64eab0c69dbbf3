"""Operators' decisions become footage that a scorer can be trained from."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from accounts.tenancy import tenant
from incidents.models import Event
from incidents.services.incidents import incident_resolve
from tests.incidents.sightings import after, closed, incident_at
from training.labels import read_labels
from workers.dispositions import write_dispositions

pytestmark = pytest.mark.django_db


def decided(cast, disposition: str, at_s: float, content: bytes = b"a clip"):
    """Make an event of four seconds with a clip that begins two seconds before it, and decide on it."""
    incident = incident_at(cast.gate3, at_s)
    with tenant(cast.acme.id):
        event = incident.events.get()
    closed(cast.gate3, event, at_s + 4.0)
    with tenant(cast.acme.id):
        name = default_storage.save(f"{cast.acme.id}/clips/{event.id}.mp4", ContentFile(content))
        Event.objects.filter(id=event.id).update(clip=name, clip_started_at=event.started_at - timedelta(seconds=2))
        incident_resolve(actor=cast.omar.actor, incident_id=incident.id, disposition=disposition, at=after(at_s + 60))
    return event, name


def test_alarms_and_normal_events_are_written_as_training_reads_them(cast, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    true, _ = decided(cast, "true alarm", 0.0)
    false, _ = decided(cast, "false alarm", 4000.0)
    decided(cast, "test", 8000.0)
    _, gone = decided(cast, "expected", 12_000.0)
    default_storage.delete(gone)
    out = StringIO()
    call_command("export_dispositions", cast.acme.slug, str(tmp_path / "out"), stdout=out)
    assert out.getvalue().startswith("Wrote 1 true alarms and 1 normal events to ")
    assert "the clips of 1 more are gone" in out.getvalue()
    with (tmp_path / "out" / "labels.csv").open() as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["clip", "start_s", "end_s", "label"],
        [f"{true.id}.mp4", "2.00", "6.00", "security threat"],
        [f"{false.id}.mp4", "2.00", "6.00", "normal"],
    ]
    clips = read_labels(tmp_path / "out" / "labels.csv")
    assert {(c.clip.path.name, c.positive) for c in clips} == {(f"{true.id}.mp4", True), (f"{false.id}.mp4", False)}


def test_what_cannot_be_written_is_one_sentence(cast, tmp_path):
    with pytest.raises(CommandError, match=r"^There is no organization 'nobody'\.$"):
        call_command("export_dispositions", "nobody", str(tmp_path / "out"))
    with pytest.raises(CommandError, match=r"^No event of Acme has both a decision and a clip\."):
        call_command("export_dispositions", cast.acme.slug, str(tmp_path / "out"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    with pytest.raises(CommandError, match=r"is not empty\. Name a new folder\.$"):
        call_command("export_dispositions", cast.acme.slug, str(tmp_path / "full"))


def test_nothing_of_another_organization_is_written(cast, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    decided(cast, "true alarm", 0.0)
    with pytest.raises(Exception, match=r"^No event of Globex has"):
        write_dispositions(cast.globex.slug, tmp_path / "out")
