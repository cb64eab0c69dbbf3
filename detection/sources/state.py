"""What a source says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["connecting", "online", "frozen", "blind", "offline", "ended"]


@dataclass(frozen=True, slots=True)
class SourceState:
    """One moment of a source.

    message is a full sentence for people, free of credentials. last_frame_at is Unix seconds. frames counts pictures
    handed out; dropped those of them replaced by a newer one before `next` took them; skipped those decoded beyond
    deliver_fps; corrupt the packets that could not be decoded. retry_in_s is set while waiting to connect again, and
    None when nothing is due: after "ended", and after "offline" of a source that will not try again.
    audio is a sentence that says why there is no sound, "" where there is some or none was asked for; audio_lost counts
    the pieces of sound that could not be decoded or never found their pictures, audio_anchored how often sound had left
    its pictures and was brought back.
    """

    status: Status = "connecting"
    message: str = ""
    last_frame_at: float | None = None
    frames: int = 0
    dropped: int = 0
    skipped: int = 0
    corrupt: int = 0
    reconnects: int = 0
    width: int = 0
    height: int = 0
    fps: float = 0.0
    codec: str = ""
    retry_in_s: float | None = None
    audio: str = ""
    audio_lost: int = 0
    audio_anchored: int = 0
