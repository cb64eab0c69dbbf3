"""The camera's page, without a browser and without a script: who sees what, and what its forms do."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import Camera, CameraBaseline, CameraCalibration
from cameras.services.baselines import Saved
from cameras.turns import turn_ask, turn_end, turn_take
from tests.cameras.learned import AT, HOUR, calibrated, learned, scored
from tests.cast import make_camera


@pytest.fixture
def dock(cast: Any) -> Camera:
    return make_camera(cast.north, cast.presets["default"], "Dock")


@pytest.fixture
def mia(cast: Any, client: Client) -> Client:
    return cast.login(client, cast.mia)


def shown(client: Client, camera: Camera) -> str:
    return client.get(reverse("camera", args=[camera.id])).content.decode()


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize(("who", "forms"), [("vera", 0), ("omar", 0), ("mia", 3), ("olga", 3)])
def test_everyone_sees_the_panels_and_managers_change(cast, client, dock, who, forms) -> None:
    learned(dock)
    calibrated(dock)
    page = shown(cast.login(client, getattr(cast, who)), dock)
    for words in ("What is normal here", "Active", "How often it alerts", "About 2 alerts a day at this setting"):
        assert words in page
    actions = [reverse(name, args=[dock.id]) for name in ("camera-setting", "camera-calibrate", "camera-relearn")]
    assert sum(f'action="{action}"' in page for action in actions) == forms


def test_learning_anew_says_exactly_what_is_lost(mia, dock) -> None:
    learned(dock)
    words = (
        "“Dock” then forgets the 2 days it has learned, its scores of the last 8 days and the threshold made of them. "
        "While it learns, the threshold 0.75 of “Default” holds. Incidents stay. This cannot be undone."
    )
    assert words in " ".join(shown(mia, dock).split())


def test_a_camera_that_learned_nothing_has_nothing_to_forget_and_nothing_to_compute(mia, dock) -> None:
    page = shown(mia, dock)
    assert "Learning begins with the first pictures." in page
    assert "No scores of the last 24 hours yet." in page
    assert reverse("camera-relearn", args=[dock.id]) not in page
    assert reverse("camera-calibrate", args=[dock.id]) not in page


def test_what_a_changed_address_means_and_what_a_calibration_waits_for_is_said(cast, mia, dock, queue) -> None:
    learned(dock, saved=Saved(b"gate", "0123456789abcdef"))
    calibrated(dock)
    with tenant(cast.acme.id):
        CameraCalibration.objects.update(asked_at=timezone.now())
    for at, camera in enumerate((cast.gate3, cast.globex_camera, dock)):
        turn_ask(camera.id, 1000.0 + at)
    page = shown(mia, dock)
    assert (
        "Its address was changed to another picture: it begins to learn anew within seconds of being watched." in page
    )
    assert "The last days will be looked at: 2 before it …" in page
    turn_end(turn_take())
    turn_end(turn_take())
    assert "The last days are being looked at …" in shown(mia, dock)


def test_the_wish_to_learn_anew_is_one_post(cast, mia, dock) -> None:
    learned(dock)
    answer = mia.post(reverse("camera-relearn", args=[dock.id]))
    assert (answer.status_code, answer.url) == (302, reverse("camera", args=[dock.id]))
    assert said(answer) == ["“Dock” learns anew what is normal there."]
    with tenant(cast.acme.id):
        assert CameraBaseline.objects.get(camera=dock).relearn_wanted_at is not None
    assert "It was asked to learn anew" in shown(mia, dock)


def test_a_setting_is_a_preset_and_perhaps_a_number_of_this_camera_alone(cast, mia, dock) -> None:
    address = reverse("camera-setting", args=[dock.id])
    sensitive = str(cast.presets["sensitive"].id)
    answer = mia.post(address, {"preset": sensitive, "alerts_per_day": "5"})
    assert said(answer) == ["“Dock” is set to 5 alerts a day."]
    answer = mia.post(address, {"preset": sensitive, "alerts_per_day": ""})
    with tenant(cast.acme.id):
        camera = Camera.objects.select_related("preset").get(id=dock.id)
    assert (camera.preset.name, camera.alerts_per_day) == ("Sensitive", None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"alerts_per_day": "0"}, "Alerts a day lie between 0.1 (one in ten days) and 1000."),
        ({"alerts_per_day": "many"}, "Enter a number."),
        (
            {"preset": "00000000-0000-0000-0000-000000000000"},
            "Select a valid choice. That choice is not one of the available choices.",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_words(cast, mia, rows, dock, data, message) -> None:
    before = rows()
    form = {"preset": str(cast.presets["default"].id), **data}
    assert said(mia.post(reverse("camera-setting", args=[dock.id]), form)) == [message]
    assert rows() == before


def test_computing_anew_needs_footage(mia, rows, dock) -> None:
    before = rows()
    answer = mia.post(reverse("camera-calibrate", args=[dock.id]))
    assert said(answer)[0].startswith("This camera has no scores of the last days yet; about 6 hours are needed.")
    assert rows() == before
    scored(dock, timezone.now() - 8 * HOUR, minutes=400)
    answer = mia.post(reverse("camera-calibrate", args=[dock.id]))
    assert said(answer)[-1:] == ["The last days are being looked at. The figures follow within a minute."]
    assert "The last days are being looked at …" in shown(mia, dock)


@pytest.mark.parametrize("name", ["camera-setting", "camera-calibrate", "camera-relearn"])
def test_an_operator_changes_nothing(cast, client, rows, dock, name) -> None:
    before = rows()
    form = {"preset": str(cast.presets["sensitive"].id)}
    assert cast.login(client, cast.omar).post(reverse(name, args=[dock.id]), form).status_code == 403
    assert rows() == before


def test_a_tile_says_quietly_that_a_camera_learns(cast, mia, dock) -> None:
    learned(dock, phase="warming up", progress=0.4, left_s=11_000.0)
    page = mia.get(reverse("cameras")).content.decode()
    assert "North · warming up, about 3 hours left" in page
    learned(dock, at=AT + HOUR)
    assert "warming up" not in mia.get(reverse("cameras")).content.decode()


def test_times_are_the_sites_own(mia, dock) -> None:
    learned(dock)  # since 11:00 UTC, which is 12:00 at North in Berlin
    assert "since 8 Mar 12:00" in shown(mia, dock)


@pytest.mark.parametrize("address", ["cameras", "admin:cameras_camera_changelist"])
def test_more_cameras_cost_no_more_queries(cast, mia, dock, address) -> None:
    learned(dock)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert mia.get(reverse(address)).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(3):
        camera = make_camera(cast.north, cast.presets["default"], f"Yard {number}")
        learned(camera)
        calibrated(camera)
    assert queries() == few
