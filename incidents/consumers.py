"""The consoles' WebSocket: /ws/alerts/?since=<sequence>.

The database is what it tells; the channel layer only wakes it. Everything it sends comes from one loop that reads the
outbox after the last sequence it sent, so there is no gap and no duplicate, and a nudge that is lost, late or doubled
changes nothing but the time: the loop also looks every PING_S by itself. While PostgreSQL or Redis restart the socket
stays open; it sends no ping while it cannot look, so that a console can tell that it may be out of date.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.db import InterfaceError, InternalError, OperationalError
from redis.exceptions import TimeoutError as RedisTimeoutError

from accounts.actors import Actor
from incidents.backlog import backlog_after, camera_statuses
from incidents.live import group_of
from incidents.sockets import FORBIDDEN, Credential, Refused, actor_of, credential_of

log = logging.getLogger(__name__)

PING_S = 5.0
RETRY_S = 1.0
JOIN_PATIENCE_S = 2.0
"""How long the first replay waits for the channel layer: without it there are still the looks of its own."""

SEND_TIMEOUT_S = 10.0
"""A console that takes nothing for so long is let go; it comes back and replays, or reloads."""

MALFORMED, TRY_AGAIN, BROKEN = 4400, 1013, 1011
DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)

READERS = ThreadPoolExecutor(max_workers=8, thread_name_prefix="alerts")
"""Reads of the consoles: bounded in connections, and a slow one does not hold up the requests of the same process."""

P = ParamSpec("P")
T = TypeVar("T")


class AlertsConsumer(AsyncJsonWebsocketConsumer):
    """One open console."""

    # Channels' own loop ends the socket when Redis goes away, so this consumer listens for itself.
    channel_layer_alias = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        try:
            await super().__call__(scope, receive, send)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def connect(self) -> None:
        # Accepted first in every case: a browser does not get to see the close code of a refused handshake.
        await self.accept()
        since = parse_qs(self.scope["query_string"].decode("latin-1")).get("since", [""])[0]
        if since and not (since.isascii() and since.isdigit() and len(since) < 19):
            await self.close(MALFORMED, f"since={since[:20]} is no sequence.")
            return
        self._sent: int | None = int(since) if since else None
        self._wake, self._joined = asyncio.Event(), asyncio.Event()
        self._cameras: dict[UUID, str] = {}
        self._tasks.append(asyncio.create_task(self._serve(credential_of(self.scope))))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """Ignore what a console says: it has nothing to ask."""

    async def _serve(self, credential: Credential) -> None:
        try:
            actor = await _query(actor_of, credential)
            self._tasks += [asyncio.create_task(work) for work in self._listening(group_of(actor.organization_id))]
            await _within(JOIN_PATIENCE_S, self._joined)
            await self._tell(credential, actor)
        except Refused as refusal:
            await self.close(refusal.code, str(refusal))
        except TimeoutError:
            await self.close(TRY_AGAIN, "This console takes no messages.")
        except DATABASE_AWAY as error:
            log.warning("an alert socket could not begin: %s", error)
            await self.close(TRY_AGAIN, "The database cannot be reached.")
        except OSError:
            log.debug("an alert socket went away while it was being told something")
        except Exception:
            log.exception("an alert socket broke")
            await self.close(BROKEN)

    async def _tell(self, credential: Credential, actor: Actor) -> None:
        """Send what is new, now and at every nudge and ping, until the person may not have it any longer."""
        await self._catch_up(actor)
        await self._send({"type": "caught_up", "seq": self._sent})
        ping_at = time.monotonic()
        while True:
            try:
                if time.monotonic() < ping_at:
                    await self._catch_up(actor)
                else:
                    actor = await self._still(credential, actor)
                    await self._catch_up(actor)
                    await self._tell_cameras(actor)
                    now = dt.datetime.now(dt.UTC)
                    await self._send({"type": "ping", "seq": self._sent, "at": now.isoformat()})
                    ping_at = time.monotonic() + PING_S
            except DATABASE_AWAY as error:
                log.warning("an alert socket waits for the database: %s", str(error).partition("\n")[0])
                await asyncio.sleep(RETRY_S)
                continue
            await _within(ping_at - time.monotonic(), self._wake)
            self._wake.clear()

    async def _still(self, credential: Credential, actor: Actor) -> Actor:
        """Ask anew who this is: logged out, removed and re-roled people lose the socket within one ping."""
        now = await _query(actor_of, credential)
        if (now.organization_id, now.role) != (actor.organization_id, actor.role):
            raise Refused(FORBIDDEN, "Your place in the organization changed.")
        return now

    async def _catch_up(self, actor: Actor) -> None:
        backlog = await _query(backlog_after, actor, self._sent)
        if backlog.lost:
            await self._send({"type": "reload", "reason": backlog.lost})
        for message in backlog.messages:
            await self._send(message)
        self._sent = backlog.newest

    async def _tell_cameras(self, actor: Actor) -> None:
        statuses = await _query(camera_statuses, actor)
        for camera, status in statuses.items():
            if self._cameras.get(camera) != status:
                await self._send({"type": "camera", "camera": str(camera), "status": status})
        self._cameras = statuses

    async def _send(self, message: dict[str, Any]) -> None:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await self.send_json(message)

    def _listening(self, group: str) -> list[Coroutine[Any, Any, None]]:
        layer = get_channel_layer()

        async def stay_joined(channel: asyncio.Future[str]) -> None:
            channel.set_result(await layer.new_channel())
            while True:
                try:
                    # Again and again: a Redis that was flushed or restarted has forgotten its groups.
                    await layer.group_add(group, channel.result())
                except Exception as error:  # the layer has many; none is worth the socket
                    log.warning("an alert socket cannot join its group: %s", error)
                    await asyncio.sleep(RETRY_S)
                    continue
                self._joined.set()
                self._wake.set()
                await asyncio.sleep(PING_S)

        async def hear(channel: asyncio.Future[str]) -> None:
            while True:
                try:
                    await layer.receive(await asyncio.shield(channel))
                    self._wake.set()
                except RedisTimeoutError:
                    continue  # nobody said anything for as long as the client waits for an answer
                except Exception as error:  # as above
                    log.warning("an alert socket cannot listen: %s", error)
                    await asyncio.sleep(RETRY_S)

        channel: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return [stay_joined(channel), hear(channel)]


async def _query(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await database_sync_to_async(function, thread_sensitive=False, executor=READERS)(*args, **kwargs)


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, at most so long."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
    except TimeoutError:
        return
