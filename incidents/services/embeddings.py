"""Keep what an event's picture shows, so that it is found again by words and by likeness."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from uuid import UUID

from incidents.models import EMBEDDING_SIZE, Event, EventEmbedding


def event_embedding_put(
    *, organization_id: UUID, event_id: UUID, model: str, vector: Sequence[float], at: dt.datetime
) -> EventEmbedding | None:
    """Keep an event's direction in place of an earlier one; runs inside the worker's transaction, as the events do.

    vector: EMBEDDING_SIZE finite numbers of unit length; model: the version of the weights that made it. Returns None
    when the event is not known. Raises ValueError for a vector that cannot be compared.
    """
    values = [float(value) for value in vector]
    length = math.hypot(*values)
    if len(values) != EMBEDDING_SIZE or not math.isfinite(length) or abs(length - 1.0) > 0.01:
        raise ValueError(
            f"A direction has {EMBEDDING_SIZE} numbers of unit length; this one has "
            f"{len(values)} of length {length:.3g}."
        )
    if not Event.objects.filter(organization_id=organization_id, id=event_id).exists():
        return None
    facts = {"organization_id": organization_id, "model": model, "vector": values, "at": at}
    embedding, _ = EventEmbedding.objects.update_or_create(event_id=event_id, defaults=facts)
    return embedding
