"""Workers and engines that die, pause, forget and restart: the cameras are watched again, and no fact is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from django.core.files.storage import default_storage

from tests.faults.facts import events_of, facts_of, lost, outbox_sequence, overlaps
from tests.faults.system import is_fresh, is_watched, lease, node_id, until
from tests.faults.world import World

pytestmark = pytest.mark.timeout(300)

ANOTHER_LEASE_S = 15.0


@pytest.fixture(autouse=True)
def nothing_is_lost(world: World) -> Iterator[None]:
    """Whatever the test does: Gate is watched before and after, no fact is gone, no event is there twice."""
    until(lambda: is_watched(world.gate), 60, "Gate is watched")
    world.acknowledge_first()
    before = facts_of(world.cast.acme.id)
    assert any(name.startswith("acknowledged") for name in before)
    yield
    until(lambda: is_fresh(world.gate, time.time() - 3), 60, "Gate is watched by itself")
    assert lost(before, facts_of(world.cast.acme.id)) == {}
    assert overlaps(events_of(world.gate)) == []
    numbers = outbox_sequence(world.cast.acme.id)
    assert numbers == list(range(1, len(numbers) + 1))
    assert world.complaints() == []


def holder(world: World) -> str:
    node = lease(world.gate).node
    assert node is not None
    return node.name


def test_an_event_has_its_picture_clip_and_scores(world: World) -> None:
    until(lambda: [one for one in events_of(world.gate) if one.clip_is_final], 60, "a clip is final")
    event = next(one for one in events_of(world.gate) if one.clip_is_final)
    folder = f"{event.organization_id}/{world.gate.id}/{event.started_at.date()}/{event.id}"
    assert event.peak_image.startswith(f"{folder}/peak")
    assert event.clip == f"{folder}/clip.mp4"
    # A preview or an earlier peak that was replaced is gone.
    _, files = default_storage.listdir(folder)
    assert sorted(files) == sorted(Path(name).name for name in (event.clip, event.peak_image))
    with default_storage.open(event.clip) as file, av.open(file) as clip:
        assert clip.streams.video[0].codec_context.name == "h264"
        assert clip.duration is not None and clip.duration / 1_000_000 > 5.0
    assert event.clip_started_at is not None and event.clip_started_at < event.started_at
    assert event.ended_at is not None and event.ended_at >= event.peak_at
    assert max(score for _, score in event.scores) == pytest.approx(event.peak_score, abs=0.001)
    assert min(at for at, _ in event.scores) < 0
    assert (event.detector, event.preset) == ("builtin", "alert")


def test_kill_9_of_the_worker(world: World) -> None:
    victim, epoch = holder(world), lease(world.gate).epoch
    world.system.kill(victim)
    try:
        took = until(
            lambda: lease(world.gate).epoch > epoch and lease(world.gate).node, ANOTHER_LEASE_S, "another lease"
        )
        until(lambda: is_watched(world.gate, after_epoch=epoch), 30, "Gate is watched by another worker")
    finally:
        world.system.start(victim)
    assert holder(world) != victim
    print(f"another lease {took:.1f} s after kill -9")


@pytest.mark.parametrize("pause_s", [20, pytest.param(60, marks=pytest.mark.slow)])
def test_a_paused_worker_cannot_write_when_it_wakes(world: World, pause_s: float) -> None:
    sleeper, epoch = holder(world), lease(world.gate).epoch
    old_id = node_id(sleeper)
    asleep_at = time.time()
    world.system.pause(sleeper)
    try:
        until(lambda: is_watched(world.gate, after_epoch=epoch), 40, "Gate is watched by another worker")
        until(lambda: time.time() - asleep_at > pause_s, pause_s + 1, "the pause is over")
    finally:
        world.system.resume(sleeper)
    until(lambda: node_id(sleeper) not in (None, old_id), 20, "the sleeper registers anew")
    until(lambda: f"epoch {epoch}: the lease is lost" in world.system.log(sleeper), 20, "it knows that it lost Gate")
    late = [one for one in events_of(world.gate) if one.epoch <= epoch and one.started_at.timestamp() > asleep_at]
    assert late == []
    assert holder(world) != sleeper


def test_a_worker_that_is_asked_to_end_hands_over_at_once(world: World) -> None:
    leaver, epoch = holder(world), lease(world.gate).epoch
    took = world.system.terminate(leaver)
    try:
        until(lambda: lease(world.gate).epoch > epoch and lease(world.gate).node, 6, "another lease")
        assert node_id(leaver) is None
        until(lambda: is_watched(world.gate, after_epoch=epoch), 30, "Gate is watched by another worker")
    finally:
        world.system.start(leaver)
    print(f"ended after {took:.1f} s")


def test_redis_forgets_everything(world: World) -> None:
    at = time.time()
    world.system.flush_redis()
    until(lambda: is_fresh(world.gate, at + 5), 30, "Gate is watched on")
    epoch = lease(world.gate).epoch
    # The next slice's message may be among what was forgotten; it is sent again within ten seconds.
    until(lambda: is_fresh(world.gate, at + 12), 30, "Gate is watched on")
    assert lease(world.gate).epoch - epoch <= 1


def test_postgres_restarts(world: World) -> None:
    world.system.restart_postgres()
    at = time.time()
    until(lambda: is_fresh(world.gate, at), 30, "Gate is watched again")
