"""A clip with something to see: one slow figure for a while, then a rush, over and over.

The rush is no faster than what a tracker follows at any phase of an analysis of five frames a second.
"""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np

SIZE = (640, 480)
FPS = 15
QUIET_S = 17.0
RUSH_S = 3.0
LENGTH_S = QUIET_S + RUSH_S
"""Long enough that a watch which begins anywhere in it soon knows what is usual here."""


def write_scene(path: Path) -> Path:
    """Write the clip as H.264; the same bytes of picture on every machine."""
    width, height = SIZE
    grain = np.random.default_rng(3).integers(90, 120, (height // 8, width // 8, 3), dtype=np.uint8)
    ground = cv2.resize(grain, SIZE, interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(round(LENGTH_S * FPS)):
            at = index / FPS
            image = ground.copy()
            x = round(at * width / 5.0) % width
            cv2.rectangle(image, (x, 200), (x + 36, 290), (40, 40, 200), -1)
            if QUIET_S <= at < QUIET_S + RUSH_S:
                for lane in range(4):
                    run = int((at - QUIET_S) * 160 + lane * 130) % (width + 120) - 120
                    cv2.rectangle(image, (run, 60 + lane * 105), (run + 90, 130 + lane * 105), (230, 230, 230), -1)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        file.mux(stream.encode())
    return path
