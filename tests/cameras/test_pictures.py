"""Which changes of an address mean another picture, and which only another login."""

from __future__ import annotations

import pytest

from cameras.pictures import picture_digest, picture_named, same_picture


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rtsp://10.0.0.8/live", "rtsp://user:secret@10.0.0.8/live"),
        ("rtsp://user:old@10.0.0.8/live", "rtsp://admin:new@10.0.0.8:554/live"),
        ("rtsp://user:p@ss@10.0.0.8/live", "rtsp://10.0.0.8/live"),
        ("rtsp://user:pa/s?s@10.0.0.8/live", "rtsp://10.0.0.8/live"),
        ("rtsp://user:12/34@10.0.0.8:8554/live", "rtsp://user:12/34@10.0.0.8:8554/live"),
        ("rtsp://cam.example/live", "RTSP://CAM.example./live/"),
        ("rtsp://cam.example/live", "rtsps://cam.example/live"),
        ("rtsp://cam.example:554/live", "rtsps://cam.example:322/live"),
        ("rtsp://[2001:db8::8]/live", "rtsp://user:secret@[2001:DB8::8]:554/live"),
        ("http://cam.example/video.mjpg?token=one&camera=2", "https://cam.example/video.mjpg?camera=2&token=two"),
        ("http://cam.example/video.mjpg", "http://cam.example/video.mjpg?user=a&pwd=b"),
        ("rtsp://nvr/real?channel=1&subtype=0", "rtsp://nvr:554/real?subtype=0&channel=1"),
        ("rtsp://nvr/front%20gate", "rtsp://nvr/front gate"),
        ("/media/gate.mp4", "file:///media/gate.mp4"),
        ("/media/front gate.mp4", "file:///media/front%20gate.mp4"),
        ("usb:0", "usb:0?microphone=default"),
    ],
)
def test_another_login_is_the_same_picture(one: str, other: str) -> None:
    assert same_picture(one, other)
    assert picture_digest(one) == picture_digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rtsp://10.0.0.8/live", "rtsp://10.0.0.9/live"),
        ("rtsp://user:secret@10.0.0.8/live", "rtsp://user:secret@10.0.0.9/live"),
        ("rtsp://10.0.0.8/live", "rtsp://10.0.0.8:8554/live"),
        ("rtsp://10.0.0.8/live", "rtsp://10.0.0.8/garden"),
        ("rtsp://10.0.0.8/live", "rtsp://10.0.0.8/Live"),
        ("rtsp://10.0.0.8/c@1", "rtsp://10.0.0.9/c@1"),
        ("rtsp://10.0.0.8:8554/c@1", "rtsp://10.0.0.9:8554/c@1"),
        ("rtsp://[2001:db8::8]/c@1", "rtsp://[2001:db8::9]/c@1"),
        ("rtsp://nvr/real?channel=1", "rtsp://nvr/real?channel=2"),
        ("rtsp://10.0.0.8/live", "http://10.0.0.8/live"),
        ("http://cam.example/video.mjpg?camera=2", "http://cam.example/video.mjpg"),
        ("/media/gate.mp4", "/media/yard.mp4"),
        ("/media/gate.mp4", "rtsp://media/gate.mp4"),
        ("usb:0", "usb:1"),
        ("usb:1", "usb:11"),
        ("usb:0", "/media/usb:0"),
    ],
)
def test_another_device_stream_or_file_is_another_picture(one: str, other: str) -> None:
    assert not same_picture(one, other)
    assert picture_digest(one) != picture_digest(other)


def test_nothing_secret_names_a_picture() -> None:
    named = picture_named("rtsps://user:hunter2@cam.example:7441/live?channel=1&apikey=hunter2#hunter2")
    assert named == ("rtsp", "cam.example", "7441", "/live", "channel=1")
    assert picture_digest("usb:0") == "b70f7865c81760d2"
    assert len(picture_digest("rtsp://user:hunter2@cam.example/live")) == 16


def test_an_address_that_cannot_be_read_is_its_own_picture() -> None:
    assert picture_named("rtsp://host:99999/live") == ("rtsp", "host:99999/live")
    assert picture_named("ftp://host/live") == ("ftp", "host/live")
