"""Read a camera that is plugged in, through OpenCV."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import cv2
import numpy as np

from detection.sources.decoder import Picture, StreamInfo
from detection.sources.errors import SourceError
from detection.types import Image

NO_SOUND = "USB cameras are watched without sound. Use a network camera with a microphone where sound matters."


class UsbDecoder:
    """An open USB camera, by its index on this machine. Raises SourceError when there is none.

    OpenCV reads no microphones, which sound_problem says where sound is wanted.
    """

    sound_lost = 0

    def __init__(self, index: int, *, sound_wanted: bool = False) -> None:
        self.corrupt = 0
        self.sound_problem = NO_SOUND if sound_wanted else ""
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

    def pictures(self) -> Iterator[Picture]:
        """Yield pictures until the camera is unplugged, then raise SourceError."""
        while True:
            ok, image = self._capture.read()
            if not ok:
                raise SourceError(f"USB camera {self._index} stopped sending pictures. Check its cable.")
            yield Picture(None, partial(_scaled, np.asarray(image, np.uint8)))

    def close(self) -> None:
        self._capture.release()


def _scaled(image: Image, max_width: int) -> Image:
    height, width = image.shape[:2]
    if width <= max_width:
        return image
    size = (max_width, max(2, round(height * max_width / width)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
