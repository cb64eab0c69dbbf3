"""Test connection: the button asks a worker through the real broker, and the page asks how it stands."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from cameras.credentials import decrypt
from cameras.probe import NO_WORKER, probe_answer, probe_start
from tests.cameras.planted import PASSWORD, SOURCE
from tests.cameras.queue import answer

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
START = "/admin/cameras/camera/test-connection/"


def test_the_address_reaches_the_worker_and_no_message_holds_the_password(cast, queue) -> None:
    request_id = probe_start(actor=cast.mia.actor, source=SOURCE, at=AT)
    [(asked, token)] = queue.take()
    assert (asked, decrypt(token)) == (str(request_id), SOURCE)
    assert PASSWORD not in queue.bodies[0]
    assert base64.b64encode(PASSWORD.encode()).decode() not in queue.bodies[0]


def test_an_answer_is_passed_on_masked(cast, queue) -> None:
    request_id = probe_start(actor=cast.mia.actor, source=SOURCE, at=AT)
    assert probe_answer(actor=cast.mia.actor, request_id=request_id, at=AT) == {"state": "waiting"}
    answer(str(request_id), ok=False, message=f"{SOURCE} refused the password.")
    assert probe_answer(actor=cast.mia.actor, request_id=request_id, at=AT) == {
        "state": "done",
        "ok": False,
        "message": "rtsp://***:***@10.0.0.8:554/stream refused the password.",
        "took_s": 0.5,
    }
    queue.take()


def test_after_fifteen_seconds_it_says_how_to_start_a_worker(cast, queue) -> None:
    request_id = probe_start(actor=cast.mia.actor, source=SOURCE, at=AT)
    at = AT + dt.timedelta(seconds=15)
    assert probe_answer(actor=cast.mia.actor, request_id=request_id, at=at) == {"state": "waiting"}
    late = probe_answer(actor=cast.mia.actor, request_id=request_id, at=at + dt.timedelta(seconds=1))
    assert late == NO_WORKER
    assert "manage.py up" in late["message"]
    queue.take()


def test_nobody_else_reads_the_answer(cast, queue) -> None:
    request_id = probe_start(actor=cast.mia.actor, source=SOURCE, at=AT)
    answer(str(request_id), ok=True, message="", jpeg="x")
    for other in (cast.greta, cast.olga):
        with pytest.raises(Http404):
            probe_answer(actor=other.actor, request_id=request_id, at=AT)
    with pytest.raises(PermissionDenied):
        probe_answer(actor=cast.omar.actor, request_id=request_id, at=AT)
    queue.take()


@pytest.mark.parametrize("who", ["omar", "vera"])
def test_operators_and_viewers_start_no_test(cast, queue, who) -> None:
    with pytest.raises(PermissionDenied):
        probe_start(actor=getattr(cast, who).actor, source=SOURCE, at=AT)
    assert queue.take() == []


def test_the_button_tests_what_was_typed(cast, client, queue) -> None:
    cast.login(client, cast.mia)
    started = client.post(START, {"source": SOURCE})
    assert (started.status_code, started.json()["state"]) == (202, "waiting")
    [(request_id, token)] = queue.take()
    assert decrypt(token) == SOURCE
    address = started.json()["answer"]
    assert client.get(address).json() == {"state": "waiting"}
    answer(request_id, ok=True, message="", width=640, height=480, fps=25.0, codec="h264", jpeg="/9j/")
    response = client.get(address)
    assert response.json() == {
        "state": "done",
        "ok": True,
        "message": "",
        "width": 640,
        "height": 480,
        "fps": 25.0,
        "codec": "h264",
        "took_s": 0.5,
        "jpeg": "/9j/",
    }
    assert "no-store" in response["Cache-Control"]


def test_an_empty_field_tests_the_stored_address(cast, client, queue, secret_camera) -> None:
    cast.login(client, cast.mia)
    started = client.post(START, {"source": "", "camera": secret_camera.id})
    assert started.status_code == 202
    [(_, token)] = queue.take()
    assert decrypt(token) == SOURCE
    assert PASSWORD not in started.content.decode()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "A camera needs an address."),
        ("usb:0", "Only the installation's administrator"),
        ("/etc/passwd", "A file must lie in"),
        (f"ftp://root:{PASSWORD}@h/a", "Vedette cannot watch an address of this kind."),
    ],
)
def test_an_address_that_may_not_be_saved_is_not_opened_either(cast, client, queue, source, message) -> None:
    response = cast.login(client, cast.mia).post(START, {"source": source})
    assert (response.status_code, response.json()["ok"]) == (200, False)
    assert response.json()["message"].startswith(message)
    assert PASSWORD not in json.dumps(response.json())
    assert queue.take() == []


def test_a_stranger_tests_no_stored_address(cast, client, queue, secret_camera) -> None:
    cast.login(client, cast.greta)
    assert client.post(START, {"source": "", "camera": secret_camera.id}).status_code == 404
    assert client.post(START, {"source": "", "camera": "x"}).json()["message"] == "There is no such camera."
    assert queue.take() == []


def test_the_button_takes_posts_of_managers_only(cast, client, queue) -> None:
    assert cast.login(client, cast.mia).get(START).status_code == 405
    for who in (cast.omar, cast.vera):
        assert cast.login(client, who).post(START, {"source": SOURCE}).status_code in (302, 403)
    assert queue.take() == []
