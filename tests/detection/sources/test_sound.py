"""Sound comes with the pictures, in their time; whatever is wrong with it costs no picture."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from detection.audio.chunk import RATE, AudioChunk
from detection.sources import LiveSource, SourceSettings
from detection.types import Frame
from tests.detection.audio.sounds import noise, tone
from tests.detection.sources.sounding import Told, as_packet, beep, follow, render_sounding
from tests.detection.sources.waiting import wait_for_status

Open = Callable[..., LiveSource]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Make sources that hear, not yet started, and stop them all at the end."""
    made: list[LiveSource] = []

    def make(uri: str | Path, **settings: object) -> LiveSource:
        chosen = {"audio": True, "real_time": False} | settings
        made.append(LiveSource(str(uri), SourceSettings(**chosen)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for source in made:
        source.stop()


def in_order(told: Told) -> bool:
    """Return whether every frame came after all sound that starts before it, and before all that starts later."""
    frame_s, sound_s = -1.0, -1.0
    for thing in told.things:
        if isinstance(thing, Frame):
            frame_s = thing.at_s
            if sound_s >= frame_s:
                return False
        else:
            sound_s = thing.at_s
            if sound_s < frame_s - 1e-6:
                return False
    return True


FORMS = [
    ("mp4", "aac", 48_000, "stereo"),
    ("mkv", "aac", 44_100, "mono"),
    ("mkv", "pcm_s16le", 96_000, "7.1"),
    ("mov", "pcm_s16le", 96_000, "7.1"),
    ("mov", "pcm_alaw", 8_000, "mono"),
    ("mp4", "libopus", 48_000, "mono"),
]


@pytest.mark.parametrize(("form", "codec", "rate", "layout"), FORMS)
def test_a_tone_is_heard_when_it_is_seen_in_every_form(
    opened: Open, tmp_path: Path, form: str, codec: str, rate: int, layout: str
) -> None:
    clip = render_sounding(tmp_path / f"clip.{form}", beep(2.0, 1.0, rate=rate), codec=codec, rate=rate, layout=layout)
    told = follow(opened(clip))
    assert told.beeps() == pytest.approx([1.0], abs=0.015)
    assert (len(told.frames), told.state.status, told.state.corrupt) == (50, "ended", 0)
    assert (told.state.audio, told.state.audio_lost, told.state.audio_anchored) == ("", 0, 0)
    assert 1.9 <= len(told.track()) / RATE <= 2.04
    assert float(np.abs(told.track()).max()) == pytest.approx(0.3, abs=0.05), "channels are averaged, not added up"
    assert in_order(told)


def test_sound_is_left_where_it_is_unless_asked_for(opened: Open, tmp_path: Path) -> None:
    told = follow(opened(render_sounding(tmp_path / "clip.mp4", beep(2.0, 1.0)), audio=False))
    assert (len(told.frames), told.chunks, told.state.audio) == (50, [], "")


def test_a_file_without_sound_says_so(opened: Open, clip: Path) -> None:
    told = follow(opened(clip))
    assert (len(told.frames), told.chunks, told.state.audio) == (50, [], "The file holds no sound.")


def test_an_unknown_codec_says_so(opened: Open, tmp_path: Path) -> None:
    whole = render_sounding(tmp_path / "clip.mkv", beep(2.0, 1.0)).read_bytes()
    assert whole.count(b"A_AAC") == 1
    (tmp_path / "odd.mkv").write_bytes(whole.replace(b"A_AAC", b"A_XYZ"))
    told = follow(opened(tmp_path / "odd.mkv"))
    assert (len(told.frames), told.chunks, told.state.status) == (50, [], "ended")
    assert told.state.audio == (
        "Its sound cannot be decoded: its codec is not known here. Choose AAC or G.711 as audio encoding."
    )


def test_a_silent_track_is_sound(opened: Open, tmp_path: Path) -> None:
    told = follow(opened(render_sounding(tmp_path / "clip.mp4", np.zeros(2 * RATE, np.float32))))
    assert (len(told.frames), told.state.audio) == (50, "")
    assert float(np.abs(told.track()).max()) == 0.0


def test_clipped_sound_stays_clipped(opened: Open, tmp_path: Path) -> None:
    square = np.sign(tone(2.0)).astype(np.float32)
    told = follow(opened(render_sounding(tmp_path / "clip.mkv", square, codec="pcm_s16le")))
    assert AudioChunk(told.track(), 0.0).clipped > 0.9


def test_sound_that_starts_late_keeps_its_place(opened: Open, tmp_path: Path) -> None:
    clip = render_sounding(tmp_path / "clip.mp4", beep(2.0, 1.0), seconds=5.0, starts_s=3.0)
    told = follow(opened(clip))
    assert told.chunks[0].at_s == pytest.approx(3.0, abs=0.07)
    assert told.beeps() == pytest.approx([4.0], abs=0.015)
    assert (len(told.frames), told.state.audio, in_order(told)) == (125, "", True)


def test_pictures_that_start_late_leave_out_what_was_before(opened: Open, tmp_path: Path) -> None:
    clip = render_sounding(tmp_path / "clip.mkv", beep(4.0, 2.0), codec="pcm_s16le", starts_s=0.01, pictures_s=1.0)
    told = follow(opened(clip))
    assert (told.chunks[0].at_s, told.chunks[0].seconds) == (0.0, pytest.approx(0.01))
    assert told.beeps() == pytest.approx([1.01], abs=0.005)


def test_sound_that_ends_early_costs_no_picture_and_is_said(opened: Open, tmp_path: Path) -> None:
    told = follow(opened(render_sounding(tmp_path / "clip.mp4", beep(1.0, 0.5), seconds=7.0)))
    assert (len(told.frames), told.state.status) == (175, "ended")
    assert told.state.audio == "No sound has come for 5 s or more, while the pictures go on."
    assert told.beeps() == pytest.approx([0.5], abs=0.015)


def test_sound_that_goes_on_after_the_last_picture_ends_with_it(opened: Open, tmp_path: Path) -> None:
    told = follow(opened(render_sounding(tmp_path / "clip.mkv", noise(6.0), codec="pcm_s16le")))
    assert (len(told.frames), len(told.track()) / RATE) == (50, pytest.approx(2.0, abs=0.05))


def test_sound_that_drifts_by_5_percent_is_followed_by_its_own_times(opened: Open, tmp_path: Path) -> None:
    def slower(index: int, packet: av.Packet) -> av.Packet:
        packet.pts = packet.dts = round(packet.pts * 1.05)
        return packet

    sound = np.concatenate([beep(4.0, 0.0), beep(4.0, 3.0)])
    clip = render_sounding(tmp_path / "clip.mkv", sound, seconds=8.0, codec="pcm_s16le", packet=slower)
    told = follow(opened(clip))
    assert told.beeps()[-1] == pytest.approx(7.0 * 1.05, abs=0.05)
    assert (len(told.frames), told.state.audio_anchored, in_order(told)) == (200, 0, True)


def test_corrupt_sound_in_a_good_video_is_counted_and_passed_over(opened: Open, tmp_path: Path) -> None:
    def spoilt(index: int, packet: av.Packet) -> av.Packet:
        return as_packet(b"\xff" * 40, packet) if 10 <= index < 20 else packet

    told = follow(opened(render_sounding(tmp_path / "clip.mkv", beep(3.0, 2.0), seconds=3.0, packet=spoilt)))
    assert (len(told.frames), told.state.corrupt, told.state.audio) == (75, 0, "")
    assert told.state.audio_lost == 10
    assert told.beeps()[-1] == pytest.approx(2.0, abs=0.015)


def test_sound_that_is_all_corrupt_is_said(opened: Open, tmp_path: Path) -> None:
    clip = render_sounding(
        tmp_path / "clip.mkv", beep(5.0, 2.0), seconds=5.0, packet=lambda index, like: as_packet(b"\x5a" * 40, like)
    )
    told = follow(opened(clip))
    assert (len(told.frames), told.state.corrupt, told.chunks, told.state.status) == (125, 0, [], "ended")
    assert told.state.audio_lost >= 50
    assert told.state.audio == ("Its sound cannot be decoded: InvalidDataError. Choose AAC or G.711 as audio encoding.")


def test_sound_alone_is_no_video(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "alone.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, RATE), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    source = opened(path)
    source.start()
    assert wait_for_status(source, "offline").message == (
        f"{path} has no video stream. Choose the camera's video profile, or another file."
    )


def test_sound_far_behind_its_pictures_in_the_file_is_waited_for(opened: Open, tmp_path: Path) -> None:
    """A picture waits for the sound before it, so that what is found does not depend on how a file was written."""
    clip = render_sounding(
        tmp_path / "apart.mkv",
        beep(2.0, 1.0),
        codec="pcm_s16le",
        sound_last=True,
        options={"max_interleave_delta": "1"},
    )
    with av.open(str(clip)) as container:
        kinds = [packet.stream.type for packet in container.demux() if packet.pts is not None]
    assert kinds[:40] == ["video"] * 40, "the clip is not what the test needs"
    told = follow(opened(clip))
    assert (len(told.frames), told.beeps(), in_order(told)) == (50, pytest.approx([1.0], abs=0.005), True)


def test_pictures_do_not_wait_for_sound_that_does_not_come(opened: Open, tmp_path: Path) -> None:
    clip = render_sounding(tmp_path / "clip.mkv", beep(1.0, 0.5), seconds=20.0, codec="pcm_s16le", starts_s=14.0)
    told = follow(opened(clip))
    assert (len(told.frames), told.beeps()) == (500, pytest.approx([14.5], abs=0.005))


def test_a_loop_is_heard_again_one_length_later(opened: Open, tmp_path: Path) -> None:
    clip = render_sounding(tmp_path / "clip.mkv", beep(3.0, 1.0), codec="pcm_s16le")
    told = follow(opened(clip, loop=True), frames=125)
    assert told.beeps()[:2] == pytest.approx([1.0, 3.0], abs=0.005)
    assert all(later.at_s > earlier.at_s for earlier, later in itertools.pairwise(told.chunks))
    assert in_order(told)
    assert told.state.audio_anchored == 0


def test_at_a_files_own_pace_sound_keeps_pace_too(opened: Open, tmp_path: Path) -> None:
    source = opened(render_sounding(tmp_path / "clip.mp4", beep(2.0, 1.0)), real_time=True, deliver_fps=None)
    told = Told()
    source.subscribe(told.things.append)
    source.subscribe_sound(told.things.append)
    source.start()
    wait_for_status(source, "ended")
    assert (len(told.frames), told.beeps(), in_order(told)) == (50, pytest.approx([1.0], abs=0.015), True)


def test_a_listener_that_fails_stops_neither_pictures_nor_other_listeners(
    opened: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(chunk: AudioChunk) -> None:
        raise RuntimeError("no ears")

    source = opened(render_sounding(tmp_path / "clip.mp4", beep(2.0, 1.0)))
    source.subscribe_sound(fail)
    told = follow(source)
    assert (len(told.frames), len(told.beeps())) == (50, 1)
    assert "failed on the sound at 0.00 s" in caplog.text
