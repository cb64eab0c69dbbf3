"""The REST API of sites, cameras and presets."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.services import token_create
from accounts.tenancy import tenant
from cameras.models import Camera, Site
from cameras.services import camera_source, camera_state_report
from tests.cameras.planted import PASSWORD, SOURCE
from tests.cast import make_camera

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
REASON = "Your role in Acme is {}; it does not let you change sites, cameras and presets."


def send(client: Any, method: str, path: str, data: Any = None) -> Any:
    return getattr(client, method)(f"/api/v1/{path}", data, content_type="application/json")


def error(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["error"]
    return found


def test_a_manager_adds_changes_and_deletes_a_site(cast, client) -> None:
    cast.login(client, cast.mia)
    made = send(client, "post", "sites/", {"name": "East", "venue_capacity": 400, "team_ids": [str(cast.fire.id)]})
    assert made.status_code == 201
    site = made.json()
    assert site == {
        "id": site["id"],
        "name": "East",
        "address": "",
        "time_zone": "UTC",
        "venue_capacity": 400,
        "event_type": "",
        "security_level": "standard",
        "teams": [{"id": str(cast.fire.id), "name": "Fire"}],
        "cameras": 0,
    }
    changed = send(client, "patch", f"sites/{site['id']}/", {"address": "1 Gate Road", "team_ids": []})
    assert (changed.status_code, changed.json()["address"], changed.json()["teams"]) == (200, "1 Gate Road", [])
    assert send(client, "delete", f"sites/{site['id']}/").status_code == 204
    with tenant(cast.acme.id):
        assert not Site.objects.filter(name="East").exists()


def test_a_camera_is_made_with_an_address_that_is_never_shown_again(cast, client) -> None:
    cast.login(client, cast.mia)
    body = {
        "name": "Dock",
        "site_id": str(cast.north.id),
        "preset_id": str(cast.presets["moderate"].id),
        "source": SOURCE,
    }
    made = send(client, "post", "cameras/", body)
    assert made.status_code == 201
    camera = made.json()
    assert camera["source_masked"] == "rtsp://***:***@10.0.0.8:554/stream"
    assert (camera["site"]["name"], camera["preset"]["name"]) == ("North", "Moderate")
    assert (camera["enabled"], camera["detector"], camera["masks"], camera["status"]) == (
        True,
        "builtin",
        [],
        "waiting",
    )
    assert (camera["state"]["status"], camera["state"]["frames"]) == ("waiting", 0)
    read = client.get(f"/api/v1/cameras/{camera['id']}/")
    assert read.json() == camera
    assert "source" not in camera
    assert PASSWORD not in made.content.decode() + read.content.decode()
    with tenant(cast.acme.id):
        assert camera_source(Camera.objects.get(id=camera["id"])) == SOURCE


def test_stop_and_start(cast, client) -> None:
    cast.login(client, cast.mia)
    stopped = send(client, "post", f"cameras/{cast.gate3.id}/stop/")
    assert (stopped.status_code, stopped.json()["enabled"], stopped.json()["status"]) == (200, False, "disabled")
    started = send(client, "post", f"cameras/{cast.gate3.id}/start/")
    assert (started.status_code, started.json()["enabled"], started.json()["status"]) == (200, True, "waiting")
    assert started.json()["config_version"] == 3


def test_everyone_reads_the_presets(cast, client) -> None:
    cast.login(client, cast.vera)
    listed = client.get("/api/v1/presets/").json()["results"]
    assert [(each["name"], each["basis"], each["threshold"], each["cameras"]) for each in listed] == [
        ("Balanced", "share", 0.75, 1),
        ("Conservative", "share", 0.85, 0),
        ("Default", "alerts", 0.75, 0),
        ("Moderate", "share", 0.6, 0),
        ("Sensitive", "share", 0.45, 0),
    ]


def test_a_manager_adds_changes_and_deletes_a_preset(cast, client) -> None:
    cast.login(client, cast.mia)
    made = send(client, "post", "presets/", {"name": "Own", "basis": "alerts", "alerts_per_day": 5})
    assert made.status_code == 201
    preset = made.json()
    assert preset == {
        "id": preset["id"],
        "name": "Own",
        "description": "",
        "basis": "alerts",
        "alerts_per_day": 5.0,
        "share": None,
        "threshold": 0.75,
        "hysteresis_low_ratio": 0.7,
        "min_frames": 2,
        "lone_frames": None,
        "sense_threshold": 0.75,
        "smoothing_s": 0.0,
        "end_patience_frames": 10,
        "cooldown_seconds": 10.0,
        "analysed_fps": 5.0,
        "cameras": 0,
    }
    changed = send(client, "patch", f"presets/{preset['id']}/", {"basis": "share", "share": 0.02})
    assert (changed.status_code, changed.json()["basis"], changed.json()["share"]) == (200, "share", 0.02)
    refused = send(client, "patch", f"presets/{preset['id']}/", {"share": None})
    assert (refused.status_code, error(refused)["fields"]) == (
        400,
        {"share": ["Say which share of the footage counts as unusual, from 0.001 to 0.5."]},
    )
    assert send(client, "delete", f"presets/{preset['id']}/").status_code == 204
    used = send(client, "delete", f"presets/{cast.presets['balanced'].id}/")
    assert (used.status_code, error(used)["message"]) == (
        409,
        "“Balanced” cannot be deleted: 1 camera uses it. Give them another preset first.",
    )


CHANGES = [
    ("post", "sites/", {"name": "East"}),
    ("patch", "sites/{north}/", {"name": "East"}),
    ("delete", "sites/{south}/", None),
    ("post", "cameras/", {"name": "Mine"}),
    ("patch", "cameras/{gate3}/", {"name": "Mine"}),
    ("delete", "cameras/{gate3}/", None),
    ("post", "cameras/{gate3}/start/", None),
    ("post", "cameras/{gate3}/stop/", None),
    ("post", "cameras/{gate3}/calibrate/", {"alerts_per_day": 1}),
    ("post", "cameras/{gate3}/preset/", {"preset": "Sensitive"}),
    ("post", "cameras/{gate3}/baseline/relearn/", None),
    ("post", "presets/", {"name": "Own"}),
    ("patch", "presets/{balanced}/", {"share": 0.2}),
    ("delete", "presets/{balanced}/", None),
]


def filled(cast: Any, path: str) -> str:
    return path.format(
        north=cast.north.id, south=cast.south.id, gate3=cast.gate3.id, balanced=cast.presets["balanced"].id
    )


@pytest.mark.parametrize(("method", "path", "data"), CHANGES)
@pytest.mark.parametrize("who", ["omar", "vera"])
def test_a_member_without_the_right_gets_403_with_the_reason(cast, client, rows, who, method, path, data) -> None:
    before = rows()
    response = send(cast.login(client, getattr(cast, who)), method, filled(cast, path), data)
    role = {"omar": "operator", "vera": "viewer"}[who]
    assert (response.status_code, error(response)) == (
        403,
        {"code": "permission_denied", "message": REASON.format(role), "fields": {}},
    )
    assert rows() == before


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        *(change for change in CHANGES if "{" in change[1]),
        ("get", "sites/{north}/", None),
        ("get", "cameras/{gate3}/", None),
        ("get", "cameras/{gate3}/snapshot/", None),
    ],
)
def test_a_stranger_gets_404(cast, client, rows, method, path, data) -> None:
    before = rows()
    response = send(cast.login(client, cast.greta), method, filled(cast, path), data)
    assert (response.status_code, error(response)["code"]) == (404, "not_found")
    assert rows() == before


def test_a_stranger_lists_only_their_own(cast, client) -> None:
    cast.login(client, cast.greta)
    assert [site["name"] for site in client.get("/api/v1/sites/").json()["results"]] == ["Harbour"]
    assert [camera["name"] for camera in client.get("/api/v1/cameras/").json()["results"]] == ["Pier"]
    assert client.get("/api/v1/cameras/", {"site": cast.north.id}).json()["results"] == []
    assert len(client.get("/api/v1/presets/").json()["results"]) == 5


@pytest.mark.parametrize("path", ["sites/", "cameras/", "presets/", "cameras/{gate3}/", "cameras/{gate3}/snapshot/"])
def test_nobody_reads_without_logging_in(cast, client, path) -> None:
    assert client.get(f"/api/v1/{filled(cast, path)}").status_code == 401


def test_a_stranger_cannot_point_a_camera_at_anothers_site(cast, client, rows) -> None:
    before = rows()
    with tenant(cast.globex.id):
        preset = Camera.objects.get(id=cast.globex_camera.id).preset_id
    body = {"name": "Spy", "site_id": str(cast.north.id), "preset_id": str(preset), "source": "rtsp://h/a"}
    response = send(cast.login(client, cast.greta), "post", "cameras/", body)
    assert (response.status_code, error(response)["fields"]) == (
        400,
        {"site_id": ["There is no such site in your organization."]},
    )
    assert rows() == before


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"source": f"ftp://root:{PASSWORD}@host/a"}, ["source"]),
        ({"source": ""}, ["source"]),
        ({"masks": [[[0, 0], [1, 1]]]}, ["masks"]),
        ({"masks": [[[0, 0], [1, 2], [1, 1]]]}, ["masks"]),
        ({"detector": "../x.onnx"}, ["detector"]),
        ({"site_id": "x"}, ["site_id"]),
        ({"preset_id": str(uuid.uuid4())}, ["preset_id"]),
        ({"scorer": "../x"}, ["scorer"]),
        ({"share": 0.7}, ["share"]),
        ({"alerts_per_day": 0}, ["alerts_per_day"]),
        ({"alerts_per_day": 2, "share": 0.1}, ["share"]),
    ],
)
def test_wrong_values_come_back_in_the_envelope(cast, client, rows, data, fields) -> None:
    before = rows()
    response = send(cast.login(client, cast.mia), "patch", f"cameras/{cast.gate3.id}/", data)
    assert (response.status_code, error(response)["code"], list(error(response)["fields"])) == (400, "invalid", fields)
    assert PASSWORD not in response.content.decode()
    assert rows() == before


def test_what_is_in_use_answers_409(cast, client, rows) -> None:
    before = rows()
    response = send(cast.login(client, cast.mia), "delete", f"sites/{cast.north.id}/")
    assert (response.status_code, error(response)) == (
        409,
        {"code": "conflict", "message": "“North” cannot be deleted: it has 1 camera.", "fields": {}},
    )
    assert rows() == before


def test_filters(cast, client) -> None:
    make_camera(cast.south, cast.presets["sensitive"], "Yard", enabled=False)
    camera_state_report(
        camera_id=cast.gate3.id, organization_id=cast.acme.id, status="online", message="", at=timezone.now()
    )
    cast.login(client, cast.omar)

    def names(path: str, **query: Any) -> list[str]:
        return [row["name"] for row in client.get(f"/api/v1/{path}/", query).json()["results"]]

    assert names("cameras") == ["Gate 3", "Yard"]
    assert names("cameras", site=cast.south.id) == ["Yard"]
    assert names("cameras", preset=cast.presets["balanced"].id) == ["Gate 3"]
    assert names("cameras", enabled="false") == ["Yard"]
    assert names("cameras", status="online") == ["Gate 3"]
    assert names("cameras", name="gate") == ["Gate 3"]
    assert names("sites", team=cast.security.id) == ["North"]
    assert names("sites", name="sou") == ["South"]
    assert client.get("/api/v1/cameras/", {"status": "asleep"}).status_code == 400


def test_lists_are_paged_by_a_cursor(cast, client) -> None:
    for number in range(4):
        make_camera(cast.south, cast.presets["balanced"], f"Yard {number}")
    cast.login(client, cast.omar)
    seen, url = [], "/api/v1/cameras/?limit=2"
    while url:
        page = client.get(url).json()
        seen.append([camera["name"] for camera in page["results"]])
        url = page["next"]
    assert seen == [["Gate 3", "Yard 0"], ["Yard 1", "Yard 2"], ["Yard 3"]]


@pytest.mark.parametrize("path", ["sites", "cameras", "presets"])
def test_a_longer_list_takes_no_more_queries(cast, client, django_assert_num_queries, path) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cast.login(client, cast.omar)
    with CaptureQueriesContext(
        connection,
    ) as short:
        client.get(f"/api/v1/{path}/")
    for number in range(5):
        make_camera(cast.south, cast.presets["balanced"], f"Yard {number}")
        with tenant(cast.acme.id):
            Site.objects.create(organization=cast.acme, name=f"Site {number}")
    with django_assert_num_queries(len(short)):
        client.get(f"/api/v1/{path}/")


def test_a_token_reads_and_writes_as_its_member(cast, client) -> None:
    with tenant(cast.acme.id):
        _, key = token_create(membership=cast.mia.membership, name="integration", at=AT)
    headers = {"Authorization": f"Token {key}"}
    listed = client.get("/api/v1/cameras/", headers=headers)
    assert [camera["name"] for camera in listed.json()["results"]] == ["Gate 3"]
    stopped = client.post(f"/api/v1/cameras/{cast.gate3.id}/stop/", headers=headers)
    assert stopped.json()["enabled"] is False


def test_the_schema_says_all_of_it_without_a_warning() -> None:
    from drf_spectacular.drainage import GENERATOR_STATS
    from drf_spectacular.generators import SchemaGenerator

    from cameras.api.urls import urlpatterns

    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        schema = SchemaGenerator(patterns=urlpatterns).get_schema(request=None, public=True)
        messages = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    assert messages == []
    assert sorted(schema["paths"]) == [
        "/cameras/",
        "/cameras/{id}/",
        "/cameras/{id}/baseline/",
        "/cameras/{id}/baseline/relearn/",
        "/cameras/{id}/calibrate/",
        "/cameras/{id}/calibration/",
        "/cameras/{id}/preset/",
        "/cameras/{id}/scores/",
        "/cameras/{id}/snapshot/",
        "/cameras/{id}/start/",
        "/cameras/{id}/stop/",
        "/presets/",
        "/presets/{id}/",
        "/senses/",
        "/sites/",
        "/sites/{id}/",
    ]
    camera = schema["components"]["schemas"]["Camera"]["properties"]
    assert camera["source"]["writeOnly"] is True
    assert camera["source_masked"]["readOnly"] is True
