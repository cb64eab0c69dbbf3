"""Renders the plaza as an H.264 file, with the ground truth of every frame."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av

from detection.synthetic.plaza import build_plaza
from detection.synthetic.script import Scene
from detection.synthetic.truth import BoxAt, EventTruth, FrameTruth, GroundTruth
from detection.types import Image

QUALITY_CRF = "21"


def render_plaza(
    path: Path,
    *,
    seed: int = 7,
    seconds: float = 80.0,
    size: tuple[int, int] = (640, 480),
    fps: float = 12.5,
    on_progress: Callable[[float], None] | None = None,
) -> GroundTruth:
    """Render a clip to an H.264 MP4 (yuv420p, playable while it loads) and return its ground truth.

    The file appears under its name only when it is complete. on_progress is called with 0–1.
    Raises ValueError for a size, length or rate that cannot be rendered, OSError where the file cannot be written.
    """
    count = round(seconds * fps)
    truths: list[FrameTruth] = []
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Opened before the work begins, so that a folder that cannot be written is told at once.
        partial.touch()
        plaza = build_plaza(seed, seconds, size, fps)

        def drawn() -> Iterator[Image]:
            for index in range(count):
                image, truth = plaza.frame(index, index / fps)
                truths.append(truth)
                yield image
                if on_progress is not None:
                    on_progress((index + 1) / count)

        _encode(partial, drawn(), size, fps)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    events = tuple(_event_truth(scene, truths) for scene in plaza.scenes)
    return GroundTruth(size[0], size[1], fps, seed, count / fps, events, tuple(truths))


def _event_truth(scene: Scene, frames: list[FrameTruth]) -> EventTruth:
    """Return a scene as it is seen: from the first frame to the last in which its subject is in view."""
    track = tuple(BoxAt(frame.at_s, frame.events[scene.kind]) for frame in frames if scene.kind in frame.events)
    return EventTruth(scene.kind, scene.category, track[0].at_s, track[-1].at_s, track)


def _encode(path: Path, images: Iterator[Image], size: tuple[int, int], fps: float) -> None:
    rate = Fraction(fps).limit_denominator(1000)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": QUALITY_CRF, "preset": "veryfast"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = round(2 * fps)
        for index, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = index, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
