"""Hold where one person stands between upright and fallen."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

Posture = Literal["upright", "down", "between", "unknown"]
MAX_HEIGHTS = 32


@dataclass(slots=True)
class FallState:
    """What the judgement of a fall keeps of one person; pixels of the picture, stream seconds.

    standing_px: heights of the standing person, lately. upright_at: the last upright moment; upright: the upright
    moments of the second up to it, each with its time and the y of the box's top, the head and the hips. down_since,
    down_seen, down_by_pose: the current time down, in how many frames, in how many of them by the pose; other_seen:
    frames within it that said something else. up_since: upright again since. drop, sinking: how far and how fast the
    head came down, in heights and heights a second; took_s: from the last upright moment to the first one down.
    fallen_since: set while the person counts as fallen; by_pose: whether the pose told it.
    """

    standing_px: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_HEIGHTS))
    upright_at: float | None = None
    upright: deque[tuple[float, float, float | None, float | None]] = field(default_factory=deque)
    down_since: float | None = None
    down_seen: int = 0
    down_by_pose: int = 0
    other_seen: int = 0
    up_since: float | None = None
    drop: float = 0.0
    sinking: float = 0.0
    took_s: float | None = None
    tilt_deg: float = 0.0
    fallen_since: float | None = None
    by_pose: bool = False

    @property
    def top_y(self) -> float | None:
        """Return the highest the box's upper edge was while last upright."""
        return min((top for _, top, _, _ in self.upright), default=None)

    @property
    def head_y(self) -> float | None:
        """Return the highest the head was while last upright."""
        return min((head for _, _, head, _ in self.upright if head is not None), default=None)

    @property
    def hips_y(self) -> float | None:
        """Return the highest the hips were while last upright."""
        return min((hips for _, _, _, hips in self.upright if hips is not None), default=None)
