"""Read a camera that is plugged in, through OpenCV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np

from detection.sources.decoder import Picture, Sound, StreamInfo
from detection.sources.errors import SourceError
from detection.sources.microphone import Microphone
from detection.types import Image

NO_SOUND = "Its address names no microphone. Write one behind it, for example usb:0?microphone=default."


class UsbDecoder:
    """An open USB camera, by its index on this machine. Raises SourceError when there is none.

    A USB camera and its microphone are two devices: the microphone is one of ALSA's, and its sound is handed on between
    the pictures.
    """

    def __init__(self, index: int, microphone: str = "", on_sound: Callable[[Sound], None] | None = None) -> None:
        self.corrupt = 0
        self._on_sound = on_sound
        self._microphone: Microphone | None = None
        self._index = index
        self._capture = cv2.VideoCapture(index)
        if not self._capture.isOpened():
            self._capture.release()
            raise SourceError(
                f"USB camera {index} cannot be opened. Check that it is plugged in, that no other program uses it, "
                f"and that this user may read /dev/video{index}."
            )
        # The driver otherwise queues several pictures and the newest is never the one we get.
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self.info = StreamInfo(
            width=int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            height=int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            fps=float(self._capture.get(cv2.CAP_PROP_FPS)),
            codec="usb",
        )
        if on_sound is not None and microphone:
            self._microphone = Microphone(microphone)

    @property
    def sound_problem(self) -> str:
        """Return a sentence that says why there is no sound, or ""."""
        if self._on_sound is None:
            return ""
        return self._microphone.problem if self._microphone is not None else NO_SOUND

    @property
    def sound_lost(self) -> int:
        """Return how many pieces of sound nobody fetched in time."""
        return self._microphone.lost if self._microphone is not None else 0

    def pictures(self) -> Iterator[Picture]:
        """Yield pictures until the camera is unplugged, then raise SourceError."""
        while True:
            ok, image = self._capture.read()
            if not ok:
                raise SourceError(f"USB camera {self._index} stopped sending pictures. Check its cable.")
            if self._microphone is not None and self._on_sound is not None:
                for sound in self._microphone.take():
                    self._on_sound(sound)
            yield Picture(None, partial(_scaled, np.asarray(image, np.uint8)))

    def close(self) -> None:
        if self._microphone is not None:
            self._microphone.close()
        self._capture.release()


def _scaled(image: Image, max_width: int) -> Image:
    height, width = image.shape[:2]
    if width <= max_width:
        return image
    size = (max_width, max(2, round(height * max_width / width)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
