from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest

from detection.evidence import EncodedFrame, write_clip
from tests.detection.clips import numbered
from tests.detection.evidence.frames import START, encoded


def read(path: Path) -> tuple[av.VideoStream, list[av.VideoFrame], float]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        return stream, frames, float(container.duration) / av.time_base


def atoms(path: Path) -> list[str]:
    """Return the names of the MP4's outer boxes in their order."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        names.append(data[at + 4 : at + 8].decode())
        at += int.from_bytes(data[at : at + 4])
    return names


def test_a_clip_is_h264_yuv420p_with_its_index_in_front(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    info = write_clip([encoded(index) for index in range(40)], path)
    stream, frames, duration_s = read(path)
    assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    assert (stream.width, stream.height, len(frames)) == (320, 240, 40)
    assert duration_s == pytest.approx(4.0, abs=0.001)
    assert [round(float(frame.time), 3) for frame in frames] == [round(index / 10, 3) for index in range(40)]
    names = atoms(path)
    assert names.index("moov") < names.index("mdat")
    for index in (0, 20, 39):
        seen = int(frames[index].to_ndarray(format="bgr24")[120, 40, 1])
        assert abs(seen - int(numbered(index)[120, 40, 1])) <= 4
    assert (info.frames, info.width, info.height) == (40, 320, 240)
    assert info.duration_s == pytest.approx(4.0)
    assert (info.started_at, info.ended_at) == (START, START + 3.9)
    assert info.size_bytes == path.stat().st_size


def test_a_gap_between_frames_stays_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    write_clip([encoded(index) for index in (0, 1, 2, 50, 51)], path)
    _, frames, duration_s = read(path)
    assert [round(float(frame.time), 2) for frame in frames] == [0.0, 0.1, 0.2, 5.0, 5.1]
    assert duration_s == pytest.approx(5.2, abs=0.001)


def test_odd_and_changing_sizes_become_one_even_size(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    odd = [encoded(index, width=321, height=241) for index in range(3)]
    write_clip([*odd, encoded(3, width=640, height=480)], path)
    stream, frames, _ = read(path)
    assert (stream.width, stream.height, len(frames)) == (320, 240, 4)


def test_one_frame_is_a_clip(tmp_path: Path) -> None:
    info = write_clip([encoded(0)], tmp_path / "clip.mp4")
    assert (info.frames, info.duration_s) == (1, 0.1)
    assert len(read(info.path)[1]) == 1


def test_frames_out_of_order_are_left_out(tmp_path: Path) -> None:
    info = write_clip([encoded(index) for index in (0, 1, 1, 0, 2)], tmp_path / "clip.mp4")
    assert info.frames == 3


def test_no_frame_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no frame to write into clip\.mp4"):
        write_clip([], tmp_path / "clip.mp4")


def test_an_older_clip_is_replaced_and_a_failure_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    write_clip([encoded(index) for index in range(5)], path)
    write_clip([encoded(index) for index in range(9)], path)
    assert len(read(path)[1]) == 9
    with pytest.raises(ValueError, match="is no JPEG"):
        write_clip([encoded(0), EncodedFrame(b"rubbish", START + 1)], path)
    assert len(read(path)[1]) == 9
    assert [left.name for left in tmp_path.iterdir()] == ["clip.mp4"]


@contextmanager
def files_no_longer_than(size_bytes: int) -> Iterator[None]:
    """Let every write beyond size_bytes fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_is_an_oserror_and_leaves_nothing(tmp_path: Path) -> None:
    frames = [encoded(index, width=640, height=480) for index in range(60)]
    with files_no_longer_than(4096), pytest.raises(OSError):
        write_clip(frames, tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("in the way")
    with pytest.raises(OSError):
        write_clip([encoded(0)], tmp_path / "evidence" / "clip.mp4")
