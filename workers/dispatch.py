"""Send slices to the nodes' queues."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterable

from kombu.exceptions import OperationalError

from config.celery import app
from workers.leases import LEASE_TTL_S, Slice

log = logging.getLogger(__name__)


def name_from_environ() -> str:
    """Return this process's name as a node: VEDETTE_NODE, which the supervisor sets, else host and process id."""
    return os.environ.get("VEDETTE_NODE") or f"{socket.gethostname().split('.')[0]}-{os.getpid()}"


def queue_of(node: str) -> str:
    """Return the queue that only this node reads."""
    return f"watch.{node}"


def send(slices: Iterable[Slice]) -> None:
    """Send slices. A message that cannot be sent is not an error here: the reconciler sends it again."""
    for one in slices:
        try:
            app.send_task(
                "workers.watch_camera",
                args=[str(one.camera_id), one.epoch],
                queue=queue_of(one.node),
                # Later than this the lease is no longer this epoch's, and the queue stays bounded while a node sleeps.
                expires=LEASE_TTL_S,
                retry=False,
            )
        except OperationalError as error:
            log.warning("the slice of camera %s could not be sent: %s", one.camera_id, error)


def drop_queue(node: str) -> None:
    """Remove the queue of a node that is gone for good."""
    with app.connection_for_write() as broker, broker.channel() as channel:
        channel.queue_purge(queue_of(node))  # type: ignore[attr-defined]
