"""How many cameras fit is measured, told with care, and followed when cameras are given out."""

from __future__ import annotations

import pytest

from accounts.tenancy import installation
from tests.cast import Cast, make_camera
from workers.headroom import Load, LoadMeter, allowance, cameras_left
from workers.leases import leases_claim, leases_ensure
from workers.models import CameraLease, WorkerNode


def load(own: float = 0.4, machine: float = 0.6, cameras: int = 4, cores: int = 2, over_s: float = 30.0) -> Load:
    return Load(cores, own, machine, cameras, over_s, 300.0)


@pytest.mark.parametrize(
    ("given", "more"),
    [
        (load(), 11),  # (1.7 − 0.6) / 0.1
        (load(own=0.0), 55),  # never under 0.02 a camera
        (load(machine=1.8), 0),
        (load(cameras=0), None),
        (load(over_s=10.0), None),
    ],
)
def test_what_the_processor_bears(given, more):
    assert given.more == more


@pytest.mark.parametrize(
    ("given", "slots", "held", "expected"),
    [
        (None, 32, 0, 8),
        (None, 32, 5, 3),
        (None, 4, 0, 4),
        (load(), 32, 4, 11),
        (load(), 32, 6, 9),
        (load(), 8, 4, 4),
        (load(machine=1.8), 32, 4, 0),
        (load(cameras=0, cores=4), 64, 3, 13),
        (load(machine=1.75, cameras=3, over_s=2.0), 32, 3, 0),
    ],
)
def test_what_a_node_may_be_given(given, slots, held, expected):
    assert allowance(given, slots, held) == expected


def test_all_nodes_together():
    assert cameras_left([("a", load(), 32, 4), ("b", load(machine=1.8), 32, 4), ("c", None, 32, 0)]) == 11
    assert cameras_left([("a", None, 32, 0)]) is None
    assert cameras_left([]) is None


def test_processes_on_one_machine_share_what_it_has_left():
    assert allowance(load(), 32, 4, sharing=2) == 5
    assert cameras_left([("a", load(), 32, 4), ("a", load(), 32, 4)]) == 10
    assert allowance(None, 32, 0, sharing=2) == 4


def test_the_meter_looks_back_half_a_minute_and_starts_anew_with_another_camera():
    clock, own, machine = [0.0], [0.0], [0.0]
    meter = LoadMeter(lambda: clock[0], lambda: own[0], lambda: machine[0])
    assert meter.look(2).measured is False
    for _ in range(30):
        clock[0], own[0], machine[0] = clock[0] + 2, own[0] + 1, machine[0] + 3
        seen = meter.look(2)
    assert (seen.own, seen.machine, seen.over_s, seen.measured) == (0.5, 1.5, 30.0, True)
    assert seen.rss_mb > 10
    anew = meter.look(3)
    assert (anew.measured, anew.machine) == (False, 1.5), "how busy the machine is stays known"


def test_a_real_meter_sees_this_process_at_work():
    meter = LoadMeter()
    meter.look(1)
    sum(range(2_000_000))
    seen = meter.look(1)
    assert 0.0 < seen.own <= seen.cores + 1
    assert Load.of({"cores": 2}) is None


@pytest.mark.django_db(transaction=True)
def test_a_busy_node_is_given_no_camera_and_an_idle_one_is(cast: Cast, node):
    busy, idle = node("busy", 32), node("idle", 32)
    for number in range(3):
        make_camera(cast.north, cast.presets["balanced"], f"Gate {10 + number}")
    measured = {name: getattr(load(own=0.04, machine=1.9), name) for name in Load.__slots__}
    WorkerNode.objects.filter(id=busy).update(load=measured, host="elsewhere")
    leases_ensure()
    claimed = leases_claim()
    assert {one.node for one in claimed} == {"idle"}
    assert len(claimed) == 5
    with installation():
        assert CameraLease.objects.filter(node_id=idle).count() == 5
