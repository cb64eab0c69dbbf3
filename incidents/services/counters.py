"""Numbers without gaps: taken under a row lock that lasts as long as the transaction that uses them.

A serial would give its number before the commit, so a reader could see 8 before 7 and believe that 7 never was.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection

_TAKE_SEQUENCE = """
    INSERT INTO incidents_organizationcounter AS counter (organization_id, outbox_sequence, incident_number)
    VALUES (%s, 1, 0)
    ON CONFLICT (organization_id) DO UPDATE SET outbox_sequence = counter.outbox_sequence + 1
    RETURNING outbox_sequence
"""
_TAKE_NUMBER = """
    INSERT INTO incidents_organizationcounter AS counter (organization_id, outbox_sequence, incident_number)
    VALUES (%s, 0, 1)
    ON CONFLICT (organization_id) DO UPDATE SET incident_number = counter.incident_number + 1
    RETURNING incident_number
"""


def take_outbox_sequence(organization_id: UUID) -> int:
    """Return the organization's next outbox sequence (from 1); other takers wait until this transaction ends."""
    return _take(_TAKE_SEQUENCE, organization_id)


def take_incident_number(organization_id: UUID) -> int:
    """Return the organization's next incident number (from 1); other takers wait until this transaction ends."""
    return _take(_TAKE_NUMBER, organization_id)


def _take(sql: str, organization_id: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [organization_id])
        row: tuple[int] = cursor.fetchone()
    return row[0]
