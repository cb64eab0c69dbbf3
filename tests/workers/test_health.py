"""What anyone may ask, and what they get to see."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from cameras.services import camera_state_report
from tests.cast import Cast
from workers import health
from workers.nodes import node_drain
from workers.reconciler import RECONCILED_AT

pytestmark = pytest.mark.django_db(transaction=True)

Register = Callable[..., UUID]


@pytest.fixture(autouse=True)
def ticking() -> None:
    cache.set(RECONCILED_AT, time.time(), 60)


def test_all_is_well(cast: Cast, node: Register, client: Client) -> None:
    node(slots=4)
    camera_state_report(
        camera_id=cast.gate3.id, organization_id=cast.acme.id, status="offline", message="…", at=timezone.now()
    )
    response = client.get("/health")
    answer = response.json()
    assert response.status_code == 200
    assert answer["ok"] is True
    assert answer["parts"]["workers"] == {"ok": True, "nodes": 1, "slots": 4}
    assert answer["parts"]["cameras"] == {"ok": True, "by_state": {"offline": 1}}
    assert {name for name, part in answer["parts"].items() if part["ok"]} == set(health.PARTS)
    assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_no_name_address_or_id_of_any_organization_is_in_it(cast: Cast, node: Register, client: Client) -> None:
    node_id = node("alpha")
    text = client.get("/health").content.decode()
    for secret in ("Gate 3", "Acme", "North", "rtsp", str(cast.acme.id), str(cast.gate3.id), str(node_id), "alpha"):
        assert secret not in text


@pytest.mark.parametrize("draining", [False, True])
def test_without_a_worker_it_is_not_well(cast: Cast, node: Register, client: Client, draining: bool) -> None:
    if draining:
        node_drain(node())
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json()["parts"]["workers"] == {"ok": False, "nodes": 0, "slots": 0}


def test_without_ticks_it_is_not_well(cast: Cast, node: Register, client: Client) -> None:
    node()
    cache.set(RECONCILED_AT, time.time() - 20.0, 60)
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json()["parts"]["beat"]["ok"] is False
    cache.delete(RECONCILED_AT)
    assert client.get("/health").json()["parts"]["beat"] == {"ok": False, "last_tick_s": None}


def test_an_error_tells_its_kind_and_no_more(
    cast: Cast, node: Register, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> dict[str, Any]:
        raise DatabaseError("connection to 10.0.0.5 as vedette_app failed")

    monkeypatch.setitem(health.PARTS, "database", fail)
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] == {"ok": False, "error": "DatabaseError"}
    assert response.json()["parts"]["workers"] == {"ok": False, "error": "no database"}
    assert "10.0.0.5" not in response.content.decode()


def test_asking_writes_nothing(cast: Cast, node: Register, client: Client) -> None:
    node()
    writes: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            writes.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        assert client.get("/health").status_code == 200
    assert writes == []


def test_only_reading_is_allowed(cast: Cast, client: Client) -> None:
    assert client.post("/health").status_code == 405


def test_a_stage_without_a_model_is_named_and_is_no_illness(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.VEDETTE_MODELS = tmp_path
    part = client.get("/health").json()["parts"]["models"]
    assert part == {"ok": True, "missing": ["detect", "looks", "pose", "sound", "speech", "scene"]}
