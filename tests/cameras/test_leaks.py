"""A planted password shows nowhere: no page, no API answer, no log, no message, no traceback."""

from __future__ import annotations

import base64
import io
import logging
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.views.debug import ExceptionReporter

from accounts.models import AuditEntry
from accounts.tenancy import tenant
from cameras.models import Camera
from cameras.services import camera_state_report
from tests.cameras.planted import PASSWORD, SOURCE

SHAPES = (PASSWORD, quote(PASSWORD), base64.b64encode(PASSWORD.encode()).decode())


def pages(camera: Camera) -> list[str]:
    admin = [reverse(f"admin:cameras_camera_{what}", args=[camera.id]) for what in ("change", "delete")]
    return [
        reverse("admin:index"),
        reverse("admin:cameras_camera_changelist"),
        reverse("admin:cameras_site_changelist"),
        *admin,
        reverse("cameras"),
        reverse("camera", args=[camera.id]),
        reverse("console"),
        "/api/v1/cameras/",
        f"/api/v1/cameras/{camera.id}/",
        f"/api/v1/cameras/{camera.id}/snapshot/",
        "/api/v1/sites/",
        "/api/schema/",
        "/health",
    ]


def test_no_page_log_or_message_shows_the_password(cast, client, secret_camera, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    cast.login(client, cast.mia)
    camera_state_report(
        camera_id=secret_camera.id,
        organization_id=cast.acme.id,
        status="offline",
        message=f"{SOURCE} refused the password.",
        at=secret_camera.created_at,
    )
    client.raise_request_exception = False
    seen = [client.get(page).content.decode(errors="replace") for page in pages(secret_camera)]
    seen += [
        client.post(
            reverse("admin:cameras_camera_change", args=[secret_camera.id]), {"source": SOURCE}
        ).content.decode(),
        client.post(reverse("admin:cameras_camera_add"), {"source": f"x{SOURCE}"}).content.decode(),
        client.patch(
            f"/api/v1/cameras/{secret_camera.id}/", {"source": f"x{SOURCE}"}, "application/json"
        ).content.decode(),
        client.post("/api/v1/cameras/", {"source": SOURCE}, "application/json").content.decode(),
    ]
    with tenant(cast.acme.id):
        seen += [str(entry.details) + entry.target for entry in AuditEntry.objects.all()]
    seen.append(caplog.text)
    assert len(seen) > 15
    for text in seen:
        assert not any(shape in text for shape in SHAPES)


def test_no_repr_or_dump_shows_the_password(cast, secret_camera) -> None:
    with tenant(cast.acme.id):
        camera = Camera.objects.get(id=secret_camera.id)
        dump = io.StringIO()
        call_command("dumpdata", "cameras", stdout=dump)
    shown: list[Any] = [repr(camera), str(camera), repr(vars(camera)), dump.getvalue()]
    assert "Dock" in shown[0]
    for text in shown:
        assert not any(shape in text for shape in SHAPES)


def test_the_statements_sent_to_the_database_hold_no_password(cast, client, django_assert_max_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cast.login(client, cast.mia)
    body = {
        "name": "Dock",
        "site_id": str(cast.north.id),
        "preset_id": str(cast.presets["balanced"].id),
        "source": SOURCE,
    }
    with CaptureQueriesContext(connection) as queries:
        made = client.post("/api/v1/cameras/", body, "application/json")
    assert made.status_code == 201
    assert any('INSERT INTO "cameras_camera"' in query["sql"] for query in queries)
    assert not any(shape in query["sql"] for query in queries for shape in SHAPES)


@pytest.mark.parametrize("page", ["admin:cameras_camera_add", "admin:cameras_camera_test"])
def test_an_error_report_hides_the_typed_address(cast, client, monkeypatch, page) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken")

    reports: list[str] = []

    def keep(record: logging.LogRecord) -> None:
        reports.append(ExceptionReporter(record.request, *record.exc_info).get_traceback_text())

    handler = logging.Handler()
    handler.emit = keep
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    monkeypatch.setattr("cameras.forms.check_source", broken)
    monkeypatch.setattr("cameras.admin_probe.check_source", broken)
    client.raise_request_exception = False
    response = cast.login(client, cast.mia).post(reverse(page), {"source": SOURCE})
    logger.removeHandler(handler)
    assert response.status_code == 500
    [report] = reports
    assert "RuntimeError" in report
    assert PASSWORD not in report
