"""Say what a recording is of: the same footage, seen in the same way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from detection.masks import Polygon
from detection.motion import MotionSettings

FORMAT = 2
"""Raised when the layout changes, and when gate, tracker or features would see the same pictures otherwise."""
CHUNK = 4 * 1024 * 1024
DIGITS = 16


@dataclass(frozen=True, slots=True)
class Identity:
    """What the sights of a recording depend on.

    content: the digest of the footage (`content_of`), or of a live source's address; name: what to call it, without
    credentials; detector, detector_version: as its events say; analysis_fps: analysed frames a second; masks, max_width
    (pixels), motion: as in the settings of the watch; reads: what the scorer read of the pictures, "" for nothing;
    senses: what else was asked, each with its model.
    """

    content: str
    name: str
    detector: str
    detector_version: str
    analysis_fps: float
    masks: tuple[Polygon, ...] = ()
    max_width: int = 1280
    motion: MotionSettings = field(default_factory=MotionSettings)
    reads: str = ""
    senses: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """Return the name of the recording's file: first the footage, then all of it and the format; no clear text."""
        facts = {k: v for k, v in asdict(self).items() if k != "name"}
        whole = hashlib.sha256(json.dumps([FORMAT, facts], sort_keys=True).encode()).hexdigest()
        return f"{self.content[:DIGITS]}-{whole[:DIGITS]}.sights"

    def to_json(self) -> str:
        """Return what from_json reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Identity:
        """Return the identity that to_json wrote; raises ValueError, KeyError or TypeError for anything else."""
        facts: dict[str, Any] = json.loads(text)
        facts["masks"] = tuple(tuple((float(x), float(y)) for x, y in mask) for mask in facts["masks"])
        facts["motion"] = MotionSettings(**facts["motion"])
        facts["senses"] = tuple(str(sense) for sense in facts["senses"])
        return cls(**facts)


def content_of(path: Path, told: Callable[[float], None] | None = None) -> str:
    """Return the SHA-256 of a file's content, 64 hexadecimal digits; told is called with 0–1. Raises OSError."""
    digest, done, size = hashlib.sha256(), 0, max(1, path.stat().st_size)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if told is not None:
                told(min(1.0, done / size))
    return digest.hexdigest()


def address_of(shown: str) -> str:
    """Return what stands for a live source, whose content nobody can know before; shown: its address as shown."""
    return hashlib.sha256(b"address:" + shown.encode()).hexdigest()
