"""Watches that live on between slices, and never two slices of one camera."""

from __future__ import annotations

from uuid import UUID

from workers.leases import Held
from workers.registry import KEPT_IDLE_S, STALLED_AFTER_S, Registry

CAMERA, ORGANIZATION, NODE = UUID(int=1), UUID(int=2), UUID(int=3)


def held(epoch: int = 1) -> Held:
    return Held(CAMERA, ORGANIZATION, NODE, epoch)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Recorded:
    """A watch that remembers what was asked of it."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.closed = 0

    def adopt(self, held: Held) -> None:
        self.held = held

    def close(self) -> None:
        self.closed += 1


def test_a_second_slice_of_a_camera_does_not_begin() -> None:
    registry = Registry()
    run = registry.begin(held())
    assert run is not None
    assert registry.is_busy(CAMERA)
    assert registry.begin(held(2)) is None
    registry.end(run, None)
    assert not registry.is_busy(CAMERA)
    assert registry.begin(held(2)) is not None


def test_the_next_slice_and_the_next_epoch_go_on_with_the_same_watch() -> None:
    registry = Registry()
    watch = Recorded(held(4))
    first = registry.begin(held(4))
    assert first is not None
    assert registry.take(held(4)) is None
    registry.end(first, watch)
    for epoch in (4, 5):
        run = registry.begin(held(epoch))
        assert run is not None
        assert registry.take(held(epoch)) is watch
        registry.end(run, watch)
    assert (watch.held.epoch, watch.closed) == (5, 0)


def test_a_watch_is_closed_when_another_node_may_have_watched_in_between() -> None:
    registry = Registry()
    watch = Recorded(held(4))
    run = registry.begin(held(4))
    assert run is not None
    registry.end(run, watch)
    assert registry.take(held(6)) is None
    assert watch.closed == 0
    assert registry.sweep() == 1
    assert watch.closed == 1
    assert registry.take(held(6)) is None


def test_a_watch_that_no_slice_takes_up_is_closed() -> None:
    clock = Clock()
    registry = Registry(clock)
    watch = Recorded(held())
    run = registry.begin(held())
    assert run is not None
    registry.end(run, watch)
    clock.now += KEPT_IDLE_S
    assert registry.sweep() == 0
    clock.now += 0.1
    assert registry.sweep() == 1
    assert watch.closed == 1
    assert registry.sweep() == 0


def test_a_hanging_slice_is_not_renewed_and_gives_way() -> None:
    clock = Clock()
    registry = Registry(clock)
    hanging = registry.begin(held(1))
    assert hanging is not None
    assert registry.runs() == [hanging]
    clock.now += STALLED_AFTER_S
    assert registry.runs() == []
    fresh = registry.begin(held(2))
    assert fresh is not None
    assert hanging.lost.is_set()
    # It comes back after all: its watch is closed, the fresh slice goes on undisturbed.
    late = Recorded(held(1))
    registry.end(hanging, late)
    assert late.closed == 1
    assert registry.runs() == [fresh]
