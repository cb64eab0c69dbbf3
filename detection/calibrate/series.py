"""Keep the scores of a camera's frames, small enough for days of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAGIC = b"VSS1"
HEAD = struct.Struct("<4sIq")
STEPS = 1000
"""A score is kept in thousandths, a time in milliseconds."""
GAP_S = 10.0
"""Between frames further apart the camera was not watched: that time is no footage."""


class SeriesError(Exception):
    """Stored scores cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class ScoreSeries:
    """Scores in order of time.

    at: (n,), float64, Unix seconds, never falling; score: (n,), float64, 0–1, thousandths; agreement: (n,), uint8, how
    many independent parts lay over what is normal for each.
    """

    at: NDArray[np.float64]
    score: NDArray[np.float64]
    agreement: NDArray[np.uint8]

    @classmethod
    def of(cls, at: Sequence[float], score: Sequence[float], agreement: Sequence[int]) -> ScoreSeries:
        """Return the series of some frames, quantised; a score that is not finite is left out."""
        times, values = np.asarray(at, np.float64), np.asarray(score, np.float64)
        kept = np.isfinite(times) & np.isfinite(values)
        times = np.round(np.maximum.accumulate(times[kept]) * STEPS) / STEPS
        values = np.round(np.clip(values[kept], 0.0, 1.0) * STEPS) / STEPS
        return cls(times, values, np.clip(np.asarray(agreement)[kept], 0, 255).astype(np.uint8))

    @classmethod
    def joined(cls, parts: Iterable[ScoreSeries]) -> ScoreSeries:
        """Return several series as one, by time; of parts that overlap the later one gives way where they do."""
        ordered = sorted((part for part in parts if len(part)), key=lambda part: float(part.at[0]))
        kept: list[ScoreSeries] = []
        last = float("-inf")
        for part in ordered:
            fresh = part.after(last)
            if len(fresh):
                kept.append(fresh)
                last = float(fresh.at[-1])
        if not kept:
            return cls.of([], [], [])
        return cls(
            np.concatenate([part.at for part in kept]),
            np.concatenate([part.score for part in kept]),
            np.concatenate([part.agreement for part in kept]),
        )

    def __len__(self) -> int:
        return len(self.at)

    @property
    def seconds(self) -> float:
        """Return the footage in seconds: the time between frames, without gaps of over GAP_S."""
        steps = np.diff(self.at)
        return float(steps[steps <= GAP_S].sum())

    def after(self, at: float) -> ScoreSeries:
        """Return the frames later than a Unix time."""
        first = int(np.searchsorted(self.at, at, "right"))
        return self[first:]

    def __getitem__(self, part: slice) -> ScoreSeries:
        return ScoreSeries(self.at[part], self.score[part], self.agreement[part])

    def pack(self) -> bytes:
        """Return the series as bytes; raises ValueError for an empty one."""
        if not len(self):
            raise ValueError("An empty series is not packed.")
        millis = np.round(self.at * STEPS).astype(np.int64)
        steps = np.diff(millis, prepend=millis[:1]).astype(np.uint32)
        scores = np.round(self.score * STEPS).astype(np.uint16)
        body = steps.tobytes() + scores.tobytes() + self.agreement.tobytes()
        return HEAD.pack(MAGIC, len(self), int(millis[0])) + zlib.compress(body)

    @classmethod
    def unpack(cls, packed: bytes) -> ScoreSeries:
        """Return what pack wrote, bit for bit; raises SeriesError for anything else."""
        try:
            magic, count, first = HEAD.unpack_from(packed)
            body = zlib.decompress(packed[HEAD.size :]) if magic == MAGIC else b""
        except (struct.error, zlib.error) as error:
            raise SeriesError(f"Stored scores are damaged: {error}.") from error
        if magic != MAGIC or len(body) != count * 7 or not count:
            raise SeriesError("Stored scores are damaged or of another version.")
        steps = np.frombuffer(body, "<u4", count).astype(np.int64)
        scores = np.frombuffer(body, "<u2", count, count * 4)
        agreement = np.frombuffer(body, np.uint8, count, count * 6)
        return cls((first + np.cumsum(steps)) / STEPS, scores / STEPS, agreement.copy())
