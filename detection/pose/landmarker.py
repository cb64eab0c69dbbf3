"""Find the 33 points of one body with MediaPipe's Pose Landmarker (Tasks API) on the CPU."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import numpy as np

from detection.pose.bundle import WAY_OUT, check_bundle
from detection.pose.errors import PoseError
from detection.pose.points import POINTS, Pose
from detection.types import Image

QUIET = "2"
"""MediaPipe's C++ log: errors only. Its warnings repeat for every model that is opened."""
DETECTION_CONFIDENCE = 0.5
PRESENCE_CONFIDENCE = 0.5


class Landmarker(Protocol):
    """Find the points of one body in a picture."""

    @property
    def version(self) -> str:
        """Return what tells two models apart, for example "lite-" and a digest."""

    def find(self, image: Image) -> Pose | None:
        """Return the surest body of a square BGR picture, (33, 5) float32 in its pixels, or None.

        Safe from several threads. Raises PoseError with a full sentence.
        """

    def close(self) -> None:
        """Free the model; find() raises afterwards."""


class MediaPipeLandmarker:
    """Run one bundle (lite, full or heavy). Share it in a process; open it there, as it does not survive a fork.

    It runs on the CPU and infers on one thread, the Tasks API's default on this platform; its other threads wait. They
    live until close(), which must be called: at the end of the interpreter MediaPipe's own clean-up raises.
    """

    def __init__(self, path: Path) -> None:
        """Open the bundle; raises PoseError naming the file when it is missing, damaged or another model."""
        bundle = check_bundle(path)
        self._name, self._variant, self._version = path.name, bundle.variant, bundle.version
        self._lock = threading.Lock()
        os.environ.setdefault("GLOG_minloglevel", QUIET)
        try:
            import mediapipe  # half a second and 170 MB, which a camera without pose need not pay
            from mediapipe.tasks.python import BaseOptions, vision
        except ImportError as error:
            raise PoseError(
                f"The pose model {path.name} needs the package mediapipe, which is not usable here: {error}. "
                "Install Vedette's dependencies again, or switch pose off."
            ) from error
        self._media: Any = mediapipe
        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=bundle.content, delegate=BaseOptions.Delegate.CPU),
            running_mode=vision.RunningMode.IMAGE,
            num_poses=1,
            min_pose_detection_confidence=DETECTION_CONFIDENCE,
            min_pose_presence_confidence=PRESENCE_CONFIDENCE,
        )
        try:
            self._task: Any = vision.PoseLandmarker.create_from_options(options)
        except Exception as error:  # MediaPipe raises whatever its C++ status maps to
            raise PoseError(f"MediaPipe does not open the pose model {path.name}: {_first(error)} {WAY_OUT}") from error

    @property
    def version(self) -> str:
        """Return the variant and the beginning of the file's SHA-256, for example "lite-0123456789ab"."""
        return self._version

    @property
    def variant(self) -> str:
        """Return "lite", "full" or "heavy"."""
        return self._variant

    def find(self, image: Image) -> Pose | None:
        """Return the surest body of a square BGR picture; see Landmarker.find."""
        height, width = image.shape[:2]
        rgb = np.ascontiguousarray(image[:, :, ::-1])
        with self._lock:
            if self._task is None:
                raise PoseError(f"The pose model {self._name} was closed. Open it again.")
            try:
                picture = self._media.Image(image_format=self._media.ImageFormat.SRGB, data=rgb)
                bodies = self._task.detect(picture).pose_landmarks
            except Exception as error:  # as above
                raise PoseError(
                    f"The pose model {self._name} failed on a picture: {_first(error)} {WAY_OUT}"
                ) from error
        if not bodies or len(bodies[0]) != POINTS:
            return None
        points = np.array([(p.x, p.y, p.z, p.visibility or 0.0, p.presence or 0.0) for p in bodies[0]], np.float32)
        points[:, :3] *= np.array([width, height, width], np.float32)
        return points if np.isfinite(points).all() else None

    def close(self) -> None:
        """Free the model and end its threads; a second call does nothing."""
        with self._lock:
            task, self._task = self._task, None
        if task is not None:
            task.close()

    def __enter__(self) -> MediaPipeLandmarker:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def _first(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".") + "."
