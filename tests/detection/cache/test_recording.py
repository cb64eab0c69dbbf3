"""A recording survives a killed writer, a full disk and a foreign file, and says what is wrong in one sentence."""

from __future__ import annotations

import errno
import os
import signal
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.cache import CacheError, CacheFolder, CacheWriter, Identity, Recording, matching
from detection.cache.codec import Decoder, Encoder
from detection.cache.layout import Kind
from detection.features import FEATURES, FrameFeatures
from detection.motion import GateDecision, MotionSettings
from detection.sight import Sight
from detection.types import Detection, Track
from tests.detection.cache.scripts import GATE

FLOATS = st.floats(width=64)
STILL = GateDecision(False, "still", 0.0)
KINDS = (np.float64, np.float32, np.uint8, np.bool_)
BOXES = st.tuples(FLOATS, FLOATS, FLOATS, FLOATS)
ARRAYS = st.builds(
    lambda kind, shape, seed: np.asarray(np.random.default_rng(seed).integers(0, 256, shape) * (seed % 3), kind),
    st.sampled_from(KINDS),
    st.sampled_from([(), (0,), (3,), (2, 0), (4, 5)]),
    st.integers(0, 9),
)
SIGHTS = st.builds(
    Sight,
    st.integers(0, 2**32 - 1),
    FLOATS,
    FLOATS,
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    st.builds(GateDecision, st.booleans(), st.sampled_from(["first frame", "motion", "refresh", "still"]), FLOATS),
    st.lists(st.builds(Detection, BOXES, st.sampled_from(["person", "Fußgänger", ""]), FLOATS), max_size=3).map(tuple),
    st.lists(
        st.builds(
            Track,
            st.integers(0, 2**40),
            BOXES,
            st.text(max_size=5),
            FLOATS,
            st.integers(0, 2**40),
            FLOATS,
            st.tuples(FLOATS, FLOATS),
        ),
        max_size=3,
    ).map(tuple),
    st.one_of(st.none(), st.lists(FLOATS, min_size=24, max_size=24).map(lambda v: FrameFeatures(*v))),
    st.dictionaries(st.sampled_from(["flow", "grey", "looks"]), ARRAYS, max_size=3),
    st.integers(0, 60_000),
    st.sampled_from(["", "The model a.onnx failed on a picture."]),
)


def bits(value: Any) -> Any:
    """Return a value in which two floats are equal only when all their bits are."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, dict):
        return [(key, bits(inner)) for key, inner in value.items()]
    if isinstance(value, tuple):
        return [bits(inner) for inner in value]
    names = FEATURES if isinstance(value, FrameFeatures) else getattr(value, "__dataclass_fields__", None)
    return value if names is None else [bits(getattr(value, name)) for name in names]


@given(st.lists(SIGHTS, max_size=5))
def test_every_bit_comes_back(sights):
    encoder, decoder = Encoder(), Decoder()
    doubled = [sight for sight in sights for _ in range(2)]
    again = [decoder.decode(encoder.encode(sight)) for sight in doubled]
    assert [bits(sight) for sight in again] == [bits(sight) for sight in doubled]


def sights(count: int, start: int = 0) -> list[Sight]:
    """Return still sights of an empty place."""
    features = FrameFeatures(*[0.0] * 24)
    return [Sight(i, i / 5, 1e9 + i / 5, (480, 640), STILL, features=features) for i in range(start, start + count)]


def write(folder: Path, count: int, *, identity: Identity = GATE, append: bool = False, complete: bool = True) -> Path:
    """Write a recording and return where it is."""
    writer = CacheWriter(CacheFolder(folder), identity, pytest.fail, append=append)
    for sight in sights(count):
        writer.add(sight)
    writer.close(complete=complete)
    return writer.path


def indexes(path: Path) -> list[int]:
    """Return the frames in a recording."""
    return [sight.index for _, sight in Recording.open(path).steps() if sight is not None]


def test_a_still_frame_costs_a_few_bytes(tmp_path):
    few, many = write(tmp_path / "a", 10), write(tmp_path / "b", 1010)
    assert (many.stat().st_size - few.stat().st_size) / 1000 == 42.0


KILLED = """
import os, signal, sys
from pathlib import Path
from detection.cache import CacheFolder, CacheWriter
from tests.detection.cache.scripts import GATE
from tests.detection.cache.test_recording import sights
writer = CacheWriter(CacheFolder(Path(sys.argv[1])), GATE, sys.exit)
for sight in sights(7):
    writer.add(sight)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_written_before_a_kill_is_there(tmp_path):
    root = Path(__file__).resolve().parents[3]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, check=False)
    assert killed.returncode == -signal.SIGKILL
    (path,) = tmp_path.iterdir()
    assert indexes(path) == list(range(7))
    assert not Recording.open(path).complete


def test_a_record_cut_anywhere_is_ignored_and_cut_off_when_it_goes_on(tmp_path):
    path = write(tmp_path, 3, complete=False)
    whole = path.read_bytes()
    last = Recording.open(path).end()
    for cut in range(last - 40, last):
        path.write_bytes(whole[:cut])
        assert indexes(path) == [0, 1]
    write(tmp_path, 2, append=True)
    assert indexes(path) == [0, 1, 0, 1]
    assert [kind for kind, _ in Recording.open(path).steps() if kind is not Kind.SIGHT] == [
        Kind.START,
        Kind.START,
        Kind.END,
    ]


def test_a_last_record_with_wrong_bytes_counts_as_cut(tmp_path):
    path = write(tmp_path, 3, complete=False)
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    assert indexes(path) == [0, 1]


def test_damage_in_the_middle_is_told(tmp_path):
    path = write(tmp_path, 3)
    data = bytearray(path.read_bytes())
    data[Recording.open(path).first + 40] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(CacheError, match=r"of gate\.mp4 is damaged [\d,]+ bytes in\. Delete it, and record it again\."):
        indexes(path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: b"hello", "is not a recording of Vedette. Move it out of the cache folder."),
        (lambda data: b"", "is not a recording of Vedette. Move it out of the cache folder."),
        (lambda data: data[:8] + b"\x63\x00" + data[10:], "is of format 99, and this Vedette reads format 2."),
        (lambda data: data[:30] + b"?" + data[31:], "is damaged. Delete it, and record it again."),
        (lambda data: data[:60], "is damaged. Delete it, and record it again."),
    ],
)
def test_what_is_no_recording_is_told(tmp_path, change, sentence):
    path = write(tmp_path, 1)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(CacheError, match=sentence.replace(".", r"\.")) as told:
        CacheFolder(tmp_path).of_footage(GATE.content)
    assert path.name in str(told.value)


def test_a_new_recording_takes_the_place_of_the_old_one_with_its_first_sight(tmp_path):
    path = write(tmp_path, 5)
    writer = CacheWriter(CacheFolder(tmp_path), GATE, pytest.fail)
    writer.flushed()
    writer.close(complete=False)
    assert indexes(path) == list(range(5))
    write(tmp_path, 2)
    assert indexes(path) == [0, 1]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


class FullDisk:
    """A file that takes so many bytes."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data: memoryview) -> int:
        if self._room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = self._file.write(data[: self._room])
        self._room -= taken
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_a_full_disk_is_told_once_and_what_was_written_stays_whole(tmp_path):
    told: list[str] = []
    writer = CacheWriter(CacheFolder(tmp_path), GATE, told.append)
    first, *others = sights(6)
    writer.add(first)
    writer._file = FullDisk(writer._file, 100)
    for sight in others:
        writer.add(sight)
    writer.flushed()
    writer.close(complete=True)
    assert told == [
        f"The recording of gate.mp4 stops here: {tmp_path} cannot be written (No space left on device). "
        "The watch goes on without it."
    ]
    assert indexes(writer.path) == [0, 1, 2]
    assert Recording.open(writer.path).end() == writer.path.stat().st_size


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "cache").write_text("a file")
    told: list[str] = []
    CacheWriter(CacheFolder(tmp_path / "cache"), GATE, told.append).add(sights(1)[0])
    assert told == [
        f"The recording of gate.mp4 stops here: {tmp_path / 'cache'} cannot be written (File exists). "
        "The watch goes on without it."
    ]


def test_two_watches_do_not_write_into_one_recording(tmp_path):
    told: list[str] = []
    one = CacheWriter(CacheFolder(tmp_path), GATE, pytest.fail, append=True)
    other = CacheWriter(CacheFolder(tmp_path), GATE, told.append, append=True)
    one.add(sights(1)[0])
    other.add(sights(1)[0])
    one.close(complete=False)
    assert told == [f"Another watch is writing the recording '{one.path.name}'. This one goes on without recording."]
    assert indexes(one.path) == [0]


def test_the_oldest_leave_when_the_folder_is_full(tmp_path):
    paths = []
    for age in range(4):
        paths.append(write(tmp_path, 50, identity=replace(GATE, analysis_fps=1.0 + age)))
        os.utime(paths[-1], (1000 + age, 1000 + age))
    size = paths[0].stat().st_size
    (tmp_path / "x.1.part").write_bytes(b"left behind")
    os.utime(tmp_path / "x.1.part", (1, 1))
    folder = CacheFolder(tmp_path, limit_bytes=2 * size)
    assert folder.make_room(keep=paths[0]) == 2 * size
    assert {file.name for file in tmp_path.iterdir()} == {paths[0].name, paths[3].name}


def test_one_recording_alone_does_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("detection.cache.writer.ROOM_EVERY_BYTES", 1000)
    told: list[str] = []
    writer = CacheWriter(CacheFolder(tmp_path, limit_bytes=3000), GATE, told.append)
    for sight in sights(1000):
        writer.add(sight)
    assert told == [
        "The recording of gate.mp4 stops here: alone it takes more than the 3e-06 GB that recordings may take. "
        "The watch goes on without it."
    ]
    assert 3000 < writer.path.stat().st_size < 5000


def test_what_is_wanted_is_found_or_it_is_said_what_there_is(tmp_path):
    folder = CacheFolder(tmp_path)
    with pytest.raises(CacheError, match=r"^gate\.mp4 was never recorded\.$"):
        matching(folder.of_footage(GATE.content), GATE, None)
    write(tmp_path, 1)
    write(tmp_path, 1, identity=replace(GATE, content=GATE.content[:-1] + "0", analysis_fps=9.0))
    there = folder.of_footage(GATE.content)
    assert [recording.identity for recording in there] == [GATE]
    assert matching(there, replace(GATE, detector="any"), None).identity == GATE
    assert matching(there, GATE, ("scripted", "1")).identity == GATE
    for wanted, detector, sentence in (
        (replace(GATE, analysis_fps=7.0), None, "gate.mp4 was recorded at 5 fps."),
        (GATE, ("scripted", "2"), "gate.mp4 was recorded with scripted alone."),
        (replace(GATE, masks=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),)), None, "with other masks or picture settings."),
        (replace(GATE, motion=MotionSettings(pixel_change=9)), None, "with other masks or picture settings."),
        (replace(GATE, reads="flow"), None, "was recorded for another scorer, which reads other things"),
    ):
        with pytest.raises(CacheError, match=sentence.replace(".", r"\.")):
            matching(there, wanted, detector)
    write(tmp_path, 1, identity=replace(GATE, reads="flow"))
    assert matching(folder.of_footage(GATE.content), replace(GATE, reads="flow"), None).identity.reads == "flow"


def test_every_part_of_what_was_seen_makes_another_recording():
    others = [
        replace(GATE, content="cd" * 32),
        replace(GATE, detector="yolo"),
        replace(GATE, detector_version="2"),
        replace(GATE, analysis_fps=4.0),
        replace(GATE, masks=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),)),
        replace(GATE, max_width=640),
        replace(GATE, motion=MotionSettings(hold_s=2.0)),
        replace(GATE, reads="flow"),
    ]
    assert len({GATE.file_name, *(other.file_name for other in others)}) == 9
    assert replace(GATE, name="copy of gate.mp4").file_name == GATE.file_name
    assert [Identity.from_json(other.to_json()) for other in others] == others
