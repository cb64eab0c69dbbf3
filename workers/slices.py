"""One slice of watching: at most a minute, ended early by a lost lease, a disabled camera, or a leaving node."""

from __future__ import annotations

import logging
import time
from enum import Enum, auto
from uuid import UUID

from django.db import connection
from django.utils import timezone

from cameras.credentials import UnreadableSource
from cameras.models import CameraStatus
from cameras.services import camera_state_report
from workers import dispatch
from workers.baselines import saved_baseline
from workers.leases import Held, LeaseLost, Slice, fence, lease_hand_over, lease_release, lease_start
from workers.node import Node
from workers.plan import camera_plan
from workers.process import this_node
from workers.registry import Run
from workers.scribe import ENGINE_ERRORS
from workers.watched import Watched

log = logging.getLogger(__name__)

SLICE_S = 60.0
STEP_TIMEOUT_S = 0.5
FAILED = "Watching this camera failed unexpectedly; the log has the details. It is tried again within seconds."


class End(Enum):
    """Why a slice ended."""

    TIME = auto()
    """Its minute is over; the next slice goes on."""
    LOST = auto()
    """The lease is gone; nothing may be written."""
    STOP = auto()
    """The camera was disabled or the node leaves; the camera is given back in order."""


def watch(camera_id: UUID, epoch: int) -> None:
    """Run a slice, if this process is the node that holds the camera at this epoch and none is running yet."""
    node = this_node()
    if node is None or node.id is None or node.stopping.is_set() or node.registry.is_busy(camera_id):
        return
    try:
        held = lease_start(camera_id=camera_id, epoch=epoch, node_id=node.id)
    except ENGINE_ERRORS as error:
        log.warning("the slice of camera %s could not begin and will be sent again: %s", camera_id, error)
        return
    finally:
        connection.close()
    run = node.registry.begin(held) if held else None
    if held is None or run is None:
        return
    watched: Watched | None = None
    end = End.LOST
    try:
        watched = _take_up(node, held)
        end = _slice(node, run, watched)
    except (LeaseLost, *ENGINE_ERRORS) as error:
        log.warning("the slice of %s ends early: %s", held, error)
    except UnreadableSource as error:
        _tell_failure(held, CameraStatus.OFFLINE, str(error))
    except Exception:
        # The lease expires by itself; the wait keeps a camera that always fails from taking the machine.
        log.exception("the slice of %s failed", held)
        if watched is not None:
            watched.close()
            watched = None
        _tell_failure(held, CameraStatus.DEGRADED, FAILED)
    finally:
        connection.close()
    _leave(node, run, watched, end)


def _take_up(node: Node, held: Held) -> Watched:
    kept = node.registry.take(held)
    if isinstance(kept, Watched):
        return kept
    plan, saved = camera_plan(held), saved_baseline(held.camera_id, held.organization_id)
    connection.close()
    return Watched(held, plan, saved)


def _slice(node: Node, run: Run, watched: Watched) -> End:
    end_at = time.monotonic() + SLICE_S
    run.config_version = watched.plan.version
    while time.monotonic() < end_at:
        wanted = run.wanted
        if run.lost.is_set():
            return End.LOST
        if node.stopping.is_set() or (wanted is not None and not wanted.enabled):
            return End.STOP
        if wanted is not None and wanted.config_version != watched.plan.version:
            watched.apply(camera_plan(run.held))
            run.config_version = watched.plan.version
            connection.close()
        run.last_frame_at = watched.step(STEP_TIMEOUT_S, live=run.may_write) or run.last_frame_at
        run.stepped_at = time.monotonic()
    return End.TIME


def _tell_failure(held: Held, status: str, message: str) -> None:
    """Say on the camera, and on its lease, why it is not watched."""
    try:
        with fence(held) as lease:
            lease.last_error = message[:300]
            lease.save(update_fields=["last_error"])
            camera_state_report(
                camera_id=held.camera_id,
                organization_id=held.organization_id,
                status=status,
                message=message,
                at=timezone.now(),
                analysed_fps=0.0,
            )
    except (LeaseLost, *ENGINE_ERRORS) as error:
        log.warning("%s: its failure could not be reported: %s", held, error)


def _leave(node: Node, run: Run, watched: Watched | None, end: End) -> None:
    held = run.held
    try:
        if end is End.STOP and watched is not None:
            watched.finish()
            # Out of the registry first: the keeper would take the released lease for a lost one.
            node.registry.end(run, None)
            lease_release(held)
            return
        node.registry.end(run, watched)
        if end is End.TIME and lease_hand_over(held):
            dispatch.send([Slice(held.camera_id, held.epoch, node.name)])
    except ENGINE_ERRORS as error:
        log.warning("%s could not be handed over and is taken up again when its lease expires: %s", held, error)
        node.registry.end(run, None)
    finally:
        connection.close()
