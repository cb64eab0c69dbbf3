"""What Celery runs: the tick that keeps cameras watched, slices of watching, and the test of an address.

What needs the pipeline is imported where it runs: the beat and the jobs' worker need not hold it.
"""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from cameras.services.scores import scores_prune
from workers import (
    process,  # noqa: F401  its signals make a watching process a node
    reconciler,
)
from workers.scribe import ENGINE_ERRORS

log = logging.getLogger(__name__)


@shared_task(name="workers.reconcile")
def reconcile() -> None:
    """Bring leases and slices in line with the cameras that should be watched."""
    try:
        reconciler.reconcile()
    except ENGINE_ERRORS as error:
        log.warning("this tick could not reach the engines, the next one will try: %s", error)


@shared_task(name="workers.watch_camera")
def watch_camera(camera_id: str, epoch: int) -> None:
    """Watch one camera for a slice of at most a minute, if this node holds it at this epoch."""
    from workers import slices

    slices.watch(UUID(camera_id), epoch)


@shared_task(name="workers.calibrate_next")
def calibrate_next() -> None:
    """Compute the threshold of the camera whose turn it is from its scores of the last days."""
    from workers import calibration

    try:
        calibration.calibrate_next()
    except ENGINE_ERRORS as error:
        log.warning("the calibrations that wait go on with the next round: %s", error)


@shared_task(name="workers.calibrate_due")
def calibrate_due() -> None:
    """Queue the thresholds that are stale, to be computed one at a time."""
    from workers import calibration

    try:
        calibration.calibrate_due()
    except ENGINE_ERRORS as error:
        log.warning("no stale threshold was queued in this round, the next one will: %s", error)


@shared_task(name="workers.prune_scores")
def prune_scores() -> None:
    """Delete scores that are too old for any calibration."""
    try:
        scores_prune(at=timezone.now())
    except ENGINE_ERRORS as error:
        log.warning("old scores were not deleted in this round, the next one will: %s", error)


@shared_task(name="workers.probe_source")
def probe_source(request_id: str, encrypted: str) -> None:
    """Try an address for the person who is setting a camera up; the answer lies in the cache for a minute."""
    from workers import probing

    probing.probe_source(request_id, encrypted)
