"""Bring the packets of a file's pictures and sound into step, where the file keeps them apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import av
import av.error

HOLD_S = 5.0
MAX_HELD = 1000


def in_step(packets: Iterator[av.Packet[Any]], sound: av.AudioStream) -> Iterator[av.Packet[Any]]:
    """Yield packets so that a picture's comes after all sound from before it.

    Pictures wait as packets, which are small. They wait for sound at most HOLD_S of stream time or MAX_HELD packets;
    where none has come by then, because it starts late or ended early, none is waited for until some comes again.
    Raises what packets raises, after what was held.
    """
    held: deque[av.Packet[Any]] = deque()
    heard_s, waits = float("-inf"), True
    try:
        for packet in packets:
            if packet.stream is sound:
                heard_s, waits = max(heard_s, _seconds(packet, float("inf"))), True
                yield packet
            else:
                held.append(packet)
                waits = waits and len(held) <= MAX_HELD and _seconds(packet, 0.0) - _seconds(held[0], 0.0) <= HOLD_S
            while held and (not waits or _seconds(held[0], float("-inf")) <= heard_s):
                yield held.popleft()
    except (av.error.FFmpegError, OSError):
        yield from held
        raise
    yield from held


def _seconds(packet: av.Packet[Any], unknown: float) -> float:
    """Return when a packet is due in its stream's seconds; unknown where nothing says so, as at the end."""
    stamp = packet.pts if packet.pts is not None else packet.dts
    return float(stamp * packet.time_base) if stamp is not None and packet.time_base is not None else unknown
