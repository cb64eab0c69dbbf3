"""The test of a camera's address, from the queue to the cache."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from django.core.cache import cache

from cameras.credentials import encrypt
from tests.rtsp_server import refused_port
from workers import probing
from workers.tasks import probe_source

REQUEST = "0b7e0000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def answer_forgotten(engines: None) -> Iterator[None]:
    yield
    cache.delete(f"probe:{REQUEST}")


def probed(source: str) -> dict[str, object]:
    probe_source(REQUEST, encrypt(source).decode())
    answer = cache.get(f"probe:{REQUEST}")
    assert isinstance(answer, dict)
    return answer


def test_a_refused_port_is_told_without_the_password() -> None:
    port = refused_port()
    answer = probed(f"rtsp://omar:open-sesame@127.0.0.1:{port}/gate")
    assert answer["ok"] is False
    assert answer["jpeg"] == ""
    assert str(port) in str(answer["message"])
    assert "open-sesame" not in str(answer)


def test_a_source_that_works_shows_its_picture(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    with av.open(str(clip), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for _ in range(10):
            picture = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 128, np.uint8), format="bgr24")
            file.mux(stream.encode(picture))
        file.mux(stream.encode())
    answer = probed(str(clip))
    assert (answer["ok"], answer["width"], answer["height"]) == (True, 320, 240)
    shown = cv2.imdecode(np.frombuffer(base64.b64decode(str(answer["jpeg"])), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None and shown.shape == (240, 320, 3)


def test_an_address_of_another_installation_is_told() -> None:
    probe_source(REQUEST, "gAAAAAB-not-ours")
    answer = cache.get(f"probe:{REQUEST}")
    assert answer["ok"] is False
    assert "credential key" in answer["message"]


def test_more_tests_at_once_than_the_worker_can_spare_are_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "_at_once", threading.BoundedSemaphore(1))
    with probing._at_once:
        answer = probed("rtsp://127.0.0.1:1/none")
    assert (answer["ok"], answer["message"]) == (False, probing.BUSY)
    assert probed("rtsp://127.0.0.1:1/none")["message"] != probing.BUSY
