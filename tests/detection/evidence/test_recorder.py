from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import av
import pytest

from detection.evidence import ClipReady, EventRecorder, PreRollRing
from detection.evidence.clip import ClipInfo
from detection.evidence.encoder import ClipEncoder, ClipJob, process_encoder
from tests.detection.evidence.frames import START, encoded, frame
from tests.detection.sources.waiting import wait_until

EVENT = UUID("11111111-1111-4111-8111-111111111111")


class Camera:
    """A ring fed with frames of a known time, and its recorder with a clock of its own."""

    def __init__(self, folder: Path, *, encoder: ClipEncoder | None = None, max_clip_s: float = 60.0) -> None:
        self.now = 0.0
        self.index = 0
        self.ring = PreRollRing()
        self.recorder = EventRecorder(
            folder, self.ring, max_clip_s=max_clip_s, encoder=encoder or ClipEncoder(), monotonic=lambda: self.now
        )
        self.clips: list[ClipReady] = []

    def play(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.ring.add(frame(self.index))
            self.index += 1
            self.now += 0.1

    @property
    def at(self) -> float:
        return START + self.index / 10

    def wait_for_clips(self, count: int) -> list[ClipReady]:
        def enough() -> bool:
            self.clips += self.recorder.ready()
            return len(self.clips) >= count

        wait_until(enough, lambda: f"{count} clips; there are {self.clips}")
        return self.clips


def length(path: Path) -> tuple[int, float]:
    with av.open(str(path)) as container:
        count = sum(1 for _ in container.decode(video=0))
        return count, round(float(container.duration) / av.time_base, 2)


def spans(clips: list[ClipReady]) -> list[tuple[bool, float, float]]:
    return [(clip.final, round(clip.started_at - START, 2), round(clip.ended_at - START, 2)) for clip in clips]


def test_a_preview_comes_while_the_event_runs_and_the_whole_clip_after_it(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.play(20)
    camera.recorder.opened(EVENT, camera.at)
    camera.play(2.0)
    assert camera.recorder.ready() == []
    camera.play(0.1)
    assert spans(camera.wait_for_clips(1)) == [(False, 15.0, 22.0)]
    assert camera.clips[0].path == tmp_path / f"{EVENT}.mp4"
    assert length(camera.clips[0].path) == (71, 7.1)
    camera.play(4)
    camera.recorder.closed(EVENT, camera.at)
    camera.play(4)
    assert spans(camera.wait_for_clips(2)) == [(False, 15.0, 22.0), (True, 15.0, 29.1)]
    assert length(camera.clips[1].path) == (142, 14.2)
    assert [path.name for path in tmp_path.iterdir()] == [f"{EVENT}.mp4"]
    assert camera.recorder.ready() == []


def test_a_short_event_gets_one_final_clip(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.play(3)
    camera.recorder.opened(EVENT, camera.at)
    camera.play(1)
    camera.recorder.closed(EVENT, camera.at)
    camera.play(4)
    assert spans(camera.wait_for_clips(1)) == [(True, 0.0, 7.0)]
    assert camera.recorder.ready() == []


def test_an_endless_event_is_capped_and_frees_its_frames(tmp_path: Path) -> None:
    camera = Camera(tmp_path, max_clip_s=10.0)
    camera.play(6)
    camera.recorder.opened(EVENT, camera.at)
    camera.play(30)
    assert spans(camera.wait_for_clips(2)) == [(False, 1.0, 8.0), (True, 1.0, 11.0)]
    assert camera.recorder._recordings == {}
    camera.recorder.closed(EVENT, camera.at)
    camera.play(5)
    assert camera.recorder.ready() == []


def test_a_camera_that_dies_during_an_event_still_gives_its_clips(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.play(6)
    camera.recorder.opened(EVENT, camera.at)
    camera.play(0.5)
    camera.now += 3.0
    assert spans(camera.wait_for_clips(1)) == [(False, 1.0, 6.4)]
    camera.recorder.closed(EVENT, camera.at)
    camera.now += 4.1
    assert spans(camera.wait_for_clips(2))[1] == (True, 1.0, 6.4)


def test_closing_the_recorder_finishes_what_is_open(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.play(6)
    camera.recorder.opened(EVENT, camera.at)
    camera.play(1)
    assert spans(camera.recorder.close(timeout_s=20.0)) == [(True, 1.0, 6.9)]


def test_an_event_without_any_frame_is_counted_as_failed(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.recorder.opened(EVENT, START)
    assert camera.recorder.close() == []
    assert (camera.recorder.failed, camera.recorder.dropped) == (1, 0)


def test_a_folder_that_cannot_be_written_is_logged_and_the_camera_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "evidence"
    folder.write_text("in the way")
    encoder = ClipEncoder()
    camera = Camera(folder, encoder=encoder)
    camera.play(6)
    camera.recorder.opened(EVENT, camera.at)
    camera.play(1)
    assert camera.recorder.close(timeout_s=20.0) == []
    assert (encoder.failed, camera.recorder.failed) == (1, 1)
    assert f"The clip of event {EVENT} could not be written to {folder}" in caplog.text
    folder.unlink()
    camera.recorder.opened(uuid4(), camera.at)
    camera.play(1)
    assert len(camera.recorder.close(timeout_s=20.0)) == 1


def test_too_many_events_at_once_give_up_the_oldest(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.play(1)
    events = [uuid4() for _ in range(6)]
    for event in events:
        camera.recorder.opened(event, camera.at)
    camera.play(0.5)
    assert [clip.event_id for clip in camera.recorder.close(timeout_s=30.0)] == events[2:]
    assert camera.recorder.dropped == 2


def test_frames_arriving_while_an_event_opens_are_neither_lost_nor_doubled(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.play(1)
    feeding = threading.Thread(target=camera.play, args=(6.0,))
    feeding.start()
    camera.recorder.opened(EVENT, START + 1)
    feeding.join(30)
    camera.wait_for_clips(1)
    camera.clips += camera.recorder.close(timeout_s=20.0)
    assert spans(camera.clips)[-1] == (True, 0.0, 6.9)
    assert length(camera.clips[-1].path)[0] == 70


def test_half_written_clips_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    old, young = tmp_path / ".a-1.part", tmp_path / ".b-2.part"
    for part in (old, young):
        part.write_bytes(b"half")
    hour_ago = time.time() - 3600
    os.utime(old, (hour_ago, hour_ago))
    Camera(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [young.name]


def job(done: list[tuple[int, ClipInfo | None]], number: int, path: Path, *, final: bool) -> ClipJob:
    return ClipJob(
        uuid4(), path / f"{number}.mp4", final, 10.0, (encoded(0),), lambda info: done.append((number, info))
    )


def test_a_full_queue_drops_previews_before_final_clips(tmp_path: Path) -> None:
    encoder = ClipEncoder(queue_length=2)
    done: list[tuple[int, ClipInfo | None]] = []
    started, go_on = threading.Event(), threading.Event()

    def block(info: ClipInfo | None) -> None:
        started.set()
        go_on.wait(30)

    assert encoder.submit(ClipJob(uuid4(), tmp_path / "first.mp4", True, 10.0, (encoded(0),), block))
    assert started.wait(30)
    assert encoder.submit(job(done, 1, tmp_path, final=False))
    assert encoder.submit(job(done, 2, tmp_path, final=True))
    assert not encoder.submit(job(done, 3, tmp_path, final=False))
    assert encoder.submit(job(done, 4, tmp_path, final=True))
    assert not encoder.submit(job(done, 5, tmp_path, final=True))
    go_on.set()
    wait_until(lambda: len(done) == 3, lambda: f"three answers; there are {done}")
    assert [(number, info is not None) for number, info in done] == [(1, False), (2, True), (4, True)]
    assert (encoder.dropped, encoder.failed) == (2, 0)


def test_a_process_has_one_encoder() -> None:
    assert process_encoder() is process_encoder()
