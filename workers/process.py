"""Celery's signals: a worker process that reads its node's own queue becomes that node."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from celery.signals import worker_ready, worker_shutdown, worker_shutting_down

from workers.dispatch import name_from_environ, queue_of
from workers.slots import camera_slots

if TYPE_CHECKING:
    from workers.node import Node

log = logging.getLogger(__name__)

_node: Node | None = None


def this_node() -> Node | None:
    """Return the node that this process is; None in the jobs' worker, the web server and commands."""
    return _node


def become(node: Node | None) -> None:
    """Make this process that node, or none."""
    global _node
    _node = node


@worker_ready.connect
def _ready(sender: Any, **_: Any) -> None:
    name = name_from_environ()
    if queue_of(name) not in sender.app.amqp.queues.consume_from:
        return
    # Here, because the pipeline takes 100 MB, which the jobs' worker and the beat need not hold.
    import cv2

    from workers.node import Node
    from workers.registry import Registry

    # Cameras run side by side; OpenCV's own threads would only fight over the same cores.
    cv2.setNumThreads(1)
    node = Node(name, camera_slots(os.environ), Registry())
    become(node)
    node.start()
    log.info("node %s watches up to %d cameras", node.name, node.slots)


@worker_shutting_down.connect
def _shutting_down(**_: Any) -> None:
    # Celery waits for the slices; they see this and end at their next step. A second signal finds it done: this runs
    # in the signal's handler, which must not wait for a lock that the interrupted code may hold.
    if _node is not None and not _node.stopping.is_set():
        _node.drain()


@worker_shutdown.connect
def _shutdown(**_: Any) -> None:
    if _node is not None:
        _node.leave()
        become(None)
