"""Where an organization's consoles listen. A nudge carries only a sequence; they fetch what it means themselves."""

from __future__ import annotations

from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


def group_of(organization_id: UUID) -> str:
    """Name the channel-layer group of an organization's consoles."""
    return f"alerts.{organization_id.hex}"


def nudge(organization_id: UUID, sequence: int) -> None:
    """Tell the organization's consoles that the outbox reached `sequence`; telling twice does no harm.

    Raises the channel layer's own errors (redis.RedisError, OSError) when Redis cannot be reached.
    """
    async_to_sync(get_channel_layer().group_send)(
        group_of(organization_id), {"type": "outbox.nudge", "sequence": sequence}
    )
