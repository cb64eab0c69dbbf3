"""The scores of a camera's last days."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.tenancy import tenant
from cameras import selectors
from cameras.models import Camera, CameraScores
from cameras.selectors import ScorePoint, recorded_s, score_points, scores_since
from cameras.services import scores_prune
from tests.cameras.learned import AT, HOUR, scored

MINUTES = dt.timedelta(minutes=5)


def test_what_is_told_twice_is_kept_once(cast) -> None:
    assert scored(cast.gate3, AT, highest=0.2) is True
    assert scored(cast.gate3, AT, minutes=6, highest=0.4) is True
    with tenant(cast.acme.id):
        row = CameraScores.objects.get()
        assert (row.ended_at, row.highest, bytes(row.packed)) == (AT + dt.timedelta(minutes=6), 0.4, b"packed")


def test_a_camera_that_is_gone_keeps_nothing(cast, rows) -> None:
    before = rows()
    assert scored(Camera(id=cast.globex_camera.id, organization_id=cast.acme.id), AT) is False
    assert rows() == before


def test_a_span_takes_what_overlaps_it_oldest_first(cast) -> None:
    for number in (3, 0, 2, 1):
        scored(cast.gate3, AT + number * MINUTES, highest=number / 10)
    scored(cast.globex_camera, AT + MINUTES, highest=0.9)
    with tenant(cast.acme.id):
        rows = list(scores_since(cast.gate3, AT + 1.5 * MINUTES, AT + 3 * MINUTES))
        assert [row.highest for row in rows] == [0.1, 0.2]
        assert score_points(cast.gate3, AT + 1.5 * MINUTES, AT + 3 * MINUTES) == [
            ScorePoint(AT + MINUTES, AT + 2 * MINUTES, 0.1),
            ScorePoint(AT + 2 * MINUTES, AT + 3 * MINUTES, 0.2),
        ]
        assert recorded_s(cast.gate3) == 1200.0


def test_many_points_are_told_in_fewer_with_no_peak_lost(cast, monkeypatch) -> None:
    monkeypatch.setattr(selectors, "MAX_POINTS", 3)
    for number, highest in enumerate([0.1, 0.9, 0.2, 0.3, 0.8]):
        scored(cast.gate3, AT + number * MINUTES, highest=highest)
    with tenant(cast.acme.id):
        assert score_points(cast.gate3, AT, AT + HOUR) == [
            ScorePoint(AT, AT + 2 * MINUTES, 0.9),
            ScorePoint(AT + 2 * MINUTES, AT + 4 * MINUTES, 0.3),
            ScorePoint(AT + 4 * MINUTES, AT + 5 * MINUTES, 0.8),
        ]


@pytest.mark.django_db(transaction=True)
def test_what_is_over_eight_days_old_goes_in_every_organization(cast) -> None:
    old = AT - dt.timedelta(days=8, minutes=6)
    for camera in (cast.gate3, cast.globex_camera):
        scored(camera, old)
        scored(camera, old + MINUTES)
    assert scores_prune(at=AT) == 2
    for camera in (cast.gate3, cast.globex_camera):
        with tenant(camera.organization_id):
            assert [row.started_at for row in CameraScores.objects.all()] == [old + MINUTES]
