from __future__ import annotations

import io
import os
import socket
from pathlib import Path

import pytest

from config.engines.home import Layout
from workers.slots import camera_slots
from workers.supervisor.output import LONGEST_LINE, Console, Lines
from workers.supervisor.preflight import Refusal, absolute_video, claim_home, require_free_port
from workers.supervisor.programs import node_name, programs
from workers.supervisor.readiness import address_of


def test_lines_are_whole_whatever_the_pipe_delivers() -> None:
    lines = Lines()
    umlaut = "ü".encode()
    assert lines.feed(b"watching S" + umlaut[:1]) == []
    assert lines.feed(umlaut[1:] + b"d\r\nonline\nrest") == ["watching Süd", "online"]
    assert lines.feed(b"") == ["rest"]
    assert lines.feed(b"") == []


def test_a_line_without_end_is_shown_in_pieces() -> None:
    lines = Lines()
    assert [len(line) for line in lines.feed(b"x" * (LONGEST_LINE + 1))] == [LONGEST_LINE + 1]


def test_every_line_carries_its_name_and_no_colour_without_a_terminal() -> None:
    stream = io.StringIO()
    Console(stream).say("one\ntwo", "web")
    Console(stream).say("three")
    assert stream.getvalue() == "[web]   one\n[web]   two\n[up]    three\n"


def test_a_second_start_is_told_of_the_first(tmp_path: Path) -> None:
    with claim_home(tmp_path, "http://127.0.0.1:8000"):
        with pytest.raises(Refusal) as caught:
            claim_home(tmp_path, "http://127.0.0.1:9000")
        assert str(caught.value) == (
            f"Vedette already runs on {tmp_path}: http://127.0.0.1:8000, process {os.getpid()}. "
            f"Stop that one (Ctrl-C there, or: kill {os.getpid()}), "
            "or set VEDETTE_HOME to another folder and PORT to another port."
        )
    claim_home(tmp_path, "http://127.0.0.1:9000").close()
    assert Layout(tmp_path).run.stat().st_mode & 0o777 == 0o700


def test_a_taken_port_is_named_with_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Refusal) as caught:
            require_free_port("127.0.0.1", port)
    assert str(caught.value) == (
        f"Port {port} on 127.0.0.1 is taken by another program. Choose another one: PORT={port % 65535 + 1} make run"
    )
    require_free_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("127.0.0.1", 70000, "Port 70000 does not exist: choose one from 1 to 65535, e.g. PORT=8001."),
        ("192.0.2.1", 8000, "This machine has no address 192.0.2.1: use --host 127.0.0.1, or 0.0.0.0 for all."),
    ],
)
def test_an_address_that_cannot_be_is_named(host: str, port: int, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        require_free_port(host, port)
    assert str(caught.value) == message


def test_a_video_means_the_same_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gate 3.mp4").write_bytes(b"\0")
    monkeypatch.chdir(tmp_path)
    assert absolute_video("gate 3.mp4") == str(tmp_path / "gate 3.mp4")
    assert absolute_video("rtsp://camera/1") == "rtsp://camera/1"
    assert absolute_video("usb:0") == "usb:0"
    with pytest.raises(Refusal, match=r"^VIDEO=gate 4\.mp4: there is no file .*/gate 4\.mp4\."):
        absolute_video("gate 4.mp4")


def test_the_watching_worker_has_a_queue_of_its_own_and_more_threads_than_cameras() -> None:
    started = programs(home=Path("/srv/my home"), host="127.0.0.1", port=8000, node="gate-1a2b3c", slots=6)
    assert [program.name for program in started] == ["web", "watch", "jobs", "beat"]
    watch = started[1].command
    assert watch[watch.index("-Q") + 1] == "watch.gate-1a2b3c"
    assert watch[watch.index("-c") + 1] == "8"
    assert "--schedule=/srv/my home/run/beat-schedule" in started[3].command
    for program in started:
        assert {key: value for key, value in program.environ.items() if key.startswith("VEDETTE_")} == {
            "VEDETTE_HOME": "/srv/my home",
            "VEDETTE_NODE": "gate-1a2b3c",
            "VEDETTE_SLOTS": "6",
        }


def test_every_start_is_another_node() -> None:
    assert node_name() != node_name()
    assert node_name().replace("-", "").isalnum()


def test_slots_come_from_the_environment() -> None:
    assert camera_slots({"VEDETTE_SLOTS": "12"}) == 12
    assert camera_slots({}) >= 4


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80")],
)
def test_the_printed_address_can_be_opened_here(host: str, address: str) -> None:
    assert address_of(host, 80) == address
