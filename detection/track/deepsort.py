"""Track with DeepSORT (Wojke, Bewley and Paulus, ICIP 2017) on our own appearance vectors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from deep_sort_realtime.deep_sort.kalman_filter import KalmanFilter
from deep_sort_realtime.deep_sort.track import Track as SortTrack
from deep_sort_realtime.deep_sort.track import TrackState
from deep_sort_realtime.deepsort_tracker import DeepSort

from detection.track.appearance import appearance
from detection.track.velocity import MotionHistory
from detection.types import Detection, Image, Track

logging.getLogger("deep_sort_realtime").setLevel(logging.WARNING)  # it tells its settings for every camera

UNKNOWN = "moving object"
MAX_TRACKS = 64
"""Tracks kept at most, confirmed or not; the longest unseen leave first."""
MAX_AGE_FRAMES = 10
CONFIRM_HITS = 3
UNKNOWN_HITS = 8
"""Something unnamed must last longer: foliage, reflections and people half in the picture come and go."""
VOTE_MEMORY = 0.8
UNKNOWN_MEMORY = 0.995
UNKNOWN_VOTE = 0.1
UNKNOWN_VOTES = 1.5
MAX_COSINE_DISTANCE = 0.35
APPEARANCES_PER_TRACK = 20


class _SlowRateKalman(KalmanFilter):  # type: ignore[misc]
    """Expect motion of some tenths of a box height between two frames.

    The library's weights (position 1/20, velocity 1/160 of the height) are those of 30 frames a second; at the 5 that
    are analysed here they lose everybody who runs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._std_weight_position = 1.0 / 10
        self._std_weight_velocity = 1.0 / 25


class _EagerTrack(SortTrack):  # type: ignore[misc]
    """Match by appearance from the second frame on.

    A tentative track of the library matches by overlap only, and the boxes of a runner do not overlap at 5 frames a
    second. So a track counts as confirmed for matching at once; CONFIRM_HITS decides when it is reported, and a
    miss before that ends it, as in the paper.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state = TrackState.Confirmed

    def mark_missed(self) -> None:
        """End the track when it is missed before it was confirmed, or for longer than the allowed age."""
        if self.hits < CONFIRM_HITS or self.time_since_update > self._max_age:
            self.state = TrackState.Deleted


@dataclass(slots=True)
class _Memory:
    """What our side knows of one track."""

    born_at: float
    frames: int
    motion: MotionHistory
    votes: dict[str, float]
    confidence: float

    def vote(self, detection: Detection) -> None:
        """Count one detection for its label; an unnamed one hardly counts against a name, as it says little."""
        if detection.label == UNKNOWN:
            self.votes = {label: votes * UNKNOWN_MEMORY for label, votes in self.votes.items()}
            self.votes[UNKNOWN] = min(UNKNOWN_VOTES, self.votes.get(UNKNOWN, 0.0) + UNKNOWN_VOTE)
            return
        self.votes = {label: votes * VOTE_MEMORY for label, votes in self.votes.items()}
        self.votes[detection.label] = self.votes.get(detection.label, 0.0) + detection.confidence


class DeepSortTracker:
    """Turn the detections of one camera into tracks. Not thread-safe: one per camera."""

    def __init__(self) -> None:
        self._sort = DeepSort(
            max_age=MAX_AGE_FRAMES,
            n_init=1,
            max_cosine_distance=MAX_COSINE_DISTANCE,
            nn_budget=APPEARANCES_PER_TRACK,
            gating_only_position=True,  # who falls changes shape within a frame, and stays who they are
            override_track_class=_EagerTrack,
            embedder=None,
        )
        self._sort.tracker.kf = _SlowRateKalman()
        self._memory: dict[int, _Memory] = {}

    def update(self, image: Image, detections: Sequence[Detection], at_s: float) -> list[Track]:
        """Return the confirmed tracks that were seen in this frame, by id.

        image: (height, width, 3), uint8, BGR; boxes in its pixels; at_s: stream time in seconds, never falling. The
        label of a track is the one with the most confidence over its last two seconds or so, and one bad frame does not
        turn a person into a thing.
        """
        usable = [d for d in detections if d.box[2] - d.box[0] >= 1 and d.box[3] - d.box[1] >= 1]
        raw = [([d.box[0], d.box[1], d.box[2] - d.box[0], d.box[3] - d.box[1]], d.confidence, d.label) for d in usable]
        looks = [appearance(image, d.box) for d in usable]
        tracks = self._sort.update_tracks(raw, embeds=looks, others=usable)
        self._bound()
        seen = [self._remember(t, at_s) for t in tracks if t.time_since_update == 0 and not t.is_deleted()]
        alive = {int(t.track_id) for t in self._sort.tracker.tracks}
        self._memory = {key: memory for key, memory in self._memory.items() if key in alive}
        return sorted((t for t in seen if t is not None), key=lambda t: t.track_id)

    def _bound(self) -> None:
        inner = self._sort.tracker
        if len(inner.tracks) > MAX_TRACKS:
            inner.tracks = sorted(inner.tracks, key=lambda t: (t.time_since_update, -t.hits))[:MAX_TRACKS]

    def _remember(self, raw: Any, at_s: float) -> Track | None:
        detection: Detection = raw.others
        key = int(raw.track_id)
        memory = self._memory.setdefault(key, _Memory(at_s, 0, MotionHistory(), {}, detection.confidence))
        memory.frames += 1
        memory.motion.add(at_s, detection.box)
        memory.vote(detection)
        memory.confidence += 0.3 * (detection.confidence - memory.confidence)
        label = max(memory.votes, key=lambda name: memory.votes[name])
        if raw.hits < (UNKNOWN_HITS if label == UNKNOWN else CONFIRM_HITS):
            return None
        return Track(
            track_id=key,
            box=detection.box,
            label=label,
            confidence=float(np.clip(memory.confidence, 0.0, 1.0)),
            age_frames=memory.frames,
            age_s=at_s - memory.born_at,
            velocity_px_s=memory.motion.velocity(),
        )
