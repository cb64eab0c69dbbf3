"""Jobs of the installation that run for every organization."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from incidents.services.outbox import outbox_prune, outbox_relay


@shared_task(name="incidents.relay_outbox")  # type: ignore[untyped-decorator]
def relay_outbox() -> None:
    """Send what a crash left unsent and drop what is too old; bounded, so a tick never runs into the next."""
    now = timezone.now()
    outbox_relay(at=now)
    outbox_prune(at=now)
