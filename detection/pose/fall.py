"""Tell a fall from sitting, bending, crouching and lying down: upright, a short way down, then staying there.

A bent person's hips stay up, a sitting or crouching one's torso stays upright and the way down is slow, and who lies
from the start was never upright. Where the points vanish on the ground, the box tells it with a longer wait: it became
wider than high and its upper edge sank. The order (posture, pace, stillness) follows Noury et al., EMBC 2007.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from detection.pose.body import Body, standing_px
from detection.pose.fallstate import FallState, Posture
from detection.pose.memory import Person, Sample
from detection.pose.settings import FallSettings

UPRIGHT_HEAD = 0.60
"""The head of who stands or sits upright is higher over the feet, in heights."""
UPRIGHT_BOX = 1.4
"""Box height by width of a person who is taken for upright without a pose."""
UPRIGHT_BOX_HEIGHT = 0.75
NARROW_BOX = 2.0
"""Box height by width of nobody who lies, however small it is: its person walked away, or is another one now."""
UPSIDE_DOWN_DEG = 120.0
"""A torso that leans further in a box that is higher than wide was found upside down."""
POSE_HOLDS_S = 0.45
"""For so long after a pose the box alone is not asked: it would contradict what was seen."""
BLIND_STAY_S = 0.8
"""Down for so long when the way down was not seen."""
MAX_BLIND_S = 3.0
HIPS_DROP = 0.6
"""What the hips of a falling person sink, against the head."""
BEFORE_S = 1.0
"""A fall is measured from the highest the head was so shortly before the last upright moment: that one may be late."""
PACE_OVER_S = 0.4
UP_AGAIN_S = 0.3
"""Upright for so long, somebody who was down for a moment is up again."""
MIN_SHARE = 0.6
"""Of the frames since the person went down, so many must agree."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A person who fell, or lies: since when, how it was told.

    fell: False for a person who lies without a fall having been seen. drop: of the head in heights; took_s: from the
    last upright moment to the first one down.
    """

    fell: bool
    down_s: float
    tilt_deg: float
    drop: float
    took_s: float
    by_pose: bool


def follow(person: Person, settings: FallSettings) -> Fall | None:
    """Take the person's last sample in and return the fall or the lying that holds now, if any."""
    sample, state = person.samples[-1], person.fall
    posture, by_pose = _posture(person, settings)
    if posture == "upright":
        _upright(state, sample, settings)
    elif posture == "down":
        _down(person, by_pose, settings)
    elif posture == "between":
        state.up_since = None
        state.other_seen += 1
    if state.fallen_since is not None:
        down_s = sample.at_s - state.fallen_since
        return Fall(True, down_s, state.tilt_deg, state.drop, state.took_s or 0.0, state.by_pose)
    if posture == "down" and state.down_since is not None and _agree(state) and by_pose:
        down_s = sample.at_s - state.down_since
        if down_s >= settings.lying_s and state.down_by_pose >= 3:
            return Fall(False, down_s, state.tilt_deg, state.drop, 0.0, True)
    return None


def _posture(person: Person, settings: FallSettings) -> tuple[Posture, bool]:
    """Return the posture in the last sample, and whether the pose (not the box) told it."""
    sample, state = person.samples[-1], person.fall
    if sample.body is not None:
        standing = _standing(state, sample)
        by_pose = posture_of(sample.body, standing, state, settings)
        if by_pose == "down" and _stands(sample, sample.body, standing):
            return "between", True
        if by_pose == "between" and _box_posture(sample, state, settings) == "down":
            return "down", False
        return by_pose, True
    if any(s.body is not None and sample.at_s - s.at_s <= POSE_HOLDS_S for s in person.samples):
        return "unknown", False
    return _box_posture(sample, state, settings), False


def _stands(sample: Sample, body: Body, standing: float) -> bool:
    """Tell whether the box is that of a standing person: points that say otherwise were found upside down."""
    width, height = sample.box[2] - sample.box[0], sample.box[3] - sample.box[1]
    high = height >= UPRIGHT_BOX_HEIGHT * standing or body.tilt_deg > UPSIDE_DOWN_DEG
    return high and height >= UPRIGHT_BOX * width


def posture_of(body: Body, standing: float, state: FallState, settings: FallSettings) -> Posture:
    """Return the posture of a body of whom `standing` is the standing height in pixels."""
    if body.head is None:
        return "unknown"
    head = (body.low_y - body.head[1]) / standing
    hips = (body.low_y - body.hips[1]) / standing
    stood = state.hips_y
    sank = stood is not None and body.hips[1] - stood >= HIPS_DROP * settings.drop * standing
    low = sank or (body.feet_seen and hips <= settings.hips_low)
    if body.tilt_deg >= settings.lean_deg and head <= settings.head_low and low:
        return "down"
    if body.tilt_deg <= settings.upright_deg and head >= (UPRIGHT_HEAD if body.feet_seen else 0.0):
        return "upright"
    return "between"


def _box_posture(sample: Sample, state: FallState, settings: FallSettings) -> Posture:
    left, top, right, bottom = sample.box
    ratio = (bottom - top) / max(1.0, right - left)
    if sample.at_edge or not sample.named:
        return "unknown"  # a box that the picture cuts has no shape, and one of a thing is none of a person
    if not state.standing_px:
        return "upright" if ratio >= UPRIGHT_BOX else "unknown"
    standing = median(state.standing_px)
    height = (bottom - top) / standing
    sank = state.top_y is not None and (top - state.top_y) >= settings.drop * standing
    if height <= settings.box_height and ratio <= settings.box_ratio and sank:
        return "down" if settings.by_outline else "unknown"
    upright = ratio >= NARROW_BOX or (ratio >= UPRIGHT_BOX and height >= UPRIGHT_BOX_HEIGHT)
    return "upright" if upright else "between"


def _standing(state: FallState, sample: Sample) -> float:
    if state.standing_px:
        return median(state.standing_px)
    if sample.body is None:
        return max(1.0, sample.box[3] - sample.box[1])
    longer = max(sample.box[2] - sample.box[0], sample.box[3] - sample.box[1])
    return max(1.0, min(standing_px(sample.body, (0.0, 0.0, 1.0, longer)), 1.6 * longer))


def _upright(state: FallState, sample: Sample, settings: FallSettings) -> None:
    height = standing_px(sample.body, sample.box) if sample.body else sample.box[3] - sample.box[1]
    state.standing_px.append(max(1.0, height))
    state.up_since = sample.at_s if state.up_since is None else state.up_since
    up_s = sample.at_s - state.up_since
    if up_s < (settings.up_s if state.fallen_since is not None else UP_AGAIN_S) and state.down_since is not None:
        state.other_seen += 1
        return  # one frame of nonsense on somebody who is down is not getting up
    state.upright_at = sample.at_s
    head_y = sample.body.head[1] if sample.body and sample.body.head else None
    state.upright.append((sample.at_s, sample.box[1], head_y, sample.body.hips[1] if sample.body else None))
    while sample.at_s - state.upright[0][0] > BEFORE_S:
        state.upright.popleft()
    state.down_since = state.fallen_since = state.took_s = None


def _down(person: Person, by_pose: bool, settings: FallSettings) -> None:
    state, sample = person.fall, person.samples[-1]
    state.up_since = None
    if state.down_since is None:
        state.down_since = sample.at_s
        state.down_seen = state.down_by_pose = state.other_seen = 0
    state.down_seen += 1
    state.down_by_pose += by_pose
    if sample.body is not None and by_pose:
        state.tilt_deg = sample.body.tilt_deg
    if state.fallen_since is None and state.upright_at is not None and _fell(person, settings):
        state.fallen_since = state.down_since
        state.by_pose = state.down_by_pose >= 2


def _fell(person: Person, settings: FallSettings) -> bool:
    """Tell whether the way down was that of a fall and the person stayed down for long enough."""
    state, now = person.fall, person.samples[-1]
    if state.down_since is None or state.upright_at is None or not _agree(state):
        return False
    way = [s for s in person.samples if s.at_s >= state.upright_at - BEFORE_S]
    blind = max((b.at_s - a.at_s for a, b in pairwise(way)), default=0.0)
    took = state.down_since - state.upright_at
    standing = median(state.standing_px)
    by_pose = state.down_by_pose >= 2
    state.drop = _drop(way, state, standing, by_pose)
    unseen = blind if blind > POSE_HOLDS_S else 0.0
    if unseen and not by_pose:
        return False  # a box that reappears in another shape may be another thing's
    if state.drop < settings.drop or unseen > MAX_BLIND_S or took - unseen > settings.within_s:
        return False
    state.sinking = _sinking(way, standing, by_pose)
    if not unseen and state.sinking < settings.sinking:
        return False
    state.took_s = took
    stay = settings.stay_s if by_pose else settings.stay_box_s
    return now.at_s - state.down_since >= (max(stay, BLIND_STAY_S) if unseen else stay)


def _agree(state: FallState) -> bool:
    return state.down_seen >= 2 and state.down_seen >= MIN_SHARE * (state.down_seen + state.other_seen)


def _drop(way: list[Sample], state: FallState, standing: float, by_pose: bool) -> float:
    """Return how far the head (or the box's upper edge) is down since it was last upright, heights.

    By the pose, the larger of two: down in the picture, and down against the lowest part of the body. A fall away from
    the camera hardly sinks in the picture, one towards it brings the feet up.
    """
    now = way[-1]
    if not by_pose:
        return (now.box[1] - state.top_y) / standing if state.top_y is not None else 0.0
    heights = [height for _, height in _heights(way, standing, by_pose)]
    against_feet = max(heights, default=0.0) - heights[-1] if heights else 0.0
    if now.body is None or now.body.head is None or state.head_y is None:
        return against_feet
    return max(against_feet, (now.body.head[1] - state.head_y) / standing)


def _heights(way: list[Sample], standing: float, by_pose: bool) -> list[tuple[float, float]]:
    """Return (seconds, height of the head over the lowest part of the body, or of the box) in heights."""
    if by_pose:
        return [(s.at_s, _part((s.body.low_y - s.body.head[1]) / standing)) for s in way if s.body and s.body.head]
    return [(s.at_s, _part((s.box[3] - s.box[1]) / standing)) for s in way]


def _part(height: float) -> float:
    """Return a height within 0–1: feet nearer to the camera reach below where the person stands."""
    return min(1.0, max(0.0, height))


def _sinking(way: list[Sample], standing: float, by_pose: bool) -> float:
    """Return the greatest pace at which that height shrank over PACE_OVER_S or a little longer, heights a second."""
    spots = _heights(way, standing, by_pose)
    best = 0.0
    for i, (start, high) in enumerate(spots):
        later = next(((end, low) for end, low in spots[i + 1 :] if end - start >= PACE_OVER_S), None)
        if later is not None:
            best = max(best, (high - later[1]) / (later[0] - start))
    return best
