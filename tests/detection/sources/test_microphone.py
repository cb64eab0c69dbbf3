"""A microphone beside a USB camera: heard between the pictures, in their time, and never in their way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from detection.audio.chunk import RATE, AudioChunk
from detection.sources import LiveSource, SourceError, SourceSettings, usb_decoder
from detection.sources.decoder import Sound
from detection.sources.microphone import Microphone
from detection.sources.uri import kind_of, usb_parts
from detection.sources.usb_decoder import UsbDecoder
from tests.detection.sources.waiting import wait_until

CONFIG = """
pcm.tone {{
  type file
  slave.pcm {{ type null }}
  file "/dev/null"
  infile "{tone}"
  format raw
}}
"""


class Plugged:
    """A USB camera that gives a grey picture twenty times a second."""

    def __init__(self, index: int) -> None:
        self._next = time.monotonic()

    def isOpened(self) -> bool:
        return True

    def set(self, name: int, value: float) -> bool:
        return True

    def get(self, name: int) -> float:
        return 20.0

    def read(self) -> tuple[bool, np.ndarray]:
        self._next += 0.05
        # As a camera keeps its reader waiting.
        threading.Event().wait(max(0.0, self._next - time.monotonic()))
        return True, np.full((24, 32, 3), 90, np.uint8)

    def release(self) -> None:
        """Hold nothing."""


@pytest.fixture
def tone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An ALSA device that gives a tone of 440 Hz, as fast as it is read."""
    samples = np.sin(np.arange(RATE * 600) * 2 * np.pi * 440 / RATE)
    (samples * 9000).astype(np.int16).tofile(tmp_path / "tone.raw")
    (tmp_path / "asound.conf").write_text(CONFIG.format(tone=tmp_path / "tone.raw"))
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    return "tone"


@pytest.fixture
def microphone(tone: str) -> Iterator[Microphone]:
    heard = Microphone(tone)
    yield heard
    heard.close()


def peak_hz(samples: np.ndarray) -> int:
    return int(np.abs(np.fft.rfft(samples[-RATE:])).argmax())


def test_a_microphone_is_heard_and_what_nobody_fetches_is_bounded(microphone: Microphone) -> None:
    wait_until(lambda: microphone.lost > 0, "more than is kept")
    assert microphone.problem == ""
    heard = microphone.take()
    samples = np.concatenate([sound.samples for sound in heard])
    assert 3.5 * RATE < len(samples) <= 4.1 * RATE
    assert peak_hz(samples) == 440


def test_the_sound_comes_between_the_pictures_of_the_camera(tone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_decoder.cv2, "VideoCapture", Plugged)
    heard: list[Sound] = []
    decoder = UsbDecoder(0, tone, heard.append)
    pictures = decoder.pictures()
    wait_until(lambda: next(pictures) is not None and sum(len(s.samples) for s in heard) > RATE, "a second of sound")
    decoder.close()
    assert peak_hz(np.concatenate([sound.samples for sound in heard])) == 440
    assert decoder.sound_problem == ""


def test_a_watched_usb_camera_hands_its_sound_on_in_stream_time(tone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_decoder.cv2, "VideoCapture", Plugged)
    chunks: list[AudioChunk] = []
    source = LiveSource("usb:0?microphone=tone", SourceSettings(audio=True))
    source.subscribe_sound(chunks.append)
    source.start()
    wait_until(lambda: sum(chunk.seconds for chunk in chunks) > 1.0, lambda: str(source.state))
    frame, state = source.next(-1, 5.0), source.state
    source.stop()
    assert frame is not None
    assert (state.status, state.audio) == ("online", "")
    assert abs(chunks[-1].at_s - frame.at_s) < 2.0


def test_a_microphone_that_is_not_there_costs_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    monkeypatch.setattr(usb_decoder.cv2, "VideoCapture", Plugged)
    decoder = UsbDecoder(0, "hw:9,9", lambda sound: None)
    wait_until(lambda: "cannot be heard" in decoder.sound_problem, lambda: decoder.sound_problem)
    assert decoder.sound_problem.startswith("The microphone hw:9,9 cannot be heard. Check that it is plugged in")
    assert next(decoder.pictures()).convert(1280).shape == (24, 32, 3)
    decoder.close()


def test_a_camera_without_a_microphone_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_decoder.cv2, "VideoCapture", Plugged)
    deaf, unasked = UsbDecoder(0, "", lambda sound: None), UsbDecoder(0, "tone")
    assert deaf.sound_problem == (
        "Its address names no microphone. Write one behind it, for example usb:0?microphone=default."
    )
    assert (unasked.sound_problem, unasked.sound_lost) == ("", 0)


def test_the_address_names_the_camera_and_its_microphone() -> None:
    assert usb_parts("usb:2") == (2, "")
    assert usb_parts("usb:0?microphone=hw:1,0") == (0, "hw:1,0")
    assert kind_of("usb:0?microphone=default") == "usb"
    for wrong in ("usb:0?microphone=", "usb:0?microphone=a b", "usb:0?volume=3"):
        with pytest.raises(SourceError):
            kind_of(wrong)
