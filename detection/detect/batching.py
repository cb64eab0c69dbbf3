"""Let many camera threads share one detector: collect for a moment, detect once, hand each its own."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, replace

from detection.detect.base import Detector, DetectorError, DetectorTimeoutError
from detection.detect.engines import gpu_providers
from detection.types import Detection, Image

log = logging.getLogger(__name__)

QUEUE_SIZE = 32
REQUEST_TIMEOUT_S = 5.0
GPU_BATCH = 8
GPU_WAIT_MS = 10.0
_STOP = None


@dataclass(frozen=True, slots=True)
class BatchStats:
    """Counts since the start; busy_s is the time spent inside the detector."""

    batches: int = 0
    pictures: int = 0
    errors: int = 0
    timeouts: int = 0
    busy_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Request:
    camera: str
    image: Image
    answer: Future[list[Detection]]


class MicroBatcher:
    """Run one detector in one thread for any number of camera threads; itself a Detector, and thread-safe.

    A request waits at most max_wait_ms for company, and max_batch pictures go at once. Left open, that is GPU_WAIT_MS
    and GPU_BATCH where a graphics processor can be used; a plain processor takes one by one as they come: there a
    picture costs the same in a batch, and cameras that wait for each other's leave the cores idle in turn.

    The queue is bounded, and a request that is not answered in timeout_s raises DetectorTimeoutError at its camera.
    When the detector raises on a batch, its pictures are tried one by one, so that only the camera whose picture it is
    gets the error. Never returns an empty answer in place of an error.
    """

    def __init__(
        self,
        detector: Detector,
        max_wait_ms: float | None = None,
        max_batch: int | None = None,
        timeout_s: float = REQUEST_TIMEOUT_S,
        queue_size: int = QUEUE_SIZE,
    ) -> None:
        self._detector = detector
        gpu = bool(gpu_providers())
        own_wait_ms, own_batch = (GPU_WAIT_MS, GPU_BATCH) if gpu else (0.0, 1)
        self._max_wait_s = (own_wait_ms if max_wait_ms is None else max_wait_ms) / 1000.0
        self._max_batch = own_batch if max_batch is None else max_batch
        self._timeout_s = timeout_s
        self._queue: queue.Queue[_Request | str | None] = queue.Queue(queue_size)
        self._lock = threading.Lock()
        self._closed = False
        self.stats = BatchStats()
        self._thread = threading.Thread(target=self._loop, name="detector", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """Return the name of the detector inside."""
        return self._detector.name

    @property
    def version(self) -> str:
        """Return the version of the detector inside."""
        return self._detector.version

    @property
    def waiting(self) -> int:
        """Return how many requests wait now."""
        return self._queue.qsize()

    def detect_one(self, camera: str, image: Image) -> list[Detection]:
        """Return the detections of one picture; raises DetectorError or DetectorTimeoutError."""
        return self._wait(self._ask(camera, image))

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Return the detections of each picture; see Detector.detect."""
        answers = [self._ask(camera, image) for image, camera in zip(images, cameras, strict=True)]
        return [self._wait(answer) for answer in answers]

    def forget(self, camera: str) -> None:
        """Drop what was learned of one camera, in the detector's own thread and after what is queued."""
        try:
            self._queue.put(camera, timeout=self._timeout_s)
        except queue.Full:
            log.warning("The detector is too busy to forget camera %s.", camera)

    def close(self, timeout_s: float = 5.0) -> None:
        """Stop the thread after the batch in hand; who still waits gets a DetectorError. Idempotent."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        try:
            self._queue.put(_STOP, timeout=timeout_s)
        except queue.Full:
            log.warning("The detector did not take its stop within %.0f s.", timeout_s)
        self._thread.join(timeout_s)

    def _ask(self, camera: str, image: Image) -> Future[list[Detection]]:
        request = _Request(camera, image, Future())
        with self._lock:
            if self._closed:
                raise DetectorError("The detector has been stopped.")
        try:
            self._queue.put(request, timeout=self._timeout_s)
        except queue.Full:
            self._count(timeouts=1)
            raise DetectorTimeoutError(
                f"Camera {camera}: the detector's queue of {self._queue.maxsize} pictures stayed full for "
                f"{self._timeout_s:g} s. Watch fewer cameras on this machine, or fewer frames a second."
            ) from None
        return request.answer

    def _wait(self, answer: Future[list[Detection]]) -> list[Detection]:
        try:
            return answer.result(self._timeout_s)
        except FutureTimeoutError:
            answer.cancel()
            self._count(timeouts=1)
            raise DetectorTimeoutError(
                f"The detector {self.name} did not answer within {self._timeout_s:g} s."
            ) from None

    def _loop(self) -> None:
        running = True
        while running:
            batch, running = self._collect()
            if batch:
                self._answer(batch)
            del batch  # else the last pictures would be kept until the next one comes
        while True:
            try:
                left = self._queue.get_nowait()
            except queue.Empty:
                return
            if isinstance(left, _Request) and left.answer.set_running_or_notify_cancel():
                left.answer.set_exception(DetectorError("The detector has been stopped."))

    def _collect(self) -> tuple[list[_Request], bool]:
        """Return the next batch, and whether to go on; a camera to forget ends a batch, so that order is kept."""
        batch: list[_Request] = []
        until = float("inf")
        while len(batch) < self._max_batch:
            try:
                left_s = None if until == float("inf") else max(0.0, until - time.monotonic())
                item = self._queue.get(timeout=left_s)
            except queue.Empty:
                break
            if item is None:
                return batch, False
            if isinstance(item, str):
                if batch:
                    self._answer(batch)
                self._forget(item)
                return [], True
            if item.answer.set_running_or_notify_cancel():
                batch.append(item)
                until = min(until, time.monotonic() + self._max_wait_s)
        return batch, True

    def _forget(self, camera: str) -> None:
        try:
            self._detector.forget(camera)
        except Exception:  # the thread serves the other cameras, too
            log.exception("The detector %s could not forget camera %s.", self.name, camera)

    def _answer(self, batch: list[_Request]) -> None:
        started = time.perf_counter()
        try:
            results = self._detect(batch)
        except Exception as error:
            if len(batch) > 1:
                for request in batch:
                    self._answer([request])
                return
            self._count(batches=1, pictures=1, errors=1, busy_s=time.perf_counter() - started)
            batch[0].answer.set_exception(_as_detector_error(error, self.name))
            return
        self._count(batches=1, pictures=len(batch), busy_s=time.perf_counter() - started)
        for request, found in zip(batch, results, strict=True):
            request.answer.set_result(found)

    def _detect(self, batch: list[_Request]) -> list[list[Detection]]:
        results = self._detector.detect([r.image for r in batch], [r.camera for r in batch])
        if len(results) != len(batch):
            raise DetectorError(f"The detector {self.name} answered {len(results)} of {len(batch)} pictures.")
        return results

    def _count(
        self, *, batches: int = 0, pictures: int = 0, errors: int = 0, timeouts: int = 0, busy_s: float = 0.0
    ) -> None:
        with self._lock:
            s = self.stats
            self.stats = replace(
                s,
                batches=s.batches + batches,
                pictures=s.pictures + pictures,
                errors=s.errors + errors,
                timeouts=s.timeouts + timeouts,
                busy_s=s.busy_s + busy_s,
            )


def _as_detector_error(error: Exception, name: str) -> DetectorError:
    if isinstance(error, DetectorError):
        return error
    wrapped = DetectorError(f"The detector {name} failed: {type(error).__name__}: {error}")
    wrapped.__cause__ = error
    return wrapped
