from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.detection.sources.conftest import Watch
from tests.detection.sources.waiting import wait_for_status, wait_until


class Handler(SimpleHTTPRequestHandler):
    """Serve the clip's folder; /locked asks for a password that nobody has."""

    def do_GET(self) -> None:
        if self.path.startswith("/locked"):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def address(clip: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(clip.parent)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def test_a_video_over_http_is_read(watch: Watch, address: str) -> None:
    source = watch(f"http://{address}/fifty%20frames.mp4", deliver_fps=None)
    wait_until(lambda: source.state.frames >= 50, lambda: f"50 frames; it is {source.state}")
    assert wait_for_status(source, "offline").message == (
        f"http://{address}/fifty%20frames.mp4 ended the stream. It is tried again by itself."
    )


def test_a_missing_stream_and_a_refused_password_are_named(watch: Watch, address: str) -> None:
    assert "has no such stream (404)" in wait_for_status(watch(f"http://{address}/no.mp4"), "offline").message
    locked = wait_for_status(watch(f"http://olga:hunter2@{address}/locked"), "offline")
    assert locked.message.startswith(f"http://***:***@{address}/locked refused the user name or password.")
