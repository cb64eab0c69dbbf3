"""Find out at the start which engine runs a detector quickest here, and as truly as the plain one."""

from __future__ import annotations

import json
import logging
import os
import platform
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from detection.detect.base import DetectorError
from detection.detect.engines import Engine, OnnxRuntimeEngine, OpenVinoEngine, gpu_providers
from detection.detect.onnx import CONFIDENCE, OnnxDetector
from detection.detect.quantise import quantise
from detection.detect.reshape import ReshapeError, Size
from detection.types import Box, Detection, Image

log = logging.getLogger(__name__)

PICTURES = 8
"""Pictures with objects in them that are compared; scales of eight bits come from them as well."""
LEAST_OBJECTS = 8
EVERY_S = 0.7
"""Pictures are taken so far apart: neighbours show the same."""
MAX_WIDTH = 1280
ROUNDS = 6
AGREEMENT = 0.95
SAME_PLACE = 0.7
SAME_SURENESS = 0.1
BORDER = 0.05
"""An object so close to the least confidence may be seen by one and missed by the other."""
GAIN = 0.9
"""Another engine is taken when it needs at most so much of the plain one's time."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One engine: milliseconds a picture, and the share of objects on which it agrees with the plain one, 0–1."""

    engine: str
    ms: float
    agreement: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found out for a model on this machine: the chosen engine, all that were tried, on how many objects.

    size: height and width of the network's input.
    """

    model: str
    digest: str
    size: Size
    machine: str
    engine: str
    objects: int
    candidates: tuple[Candidate, ...]


class MeasuredDetector:
    """A detector that measures itself on the first pictures with objects, and goes on with the quickest engine.

    Called by one thread, as a Detector inside a MicroBatcher. Until it is measured, and where nothing is quicker, the
    plain engine runs. What was found out is kept in `folder` for this model, machine and set of libraries.
    """

    def __init__(
        self,
        path: Path,
        folder: Path,
        *,
        size: Size | None = None,
        threads: int = 1,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the model, its input at another size if one is given; raises as OnnxDetector does."""
        self._path, self._folder, self._size, self._threads = path, folder, size, threads
        self._plain = self._detector = OnnxDetector(path, size=size, threads=threads)
        self._monotonic = monotonic
        self._pictures: list[Image] = []
        self._objects = 0
        self._taken_at = float("-inf")
        self._worker: threading.Thread | None = None
        self.measured: Measured | None = None
        self._recall()

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self._plain.name

    @property
    def version(self) -> str:
        """Return the model's digest; the engine changes nothing that counts, and shows in `measured`."""
        return self._plain.version

    @property
    def size(self) -> Size:
        """Return the height and the width of the network's input."""
        return self._plain.size

    @property
    def engine(self) -> str:
        """Return which runtime and precision runs it now."""
        return self._detector.engine

    def detect(self, images: Sequence[Image], cameras: Sequence[str]) -> list[list[Detection]]:
        """Return the detections of each picture; see Detector.detect."""
        found = self._detector.detect(images, cameras)
        if self._worker is None and self.measured is None:
            self._collect(images, found)
        return found

    def forget(self, camera: str) -> None:
        """Do nothing: this detector keeps nothing of a camera."""

    def wait(self, timeout_s: float) -> bool:
        """Wait for a measurement under way; returns whether there is a result."""
        if self._worker is not None:
            self._worker.join(timeout_s)
        return self.measured is not None

    def _collect(self, images: Sequence[Image], found: Sequence[Sequence[Detection]]) -> None:
        for image, objects in zip(images, found, strict=True):
            now = self._monotonic()
            if not objects or now - self._taken_at < EVERY_S:
                continue
            self._taken_at = now
            self._pictures.append(_small(image))
            self._objects += len(objects)
            if len(self._pictures) >= PICTURES and self._objects >= LEAST_OBJECTS:
                pictures, self._pictures = self._pictures, []
                self._worker = threading.Thread(target=self._measure, args=(pictures,), daemon=True)
                self._worker.start()
                return
            self._pictures = self._pictures[-PICTURES:]

    def _measure(self, pictures: list[Image]) -> None:
        try:
            reference = [self._plain.detect([picture], [""])[0] for picture in pictures]
            detectors: dict[str, OnnxDetector] = {self._plain.engine: self._plain}
            for make in self._candidates(pictures):
                try:
                    engine = make()
                    detectors[engine.name] = self._plain.through(engine)
                    detectors[engine.name].detect(pictures[:1], [""])
                except Exception as error:  # a runtime that this machine cannot use is passed over
                    log.info("%s: an engine cannot be used here: %s", self._path.name, error)
            candidates = _compared(detectors, pictures, reference)
            best = _choice(candidates, self._plain.engine)
            found = Measured(
                self._plain.name,
                self._plain.digest,
                self.size,
                machine(),
                best,
                sum(len(each) for each in reference),
                tuple(candidates),
            )
            self._detector = detectors[best]
            self.measured = found
            self._keep(found)
            log.info("%s runs on %s: %s", self._path.name, best, _told(candidates))
        except Exception:  # the plain engine goes on
            log.exception("%s could not be measured", self._path.name)

    def _candidates(self, pictures: Sequence[Image]) -> list[Callable[[], Engine]]:
        path, size, threads = self._path, self._size, self._threads
        eight = self._eight_bits()

        def in_eight_bits() -> Engine:
            if not eight.is_file():
                eight.parent.mkdir(parents=True, exist_ok=True)
                quantise(path, eight, [self._plain.input_of(p) for p in pictures], self._plain.input_name, size)
            return OpenVinoEngine(eight, "int8", threads=threads)

        return [
            *(partial(_on_gpu, path, size, provider) for provider in gpu_providers()),
            lambda: OpenVinoEngine(path, "f32", size=size, threads=threads),
            lambda: OpenVinoEngine(path, "bf16", size=size, threads=threads),
            in_eight_bits,
        ]

    def _eight_bits(self) -> Path:
        return self._folder / f"{self._stem()}-int8.onnx"

    def _kept(self) -> Path:
        return self._folder / f"{self._stem()}.json"

    def _stem(self) -> str:
        return f"{self._plain.name}-{self._plain.digest[:12]}-{self.size[0]}x{self.size[1]}"

    def _keep(self, found: Measured) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial = self._kept().with_suffix(f".{os.getpid()}.part")
            partial.write_text(json.dumps(asdict(found), indent=1))
            partial.replace(self._kept())
        except OSError as error:
            log.warning("What was measured for %s could not be kept: %s", self._path.name, error)

    def _recall(self) -> None:
        """Take up what was found out before, if this is still the same machine with the same libraries."""
        try:
            data = json.loads(self._kept().read_text())
            candidates = tuple(Candidate(**each) for each in data.pop("candidates"))
            found = Measured(**{**data, "size": tuple(data["size"])}, candidates=candidates)
            if (found.digest, found.machine) != (self._plain.digest, machine()):
                return
            self._detector = self._opened(found.engine)
            self._detector.detect([_blank()], [""])
            self.measured = found
        except FileNotFoundError:
            return
        except Exception as error:  # whatever is wrong with the file or the engine, it is measured again
            log.info("%s is measured again: %s", self._path.name, error)
            self._detector = self._plain

    def _opened(self, name: str) -> OnnxDetector:
        runtime, _, precision = name.rpartition(" ")
        if name == self._plain.engine:
            return self._plain
        if runtime == "OpenVINO":
            if precision == "int8":
                return self._plain.through(OpenVinoEngine(self._eight_bits(), precision, threads=self._threads))
            return self._plain.through(OpenVinoEngine(self._path, precision, size=self._size, threads=self._threads))
        return self._plain.through(_on_gpu(self._path, self._size, f"{precision}ExecutionProvider"))


def _on_gpu(path: Path, size: Size | None, provider: str) -> Engine:
    """Return the engine on a graphics processor, which earns its keep by batches: open for them where it can be."""
    try:
        return OnnxRuntimeEngine(path, size=size, any_batch=True, provider=provider)
    except (ReshapeError, DetectorError):
        return OnnxRuntimeEngine(path, size=size, provider=provider)


def machine() -> str:
    """Return what decides which engine is the quickest: processor, cores, and the versions of the runtimes."""
    libraries = " ".join(f"{name} {version(name)}" for name in ("onnxruntime", "openvino"))
    return f"{_processor()}, {os.cpu_count()} cores, {libraries}"


def agreement(reference: Sequence[Detection], found: Sequence[Detection], least: float = CONFIDENCE) -> tuple[int, int]:
    """Return how many objects both see alike, and how many either sees for sure.

    Alike: the same kind at SAME_PLACE intersection over union, within SAME_SURENESS. An object that only one sees, at
    less than BORDER over the least confidence, is left out.
    """
    left = list(found)
    alike, sure = 0, 0
    for each in reference:
        match = next((other for other in left if _alike(each, other)), None)
        if match is not None:
            left.remove(match)
            alike, sure = alike + 1, sure + 1
        elif each.confidence >= least + BORDER:
            sure += 1
    return alike, sure + sum(each.confidence >= least + BORDER for each in left)


def _compared(
    detectors: dict[str, OnnxDetector], pictures: Sequence[Image], reference: Sequence[Sequence[Detection]]
) -> list[Candidate]:
    """Time and compare the engines, taking turns, so that a busy moment strikes all of them."""
    times: dict[str, list[float]] = {name: [] for name in detectors}
    counts = {name: [0, 0] for name in detectors}
    for turn in range(ROUNDS):
        for name, detector in detectors.items():
            picture = pictures[turn % len(pictures)]
            started = time.perf_counter()
            detector.detect([picture], [""])
            times[name].append((time.perf_counter() - started) * 1e3)
    for name, detector in detectors.items():
        for picture, truth in zip(pictures, reference, strict=True):
            alike, sure = agreement(truth, detector.detect([picture], [""])[0])
            counts[name][0] += alike
            counts[name][1] += sure
    return [
        Candidate(name, round(median(times[name]), 2), round(alike / sure, 4) if sure else 0.0)
        for name, (alike, sure) in counts.items()
    ]


def _choice(candidates: Sequence[Candidate], plain: str) -> str:
    own = next(c.ms for c in candidates if c.engine == plain)
    true = [c for c in candidates if c.engine != plain and c.agreement >= AGREEMENT and c.ms <= own * GAIN]
    return min(true, key=lambda c: c.ms).engine if true else plain


def _alike(a: Detection, b: Detection) -> bool:
    near = abs(a.confidence - b.confidence) <= SAME_SURENESS
    return near and a.label == b.label and _overlap(a.box, b.box) >= SAME_PLACE


def _overlap(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (both - width * height)


def _small(image: Image) -> Image:
    if image.shape[1] <= MAX_WIDTH:
        return image.copy()
    size = (MAX_WIDTH, round(image.shape[0] * MAX_WIDTH / image.shape[1]))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype("uint8")


def _blank() -> Image:
    return np.zeros((64, 64, 3), np.uint8)


def _told(candidates: Sequence[Candidate]) -> str:
    return "; ".join(f"{c.engine} {c.ms:.1f} ms, {c.agreement:.0%} alike" for c in candidates)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
