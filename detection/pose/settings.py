"""Say how poses are looked for and when they are unusual. All of it can be set per camera.

Lengths are in heights of the standing person or in torso lengths (hips to shoulders, about 0.29 of the height), so that
they hold near and far; times are in seconds, so that they hold at any frame rate.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LookSettings:
    """How much looking a frame may cost, and at whom.

    budget_ms: of one frame, all people together. min_person_px: the longer side of a box below which the points would
    be guesses. grown: how much longer than the box's longer side the crop is. lost_s: how long the place is looked at
    where somebody's box vanished: detectors often do not know a person who lies. max_lost: such places per frame.
    """

    budget_ms: float = 25.0
    min_person_px: float = 40.0
    grown: float = 0.25
    lost_s: float = 4.0
    max_lost: int = 2


@dataclass(frozen=True, slots=True)
class FallSettings:
    """What a fall is: from upright to down within a short time, then staying down.

    Down, by the pose: the torso leans by lean_deg from upright, the hips are within hips_low heights of the feet and
    the head within head_low. Each has a margin to what is no fall: who bends keeps the hips at 0.45, who sits keeps the
    torso within 40° and the head at 0.7, who crouches keeps the torso within 40° and the head over 0.5. within_s: from
    the last upright moment to the first one down; longer is lying down. drop: of the head in that time, heights;
    sinking: the pace at which its height shrank, heights a second, where lying down with care takes 0.3. stay_s: down
    for so long by the pose; stay_box_s: by the box alone. by_outline: ask the box where the points vanish, which is
    only worth it where boxes are whole people; box_height, box_ratio: height of the box against the standing one's, and
    against its own width. upright_deg: the torso of who is upright leans no more; up_s: upright again for so long ends
    a fall. lying_s: who was never seen upright is told to lie after so long.
    """

    lean_deg: float = 50.0
    hips_low: float = 0.32
    head_low: float = 0.50
    drop: float = 0.35
    within_s: float = 2.0
    sinking: float = 0.45
    stay_s: float = 0.5
    stay_box_s: float = 1.0
    by_outline: bool = True
    box_height: float = 0.60
    box_ratio: float = 1.0
    upright_deg: float = 35.0
    up_s: float = 1.0
    lying_s: float = 3.0


@dataclass(frozen=True, slots=True)
class GestureSettings:
    """Raised hands, crouching and crawling, each held for some seconds.

    over_head: both wrists so many torsos above the head. crouch_hips: hips within so many heights of the feet, with the
    torso upright. crawl_pace: heights a second, along the picture, of somebody who is down on hands and knees.
    """

    over_head: float = 0.0
    raised_s: float = 1.0
    crouch_hips: float = 0.22
    crouch_s: float = 2.0
    crawl_pace: float = 0.15
    crawl_s: float = 1.5


@dataclass(frozen=True, slots=True)
class PaceSettings:
    """How fast parts of a body move. Wrists and head are measured against the torso, over window_s.

    wrist, head: torsos a second; torso_deg: degrees a second. People walking and handling things stay under 5, 2 and 60
    in 99 of 100 frames. min_torso_px: of a smaller body one misplaced pixel is already fast.
    """

    window_s: float = 0.19
    min_torso_px: float = 25.0
    wrist: float = 7.0
    head: float = 3.0
    torso_deg: float = 120.0


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """An aggressive exchange: two people within reach whose limbs are fast again and again.

    reach: distance of their hips, heights; wrist, ankle: torsos a second against the own torso that count as a strike,
    where walking stays under 3 and 4; strikes: of both together within memory_s, at least one of them of each, and
    spread over spread_s; alone: fast movements of one's hands where the other's body cannot be read.
    """

    reach: float = 0.9
    wrist: float = 4.0
    ankle: float = 5.0
    strikes: int = 3
    alone: int = 4
    memory_s: float = 2.0
    spread_s: float = 0.5


@dataclass(frozen=True, slots=True)
class PoseSettings:
    """All of the above. min_visibility: points less sure than this count for nothing, 0–1; off: do not look at all."""

    off: bool = False
    min_visibility: float = 0.5
    memory_s: float = 6.0
    look: LookSettings = field(default_factory=LookSettings)
    fall: FallSettings = field(default_factory=FallSettings)
    gesture: GestureSettings = field(default_factory=GestureSettings)
    pace: PaceSettings = field(default_factory=PaceSettings)
    exchange: ExchangeSettings = field(default_factory=ExchangeSettings)
