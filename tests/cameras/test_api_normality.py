"""The REST API of what a camera has learned, what its setting means there, and its scores."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import Camera
from cameras.services import camera_update
from tests.cameras.learned import AT, HOUR, calibrated, learned, scored
from tests.cast import make_camera


@pytest.fixture
def dock(cast: Any) -> Camera:
    return make_camera(cast.north, cast.presets["default"], "Dock")


@pytest.fixture
def mia(cast: Any, client: Any) -> Any:
    return cast.login(client, cast.mia)


def get(client: Any, camera: Camera, path: str, **query: str) -> Any:
    return client.get(f"/api/v1/cameras/{camera.id}/{path}/", query)


def post(client: Any, camera: Camera, path: str, data: Any = None) -> Any:
    return client.post(f"/api/v1/cameras/{camera.id}/{path}/", data, content_type="application/json")


def error(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = response.json()["error"]
    return found


def test_a_baseline_is_read_as_the_worker_told_it(cast, client, dock) -> None:
    learned(dock, phase="warming up", progress=0.25, left_s=5400.0, message="Learning.")
    assert get(cast.login(client, cast.vera), dock, "baseline").json() == {
        "phase": "warming up",
        "progress": 0.25,
        "left_s": 5400.0,
        "message": "Learning.",
        "since": "2026-03-08T11:00:00Z",
        "learned_s": 187200.0,
        "objects": 1834,
        "version": "living1",
        "saved_at": None,
        "reported_at": "2026-03-08T12:00:00Z",
        "relearn_wanted_at": None,
    }


def test_a_camera_that_nobody_spoke_of_has_a_baseline_of_nothing(mia, dock) -> None:
    found = get(mia, dock, "baseline").json()
    assert (found["phase"], found["progress"], found["message"]) == (
        None,
        0.0,
        "Learning begins with the first pictures.",
    )


def test_learning_anew_is_wished_and_shown(mia, dock) -> None:
    learned(dock)
    answer = post(mia, dock, "baseline/relearn")
    assert answer.status_code == 200
    assert answer.json()["relearn_wanted_at"] is not None


def test_a_camera_that_learns_nothing_answers_409(cast, mia, dock) -> None:
    camera_update(organization_id=cast.acme.id, camera_id=dock.id, at=AT, scorer="robust")
    answer = post(mia, dock, "baseline/relearn")
    assert (answer.status_code, error(answer)) == (
        409,
        {
            "code": "conflict",
            "message": "“Dock” learns nothing: its scorer is robust. Choose baseline first.",
            "fields": {},
        },
    )


def test_a_calibration_is_told_with_its_sentence_its_table_and_every_preset(cast, client, dock) -> None:
    moderate = cast.presets["moderate"].id
    calibrated(dock, presets={moderate: {"wanted": {"share": 0.25}, "threshold": 0.5, "alerts_per_day": 31.0}})
    assert get(cast.login(client, cast.vera), dock, "calibration").json() == {
        "state": "computed",
        "message": "About 2 alerts a day at this setting, from the last 7 days; "
        "checked on 2 days that were not used to choose it: 1.8.",
        "wanted": {"alerts_per_day": 2.0},
        "threshold": 0.81,
        "alerts_per_day": 2.0,
        "held_out_alerts_per_day": 1.75,
        "sense_alerts_7d": 0,
        "share_over": 0.002,
        "hours": 168.0,
        "from_at": "2026-03-01T12:00:00Z",
        "to_at": "2026-03-08T12:00:00Z",
        "table": [[0.5, 31.0], [0.81, 2.0]],
        "presets": [{"preset_id": str(moderate), "name": "Moderate", "alerts_per_day": 31.0, "threshold": 0.5}],
        "computed_at": "2026-03-08T12:00:00Z",
    }


def test_without_footage_there_is_nothing_to_compute_from(mia, rows, dock) -> None:
    scored(dock, AT, minutes=12)
    sentence = (
        "This camera has 12 minutes of scores; about 6 hours are needed. "
        "Until then the preset's own threshold 0.75 holds."
    )
    before = rows()
    refused = post(mia, dock, "calibrate")
    assert (refused.status_code, error(refused)) == (409, {"code": "conflict", "message": sentence, "fields": {}})
    assert rows() == before
    found = get(mia, dock, "calibration").json()
    assert (found["state"], found["message"], found["threshold"]) == ("not enough footage", sentence, 0.75)


@pytest.mark.django_db(transaction=True)
def test_a_calibration_is_asked_for_and_polled(mia, dock, queue) -> None:
    scored(dock, AT, minutes=400)
    asked = post(mia, dock, "calibrate")
    assert (asked.status_code, asked.json()["state"], asked.json()["threshold"]) == (202, "computing", 0.75)
    queue.take()
    assert len(queue.bodies) == 1
    calibrated(dock, at=timezone.now())
    assert get(mia, dock, "calibration").json()["state"] == "computed"


@pytest.mark.parametrize("target", [{"alerts_per_day": 5.0}, {"share": 0.02}])
def test_a_target_becomes_the_cameras_own_even_before_there_is_footage(mia, dock, target) -> None:
    answer = post(mia, dock, "calibrate", target)
    assert (answer.status_code, answer.json()["wanted"]) == (202, target)
    name, value = next(iter(target.items()))
    camera = mia.get(f"/api/v1/cameras/{dock.id}/").json()
    assert (camera[name], camera["threshold"]) == (value, 0.75)


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        ({"share": 0.6}, {"share": ["A share of the footage lies between 0.001 (a thousandth) and 0.5 (half)."]}),
        (
            {"alerts_per_day": 0},
            {"alerts_per_day": ["Alerts a day lie between 0.1 (one in ten days) and 1000."]},
        ),
        (
            {"alerts_per_day": 2, "share": 0.1},
            {"share": ["Give alerts a day or a share of the footage, not both."]},
        ),
    ],
)
def test_a_target_out_of_range_is_refused_and_nothing_is_written(mia, rows, dock, target, fields) -> None:
    before = rows()
    refused = post(mia, dock, "calibrate", target)
    assert (refused.status_code, error(refused)["fields"]) == (400, fields)
    assert rows() == before


def test_a_preset_is_given_by_name_or_by_id_and_drops_the_cameras_own_target(cast, mia, dock) -> None:
    post(mia, dock, "calibrate", {"alerts_per_day": 5.0})
    by_name = post(mia, dock, "preset", {"preset": "Sensitive"}).json()
    assert (by_name["preset"]["name"], by_name["alerts_per_day"], by_name["threshold"]) == ("Sensitive", None, 0.45)
    by_id = post(mia, dock, "preset", {"preset": str(cast.presets["moderate"].id)}).json()
    assert (by_id["preset"]["name"], by_id["threshold"]) == ("Moderate", 0.6)


def test_an_unknown_preset_is_named_with_those_there_are(cast, mia, rows, dock) -> None:
    with tenant(cast.globex.id):
        foreign = str(Camera.objects.get(id=cast.globex_camera.id).preset_id)
    before = rows()
    for wanted in ("Loud", foreign):
        refused = post(mia, dock, "preset", {"preset": wanted})
        assert (refused.status_code, error(refused)["fields"]) == (
            400,
            {
                "preset": [
                    f"There is no preset “{wanted}” in your organization. "
                    "There are: Conservative, Balanced, Default, Moderate, Sensitive."
                ]
            },
        )
    assert rows() == before


def test_scores_are_points_of_a_span_with_the_threshold_that_holds(cast, client, dock) -> None:
    calibrated(dock)
    scored(dock, AT - HOUR, highest=0.25)
    scored(dock, AT - 30 * HOUR, highest=0.9)
    cast.login(client, cast.vera)
    assert get(client, dock, "scores", since="2026-03-08T10:00:00Z", until="2026-03-08T12:00:00Z").json() == {
        "since": "2026-03-08T10:00:00Z",
        "until": "2026-03-08T12:00:00Z",
        "threshold": 0.81,
        "points": [{"since": "2026-03-08T11:00:00Z", "until": "2026-03-08T11:05:00Z", "highest": 0.25}],
    }
    day = get(client, dock, "scores", until="2026-03-08T12:00:00Z").json()
    assert (day["since"], len(day["points"])) == ("2026-03-07T12:00:00Z", 1)


def test_without_a_span_the_last_day_is_told(mia, dock) -> None:
    scored(dock, timezone.now() - dt.timedelta(hours=2), highest=0.5)
    assert [point["highest"] for point in get(mia, dock, "scores").json()["points"]] == [0.5]


@pytest.mark.parametrize(
    ("span", "fields"),
    [
        (
            {"since": "2026-03-08T12:00:00Z", "until": "2026-03-08T12:00:00Z"},
            {"since": ["The span must begin before it ends."]},
        ),
        (
            {"since": "2026-02-01T12:00:00Z", "until": "2026-03-08T12:00:00Z"},
            {"since": ["Scores are kept for 8 days; ask for at most so many."]},
        ),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(mia, dock, span, fields) -> None:
    refused = get(mia, dock, "scores", **span)
    assert (refused.status_code, error(refused)["fields"]) == (400, fields)


def test_a_span_that_is_no_time_is_refused(mia, dock) -> None:
    refused = get(mia, dock, "scores", since="yesterday")
    assert (refused.status_code, list(error(refused)["fields"])) == (400, ["since"])
