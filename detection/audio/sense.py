"""Sound as one of a camera's senses: what was heard up to each frame."""

from __future__ import annotations

from dataclasses import replace

from detection.audio.chunk import AudioChunk
from detection.audio.listener import Listener
from detection.senses import Finding, Moment, SenseState


class AudioSense:
    """One camera's hearing. The source's thread brings the sound, the camera's own thread asks."""

    def __init__(self, listener: Listener) -> None:
        """Listen through listener, which is closed with this."""
        self._listener = listener

    @property
    def state(self) -> SenseState:
        """Return how hearing stands at this camera."""
        return replace(self._listener.state, dropped=self._listener.dropped)

    def hear(self, chunk: AudioChunk) -> None:
        """Take the next sound, from the source's thread."""
        self._listener.put(chunk)

    def find(self, moment: Moment) -> Finding | None:
        """Return what was heard of late; None where no sound came."""
        finding = self._listener.finding(moment.at_s)
        return finding if finding.details else None

    def said_since(self, at_s: float) -> list[tuple[float, float, str]]:
        """Return what was said after a stream time as (start_s, end_s, text); nothing where words are not kept."""
        return self._listener.said_since(at_s)

    def restart(self) -> None:
        """Go on: sound knows no tracks."""

    def close(self) -> None:
        """Hear no more."""
        self._listener.close()
