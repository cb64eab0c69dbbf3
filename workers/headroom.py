"""Say how busy a watching process and its machine are, and how many more cameras fit."""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

import psutil

OVER_S = 30.0
LEAST_S = 20.0
"""A shorter look says nothing: a camera's first seconds cost more than the rest."""
USABLE = 0.85
"""Of a machine's cores; the rest is for bursts, clips that are encoded, and the database."""
LEAST_PER_CAMERA = 0.02
"""No camera is taken to need less of a core, however still it is just now."""
FIRST_PER_CORE = 4
"""Cameras that a process takes for each core before it has measured what they cost."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a watching process measured over the last over_s seconds.

    cores: what it may use; own: cores that it kept busy; machine: cores that everything on the machine kept busy;
    cameras: how many it watched; rss_mb: memory that it holds.
    """

    cores: int
    own: float
    machine: float
    cameras: int
    over_s: float
    rss_mb: float

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Load | None:
        """Return what a node wrote, None for a node that has not measured yet or wrote something else."""
        try:
            return cls(**{name: data[name] for name in cls.__slots__})
        except (KeyError, TypeError):
            return None

    @property
    def measured(self) -> bool:
        """Tell whether this says what a camera costs."""
        return self.cameras > 0 and self.over_s >= LEAST_S

    @property
    def more(self) -> int | None:
        """Return how many more such cameras the processor bears, None before that is known."""
        return max(0, self._more(1)) if self.measured else None

    @property
    def full(self) -> bool:
        """Tell whether the machine has nothing left to give."""
        return self.machine >= self.cores * USABLE

    def _more(self, sharing: int) -> int:
        """Return the same for one of so many processes on the machine, under zero by how many are too many."""
        each = max(LEAST_PER_CAMERA, self.own / self.cameras)
        return floor((self.cores * USABLE - self.machine) / sharing / each + 1e-9)

    def beside(self, held: int, sharing: int) -> int:
        """Return how many more fit on a process that holds so many now, whatever it held when it measured."""
        return self._more(sharing) - (held - self.cameras)


class LoadMeter:
    """Measure this process and its machine; call it every few seconds. Not thread-safe."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        own: Callable[[], float] | None = None,
        machine: Callable[[], float] | None = None,
    ) -> None:
        """own, machine: processor seconds spent so far by this process and by all."""
        self._process = psutil.Process()
        self._monotonic, self._own, self._machine = monotonic, own or self._own_s, machine or _machine_s
        self._looks: deque[tuple[float, float, float]] = deque()
        self._cameras = 0
        self._since = float("-inf")

    def look(self, cameras: int) -> Load:
        """Return the load now; another number of cameras begins the measurement of what one costs anew."""
        now = (self._monotonic(), self._own(), self._machine())
        if cameras != self._cameras:
            self._cameras, self._since = cameras, now[0]
        self._looks.append(now)
        while now[0] - self._looks[0][0] > OVER_S and len(self._looks) > 2:
            self._looks.popleft()
        oldest = self._looks[0]
        first = next(look for look in self._looks if look[0] >= self._since)
        passed = now[0] - first[0]
        own = (now[1] - first[1]) / passed if passed > 0 else 0.0
        machine = (now[2] - oldest[2]) / (now[0] - oldest[0]) if now[0] > oldest[0] else 0.0
        return Load(
            cores=len(os.sched_getaffinity(0)),
            own=round(own, 3),
            machine=round(machine, 3),
            cameras=cameras,
            over_s=round(passed, 1),
            rss_mb=round(self._process.memory_info().rss / 2**20, 1),
        )

    def _own_s(self) -> float:
        used = self._process.cpu_times()
        return float(used.user + used.system)


def allowance(load: Load | None, slots: int, held: int, sharing: int = 1, cores: int = 2) -> int:
    """Return how many more cameras a node may be given: its slots, and its part of what the processor bears.

    Before it has measured, FIRST_PER_CORE a core. held: cameras that it has now, which may be more than it measured;
    sharing: watching processes on its machine, itself included.
    """
    room = slots - held
    if load is not None and load.full:
        return 0
    if load is None or not load.measured:
        return max(0, min(room, FIRST_PER_CORE * (load.cores if load else cores) // sharing - held))
    return max(0, min(room, load.beside(held, sharing)))


def cameras_left(nodes: Iterable[tuple[str, Load | None, int, int]]) -> int | None:
    """Return how many more cameras fit on nodes of (host, load, slots, held); None when no node has measured yet."""
    every = list(nodes)
    hosts = Counter(host for host, *_ in every)
    known = [each for each in every if each[1] is not None and each[1].measured]
    return sum(allowance(load, slots, held, hosts[host]) for host, load, slots, held in known) if known else None


def _machine_s() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))
