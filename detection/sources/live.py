"""Keep one source read: a thread that connects, reads, notices trouble, and connects again."""

from __future__ import annotations

import logging
import random
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from detection.audio.chunk import AudioChunk
from detection.masks import Polygon, apply_masks
from detection.sources.backoff import Backoff
from detection.sources.clock import StreamClock
from detection.sources.decoder import Decoder, Picture
from detection.sources.errors import SourceError
from detection.sources.opening import open_decoder
from detection.sources.pace import Pace
from detection.sources.picture_health import PictureHealth
from detection.sources.settings import SourceSettings
from detection.sources.slot import FrameSlot
from detection.sources.sound_clock import SoundClock
from detection.sources.state import SourceState, Status
from detection.sources.uri import kind_of, shown
from detection.types import Frame

log = logging.getLogger(__name__)

STEADY_AFTER_S = 10.0
"""A connection that held so long was a good one: the next failure starts at the shortest wait again."""


class LiveSource:
    """One watched source with its own daemon thread; the newest frame wins and drops are counted.

    The constructor raises SourceError when the address itself is not understood; every later trouble shows in `state`.
    Frames of a file read as fast as consumed carry the captured_at that they would have at the file's own pace, so
    that events and clips last as long as what they show.
    """

    def __init__(
        self,
        uri: str,
        settings: SourceSettings | None = None,
        *,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._uri = uri
        self._settings = settings or SourceSettings()
        self._kind = kind_of(uri)
        self._shown = shown(uri)
        self._lossless = self._kind == "file" and not self._settings.real_time
        self._now = now
        self._slot = FrameSlot()
        self._clock = StreamClock(live=self._kind != "file")
        self._sound = SoundClock(self._clock, live=self._kind != "file", hand_out=self._hand_out_sound)
        self._health = PictureHealth(self._settings.frozen_after_s, self._settings.blind_after_s)
        self._backoff = Backoff(*self._settings.backoff_s, jitter)
        self._subscribers: tuple[Callable[[Frame], None], ...] = ()
        self._sound_subscribers: tuple[Callable[[AudioChunk], None], ...] = ()
        self._masks: tuple[Polygon, ...] = ()
        self._state = SourceState(message=f"Connecting to {self._shown}.")
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._started_at = 0.0
        self._sound_lost = 0
        self._thread = threading.Thread(target=self._run, name=f"source {self._shown}", daemon=True)

    def __repr__(self) -> str:
        return f"<LiveSource {self._shown} {self.state.status}>"

    @property
    def state(self) -> SourceState:
        """How the source is doing now."""
        with self._lock:
            return replace(self._state, dropped=self._slot.dropped)

    def start(self) -> None:
        """Begin reading."""
        self._thread.start()

    def next(self, after: int, timeout_s: float) -> Frame | None:
        """Return the newest frame with an index above after (-1 for any), or None at timeout and after the end."""
        return self._slot.next(after, timeout_s)

    def subscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """Call on_frame in the reader thread for every frame handed out, masks already burnt in."""
        with self._lock:
            self._subscribers += (on_frame,)

    def subscribe_sound(self, on_chunk: Callable[[AudioChunk], None]) -> None:
        """Call on_chunk in the reader thread for every piece of sound, in the frames' stream time.

        What starts before a frame comes before it. Nothing comes unless the settings say audio.
        """
        with self._lock:
            self._sound_subscribers += (on_chunk,)

    def set_masks(self, masks: tuple[Polygon, ...]) -> None:
        """Burn these privacy masks into every frame from the next one on."""
        self._masks = masks

    def stop(self, timeout_s: float = 3.0) -> None:
        """Stop reading and close the decoder; may be called again.

        A read that waits for a silent camera cannot be interrupted: the thread then ends by itself within the read
        timeout, and no frame comes out of it any more.
        """
        self._stopping.set()
        self._slot.close()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                connected = time.monotonic()
                try:
                    on_sound = self._sound.put if self._settings.audio else None
                    with closing(open_decoder(self._uri, self._settings, on_sound)) as decoder:
                        self._connected(decoder)
                        ended = self._read(decoder)
                except Exception as error:
                    if time.monotonic() - connected >= STEADY_AFTER_S:
                        self._backoff.reset()
                    if not self._wait_to_retry(error if isinstance(error, SourceError) else self._unforeseen(error)):
                        return
                else:
                    if ended and not self._settings.loop:
                        return
        finally:
            self._slot.close()

    def _unforeseen(self, error: Exception) -> SourceError:
        # Where it happened, but not its text: FFmpeg's errors repeat the address with its password.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("reading %s failed with %s at\n%s", self._shown, type(error).__name__, where)
        return SourceError(
            f"Reading {self._shown} failed with {type(error).__name__}. It is tried again; the log says where.",
            retry="slowly",
        )

    def _connected(self, decoder: Decoder) -> None:
        info = decoder.info
        self._clock.restart(info.fps)
        self._sound.restart()
        if self._kind != "file":
            self._health.forget()
        with self._lock:
            self._state = replace(
                self._state, width=info.width, height=info.height, fps=info.fps, codec=info.codec, retry_in_s=None
            )

    def _read(self, decoder: Decoder) -> bool:
        """Hand out pictures until the source ends (True) or is stopped (False); raises SourceError when it breaks."""
        first_frame = self.state.frames
        corrupt_before, lost_before = self.state.corrupt, self._sound_lost
        pace = Pace(None if self._lossless else self._settings.deliver_fps, self._stopping)
        pts_s = last_s = 0.0
        for picture in decoder.pictures():
            wall_s = time.monotonic()
            at_s = self._clock.at(picture.pts_s, wall_s)
            pts_s = picture.pts_s if picture.pts_s is not None else pts_s
            if self._kind == "file" and not self._lossless:
                pace.wait_until_due(at_s)
            if self._stopping.is_set():
                return False
            self._sound.release(at_s, wall_s)
            wanted = pace.wants(at_s)
            self._sound_lost = lost_before + decoder.sound_lost
            with self._lock:
                self._state = replace(
                    self._state,
                    skipped=self._state.skipped + (not wanted),
                    corrupt=corrupt_before + decoder.corrupt,
                    audio=self._describe_sound(decoder, at_s),
                    audio_lost=self._sound_lost + self._sound.lost,
                    audio_anchored=self._sound.anchored,
                )
            if wanted:
                self._hand_out(picture, at_s)
            last_s = at_s
        # The last picture lasts a while, and so does what is heard with it.
        self._sound.release(last_s + self._clock.step_s, time.monotonic())
        if self.state.frames == first_frame:
            raise SourceError(f"{self._shown} holds no picture that can be decoded. Export it again.", retry="slowly")
        if not self._settings.loop:
            self._ended(decoder, pts_s)
        return True

    def _hand_out(self, picture: Picture, at_s: float) -> None:
        image = picture.convert(self._settings.max_width)
        status = self._health.look(image, at_s)
        with self._lock:
            index, subscribers = self._state.frames, self._subscribers
        if index == 0:
            self._started_at = self._now() - at_s
        captured_at = self._started_at + at_s if self._lossless else self._now()
        frame = Frame(image=apply_masks(image, self._masks), index=index, at_s=at_s, captured_at=captured_at)
        while self._lossless and not self._slot.wait_taken(0.5):
            if self._stopping.is_set():
                return
        for on_frame in subscribers:
            try:
                on_frame(frame)
            except Exception:
                log.exception("a subscriber of %s failed on frame %d", self._shown, index)
        with self._lock:
            self._state = replace(self._state, frames=index + 1, last_frame_at=captured_at)
        self._set(status, self._describe(status))
        self._slot.put(frame)

    def _hand_out_sound(self, chunk: AudioChunk) -> None:
        with self._lock:
            subscribers = self._sound_subscribers
        for on_chunk in subscribers:
            try:
                on_chunk(chunk)
            except Exception:
                log.exception("a subscriber of %s failed on the sound at %.2f s", self._shown, chunk.at_s)

    def _describe_sound(self, decoder: Decoder, at_s: float) -> str:
        if not self._settings.audio:
            return ""
        return decoder.sound_problem or self._sound.quiet(at_s)

    def _describe(self, status: Status) -> str:
        if status == "frozen":
            return (
                f"{self._shown} has sent the same picture for {self._settings.frozen_after_s:g} s or more. "
                "Restart the camera, or check what stands before it."
            )
        if status == "blind":
            return f"{self._shown} shows a uniform picture. Check that the lens is free and that there is light."
        return f"{self._shown} is being read."

    def _ended(self, decoder: Decoder, last_pts_s: float) -> None:
        promised_s = decoder.info.duration_s
        # Half a second and 2 %: durations in headers are rounded, and the last frame starts before the end.
        if promised_s is not None and last_pts_s < promised_s * 0.98 - 0.5:
            message = (
                f"{self._shown} is truncated: {promised_s:.1f} s promised, {last_pts_s:.1f} s there. Copy it again."
            )
        else:
            message = f"{self._shown} has been read to its end."
        self._set("ended", message)

    def _wait_to_retry(self, error: SourceError) -> bool:
        """Wait before the next attempt; False when there shall be none."""
        message = str(error)
        if self._lossless or error.retry == "never":
            self._set("offline", message)
            return False
        wait_s = self._backoff.next_s(slowly=error.retry == "slowly")
        with self._lock:
            self._state = replace(
                self._state,
                status="offline",
                message=message,
                retry_in_s=round(wait_s, 1),
                reconnects=self._state.reconnects + 1,
            )
        log.warning("%s Next attempt in %.1f s.", message, wait_s)
        return not self._stopping.wait(wait_s)

    def _set(self, status: Status, message: str) -> None:
        with self._lock:
            changed = status != self._state.status
            self._state = replace(self._state, status=status, message=message, retry_in_s=None)
        if changed:
            log.info("%s", message)
