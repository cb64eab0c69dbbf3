"""Tell raised hands, crouching and crawling from one person's last samples."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from detection.pose.body import Body, distance
from detection.pose.memory import Person
from detection.pose.settings import FallSettings, GestureSettings

CROUCH_HEAD = (0.35, 0.72)
"""Height of a crouching person's head over the feet, in heights: over a lying one's, under a standing one's."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """A gesture that lasts for held_s seconds, long enough to tell; value is in the unit of its threshold."""

    kind: str
    held_s: float
    value: float


def gestures(person: Person, settings: GestureSettings, fall: FallSettings) -> list[Gesture]:
    """Return the gestures that hold in the person's last sample."""
    body, at_s = person.samples[-1].body, person.samples[-1].at_s
    standing = median(person.fall.standing_px) if person.fall.standing_px else None
    raised = _over_head(body, fall)
    hips = _crouched(body, standing, fall)
    found: list[Gesture] = []
    held = person.held("raised hands", None if raised is None else raised >= settings.over_head, at_s)
    if raised is not None and raised >= settings.over_head and held >= settings.raised_s:
        found.append(Gesture("raised hands", held, raised))
    held = person.held("crouch", None if hips is None else hips <= settings.crouch_hips, at_s)
    if hips is not None and hips <= settings.crouch_hips and held >= settings.crouch_s:
        found.append(Gesture("crouch", held, hips))
    pace = _crawling(person, standing, fall)
    held = person.held("crawl", None if pace is None else pace >= settings.crawl_pace, at_s)
    if pace is not None and pace >= settings.crawl_pace and held >= settings.crawl_s:
        found.append(Gesture("crawl", held, pace))
    return found


def _over_head(body: Body | None, fall: FallSettings) -> float | None:
    """Return how far the lower of both wrists is over the head, in torsos, or None when it cannot be told."""
    if body is None or body.head_top_y is None or body.wrists[0] is None or body.wrists[1] is None:
        return None
    if body.tilt_deg > fall.upright_deg:
        return -1.0  # arms beyond the head of somebody who lies are not raised
    return (body.head_top_y - max(body.wrists[0][1], body.wrists[1][1])) / body.torso_px


def _crouched(body: Body | None, standing: float | None, fall: FallSettings) -> float | None:
    """Return the height of the hips over the feet in heights; 1 when the rest of the body is not that of a crouch."""
    if body is None or standing is None or body.head is None or not body.feet_seen:
        return None
    head = (body.low_y - body.head[1]) / standing
    if body.tilt_deg >= fall.lean_deg or not CROUCH_HEAD[0] <= head <= CROUCH_HEAD[1]:
        return 1.0
    return (body.low_y - body.hips[1]) / standing


def _crawling(person: Person, standing: float | None, fall: FallSettings) -> float | None:
    """Return the pace of the hips over the last second, heights a second; 0 for who is not low and prone."""
    body = person.samples[-1].body
    if body is None or body.head is None:
        return None
    standing = standing if standing is not None else 3.4 * body.torso_px
    if body.tilt_deg < fall.lean_deg or (body.low_y - body.head[1]) / standing > fall.head_low:
        return 0.0
    before = person.earlier(0.8, 1.6)
    if before is None or before[0].tilt_deg < fall.lean_deg:
        return 0.0
    return distance(body.hips, before[0].hips) / standing / before[1]
