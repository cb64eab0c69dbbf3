"""This process as a node: it registers, renews every lease in one thread, and leaves in order.

No slice renews its own lease: a camera that hangs, a slow detector or a slow storage can delay a slice, never this
thread. It renews only for slices that make progress.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import connection

from workers import nodes
from workers.detectors import measured
from workers.headroom import LoadMeter
from workers.leases import LEASE_TTL_S, Seen, leases_renew
from workers.registry import Registry
from workers.scribe import ENGINE_ERRORS

log = logging.getLogger(__name__)

RENEW_EVERY_S = 2.0
RETRY_S = 0.5
SWEEP_EVERY_S = 1.0


class Node:
    """The watching process. `id` is None until it is registered, and again after it was taken for dead."""

    def __init__(self, name: str, slots: int, registry: Registry, *, device: str = "cpu") -> None:
        self.name, self.slots, self.registry = name, slots, registry
        self.id: UUID | None = None
        self.stopping = threading.Event()
        self._device = device
        self._meter = LoadMeter()
        self._wake = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, name="keeper", daemon=True),
            threading.Thread(target=self._sweep, name="janitor", daemon=True),
        ]

    def start(self) -> None:
        """Register, and keep being registered, in the background."""
        for thread in self._threads:
            thread.start()

    def drain(self) -> None:
        """Stop taking slices and let those that run end; returns at once."""
        self.stopping.set()
        self._wake.set()

    def leave(self, timeout_s: float = 2.0) -> None:
        """Give every camera back and remove the node, after the slices have ended."""
        self.drain()
        for thread in self._threads:
            thread.join(timeout_s)
        try:
            if self.id is not None:
                nodes.node_leave(self.id)
        except ENGINE_ERRORS as error:
            log.warning("the node could not sign off, its leases expire by themselves: %s", error)
        finally:
            connection.close()
        self.registry.close()

    def beat(self) -> None:
        """Register if need be, say that we live, renew the leases; raises what a database that is away raises."""
        if self.id is None or not nodes.node_heartbeat(self.id, self._load()):
            if self.id is not None:
                log.warning("node %s was taken for dead: it starts over, what it still held is void", self.name)
                for run in self.registry.runs():
                    run.lost.set()
            self.id = nodes.node_register(
                name=self.name, host=socket.gethostname(), device=self._device, slots=self.slots
            )
        self._renew(self.id)

    def _load(self) -> dict[str, Any]:
        """Return how busy this process is, as the System page and the claim of cameras read it."""
        engines = [
            {
                "model": each.model,
                "input": "×".join(map(str, each.size)),
                "engine": each.engine,
                "candidates": [asdict(one) for one in each.candidates],
            }
            for each in measured()
        ]
        return {**asdict(self._meter.look(len(self.registry.runs()))), "detectors": engines}

    def _renew(self, node_id: UUID) -> None:
        runs = [run for run in self.registry.runs() if run.held.node_id == node_id and not run.lost.is_set()]
        if not runs:
            return
        asked_at = time.monotonic()
        seen = {run.held.camera_id: Seen(run.config_version, run.last_frame_at) for run in runs}
        kept = leases_renew(node_id, [run.held for run in runs], seen)
        for run in runs:
            wanted = kept.get(run.held.camera_id)
            if wanted is None:
                log.warning("%s: the lease is lost", run.held)
                run.lost.set()
            else:
                run.wanted, run.valid_until = wanted, asked_at + LEASE_TTL_S

    def _keep(self) -> None:
        drained = False
        while True:
            pause_s = RENEW_EVERY_S
            try:
                if self.stopping.is_set() and self.id is not None and not drained:
                    nodes.node_drain(self.id)
                    drained = True
                if not self.stopping.is_set() or self.id is not None:
                    self.beat()
            except ENGINE_ERRORS as error:
                log.warning("node %s cannot reach the database: %s", self.name, str(error).splitlines()[:1])
                pause_s = RETRY_S
            except Exception:
                # Without this thread every camera of the process would be lost.
                log.exception("node %s could not renew its leases", self.name)
            finally:
                connection.close()
            if self.stopping.is_set() and not self.registry.runs():
                return
            self._wake.wait(pause_s if not self.stopping.is_set() else RETRY_S)
            if not self.stopping.is_set():
                self._wake.clear()

    def _sweep(self) -> None:
        while not self.stopping.wait(SWEEP_EVERY_S):
            try:
                self.registry.sweep()
            except Exception:
                log.exception("a watch could not be closed")
