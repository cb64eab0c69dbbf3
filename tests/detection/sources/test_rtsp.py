from __future__ import annotations

import itertools
import logging
import threading
from pathlib import Path

import numpy as np
import pytest

from detection.audio.chunk import RATE, AudioChunk
from detection.sources import LiveSource, SourceSettings
from detection.types import Frame
from tests.detection.sources.conftest import Watch
from tests.detection.sources.waiting import wait_for_status, wait_until
from tests.rtsp_server import DeafProxy, GarbageServer, RtspServer, refused_port
from tests.shared_data import shared


def test_a_camera_is_read_and_its_surplus_is_skipped(watch: Watch) -> None:
    with RtspServer() as camera:
        source = watch(camera.url, deliver_fps=10.0)
        index, frames = -1, []
        while len(frames) < 20:
            frame = source.next(index, 10.0)
            assert frame is not None, source.state
            frames.append(frame)
            index = frame.index
        state = source.state
    assert (state.status, state.width, state.height, state.codec) == ("online", 640, 480, "h264")
    assert frames[0].image.shape == (480, 640, 3)
    assert state.skipped >= state.frames
    assert all(later.at_s > earlier.at_s for earlier, later in itertools.pairwise(frames))


@pytest.mark.parametrize("code", ["alaw", "opus", "aac"])
def test_a_camera_is_heard_in_the_same_connection(watch: Watch, code: str) -> None:
    chunks: list[AudioChunk] = []
    with RtspServer(size=(320, 240), sound=code) as camera:
        source = watch(camera.url, audio=True)
        source.subscribe_sound(chunks.append)
        wait_until(
            lambda: sum(chunk.seconds for chunk in chunks) > 2.0, lambda: f"two seconds of sound; {source.state}"
        )
        state, frame = wait_for_status(source, "online"), source.next(-1, 10.0)
    assert (state.audio, state.audio_lost) == ("", 0)
    assert frame is not None
    samples = np.concatenate([chunk.samples for chunk in chunks])[-RATE:]
    assert int(np.abs(np.fft.rfft(samples)).argmax()) == 440
    assert all(later.at_s > earlier.at_s for earlier, later in itertools.pairwise(chunks))
    # One clock for both: the newest sound is about as old as the newest picture.
    assert abs(chunks[-1].at_s - frame.at_s) < 1.0


def test_a_camera_without_sound_says_so_and_is_watched_all_the_same(watch: Watch) -> None:
    with RtspServer(size=(320, 240)) as camera:
        source = watch(camera.url, audio=True)
        wait_for_status(source, "online")
        wait_until(lambda: source.state.audio == "The camera sends no sound.", lambda: str(source.state))
        assert source.next(-1, 10.0) is not None


def test_a_camera_that_announces_sound_and_refuses_it_is_watched_without(watch: Watch) -> None:
    with RtspServer(size=(320, 240), sound="alaw") as camera, DeafProxy(camera.port) as proxy:
        source = watch(proxy.url, audio=True)
        wait_for_status(source, "online")
        wait_until(lambda: "sound" in source.state.audio, lambda: str(source.state))
        assert source.next(-1, 20.0) is not None
    assert proxy.refused >= 1


def test_a_password_with_special_signs_is_understood(watch: Watch) -> None:
    with RtspServer(user="olga", password="p@ss/w:rd?") as camera:
        assert wait_for_status(watch(camera.url), "online").message.startswith("rtsp://***:***@127.0.0.1:")


@pytest.mark.parametrize("auth", ["digest", "basic"])
def test_a_wrong_password_is_named_and_never_shown(watch: Watch, caplog: pytest.LogCaptureFixture, auth: str) -> None:
    caplog.set_level(logging.DEBUG)
    with RtspServer(user="olga", password="hunter2", auth=auth) as camera:
        uri = camera.url_as("olga", "swordfish")
        source = watch(uri)
        state = wait_for_status(source, "offline")
    assert state.message == (
        f"rtsp://***:***@127.0.0.1:{camera.port}/camera refused the user name or password. "
        "Correct them in the camera's address."
    )
    # The longest wait at once: a camera locks an account after some wrong tries.
    assert state.retry_in_s is not None
    assert state.retry_in_s >= 0.3
    shown = [state.message, repr(state), repr(source), repr(SourceSettings()), caplog.text]
    shown += [thread.name for thread in threading.enumerate()]
    assert not [text for text in shown if "swordfish" in text or "olga" in text]


def test_a_refused_port_is_named(watch: Watch) -> None:
    port = refused_port()
    state = wait_for_status(watch(f"rtsp://olga:hunter2@127.0.0.1:{port}/camera"), "offline")
    assert state.message == (
        f"rtsp://***:***@127.0.0.1:{port}/camera refused the connection. "
        "Check the port, and that streaming is on in the camera."
    )


def test_an_unknown_path_is_named(watch: Watch) -> None:
    with RtspServer() as camera:
        state = wait_for_status(watch(camera.url.replace("/camera", "/nothing")), "offline")
    assert "has no such stream (404)" in state.message


def test_an_unknown_host_is_named(watch: Watch) -> None:
    state = wait_for_status(watch("rtsp://olga:hunter2@gate3.invalid/live"), "offline", 40.0)
    assert state.message == (
        "The host of rtsp://***:***@gate3.invalid/live is not known. Check its name, or use the camera's IP address."
    )


def test_garbage_is_named(watch: Watch) -> None:
    with GarbageServer() as garbage:
        source = watch(garbage.url)
        assert "answered with something that is not video" in wait_for_status(source, "offline").message
        wait_until(lambda: source.state.reconnects >= 3, "three attempts")


def test_a_silent_camera_times_out_while_connecting(watch: Watch) -> None:
    with RtspServer() as camera:
        camera.stall()
        state = wait_for_status(watch(camera.url, connect_timeout_s=1.0), "offline")
    assert "did not answer within 1 s" in state.message


def test_a_cut_camera_comes_back_by_itself(watch: Watch) -> None:
    with RtspServer() as camera:
        source = watch(camera.url)
        seen: list[Frame] = []
        source.subscribe(seen.append)
        wait_until(lambda: len(seen) > 3, "the first frames")
        camera.cut()
        cut_state = wait_for_status(source, "offline")
        before = len(seen)
        assert cut_state.retry_in_s is not None
        wait_until(lambda: source.state.reconnects >= 2, "a refused attempt")
        camera.resume()
        wait_for_status(source, "online")
        wait_until(lambda: len(seen) > before + 3, "new frames")
    assert [frame.index for frame in seen] == list(range(len(seen)))
    assert all(later.at_s > earlier.at_s for earlier, later in itertools.pairwise(seen))


def test_dropped_connections_are_opened_again(watch: Watch) -> None:
    with RtspServer() as camera:
        source = watch(camera.url)
        wait_for_status(source, "online")
        camera.drop_clients()
        wait_until(lambda: source.state.reconnects == 1, "one reconnect")
        wait_for_status(source, "online")


def test_a_stalled_camera_is_offline_after_the_read_timeout_and_comes_back(watch: Watch) -> None:
    with RtspServer() as camera:
        source = watch(camera.url, read_timeout_s=1.0)
        wait_for_status(source, "online")
        camera.stall()
        assert "has sent no picture for 1 s" in wait_for_status(source, "offline").message
        camera.resume()
        wait_for_status(source, "online")


def test_a_frozen_picture_is_noticed_and_its_thaw_too(watch: Watch) -> None:
    with RtspServer(shared("videos/opencv_vtest_480x360.avi")) as camera:
        source = watch(camera.url, frozen_after_s=1.5)
        wait_for_status(source, "online")
        camera.freeze()
        state = wait_for_status(source, "frozen")
        assert "has sent the same picture for 1.5 s or more" in state.message
        frozen_at = state.frames
        wait_until(lambda: source.state.frames > frozen_at, "frames go on while frozen")
        camera.resume()
        wait_for_status(source, "online")
    assert source.state.reconnects <= 1


def test_a_covered_lens_is_blind(watch: Watch) -> None:
    with RtspServer(pattern="black") as camera:
        state = wait_for_status(watch(camera.url, blind_after_s=1.0), "blind")
    assert "shows a uniform picture" in state.message


def test_a_real_clip_over_rtsp(watch: Watch) -> None:
    with RtspServer(Path(shared("videos/intel_car-detection.mp4"))) as camera:
        source = watch(camera.url)
        frame = source.next(-1, 10.0)
    assert frame is not None
    assert 60 < float(frame.image.mean()) < 200


def test_an_unforeseen_error_is_logged_without_its_text_and_tried_again(
    watch: Watch, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(uri: str, settings: SourceSettings, on_sound: object) -> None:
        raise RuntimeError(f"no idea what to do with {uri}")

    with monkeypatch.context() as patched:
        patched.setattr("detection.sources.live.open_decoder", fail)
        source = watch("rtsp://olga:hunter2@127.0.0.1:9/camera")
        wait_until(lambda: source.state.reconnects >= 2, "a second attempt")
        assert "failed with RuntimeError. It is tried again" in source.state.message
        source.stop()
    assert "failed with RuntimeError at" in caplog.text
    assert "hunter2" not in caplog.text + source.state.message


def test_stop_while_connecting_to_a_refused_port_is_quick_and_final(watch: Watch) -> None:
    source: LiveSource = watch(f"rtsp://127.0.0.1:{refused_port()}/x", backoff_s=(30.0, 30.0))
    wait_for_status(source, "offline")
    source.stop()
    assert not source._thread.is_alive()
