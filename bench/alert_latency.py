"""Measure how long an alert takes: from the frame that opened the event to the console's WebSocket.

    python -m bench.alert_latency [--seconds 120] [--cameras 4] [--video CLIP]

A whole installation is started for it (web server, workers, engines); a console is open with an API key. The time of
the frame is the moment at which it left the decoder; one frame over the threshold opens an event, so it is that one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from pathlib import Path

import websockets

from bench.installation import Bench, running_installation

OPENINGS = frozenset({"incident.opened", "event.opened"})


async def _arrivals(bench: Bench, seconds: float) -> dict[int, float]:
    """Return when each message about an opening arrived, in Unix seconds, by outbox sequence."""
    url = f"ws://127.0.0.1:{bench.port}/ws/alerts/"
    headers = {"Authorization": f"Token {bench.key}"}
    origin = f"http://127.0.0.1:{bench.port}"
    arrived: dict[int, float] = {}
    end = time.monotonic() + seconds
    async with websockets.connect(url, additional_headers=headers, origin=origin) as socket:  # type: ignore[arg-type]
        while (left := end - time.monotonic()) > 0:
            try:
                message = json.loads(await asyncio.wait_for(socket.recv(), left))
            except TimeoutError:
                break
            if message["type"] == "incident" and message["kind"] in OPENINGS:
                arrived[message["seq"]] = time.time()
    return arrived


def _latencies(bench: Bench, arrived: dict[int, float]) -> list[float]:
    from accounts.tenancy import tenant
    from incidents.models import Event, OutboxEntry

    found = []
    with tenant(bench.organization_id):
        for entry in OutboxEntry.objects.filter(sequence__in=arrived).order_by("sequence"):
            events = Event.objects.filter(incident_id=entry.incident_id)
            if entry.kind == "event.opened":
                events = events.filter(id=entry.payload["event"])
            event = events.order_by("started_at").first()
            # A camera that is offline opens an incident without an event.
            if event is not None:
                found.append(arrived[entry.sequence] - event.started_at.timestamp())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long to listen")
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--video", type=Path, help="a clip to loop; without it a scene is rendered")
    parser.add_argument("--threshold", type=float, default=0.3, help="the lower, the more events to measure")
    options = parser.parse_args()
    preset = {"threshold": options.threshold, "min_frames": 1, "cooldown_seconds": 1.0, "analysed_fps": 5.0}
    with running_installation(video=options.video, cameras=options.cameras, **preset) as bench:
        seconds = sorted(_latencies(bench, asyncio.run(_arrivals(bench, options.seconds))))
    if len(seconds) < 2:
        raise SystemExit(f"Only {len(seconds)} alerts arrived in {options.seconds:g} s; listen for longer.")
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    print(f"{len(seconds)} alerts from {options.cameras} cameras in {options.seconds:g} s, frame to console:")
    print(f"p50 {p50 * 1000:.0f} ms   p95 {p95 * 1000:.0f} ms   slowest {seconds[-1] * 1000:.0f} ms")


if __name__ == "__main__":
    main()
