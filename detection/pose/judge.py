"""Judge the poses of one camera frame by frame: what is unusual about whom. No picture, no clock, no chance."""

from __future__ import annotations

from collections.abc import Sequence

from detection.pose.body import measure
from detection.pose.exchange import Exchange, exchanges, note_fast
from detection.pose.fall import Fall, follow
from detection.pose.finding import Anomaly, Kind, PoseFinding, summarise
from detection.pose.gesture import Gesture, gestures
from detection.pose.look import PERSON, extent
from detection.pose.memory import Memory, Person, Sample
from detection.pose.pace import Pace, pace
from detection.pose.reading import PoseReading
from detection.pose.settings import ExchangeSettings, PoseSettings
from detection.types import Box, Track

EDGE_PX = 2.0
"""A box within so many pixels of the picture's edge is taken for cut by it."""
FALL_SCORE = 0.80
FALL_BY_BOX_SCORE = 0.75
LONG_DOWN_S = 10.0
"""Down for so long, a fall scores highest."""
BOX_CONFIDENCE = 0.6
EXCHANGE_SCORE = {True: (0.60, 0.85), False: (0.50, 0.70)}
"""Score with as few strikes as tell it, and the highest; by whether both were seen striking."""
MUTUAL_CONFIDENCE, ALONE_CONFIDENCE = 0.7, 0.5
SPAN_S = 0.6
"""A pace counts when it is over its limit twice within so many seconds: one such step may be a misplaced point."""
GESTURE_SCORE: dict[Kind, tuple[float, float]] = {
    "raised hands": (0.50, 0.70),
    "crawl": (0.45, 0.65),
    "crouch": (0.25, 0.40),
}
"""Score when it is told, and after three times as long."""
PACE_SCORE: dict[Kind, tuple[float, float]] = {
    "wrist speed": (0.25, 0.55),
    "head movement": (0.20, 0.45),
    "torso change": (0.20, 0.45),
}
"""Score at the limit, and at twice the limit: fast limbs corroborate, they are no event alone."""


class PoseJudge:
    """Keep the people of one camera and judge each frame. Not thread-safe; the same readings give the same findings."""

    def __init__(self, settings: PoseSettings) -> None:
        """Start with nobody known."""
        self._settings = settings
        self._memory = Memory(settings.memory_s)
        self._last_at = float("-inf")

    def __len__(self) -> int:
        """Return how many people are remembered."""
        return len(self._memory)

    def judge(self, reading: PoseReading, tracks: Sequence[Track], at_s: float) -> PoseFinding:
        """Return what is unusual in this frame; tracks: those of the reading's frame; at_s: seconds, never falling."""
        if at_s < self._last_at:
            self._memory = Memory(self._settings.memory_s)  # the source started anew: nobody is where they were
        self._last_at = at_s
        self._memory.forget(at_s)
        poses = dict(reading.poses())
        boxes = {track.track_id: track.box for track in tracks}
        persons = {track.track_id for track in tracks if track.label == PERSON}
        here = set(boxes) | set(poses)
        people: list[Person] = []
        for track_id in sorted(here):
            pose = poses.get(track_id)
            box = boxes[track_id] if track_id in boxes else extent(poses[track_id])
            body = measure(pose, self._settings.min_visibility) if pose is not None else None
            named = track_id in persons
            sample = Sample(at_s, box, body, _cut(box, reading.size), named)
            if named or body is not None or self._memory.known(track_id):
                people.append(self._memory.add(track_id, sample, here))
        anomalies = [anomaly for person in people for anomaly in self._person(person)]
        limits = self._settings.exchange
        anomalies += [_exchange(pair, limits) for pair in exchanges(people, limits, at_s)]
        return summarise(anomalies, poses)

    def _person(self, person: Person) -> list[Anomaly]:
        found: list[Anomaly] = []
        settings = self._settings
        fall = follow(person, settings.fall)
        if fall is not None:
            found.append(_fall(person, fall, settings))
        fell = fall is not None and fall.fell
        seen = gestures(person, settings.gesture, settings.fall)
        found += [_gesture(person, g, settings) for g in seen if not (fell and g.kind == "crawl")]
        moved = pace(person, settings.pace)
        if moved is not None:
            note_fast(person, moved, settings.exchange)
            found += self._paces(person, moved)
        return found

    def _paces(self, person: Person, moved: Pace) -> list[Anomaly]:
        limits = self._settings.pace
        told: tuple[tuple[Kind, float, float, str], ...] = (
            ("wrist speed", moved.wrist, limits.wrist, "moves a hand at {:.1f} torso lengths a second"),
            ("head movement", moved.head, limits.head, "moves the head at {:.1f} torso lengths a second"),
            ("torso change", moved.torso_deg, limits.torso_deg, "turns the torso by {:.0f}° a second"),
        )
        at_s = person.samples[-1].at_s
        found = []
        for kind, value, limit, words in told:
            before = person.held_at.get(kind)
            if value < limit:
                continue
            person.held_at[kind] = at_s
            if before is not None and at_s - before <= SPAN_S:
                low, high = PACE_SCORE[kind]
                score = low + (high - low) * min(1.0, value / limit - 1.0)
                reason = f"Person {person.track_id} {words.format(value)}, where {limit:g} is much."
                found.append(Anomaly(kind, (person.track_id,), score, _sure(person), value, limit, reason))
        return found


def _fall(person: Person, fall: Fall, settings: PoseSettings) -> Anomaly:
    key = person.track_id
    if not fall.fell:
        score = 0.40 + 0.15 * min(1.0, fall.down_s / LONG_DOWN_S)
        reason = f"Person {key} lies on the ground for {fall.down_s:.0f} s; no fall was seen."
        return Anomaly("lying", (key,), score, _sure(person), fall.down_s, settings.fall.lying_s, reason)
    low = FALL_SCORE if fall.by_pose else FALL_BY_BOX_SCORE
    score = low + (1.0 - low) * min(1.0, fall.down_s / LONG_DOWN_S)
    how = f", the torso now {fall.tilt_deg:.0f}° from upright," if fall.by_pose else ""
    told = "" if fall.by_pose else " (told by the outline)"
    reason = (
        f"Person {key} fell: the head sank by {min(1.0, fall.drop):.0%} of the body height in {fall.took_s:.1f} s{how} "
        f"and stays down for {fall.down_s:.1f} s{told}."
    )
    sure = _sure(person) if fall.by_pose else BOX_CONFIDENCE
    return Anomaly("fall", (key,), score, sure, fall.drop, settings.fall.drop, reason)


def _gesture(person: Person, gesture: Gesture, settings: PoseSettings) -> Anomaly:
    key, limits = person.track_id, settings.gesture
    kinds: dict[str, tuple[Kind, float, str]] = {
        "raised hands": ("raised hands", limits.raised_s, "holds both hands over the head"),
        "crouch": ("crouch", limits.crouch_s, "crouches"),
        "crawl": ("crawl", limits.crawl_s, "crawls"),
    }
    kind, limit, words = kinds[gesture.kind]
    low, high = GESTURE_SCORE[kind]
    score = low + (high - low) * min(1.0, max(0.0, gesture.held_s / max(limit, 0.1) - 1.0) / 2.0)
    reason = f"Person {key} {words} for {gesture.held_s:.1f} s."
    return Anomaly(kind, (key,), score, _sure(person), gesture.held_s, limit, reason)


def _exchange(pair: Exchange, limits: ExchangeSettings) -> Anomaly:
    enough = limits.strikes if pair.mutual else limits.alone
    low, high = EXCHANGE_SCORE[pair.mutual]
    score = min(high, low + 0.03 * (pair.strikes - enough))
    who = f"Persons {pair.first} and {pair.second} strike out at each other"
    if not pair.mutual:
        who = f"Person {pair.first} strikes out beside person {pair.second}"
    reason = f"{who}: {pair.strikes} fast movements within {limits.memory_s:g} s, {pair.apart:.1f} body heights apart."
    sure = MUTUAL_CONFIDENCE if pair.mutual else ALONE_CONFIDENCE
    return Anomaly("aggression", (pair.first, pair.second), score, sure, float(pair.strikes), float(enough), reason)


def _sure(person: Person) -> float:
    """Return how sure the last bodies were, 0–1: mean visibility, times the share of the last second's frames."""
    now = person.samples[-1].at_s
    recent = [s for s in person.samples if now - s.at_s <= 1.0]
    bodies = [s.body.sure for s in recent if s.body is not None]
    return sum(bodies) / len(recent) if bodies else BOX_CONFIDENCE


def _cut(box: Box, size: tuple[int, int]) -> bool:
    height, width = size
    if not height or not width:
        return False
    return box[0] <= EDGE_PX or box[1] <= EDGE_PX or box[2] >= width - EDGE_PX or box[3] >= height - EDGE_PX
