"""Every address × who asks × what they get. The things asked for are Acme's; Greta is of Globex.

A row: route, method, then the status for nobody, Vera (viewer), Omar (operator), Mia (manager), Olga (owner), Greta.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

WHO = ("nobody", "vera", "omar", "mia", "olga", "greta")


@dataclass(frozen=True)
class Row:
    route: str
    method: str
    expected: tuple[int, ...]
    things: tuple[str, ...] = ()
    """Which of Acme's things fill the address, by the names in tests/permissions/things.py."""
    data: str = ""
    """The name of the body to send."""

    @property
    def id(self) -> str:
        return f"{self.method} {self.route}"


def row(route: str, method: str, expected: str, things: str = "", data: str = "") -> Row:
    codes = tuple(int(code) for code in expected.split())
    assert len(codes) == len(WHO), route
    return Row(route, method, codes, tuple(things.split()), data)


PORTAL = [
    row("home", "GET", "302 302 302 302 302 302"),
    row("login", "GET", "200 302 302 302 302 302"),
    row("logout", "POST", "302 302 302 302 302 302"),
    row("password-change", "GET", "302 200 200 200 200 200"),
    row("password-changed", "GET", "302 302 302 302 302 302"),
    row("organizations", "GET", "302 200 200 200 200 200"),
    row("organizations", "POST", "302 302 302 302 302 404", data="organization"),
    row("console", "GET", "302 200 200 200 200 200"),
    row("search", "GET", "302 200 200 200 200 200"),
    row("console-queue", "GET", "302 200 200 200 200 200"),
    row("console-card", "GET", "302 200 200 200 200 404", "incident"),
    row("console-stage", "GET", "302 200 200 200 200 404", "incident"),
    row("console-emergency", "GET", "302 200 200 200 200 404", "incident"),
    row("incident", "GET", "302 200 200 200 200 404", "incident"),
    row("incident-acknowledge", "POST", "302 403 302 302 302 404", "incident"),
    row("incident-resolve", "POST", "302 403 302 302 302 404", "incident", "resolution"),
    row("incident-reopen", "POST", "302 403 302 302 302 404", "resolved"),
    row("incident-comment", "POST", "302 403 302 302 302 404", "incident", "comment"),
    row("event-clip", "GET", "302 200 200 200 200 404", "event"),
    row("event-peak", "GET", "302 200 200 200 200 404", "event"),
    row("cameras", "GET", "302 200 200 200 200 200"),
    row("camera", "GET", "302 200 200 200 200 404", "camera"),
    row("camera-setting", "POST", "302 403 403 302 302 404", "camera", "setting"),
    row("camera-calibrate", "POST", "302 403 403 302 302 404", "camera"),
    row("camera-relearn", "POST", "302 403 403 302 302 404", "camera"),
    row("camera-senses", "POST", "302 403 403 302 302 404", "camera"),
    row("camera-snapshot", "GET", "302 200 200 200 200 404", "camera"),
    row("senses", "GET", "302 403 403 200 200 200"),
    row("senses", "POST", "302 403 403 302 302 302", data="senses_form"),
    row("models", "GET", "302 403 403 200 200 200"),
    row("system", "GET", "302 403 403 200 200 200"),
]

OPEN_TO_ALL = [
    row("health", "GET", "503 503 503 503 503 503"),  # no worker runs beside these tests
    row("metrics", "GET", "200 200 200 200 200 200"),  # from loopback, as here; see tests/workers/test_metrics.py
    row("favicon", "GET", "302 302 302 302 302 302"),
    row("schema", "GET", "200 200 200 200 200 200"),
    row("docs", "GET", "200 200 200 200 200 200"),
    row("redoc", "GET", "200 200 200 200 200 200"),
]

REST = [
    row("api-site-list", "GET", "401 200 200 200 200 200"),
    row("api-site-list", "POST", "401 403 403 201 201 201", data="site"),
    row("api-site-detail", "GET", "401 200 200 200 200 404", "site"),
    row("api-site-detail", "PATCH", "401 403 403 200 200 404", "site", "site"),
    row("api-site-detail", "DELETE", "401 403 403 204 204 404", "empty_site"),
    row("api-camera-list", "GET", "401 200 200 200 200 200"),
    row("api-camera-list", "POST", "401 403 403 201 201 400", data="camera"),
    row("api-camera-detail", "GET", "401 200 200 200 200 404", "camera"),
    row("api-camera-detail", "PATCH", "401 403 403 200 200 404", "camera", "name"),
    row("api-camera-detail", "DELETE", "401 403 403 204 204 404", "idle_camera"),
    row("api-camera-start", "POST", "401 403 403 200 200 404", "camera"),
    row("api-camera-stop", "POST", "401 403 403 200 200 404", "camera"),
    row("api-camera-snapshot", "GET", "401 200 200 200 200 404", "camera"),
    row("api-camera-calibration", "GET", "401 200 200 200 200 404", "camera"),
    row("api-camera-calibrate", "POST", "401 403 403 202 202 404", "camera"),
    row("api-camera-preset", "POST", "401 403 403 200 200 404", "camera", "preset_choice"),
    row("api-camera-baseline", "GET", "401 200 200 200 200 404", "camera"),
    row("api-camera-relearn", "POST", "401 403 403 200 200 404", "camera"),
    row("api-camera-scores", "GET", "401 200 200 200 200 404", "camera"),
    row("api-preset-list", "GET", "401 200 200 200 200 200"),
    row("api-preset-list", "POST", "401 403 403 201 201 201", data="preset"),
    row("api-preset-detail", "GET", "401 200 200 200 200 404", "preset"),
    row("api-preset-detail", "PATCH", "401 403 403 200 200 404", "preset", "preset"),
    row("api-preset-detail", "DELETE", "401 403 403 204 204 404", "idle_preset"),
    row("api-senses", "GET", "401 200 200 200 200 200"),
    row("api-senses", "PUT", "401 403 403 200 200 200", data="senses"),
    row("api-senses", "PATCH", "401 403 403 200 200 200", data="transcripts"),
    row("api-models", "GET", "401 200 200 200 200 200"),
    row("api-event-list", "GET", "401 200 200 200 200 200"),
    row("api-event-detail", "GET", "401 200 200 200 200 404", "event"),
    row("api-event-search", "GET", "401 400 400 400 400 400"),
    row("api-event-similar", "GET", "401 200 200 200 200 404", "event"),
    row("api-event-stats-summary", "GET", "401 200 200 200 200 200"),
    row("api-incident-list", "GET", "401 200 200 200 200 200"),
    row("api-incident-detail", "GET", "401 200 200 200 200 404", "incident"),
    row("api-incident-acknowledge", "POST", "401 403 200 200 200 404", "incident"),
    row("api-incident-resolve", "POST", "401 403 200 200 200 404", "incident", "resolution"),
    row("api-incident-reopen", "POST", "401 403 200 200 200 404", "resolved"),
    row("api-incident-comment", "POST", "401 403 200 200 200 404", "incident", "comment"),
]


def _admin_pages(model: str, thing: str, rights: str, can: str) -> Iterator[Row]:
    """Rows of one model's admin pages; rights says who of Vera, Omar, Mia, Olga may, can which pages there are."""
    vera, omar, mia, olga = (letter == "y" for letter in rights)

    def codes(allowed: int, stranger: int) -> str:
        inside = [302, 302, allowed if mia else 403, allowed if olga else 403]
        assert not vera, model
        assert not omar, model
        return " ".join(str(code) for code in (302, *inside, stranger))

    yield row(f"admin:{model}_changelist", "GET", codes(200, 200))
    yield row(f"admin:{model}_history", "GET", "302 302 302 404 404 404", thing)
    yield row(f"admin:{model}_add", "GET", codes(200, 200) if "a" in can else "302 302 302 403 403 403")
    yield row(f"admin:{model}_change", "GET", codes(200, 404), thing)
    delete = codes(200, 404) if "d" in can else ("302 302 302 403 403 404")
    yield row(f"admin:{model}_delete", "GET", delete, thing)


ADMIN = [
    row("admin:index", "GET", "302 302 302 200 200 200"),
    row("admin:login", "GET", "302 403 403 302 302 302"),
    row("admin:logout", "POST", "302 302 302 302 302 302"),
    row("admin:password_change", "GET", "302 302 302 200 200 200"),
    row("admin:password_change_done", "GET", "302 302 302 200 200 200"),
    row("admin:autocomplete", "GET", "302 302 302 403 403 403"),
    row("admin:jsi18n", "GET", "302 302 302 200 200 200"),
    row("admin:view_on_site", "GET", "302 302 302 404 404 404", "content_type_id site"),
    row("admin:app_list", "GET", "302 302 302 200 200 200", "app_label"),
    *_admin_pages("accounts_membership", "membership", "nnny", "ad"),
    *_admin_pages("accounts_team", "team", "nnyy", "ad"),
    *_admin_pages("accounts_apitoken", "token", "nnyy", "a"),
    *_admin_pages("accounts_auditentry", "audit_entry", "nnyy", ""),
    *_admin_pages("cameras_site", "site", "nnyy", "ad"),
    *_admin_pages("cameras_camera", "camera", "nnyy", "ad"),
    *_admin_pages("cameras_preset", "preset", "nnyy", "ad"),
    row("admin:search", "GET", "302 302 302 200 200 200"),
    row("admin:cameras_camera_enable", "POST", "302 302 302 302 302 404", "camera"),
    row("admin:cameras_camera_disable", "POST", "302 302 302 302 302 404", "camera"),
    row("admin:cameras_camera_test", "POST", "302 302 302 202 202 202", data="probe"),
    row("admin:cameras_camera_test_answer", "GET", "302 302 302 404 404 404", "probe"),  # only who asked may read
]

TABLE = [*PORTAL, *OPEN_TO_ALL, *REST, *ADMIN]
