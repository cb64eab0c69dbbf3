"""Decode the sound that comes along with a stream's pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import av
import av.error

from detection.audio.chunk import AudioError, Resampler
from detection.sources.decoder import Sound

BAD_IN_A_ROW = 50
"""So many packets without one that can be decoded: about a second. Fewer are a fault of the network."""


class SoundTrack:
    """The first sound of an open container. Whatever is wrong with it shows in `problem` and `lost`, never as an error.

    problem is a sentence, or "" while there is sound; lost counts the packets and frames that could not be decoded.
    """

    def __init__(
        self, container: av.container.InputContainer, on_sound: Callable[[Sound], None], *, absent: str
    ) -> None:
        self.problem = ""
        self.lost = 0
        self._on_sound = on_sound
        self._resampler = Resampler()
        self._bad = 0
        self._next_s: float | None = None
        self.stream: av.AudioStream | None = next(iter(container.streams.audio), None)
        if self.stream is None:
            self.problem = absent
        elif self.stream.codec_context is None:
            self.stream = None
            self.problem = (
                "Its sound cannot be decoded: its codec is not known here. Choose AAC or G.711 as audio encoding."
            )

    def take(self, packet: av.Packet[Any]) -> None:
        """Decode a packet of `stream` and hand on what is in it."""
        try:
            frames = packet.decode()
        except av.error.EOFError:
            return
        except (av.error.FFmpegError, ValueError) as error:
            self._lose(type(error).__name__)
            return
        for frame in frames:
            if isinstance(frame, av.AudioFrame):
                self._hand_on(frame)

    def _hand_on(self, frame: av.AudioFrame) -> None:
        pts_s = frame.time if frame.time is not None else self._next_s
        if pts_s is None or frame.sample_rate <= 0:
            self._lose("nothing says when it was")
            return
        self._next_s = pts_s + frame.samples / frame.sample_rate
        try:
            made = self._resampler.chunks(frame, pts_s)
        except AudioError:
            # A camera whose audio is set up anew changes its rate or its channels in mid-stream.
            self._resampler = Resampler()
            try:
                made = self._resampler.chunks(frame, pts_s)
            except AudioError as error:
                self._lose(str(error))
                return
        self._bad, self.problem = 0, ""
        for chunk in made:
            self._on_sound(Sound(chunk.at_s, chunk.samples))

    def _lose(self, why: str) -> None:
        self.lost += 1
        self._bad += 1
        if self._bad >= BAD_IN_A_ROW:
            self.problem = f"Its sound cannot be decoded: {why.rstrip('.')}. Choose AAC or G.711 as audio encoding."
