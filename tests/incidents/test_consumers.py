"""The alerts' WebSocket: in order, without gap or duplicate, to the right people, through failures."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Any

import pytest
import redis
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import AlertScope, Membership, Role
from accounts.services import token_create
from accounts.tenancy import tenant
from cameras.services import camera_state_report
from incidents import backlog, consumers
from incidents.services.incidents import incident_acknowledge
from incidents.services.outbox import outbox_append
from tests.cast import make_camera
from tests.incidents.console import console
from tests.incidents.sightings import after, incident_at, opened, sighting

pytestmark = pytest.mark.django_db(transaction=True)

report = database_sync_to_async(opened)
new_incident = database_sync_to_async(incident_at)


def append(cast: Any, count: int) -> None:
    with tenant(cast.acme.id):
        for _ in range(count):
            outbox_append(
                organization_id=cast.acme.id, kind="incident.updated", incident=None, payload={}, at=timezone.now()
            )


def set_membership(cast: Any, person: Any, **values: Any) -> None:
    with tenant(cast.acme.id):
        assert Membership.objects.filter(id=person.membership.id).update(**values) == 1


async def test_an_alert_arrives_by_itself(cast: Any) -> None:
    async with console(cast, cast.omar) as seen:
        assert await seen.next() == {"type": "caught_up", "seq": 0}
        incident = await new_incident(cast.gate3)
        assert await seen.next("incident") == {
            "type": "incident",
            "seq": 1,
            "kind": "incident.opened",
            "incident": str(incident.id),
            "number": 1,
            "severity": 2,
            "status": "open",
            "site": "North",
            "camera": "Gate 3",
            "category": "security threat",
            "reason": "Someone moves faster than usual here.",
            "alert": True,
        }


async def test_an_alert_is_pushed_and_not_only_polled(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "PING_S", 3600.0)
    async with console(cast, cast.omar) as seen:
        await seen.next("ping")
        await new_incident(cast.gate3)
        assert (await seen.next("incident"))["seq"] == 1


async def test_a_lost_nudge_is_made_up_for_by_a_look(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "PING_S", 0.2)
    monkeypatch.setattr("incidents.services.outbox.nudge", lambda *_: None)
    async with console(cast, cast.omar) as seen:
        await seen.next("ping")
        await new_incident(cast.gate3)
        assert (await seen.next("incident"))["seq"] == 1


async def test_a_returning_console_gets_what_it_missed_in_order(cast: Any) -> None:
    incident = await new_incident(cast.gate3)
    await report(cast.gate3, sighting(5.0, severity=4))
    await acknowledge(cast, incident)
    async with console(cast, cast.omar, query="?since=1") as seen:
        missed = [await seen.next(), await seen.next()]
        assert [(m["seq"], m["kind"], m["status"]) for m in missed] == [
            (2, "event.opened", "open"),
            (3, "incident.acknowledged", "acknowledged"),
        ]
        assert missed[1]["by"] == "Mia"
        assert await seen.next() == {"type": "caught_up", "seq": 3}


async def test_no_gap_and_no_duplicate_while_others_write(cast: Any) -> None:
    async def write() -> None:
        for _ in range(10):
            await database_sync_to_async(append, thread_sensitive=False)(cast, 3)

    writing = [asyncio.create_task(write()) for _ in range(3)]
    async with console(cast, cast.omar, query="?since=0") as seen:
        sequences = [(await seen.next("incident"))["seq"] for _ in range(90)]
    await asyncio.gather(*writing)
    assert sequences == list(range(1, 91))


@pytest.mark.parametrize("since", ["1", "600"])
async def test_a_console_that_cannot_be_caught_up_is_told_to_reload(
    cast: Any, since: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "REPLAY_MAX", 5)
    await database_sync_to_async(append)(cast, 7)
    async with console(cast, cast.omar, query=f"?since={since}") as seen:
        assert (await seen.next())["type"] == "reload"
        assert await seen.next() == {"type": "caught_up", "seq": 7}
        await database_sync_to_async(append)(cast, 1)
        assert (await seen.next("incident"))["seq"] == 8


async def test_a_site_of_no_team_of_mine_is_seen_without_alert(cast: Any) -> None:
    south = await database_sync_to_async(make_camera)(cast.south, cast.presets["balanced"], "Gate 9")
    async with console(cast, cast.omar) as omar, console(cast, cast.olga) as olga:
        await omar.next("caught_up")
        await olga.next("caught_up")
        await new_incident(south)
        assert (await omar.next("incident"))["alert"] is False
        assert (await olga.next("incident"))["alert"] is True


async def test_someone_who_wants_no_alerts_gets_none(cast: Any) -> None:
    await database_sync_to_async(set_membership)(cast, cast.omar, alerts=AlertScope.NONE)
    async with console(cast, cast.omar) as seen:
        await seen.next("caught_up")
        await new_incident(cast.gate3)
        assert (await seen.next("incident"))["alert"] is False


async def test_greta_hears_nothing_of_acme(cast: Any) -> None:
    async with console(cast, cast.greta, query="?since=0") as seen:
        await seen.next("caught_up")
        await new_incident(cast.gate3)
        own = await new_incident(cast.globex_camera)
        message = await seen.next("incident")
    assert (message["incident"], message["seq"]) == (str(own.id), 1)


async def test_a_stranger_is_refused(cast: Any) -> None:
    async with console(cast, None) as seen:
        assert await seen.close_code() == 4401


async def test_a_person_without_an_organization_is_refused(cast: Any) -> None:
    @database_sync_to_async
    def remove() -> None:
        with tenant(cast.acme.id):
            cast.vera.membership.delete()

    await remove()
    async with console(cast, cast.vera) as seen:
        assert await seen.close_code() == 4403


async def test_a_malformed_sequence_is_refused(cast: Any) -> None:
    async with console(cast, cast.omar, query="?since=soon") as seen:
        assert await seen.close_code() == 4400


async def test_a_token_opens_it(cast: Any) -> None:
    _, key = await database_sync_to_async(token_create)(membership=cast.omar.membership, name="wall", at=timezone.now())
    async with console(cast, None, headers=((b"authorization", f"Token {key}".encode()),)) as seen:
        assert (await seen.next())["type"] == "caught_up"
    async with console(cast, None, headers=((b"authorization", b"Token wrong"),)) as seen:
        assert await seen.close_code() == 4401


@pytest.mark.parametrize("change", ["removed", "promoted", "logged out"])
async def test_a_changed_place_closes_the_socket(cast: Any, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "PING_S", 0.1)

    @database_sync_to_async
    def apply() -> None:
        if change == "promoted":
            set_membership(cast, cast.omar, role=Role.MANAGER)
        elif change == "removed":
            with tenant(cast.acme.id):
                cast.omar.membership.delete()
        else:
            Session.objects.all().delete()

    async with console(cast, cast.omar) as seen:
        await seen.next("ping")
        await apply()
        assert await seen.close_code() == (4401 if change == "logged out" else 4403)


async def test_a_flushed_redis_is_joined_again(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "PING_S", 0.3)
    async with console(cast, cast.omar) as seen:
        await seen.next("ping")
        await asyncio.to_thread(redis.Redis.from_url(settings.REDIS_URL).flushall)
        for sequence in (1, 2):
            await database_sync_to_async(append)(cast, 1)
            assert (await seen.next("incident"))["seq"] == sequence


async def test_a_cut_connection_to_redis_is_made_anew(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RETRY_S", 0.05)
    async with console(cast, cast.omar) as seen:
        await seen.next("ping")
        await asyncio.to_thread(redis.Redis.from_url(settings.REDIS_URL).client_kill_filter, _type="normal")
        for sequence in (1, 2):
            await database_sync_to_async(append)(cast, 1)
            assert (await seen.next("incident"))["seq"] == sequence


@pytest.fixture
def own_backend(cast: Any) -> tuple[int, Any]:
    """The server's process that the fixtures' own connection speaks to, and the server's time at the beginning."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (began,) = cursor.fetchone()
    return int(connection.connection.info.backend_pid), began


async def test_cut_connections_to_the_database_cost_no_alert(
    cast: Any, own_backend: tuple[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "PING_S", 0.1)

    def cut() -> int:
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE usename = current_user AND pid NOT IN (pg_backend_pid(), %s)"
                # One that has done nothing since is another test's, which goes on with it later: this thread's under
                # a browser's event loop, say.
                " AND state_change > %s",
                own_backend,
            )
            return int(cursor.fetchone()[0])

    async with console(cast, cast.omar) as seen:
        await seen.next("ping")
        for sequence in (1, 2):
            async with asyncio.timeout(10):
                while not await asyncio.to_thread(cut):  # the console is connected for the moment of a read only
                    pass
            await database_sync_to_async(append)(cast, 1)
            assert (await seen.next("incident"))["seq"] == sequence


async def test_without_the_database_the_socket_is_silent_and_stays(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "PING_S", 0.1)
    monkeypatch.setattr(consumers, "RETRY_S", 0.05)
    asked = asyncio.Semaphore(0)
    loop = asyncio.get_running_loop()

    def away(*_: Any) -> None:
        loop.call_soon_threadsafe(asked.release)
        raise OperationalError("terminating connection due to administrator command")

    async with console(cast, cast.omar) as seen:
        await seen.next("ping")
        with monkeypatch.context() as outage:
            outage.setattr(consumers, "backlog_after", away)
            for _ in range(3):
                await asyncio.wait_for(asked.acquire(), 10)
            told = seen.said_by_now()
        # At most the one ping that was on its way when the database went.
        assert [message["type"] for message in told] in ([], ["ping"])
        await database_sync_to_async(append)(cast, 1)
        assert (await seen.next("incident"))["seq"] == 1


async def test_a_camera_that_changes_is_told(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "PING_S", 0.1)

    async def say(status: str) -> None:
        await database_sync_to_async(camera_state_report)(
            camera_id=cast.gate3.id, organization_id=cast.acme.id, status=status, at=after(0)
        )

    await say("online")
    async with console(cast, cast.omar) as seen:
        assert await seen.next("camera") == {"type": "camera", "camera": str(cast.gate3.id), "status": "online"}
        await say("offline")
        assert (await seen.next("camera"))["status"] == "offline"


@database_sync_to_async
def acknowledge(cast: Any, incident: Any) -> None:
    with tenant(cast.acme.id):
        incident_acknowledge(actor=cast.mia.actor, incident_id=incident.id, at=after(9))
