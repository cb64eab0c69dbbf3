"""Decode RTSP, HTTP and files with FFmpeg through PyAV."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import av
import av.error
import numpy as np

from detection.sources.decoder import Picture, Sound, StreamInfo
from detection.sources.errors import SourceError
from detection.sources.explain import explain
from detection.sources.order import in_step
from detection.sources.settings import SourceSettings
from detection.sources.sound_track import SoundTrack
from detection.sources.uri import Kind, file_path, shown
from detection.types import Image

OPTIONS: dict[Kind, dict[str, str]] = {
    "rtsp": {"rtsp_transport": "tcp", "allowed_media_types": "video"},
    # A playlist from the network must not make us open local files.
    "http": {"protocol_whitelist": "http,https,httpproxy,tcp,tls,crypto"},
    "file": {"protocol_whitelist": "file"},
}
PLAYLISTS = frozenset({"concat", "dash", "hls", "sdp", "tty"})
"""Formats that are text: an uploaded one could make FFmpeg open other files, and tty draws any text as video."""
WITH_SOUND = {"allowed_media_types": "video+audio"}
SOUND_REFUSED = (
    av.error.HTTPBadRequestError,
    av.error.HTTPNotFoundError,
    av.error.HTTPOtherClientError,
    av.error.HTTPServerError,
    av.error.InvalidDataError,
)
"""How a camera that gives its pictures may answer where it is asked for its sound too."""


class AvDecoder:
    """An open RTSP, HTTP or file stream. Raises SourceError from the constructor when it cannot be opened.

    on_sound is called from pictures() with the sound that comes along; None leaves the sound where it is.
    """

    def __init__(
        self, uri: str, kind: Kind, settings: SourceSettings, on_sound: Callable[[Sound], None] | None = None
    ) -> None:
        self.corrupt = 0
        self._uri, self._kind = uri, kind
        self._shown = shown(uri)
        self._read_timeout_s = settings.read_timeout_s
        if kind == "file":
            _check_file(uri)
        absent = "The file holds no sound." if kind == "file" else "The camera sends no sound."
        started = time.monotonic()
        try:
            try:
                self._container = self._opened(settings, WITH_SOUND if kind == "rtsp" and on_sound else {})
            except SOUND_REFUSED:
                if kind != "rtsp" or on_sound is None:
                    raise
                self._container = self._opened(settings, {})
                absent = "The camera refuses to send its sound. Turn audio on in the camera's stream settings."
        except (av.error.FFmpegError, OSError, ValueError) as error:
            took_s = time.monotonic() - started
            # "from None": the cause repeats the address with its password.
            raise explain(error, uri, took_s=took_s, timeout_s=settings.connect_timeout_s) from None
        try:
            self._stream = self._video_stream()
        except SourceError:
            self._container.close()
            raise
        self._track = SoundTrack(self._container, on_sound, absent=absent) if on_sound else None
        context = self._stream.codec_context
        # One thread per live camera: decoding ahead in threads adds a delay of as many frames, and four cameras
        # share two cores. A file read at full speed may use them all.
        context.thread_count = 1 if settings.real_time else 0
        if not settings.real_time:
            context.thread_type = "AUTO"
        rate = self._stream.average_rate or self._stream.guessed_rate
        duration = self._stream.duration
        time_base = self._stream.time_base
        self.info = StreamInfo(
            width=context.width,
            height=context.height,
            fps=float(rate) if rate else 0.0,
            codec=context.name,
            duration_s=float(duration * time_base) if duration and time_base else None,
        )

    @property
    def sound_problem(self) -> str:
        """Return why there is no sound, or "" where there is some or none was asked for."""
        return self._track.problem if self._track else ""

    @property
    def sound_lost(self) -> int:
        """Return how many pieces of sound could not be decoded."""
        return self._track.lost if self._track else 0

    def pictures(self) -> Iterator[Picture]:
        """Yield every picture; a packet that cannot be decoded is counted in `corrupt` and passed over."""
        last_picture = time.monotonic()
        packets = self._packets()
        while True:
            waiting_since = time.monotonic()
            try:
                packet = next(packets)
            except (StopIteration, av.error.EOFError):
                break
            except (av.error.FFmpegError, OSError) as error:
                if self._kind == "file":
                    break
                took_s = time.monotonic() - waiting_since
                raise self._lost(error, took_s) from None
            if self._track and packet.stream is self._track.stream:
                self._track.take(packet)
            else:
                for frame in self._decoded(packet):
                    last_picture = time.monotonic()
                    yield Picture(_time_of(frame, self._container.format.name), partial(_to_image, frame))
            if self._kind != "file" and time.monotonic() - last_picture > self._read_timeout_s:
                raise SourceError(
                    f"{self._shown} sends data but no picture for {self._read_timeout_s:g} s. Check the camera's video "
                    "encoding; H.264 is understood by all."
                )
        if self._kind != "file":
            raise SourceError(f"{self._shown} ended the stream. It is tried again by itself.")

    def close(self) -> None:
        self._container.close()

    def _opened(self, settings: SourceSettings, more: dict[str, str]) -> av.container.InputContainer:
        return av.open(
            f"file:{file_path(self._uri).absolute()}" if self._kind == "file" else self._uri,
            options=OPTIONS[self._kind] | more,
            metadata_errors="ignore",
            timeout=(settings.connect_timeout_s, settings.read_timeout_s),
        )

    def _packets(self) -> Iterator[av.Packet[Any]]:
        sound = self._track.stream if self._track else None
        if sound is None:
            return self._container.demux(self._stream)
        packets = self._container.demux(self._stream, sound)
        # A live source's order is that of the network; there nothing is held back.
        return in_step(packets, sound) if self._kind == "file" else packets

    def _decoded(self, packet: av.Packet[Any]) -> list[av.VideoFrame]:
        try:
            return [frame for frame in packet.decode() if isinstance(frame, av.VideoFrame)]
        except av.error.EOFError:
            return []
        except av.error.FFmpegError:
            self.corrupt += 1
            return []

    def _video_stream(self) -> av.VideoStream:
        if self._kind == "file" and PLAYLISTS & set(self._container.format.name.split(",")):
            raise SourceError(f"{self._shown} is text, not a video. Give the video file itself.", retry="slowly")
        if not self._container.streams.video:
            raise SourceError(
                f"{self._shown} has no video stream. Choose the camera's video profile, or another file.",
                retry="slowly",
            )
        return self._container.streams.video[0]

    def _lost(self, error: Exception, took_s: float) -> SourceError:
        if took_s >= self._read_timeout_s * 0.95:
            return SourceError(
                f"{self._shown} has sent no picture for {self._read_timeout_s:g} s. Check that the camera has power "
                "and can be reached."
            )
        return explain(error, self._uri, took_s=took_s, timeout_s=self._read_timeout_s)


def _check_file(uri: str) -> None:
    path = file_path(uri)
    if path.is_dir():
        raise SourceError(f"{path} is a folder. Name one video file in it.", retry="slowly")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise explain(error, uri, took_s=0.0, timeout_s=1.0) from None
    if not path.is_file():
        raise SourceError(
            f"{path} is a device or a pipe, not a file. Name a video file; the first USB camera is usb:0.",
            retry="slowly",
        )
    if size == 0:
        raise SourceError(f"{path} is empty (0 bytes). Copy the file again.", retry="slowly")


def _time_of(frame: av.VideoFrame, container: str) -> float | None:
    """Return when a picture is to be shown, in the stream's own seconds; None where nothing says so."""
    if container != "avi":
        return frame.time
    # AVI keeps no such times, and FFmpeg's guess jumps to and fro in a stream with B-frames; the order is right.
    return float(frame.dts * frame.time_base) if frame.dts is not None and frame.time_base is not None else None


def _to_image(frame: av.VideoFrame, max_width: int) -> Image:
    if frame.width <= max_width:
        return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    height = max(2, round(frame.height * max_width / frame.width))
    smaller = frame.reformat(width=max_width, height=height, format="bgr24", interpolation="AREA")
    return np.asarray(smaller.to_ndarray(), np.uint8)
