"""Among people who walk, the tracks are those of the library of DeepSORT, link by link, on real detections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deep_sort_realtime.deep_sort.kalman_filter import KalmanFilter
from deep_sort_realtime.deep_sort.track import Track as SortTrack
from deep_sort_realtime.deep_sort.track import TrackState
from deep_sort_realtime.deepsort_tracker import DeepSort

from bench.pipeline import frames
from detection.detect.registry import load_detector
from detection.track import DeepSortTracker, kalman
from detection.track.appearance import appearance
from detection.track.association import MAX_COSINE_DISTANCE
from detection.track.deepsort import MAX_AGE_FRAMES
from detection.track.followed import APPEARANCES_PER_TRACK, CONFIRM_HITS
from detection.types import Box, Detection, Image
from tests.shared_data import shared

Seen = list[tuple[int, Box]]


class EagerTrack(SortTrack):  # type: ignore[misc]
    """Matches by appearance from the second frame on, as ours do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state = TrackState.Confirmed

    def mark_missed(self) -> None:
        if self.hits < CONFIRM_HITS or self.time_since_update > self._max_age:
            self.state = TrackState.Deleted


class Library:
    """The library with our settings; it takes every appearance twice, so that its budget is double."""

    def __init__(self) -> None:
        self._sort = DeepSort(
            max_age=MAX_AGE_FRAMES,
            n_init=1,
            max_cosine_distance=MAX_COSINE_DISTANCE,
            nn_budget=2 * APPEARANCES_PER_TRACK,
            gating_only_position=True,
            override_track_class=EagerTrack,
            embedder=None,
        )
        known = KalmanFilter()
        known._std_weight_position, known._std_weight_velocity = kalman.POSITION_WEIGHT, kalman.VELOCITY_WEIGHT
        self._sort.tracker.kf = known

    def update(self, image: Image, found: list[Detection]) -> Seen:
        raw = [([d.box[0], d.box[1], d.box[2] - d.box[0], d.box[3] - d.box[1]], d.confidence, d.label) for d in found]
        looks = [appearance(image, d.box) for d in found]
        tracks = self._sort.update_tracks(raw, embeds=looks, others=found)
        return [(int(t.track_id), t.others.box) for t in tracks if t.time_since_update == 0 and t.hits >= CONFIRM_HITS]


def links(pictures: Iterable[Seen]) -> set[tuple[Any, Any]]:
    """Return who was seen as whom: pairs of (picture, box) that follow each other in one track."""
    last: dict[int, tuple[int, Box]] = {}
    joined = set()
    for index, seen in enumerate(pictures):
        for track_id, box in seen:
            if track_id in last:
                joined.add((last[track_id], (index, box)))
            last[track_id] = (index, box)
    return joined


def test_people_on_a_plaza_are_linked_as_by_the_library():
    detector = load_detector(str(shared("weights/yolov8n_416.onnx")))
    ours, theirs = DeepSortTracker(), Library()
    our_pictures: list[Seen] = []
    their_pictures: list[Seen] = []
    for frame in frames(shared("videos/opencv_vtest_480x360.avi"), 5.0, 640):
        if frame.at_s > 20.0:
            break
        found = detector.detect([frame.image], ["plaza"])[0]
        our_pictures.append([(t.track_id, t.box) for t in ours.update(frame.image, found, frame.at_s)])
        their_pictures.append(theirs.update(frame.image, found))
    our_links = links(our_pictures)
    assert len(our_links) > 500
    assert our_links == links(their_pictures)
