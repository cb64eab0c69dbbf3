"""Make small clips with known pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from detection.types import Image


def numbered(index: int, width: int = 320, height: int = 240) -> Image:
    """Return a picture whose left half is 4 levels brighter with every index, beside a fixed chequered half."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2] = (index * 4) % 200 + 20
    image[:, width // 2 :: 16] = 255
    return image


def render_clip(
    path: Path,
    *,
    frames: int = 50,
    fps: int = 25,
    size: tuple[int, int] = (320, 240),
    picture: Callable[[int, int, int], Image] = numbered,
    index_first: bool = True,
) -> Path:
    """Write frames pictures as H.264 in MP4 to path and return it; index_first False leaves the index at the end."""
    width, height = size
    with av.open(str(path), "w", options={"movflags": "+faststart"} if index_first else {}) as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "12"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(index, width, height), format="bgr24")))
        container.mux(stream.encode(None))
    return path
