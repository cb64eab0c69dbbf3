"""Remember what one track was seen to be: its looks, its label, its way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detection.track.appearance import SIZE
from detection.track.velocity import MotionHistory
from detection.types import Detection, Track

UNKNOWN = "moving object"
CONFIRM_HITS = 3
UNKNOWN_HITS = 8
"""Something unnamed must last longer: foliage, reflections and people half in the picture come and go."""
VOTE_MEMORY = 0.8
UNKNOWN_MEMORY = 0.995
UNKNOWN_VOTE = 0.1
UNKNOWN_VOTES = 1.5
APPEARANCES_PER_TRACK = 10
"""Two seconds at 5 frames a second; with 20, vtest had seven tracks of under two seconds instead of five."""


class Followed:
    """One object that is followed, confirmed or not.

    looks: its latest appearances, (APPEARANCES_PER_TRACK, SIZE), float32, zeros where it has fewer; hits: frames in
    which it was seen; unseen: frames since; detection: the last of it.
    """

    def __init__(self, track_id: int, detection: Detection, look: NDArray[np.float32], at_s: float) -> None:
        self.track_id = track_id
        self.looks = np.zeros((APPEARANCES_PER_TRACK, SIZE), np.float32)
        self.hits = 0
        self._born_at = at_s
        self._motion = MotionHistory()
        self._votes: dict[str, float] = {}
        self._named = 0.0
        self._sureness = detection.confidence
        self.see(detection, look, at_s)

    def see(self, detection: Detection, look: NDArray[np.float32], at_s: float) -> None:
        """Take in one sighting; look: (SIZE,), float32, length 1."""
        self.looks[self.hits % APPEARANCES_PER_TRACK] = look
        self.hits += 1
        self.unseen = 0
        self.detection = detection
        self._motion.add(at_s, detection.box)
        self._vote(detection)
        self._sureness += 0.3 * (detection.confidence - self._sureness)

    def track(self, at_s: float) -> Track | None:
        """Return the track as of its last sighting, or None until it is confirmed."""
        label = max(self._votes, key=lambda name: self._votes[name])
        if self.hits < (UNKNOWN_HITS if label == UNKNOWN else CONFIRM_HITS):
            return None
        return Track(
            track_id=self.track_id,
            box=self.detection.box,
            label=label,
            confidence=min(1.0, max(0.0, self._sure_of(label))),
            age_frames=self.hits,
            age_s=at_s - self._born_at,
            velocity_px_s=self._motion.velocity(),
        )

    def _sure_of(self, label: str) -> float:
        """Return how sure the detector was of this very label lately, what it called otherwise counting as 0."""
        return self._sureness if label == UNKNOWN else self._votes[label] / self._named

    def _vote(self, detection: Detection) -> None:
        """Count one detection for its label; an unnamed one hardly counts against a name, as it says little."""
        if detection.label == UNKNOWN:
            self._votes = {label: votes * UNKNOWN_MEMORY for label, votes in self._votes.items()}
            self._named *= UNKNOWN_MEMORY
            self._votes[UNKNOWN] = min(UNKNOWN_VOTES, self._votes.get(UNKNOWN, 0.0) + UNKNOWN_VOTE)
            return
        self._votes = {label: votes * VOTE_MEMORY for label, votes in self._votes.items()}
        self._named = self._named * VOTE_MEMORY + 1.0
        self._votes[detection.label] = self._votes.get(detection.label, 0.0) + detection.confidence
