"""Which addresses a camera may have."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Organization
from cameras.sources import _USB, check_source
from detection.sources.uri import USB

ACME = Organization(name="Acme", slug="acme")
GLOBEX = Organization(name="Globex", slug="globex")


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.VEDETTE_MEDIA = tmp_path / "media"
    for slug in ("acme", "globex"):
        (tmp_path / "media" / slug).mkdir(parents=True)
    (tmp_path / "media" / "acme" / "gate.mp4").write_bytes(b"x")
    (tmp_path / "media" / "globex" / "pier.mp4").write_bytes(b"x")
    (tmp_path / "passwd").write_bytes(b"x")
    return tmp_path


def refusal(source: str, *, trusted: bool = False) -> str:
    with pytest.raises(ValidationError) as refused:
        check_source(source, organization=ACME, trusted=trusted)
    assert list(refused.value.message_dict) == ["source"]
    return refused.value.message_dict["source"][0]


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://root:pw@10.0.0.8:554/stream",
        "rtsps://camera.local/live",
        "RTSP://10.0.0.8/stream",
        "http://192.168.1.9/mjpg?user=a&pwd=b",
        "https://[fd00::8]:8443/live.m3u8",
        "rtsp://root:p@ss/w?rd@10.0.0.8/stream",
        "rtsp://bücherei.example/stream",
    ],
)
def test_network_addresses_are_kept_as_typed(source: str) -> None:
    assert check_source(f" {source}\n", organization=ACME, trusted=False) == source


@pytest.mark.parametrize("source", ["", "  "])
def test_a_camera_needs_an_address(source: str) -> None:
    assert refusal(source).startswith("A camera needs an address.")


@pytest.mark.parametrize("source", ["ftp://host/a", "javascript:alert(1)", "concat:a|b", "data:text/plain,x", "C:\\a"])
def test_other_schemes_are_refused(source: str) -> None:
    assert refusal(source, trusted=True).startswith("Vedette cannot watch an address of this kind.")


@pytest.mark.parametrize(
    "source", ["rtsp://", "rtsp:///stream", "rtsp:/host/a", "rtsp://user:pw@/stream", "rtsp://a b/c", 'http://a"b/c']
)
def test_an_address_without_a_host_is_refused(source: str) -> None:
    assert refusal(source).startswith("The address names no host.")


@pytest.mark.parametrize("source", ["rtsp://host:99999/a", "rtsp://host:port/a", "http://[fd00::8/a"])
def test_a_wrong_port_or_host_is_refused(source: str) -> None:
    assert refusal(source) == "The host or port in the address is not valid; a port is a number up to 65535."


@pytest.mark.parametrize("source", ["rtsp://host/a\nb", "rtsp://host/" + "a" * 2000, "a\x00b"])
def test_line_breaks_and_endless_addresses_are_refused(source: str) -> None:
    assert "longer than 2000 characters or holds a line break" in refusal(source)


@pytest.mark.parametrize(
    "source", ["rtsp://root:s3cret@host:port/a", "ftp://root:s3cret@host/a", "rtsp://root:s3cret@/a", "s3cret:s3cret"]
)
def test_a_refusal_never_repeats_what_was_typed(source: str) -> None:
    assert "s3cret" not in refusal(source)


@pytest.mark.parametrize(
    "name", ["gate.mp4", "./gate.mp4", "{media}/media/acme/gate.mp4", "file://{media}/media/acme/gate.mp4"]
)
def test_a_manager_may_use_a_file_of_the_organizations_folder(media: Path, name: str) -> None:
    source = check_source(name.format(media=media), organization=ACME, trusted=False)
    assert source == str((media / "media" / "acme" / "gate.mp4").resolve())


@pytest.mark.parametrize(
    "name",
    [
        "{media}/passwd",
        "../../passwd",
        "../globex/pier.mp4",
        "file://{media}/media/globex/pier.mp4",
        "/etc/passwd",
        "link",
    ],
)
def test_a_manager_reaches_no_other_file_of_the_server(media: Path, name: str) -> None:
    (media / "media" / "acme" / "link").symlink_to(media / "passwd")
    folder = (media / "media" / "acme").resolve()
    assert refusal(name.format(media=media)) == (
        f"A file must lie in {folder} on the server. Ask the installation's administrator to put it there."
    )


def test_the_refusal_does_not_tell_whether_a_file_outside_exists(media: Path) -> None:
    assert refusal(str(media / "passwd")) == refusal(str(media / "no-such-file"))


@pytest.mark.parametrize("name", ["missing.mp4", "."])
def test_a_missing_file_of_the_folder_is_told(media: Path, name: str) -> None:
    assert refusal(name).startswith(f"There is no file {Path(name)} in ")


def test_the_administrator_may_name_any_file_and_a_usb_camera(media: Path) -> None:
    assert check_source(str(media / "passwd"), organization=ACME, trusted=True) == str(media / "passwd")
    assert check_source("usb:0", organization=ACME, trusted=True) == "usb:0"
    heard = "usb:0?microphone=hw:1,0"
    assert check_source(heard, organization=ACME, trusted=True) == heard
    assert refusal(heard) == refusal("usb:0")
    for address in ("usb:12", heard, "usb:0?microphone=", "usb:0?microphone=a b", "usb:camera"):
        assert bool(_USB.fullmatch(address)) is bool(USB.fullmatch(address))
    assert refusal("usb:0") == "Only the installation's administrator may use a USB camera of the server."
    assert refusal("usb:camera", trusted=True).startswith("Vedette cannot watch an address of this kind.")
