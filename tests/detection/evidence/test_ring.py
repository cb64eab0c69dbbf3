from __future__ import annotations

import threading

import pytest

from detection.evidence import EncodedFrame, PreRollRing
from tests.detection.evidence.frames import START, frame


def times(frames: list[EncodedFrame]) -> list[float]:
    return [round(kept.captured_at - START, 2) for kept in frames]


def test_the_ring_holds_its_seconds_and_no_more() -> None:
    ring = PreRollRing(seconds=2.0, fps=10.0)
    for index in range(50):
        ring.add(frame(index))
    assert times(ring.snapshot(0.0)) == [round(2.9 + step / 10, 2) for step in range(21)]
    assert times(ring.snapshot(START + 4.55)) == [4.6, 4.7, 4.8, 4.9]
    assert ring.snapshot(START + 5.0) == []


def test_a_fast_source_is_thinned_to_the_ring_s_rate() -> None:
    ring = PreRollRing(seconds=60.0, fps=10.0)
    for index in range(750):
        ring.add(frame(index, fps=25.0))
    assert len(ring.snapshot(0.0)) == 300


def test_a_slow_source_is_kept_whole() -> None:
    ring = PreRollRing(seconds=60.0, fps=10.0)
    for index in range(20):
        ring.add(frame(index, fps=5.0))
    assert len(ring.snapshot(0.0)) == 20


def test_the_ring_never_exceeds_its_bytes() -> None:
    one = PreRollRing()
    one.add(frame(0))
    limit = one.size_bytes * 4
    ring = PreRollRing(seconds=60.0, fps=10.0, max_bytes=limit)
    for index in range(50):
        ring.add(frame(index))
        assert ring.size_bytes <= limit
    held = ring.snapshot(0.0)
    assert ring.size_bytes == sum(len(kept.jpeg) for kept in held)
    assert 2 <= len(held) <= 5
    assert times(held)[-1] == 4.9


def test_a_clock_set_back_empties_the_ring() -> None:
    ring = PreRollRing(seconds=5.0, fps=10.0)
    for index in (30, 31, 32, 10, 11):
        ring.add(frame(index))
    assert times(ring.snapshot(0.0)) == [1.0, 1.1]


def test_listeners_get_what_is_kept() -> None:
    ring = PreRollRing(seconds=1.0, fps=5.0)
    heard: list[EncodedFrame] = []
    ring.listen(heard.append)
    for index in range(11):
        ring.add(frame(index))
    assert times(heard) == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert heard[0].jpeg[:2] == b"\xff\xd8"


def test_a_snapshot_while_frames_come_in_is_whole_and_in_order() -> None:
    ring = PreRollRing(seconds=1.0, fps=100.0)
    snapshots: list[list[float]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            snapshots.append(times(ring.snapshot(0.0)))

    reader = threading.Thread(target=look)
    reader.start()
    for index in range(300):
        ring.add(frame(index, fps=100.0, width=32, height=32))
    done.set()
    reader.join(10)
    assert all(taken == sorted(set(taken)) and len(taken) <= 101 for taken in snapshots)


def test_while_nothing_moves_every_fifth_frame_is_kept_and_the_first_that_moves_at_once() -> None:
    ring = PreRollRing(seconds=60.0, fps=10.0)
    ring.set_still(True)
    for index in range(21):
        ring.add(frame(index))
    assert times(ring.snapshot(0.0)) == [0.0, 0.5, 1.0, 1.5, 2.0]
    ring.set_still(False)
    for index in range(21, 24):
        ring.add(frame(index))
    assert times(ring.snapshot(0.0))[5:] == pytest.approx([2.1, 2.2, 2.3])
