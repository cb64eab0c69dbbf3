"""Hear a microphone of this machine, through ALSA, beside a USB camera's pictures."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from pathlib import Path

import av
import av.error

from detection.audio.chunk import RATE, AudioError, Resampler
from detection.sources.decoder import Sound

CONFIG = Path("/usr/share/alsa/alsa.conf")
"""Where the system says what devices there are; the ALSA that PyAV brings looks for it elsewhere."""
RETRY_S = 10.0
MAX_WAITING_S = 4.0
"""Sound that nobody fetched for so long is lost, the oldest first."""


class Microphone:
    """One ALSA device, read by a thread of its own. Whatever is wrong with it shows in `problem`, never as an error.

    Its sound waits until `take`: times are monotonic seconds, as those of pictures without times of their own. A device
    that goes away is tried again every RETRY_S.
    """

    def __init__(self, device: str) -> None:
        """Begin to listen; device: as ALSA names it, "default" or "hw:1,0"."""
        self.problem = f"The microphone {device} has not been heard yet."
        self.lost = 0
        self._device = device
        self._waiting: deque[Sound] = deque()
        self._waiting_s = 0.0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        threading.Thread(target=self._run, name=f"microphone {device}", daemon=True).start()

    def take(self) -> list[Sound]:
        """Return what was heard since the last time."""
        with self._lock:
            heard, self._waiting_s = list(self._waiting), 0.0
            self._waiting.clear()
        return heard

    def close(self) -> None:
        """Stop listening; a read that waits for the device ends by itself."""
        self._stopping.set()

    def _run(self) -> None:
        if CONFIG.is_file():
            os.environ.setdefault("ALSA_CONFIG_PATH", str(CONFIG))
        while not self._stopping.is_set():
            try:
                self._listen()
                if not self._stopping.is_set():
                    self.problem = f"The microphone {self._device} went silent. Check its cable; it is tried again."
            except (av.error.FFmpegError, AudioError, OSError, ValueError):
                # Their texts name only numbers of errors.
                self.problem = (
                    f"The microphone {self._device} cannot be heard. Check that it is plugged in, that `arecord -L` "
                    "lists it, and that this user may use it."
                )
            self._stopping.wait(RETRY_S)

    def _listen(self) -> None:
        options = {"channels": "1", "sample_rate": str(RATE)}
        with av.open(self._device, format="alsa", options=options) as container:
            resampler = Resampler()
            for frame in container.decode(audio=0):
                if self._stopping.is_set():
                    return
                for chunk in resampler.chunks(frame, time.monotonic() - frame.samples / frame.sample_rate):
                    self._put(Sound(chunk.at_s, chunk.samples))

    def _put(self, sound: Sound) -> None:
        self.problem = ""
        with self._lock:
            self._waiting.append(sound)
            self._waiting_s += len(sound.samples) / RATE
            while self._waiting_s > MAX_WAITING_S:
                self._waiting_s -= len(self._waiting.popleft().samples) / RATE
                self.lost += 1
