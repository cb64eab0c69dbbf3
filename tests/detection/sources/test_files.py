from __future__ import annotations

import itertools
import os
from pathlib import Path

import av
import numpy as np
import pytest

from detection.sources import LiveSource
from detection.types import Frame
from tests.detection.clips import numbered, render_clip
from tests.detection.sources.conftest import Watch
from tests.detection.sources.waiting import wait_for_status, wait_until
from tests.shared_data import shared


def read_all(source: LiveSource, timeout_s: float = 10.0) -> list[Frame]:
    frames: list[Frame] = []
    while (frame := source.next(frames[-1].index if frames else -1, timeout_s)) is not None:
        frames.append(frame)
    return frames


def test_a_file_as_fast_as_consumed_loses_nothing(watch: Watch, clip: Path) -> None:
    source = watch(clip, real_time=False)
    frames = read_all(source)
    assert [frame.index for frame in frames] == list(range(50))
    assert [round(frame.at_s * 25) for frame in frames] == list(range(50))
    assert [round((frame.captured_at - frames[0].captured_at) * 25) for frame in frames] == list(range(50))
    assert {(frame.image.shape, frame.image.dtype.name) for frame in frames} == {((240, 320, 3), "uint8")}
    for frame in frames:
        assert abs(int(frame.image[120, 40, 1]) - int(numbered(frame.index)[120, 40, 1])) <= 3
    state = source.state
    assert (state.status, state.frames, state.dropped, state.skipped, state.corrupt) == ("ended", 50, 0, 0, 0)
    assert (state.width, state.height, state.fps, state.codec) == (320, 240, 25.0, "h264")
    assert state.retry_in_s is None
    assert state.message == f"{clip} has been read to its end."


def test_a_looped_file_keeps_its_time_rising_by_one_frame(watch: Watch, clip: Path) -> None:
    source = watch(clip, real_time=False, loop=True)
    index, times = -1, []
    while index < 129:
        frame = source.next(index, 10.0)
        assert frame is not None
        index = frame.index
        times.append(frame.at_s)
    assert np.diff(times).round(6).tolist() == [0.04] * 129
    assert source.state.reconnects == 0


def test_own_pace_thins_out_to_deliver_fps_and_counts_it_as_skipped(watch: Watch, clip: Path) -> None:
    source = watch(clip, deliver_fps=5.0)
    seen: list[Frame] = []
    source.subscribe(seen.append)
    state = wait_for_status(source, "ended")
    assert state.frames == 10
    assert state.skipped == 40
    assert state.frames - 1 <= len(seen) <= state.frames
    assert state.last_frame_at is not None


def test_the_newest_frame_wins_and_the_others_are_counted(watch: Watch, clip: Path) -> None:
    source = watch(clip, deliver_fps=None)
    wait_for_status(source, "ended")
    newest = source.next(-1, 0.0)
    assert newest is not None
    assert newest.index == 49
    assert source.state.dropped == 49
    assert source.next(49, 0.0) is None


def test_own_pace_takes_as_long_as_the_clip(watch: Watch, clip: Path) -> None:
    source = watch(clip, deliver_fps=None)
    seen: list[Frame] = []
    source.subscribe(seen.append)
    wait_for_status(source, "ended")
    # At least: a busy machine may be late with the first frame and catch up.
    assert seen[-1].captured_at - seen[0].captured_at >= (seen[-1].at_s - seen[0].at_s) * 0.75


def test_wide_pictures_are_scaled_down(watch: Watch, tmp_path: Path) -> None:
    wide = render_clip(tmp_path / "wide.mp4", frames=2, size=(1920, 1080))
    frame = watch(wide, real_time=False).next(-1, 10.0)
    assert frame is not None
    assert frame.image.shape == (720, 1280, 3)


def test_masks_are_burnt_in_before_subscribers_see_a_frame(watch: Watch, clip: Path) -> None:
    source = watch(clip, loop=True)
    seen: list[Frame] = []
    source.subscribe(seen.append)
    source.set_masks((((0.0, 0.0), (0.25, 0.0), (0.25, 1.0), (0.0, 1.0)),))
    wait_until(lambda: len(seen) > 2, "three frames")
    assert seen[-1].image[:, :80].max() == 0
    assert seen[-1].image[:, 90:150].max() > 0


def test_a_subscriber_that_fails_does_not_stop_the_camera(
    watch: Watch, clip: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(frame: Frame) -> None:
        raise RuntimeError(f"no room for {frame.index}")

    source = watch(clip, loop=True)
    source.subscribe(fail)
    wait_until(lambda: source.state.frames > 3, "four frames")
    assert source.state.status == "online"
    assert "a subscriber of" in caplog.text


def test_stop_joins_the_thread_and_may_be_called_twice(watch: Watch, clip: Path) -> None:
    source = watch(clip, loop=True)
    wait_for_status(source, "online")
    source.stop()
    assert not source._thread.is_alive()
    source.stop()
    assert source.next(10_000, 5.0) is None


def make_bad(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.mp4"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("It is only a text.\n" * 200)
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "headless":
        whole = render_clip(folder / "whole.mp4", frames=25, index_first=False).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "playlist":
        path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/hostname.ts\n#EXT-X-ENDLIST\n")
    return path


BAD_FILES = [
    ("empty", "{} is empty (0 bytes). Copy the file again."),
    ("text", "{} is damaged or not a video: nothing in it can be decoded. Export it again, as MP4 with H.264."),
    ("folder", "{} is a folder. Name one video file in it."),
    ("pipe", "{} is a device or a pipe, not a file. Name a video file; the first USB camera is usb:0."),
    ("headless", "{} is damaged or not a video: nothing in it can be decoded. Export it again, as MP4 with H.264."),
    ("missing", "There is no file {}. Check the path."),
]


@pytest.mark.parametrize(("kind", "message"), BAD_FILES)
def test_a_bad_file_says_what_is_wrong(watch: Watch, tmp_path: Path, kind: str, message: str) -> None:
    path = make_bad(kind, tmp_path)
    state = wait_for_status(watch(path), "offline")
    assert state.message == message.format(path)
    assert state.retry_in_s is not None
    assert state.frames == 0


def test_a_playlist_is_not_followed(watch: Watch, tmp_path: Path) -> None:
    path = make_bad("playlist", tmp_path)
    state = wait_for_status(watch(path, real_time=False), "offline")
    assert state.frames == 0
    assert state.retry_in_s is None


def test_a_bad_file_ends_a_lossless_reading_at_once(watch: Watch, tmp_path: Path) -> None:
    source = watch(make_bad("text", tmp_path), real_time=False)
    assert source.next(-1, 10.0) is None
    assert source.state.status == "offline"
    assert source.state.retry_in_s is None


def test_a_file_that_appears_later_is_read(watch: Watch, tmp_path: Path, clip: Path) -> None:
    path = tmp_path / "late.mp4"
    source = watch(path)
    wait_for_status(source, "offline")
    path.write_bytes(clip.read_bytes())
    wait_for_status(source, "online")
    assert source.state.reconnects >= 1


def test_a_truncated_file_is_read_as_far_as_it_goes_and_says_so(watch: Watch, tmp_path: Path) -> None:
    whole = render_clip(tmp_path / "whole.mp4", frames=250).read_bytes()
    path = tmp_path / "half.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    source = watch(path, real_time=False)
    frames = read_all(source)
    assert 50 < len(frames) < 200
    assert source.state.message.startswith(f"{path} is truncated: 10.0 s promised, ")


def test_a_real_surveillance_clip_is_read_whole(watch: Watch) -> None:
    path = shared("videos/opencv_vtest_480x360.avi")
    source = watch(path, real_time=False)
    frames = read_all(source)
    assert len(frames) == 795
    assert source.state.status == "ended"
    assert all(later.at_s > earlier.at_s for earlier, later in itertools.pairwise(frames))


def test_an_avi_with_b_frames_runs_at_its_own_pace(watch: Watch, tmp_path: Path) -> None:
    """Frozen bug: FFmpeg's guess of when its pictures are to be shown goes back and forth, and each step back cost one
    frame of stream time, so that a clip of 79 seconds lasted for 119.
    """
    path = tmp_path / "clip.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"bf": "2", "preset": "medium"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for index in range(40):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(index), format="bgr24")))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        guessed = [frame.pts for frame in container.decode(video=0)]
    assert guessed != sorted(guessed)
    frames = read_all(watch(path, real_time=False))
    assert [round(frame.at_s * 10, 3) for frame in frames] == list(range(40))
