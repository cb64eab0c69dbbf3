"""A camera's ears: what is heard reaches the pictures at the right time, and never makes them wait."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from detection.audio import sounds, stage
from detection.audio.chunk import RATE, AudioChunk
from detection.audio.listener import Listener, SoundPool
from detection.audio.scribe import MAX_WAITING, Scribe
from detection.audio.stage import SoundModels, SoundSettings, SoundStage
from detection.senses import Finding
from detection.sources import LiveSource, SourceSettings
from detection.types import Frame
from tests.detection.audio.sounds import chunks, noise, read, tone
from tests.detection.audio.test_stage import Ears, Pen, Voice
from tests.detection.sources.sounding import render_sounding
from tests.shared_data import shared

SPOKEN = np.concatenate([noise(5.0), tone(4.0), noise(3.0)])


def test_a_files_sound_is_heard_up_to_the_frame_and_no_further() -> None:
    listener = Listener(SoundStage(SoundModels(Ears())), None)
    for chunk in chunks(np.concatenate([noise(5.0), tone(1.0), noise(4.0)])):
        listener.put(chunk)
    kinds = [listener.finding(at / 2).kind for at in range(20)]
    assert kinds[:11] == [""] * 11
    assert "scream" in kinds[11:13]
    assert (listener.dropped, listener.state.state) == (0, "available")


def test_a_pool_that_is_busy_never_makes_anyone_wait_and_the_oldest_is_dropped() -> None:
    going, busy = threading.Event(), threading.Event()

    class Held(Ears):
        def hear(self, samples: np.ndarray) -> sounds.Heard:
            busy.set()
            going.wait(20.0)
            return super().hear(samples)

    pool = SoundPool()
    listener = Listener(SoundStage(SoundModels(Held())), pool)
    listener.put(AudioChunk(tone(0.5), 0.0))
    assert busy.wait(20.0)
    for chunk in chunks(tone(8.0), 0.5, 0.5):
        listener.put(chunk)
    assert listener.finding(8.0) == Finding("audio")
    assert (listener.dropped, listener.state.state) == (8, "slow")
    listener.close()
    going.set()
    pool.close()


def test_at_most_four_pieces_of_speech_wait_and_the_oldest_gives_way() -> None:
    going, busy, done, written = threading.Event(), threading.Event(), threading.Event(), []

    def hold() -> None:
        busy.set()
        going.wait(20.0)

    scribe = Scribe()
    scribe.put(hold)
    assert busy.wait(20.0)
    for number in range(MAX_WAITING + 2):
        scribe.put(lambda number=number: written.append(number))  # type: ignore[misc]
    assert scribe.dropped == 2
    going.set()
    # Once the scribe is through, one more fits, and it is the last.
    while len(written) < MAX_WAITING and not done.wait(0.01):
        pass
    scribe.close()
    assert written == [2, 3, 4, 5]


@pytest.mark.parametrize(("kept", "text"), [("keep", "please call an ambulance"), ("phrases", ""), ("off", "")])
def test_words_are_kept_only_where_they_may_be(kept: stage.Transcripts, text: str) -> None:
    pen = Pen()
    hearing = SoundStage(SoundModels(None, Voice(), pen), SoundSettings(transcripts=kept))  # type: ignore[arg-type]
    listener = Listener(hearing, None)
    for chunk in chunks(SPOKEN):
        listener.put(chunk)
    found = max((listener.finding(at / 2) for at in range(25)), key=lambda f: f.score)
    assert len(pen.given) == (0 if kept == "off" else 1)
    assert (found.kind == "medical") == (kept != "off")
    assert found.details["transcript"] == text
    assert [said for *_, said in hearing.transcripts_since(0.0)] == ([text] if text else [])
    hearing.reconfigure(SoundSettings(transcripts="phrases"))
    assert hearing.transcripts_since(0.0) == []


def test_a_scream_in_a_video_is_found_with_its_frames(tmp_path: Path) -> None:
    """The scream is loud from its start and the model is sure of it at once; of others it is sure later."""
    scream = read(shared("audio/scream/abuse_female_screaming-and-why.wav"))
    sound = noise(8.0)
    sound[4 * RATE : 4 * RATE + len(scream)] = scream[: 4 * RATE]
    clip = render_sounding(tmp_path / "scream.mkv", sound, seconds=8.0, codec="pcm_s16le")
    listener = Listener(SoundStage(SoundModels(sounds.SoundModel(shared("weights")))), None)
    source = LiveSource(str(clip), SourceSettings(real_time=False, audio=True))
    source.subscribe_sound(listener.put)
    found: dict[float, str] = {}
    source.start()
    frame: Frame | None = source.next(-1, 20.0)
    while frame is not None:
        finding = listener.finding(frame.at_s)
        found[frame.at_s] = finding.kind if finding.score >= 0.75 else ""
        frame = source.next(frame.index, 20.0)
    source.stop()
    first = min(at for at, kind in found.items() if kind == "scream")
    assert (len(found), source.state.audio) == (200, "")
    assert 4.0 < first <= 5.5
