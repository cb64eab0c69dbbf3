from __future__ import annotations

from pathlib import Path

import pytest

from detection.sources import SourceError, mask_credentials, open_source
from detection.sources.uri import file_path, host_of, kind_of


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("rtsp://olga:hunter2@10.0.0.8:554/live", "rtsp://***:***@10.0.0.8:554/live"),
        ("rtsp://olga@10.0.0.8/live", "rtsp://***:***@10.0.0.8/live"),
        ("rtsp://olga:hun@ter2@10.0.0.8/live", "rtsp://***:***@10.0.0.8/live"),
        ("rtsp://olga:hun/ter2@10.0.0.8/live", "rtsp://***:***@10.0.0.8/live"),
        ("rtsp://olga:hun?ter2#@10.0.0.8/live", "rtsp://***:***@10.0.0.8/live"),
        ("RTSPS://olga:hunter2@[fe80::1]/live", "RTSPS://***:***@[fe80::1]/live"),
        (
            "rtsp://10.0.0.8/live?channel=1&password=hunter2&subtype=0",
            "rtsp://10.0.0.8/live?channel=1&password=***&subtype=0",
        ),
        ("http://10.0.0.8/video.cgi?usr=olga&pwd=hunter2", "http://10.0.0.8/video.cgi?usr=***&pwd=***"),
        ("http://10.0.0.8/a?access_token=hunter2", "http://10.0.0.8/a?access_token=***"),
        ("rtsp://10.0.0.8/live", "rtsp://10.0.0.8/live"),
        ("olga:hunter2@10.0.0.8/live", "***:***@10.0.0.8/live"),
        ("usb:0", "usb:0"),
        ("/videos/a:b@c.mp4", "/videos/a:b@c.mp4"),
        ("/videos/gate 3.mp4", "/videos/gate 3.mp4"),
    ],
)
def test_credentials_are_hidden(uri: str, shown: str) -> None:
    assert mask_credentials(uri) == shown


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("rtsp://h/x", "rtsp"),
        ("RTSPS://h/x", "rtsp"),
        ("https://h/x.m3u8", "http"),
        ("file:///a/b.mp4", "file"),
        ("a.mp4", "file"),
        ("usb:12", "usb"),
    ],
)
def test_kinds(uri: str, kind: str) -> None:
    assert kind_of(uri) == kind


@pytest.mark.parametrize(
    "uri", ["", "  ", "gopher://olga:hunter2@h/x", "usb:", "usb:front", "lavfi://testsrc", "olga:hunter2@h/x"]
)
def test_what_is_no_address_is_refused_with_the_forms_that_are(uri: str) -> None:
    with pytest.raises(SourceError) as refused:
        open_source(uri)
    assert "rtsp://host/path" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_file_addresses_are_unquoted() -> None:
    assert file_path("file:///videos/gate%203.mp4") == Path("/videos/gate 3.mp4")
    assert file_path("videos/gate 3.mp4") == Path("videos/gate 3.mp4")


def test_the_host_of_a_broken_address_is_empty() -> None:
    assert host_of("rtsp://[::1/x") == ""
    assert host_of("rtsp://olga:x@gate3.example:8554/x") == "gate3.example"
