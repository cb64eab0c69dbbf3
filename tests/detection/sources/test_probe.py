from __future__ import annotations

from pathlib import Path

import pytest

from detection.sources import probe
from tests.detection.sources.test_files import BAD_FILES, make_bad
from tests.rtsp_server import GarbageServer, RtspServer, refused_port


def test_a_camera_shows_its_picture_and_its_numbers() -> None:
    with RtspServer(user="olga", password="hunter2") as camera:
        found = probe(camera.url)
    assert (found.ok, found.width, found.height, found.fps, found.codec) == (True, 640, 480, 25.0, "h264")
    assert found.message == "The camera shows 640×480 at 25 frames a second (h264)."
    assert found.image is not None
    assert found.image.shape == (480, 640, 3)
    assert "hunter2" not in repr(found)
    assert found.took_s > 0


def test_a_file_shows_its_picture_with_masks_burnt_in(clip: Path) -> None:
    found = probe(str(clip), masks=(((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)),))
    assert found.message == "The file shows 320×240 at 25 frames a second (h264)."
    assert found.image is not None
    assert found.image[:, :160].max() == 0
    assert found.image[:, 161:].max() > 200


@pytest.mark.parametrize(("kind", "message"), BAD_FILES)
def test_a_bad_file_is_answered_with_its_reason(tmp_path: Path, kind: str, message: str) -> None:
    path = make_bad(kind, tmp_path)
    found = probe(str(path))
    assert (found.ok, found.image, found.message) == (False, None, message.format(path))


def test_a_wrong_password_is_answered_without_it() -> None:
    with RtspServer(user="olga", password="hunter2") as camera:
        found = probe(camera.url_as("olga", "swordfish"))
    assert not found.ok
    assert found.message.startswith(f"rtsp://***:***@127.0.0.1:{camera.port}/camera refused the user name or password.")
    assert "swordfish" not in repr(found)


def test_refused_garbage_and_nonsense_are_answered() -> None:
    assert "refused the connection" in probe(f"rtsp://127.0.0.1:{refused_port()}/x").message
    with GarbageServer() as garbage:
        assert "not video" in probe(garbage.url).message
    assert "is not an address" in probe("gopher://x").message


def test_a_silent_camera_is_given_up_at_the_timeout() -> None:
    with RtspServer() as camera:
        camera.stall()
        found = probe(camera.url, timeout_s=1.0)
    assert not found.ok
    assert "within 1 s" in found.message


def test_a_usb_camera_that_is_not_there_is_named() -> None:
    found = probe("usb:97")
    assert found.message.startswith("USB camera 97 cannot be opened. Check that it is plugged in")
