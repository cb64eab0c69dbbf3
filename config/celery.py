"""The Celery application: bounded jobs only, and the ticks that keep them coming."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # see manage.py; before anything imports NumPy

app = Celery("vedette")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.update(
    task_default_queue="jobs",
    task_ignore_result=True,
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": 3600, "socket_timeout": 10, "socket_keepalive": True},
    beat_schedule={
        # A tick that finds no worker is worthless a moment later: expires keeps the queue bounded.
        "reconcile": {"task": "workers.reconcile", "schedule": 2.0, "options": {"expires": 4}},
        "calibrate": {"task": "workers.calibrate_due", "schedule": 300.0, "options": {"expires": 240}},
        "prune": {"task": "workers.prune_scores", "schedule": 3600.0, "options": {"expires": 1800}},
        "relay": {"task": "incidents.relay_outbox", "schedule": 2.0, "options": {"expires": 4}},
    },
)
