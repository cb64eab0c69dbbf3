"""Serve real RTSP to the tests, and break it on demand: cut, stalled, frozen, guarded by a password, or garbage.

The server is GStreamer's own, which lives in the system's Python and not in the project's, so this file plays two
parts: imported, it gives the tests `RtspServer` and `GarbageServer`; run by /usr/bin/python3, it is the server.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

SYSTEM_PYTHON = "/usr/bin/python3"
PACKAGES = (
    "gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-{good,bad,ugly} gstreamer1.0-libav"
)
START_TIMEOUT_S = 20.0
SOUNDS = {
    "alaw": "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay",
    "opus": "opusenc ! rtpopuspay",
    "aac": "avenc_aac ! rtpmp4gpay",
}
"""How the tone is coded and sent, by the names of the codes that cameras use."""


@cache
def why_unavailable() -> str:
    """Return why no RTSP server can run here, or an empty string when it can."""
    check = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    try:
        done = subprocess.run([SYSTEM_PYTHON, "-c", check], capture_output=True, text=True, timeout=30, check=False)
    except OSError as error:
        return f"{SYSTEM_PYTHON} cannot be run ({error.strerror}); install {PACKAGES}"
    return "" if done.returncode == 0 else f"{SYSTEM_PYTHON} lacks GstRtspServer; install {PACKAGES}"


class RtspServer:
    """A real RTSP camera on a port the system chose: 640×480 H.264 at 25 fps unless told otherwise.

    video is played in a loop; without it a white ball bounces over noise-free black. With user and password it asks
    for them, by digest or basic authentication. sound is the code of a 440 Hz tone beside a test picture. Entering it
    skips the test where GStreamer is missing.
    """

    def __init__(
        self,
        video: Path | None = None,
        *,
        user: str = "",
        password: str = "",
        size: tuple[int, int] = (640, 480),
        fps: int = 25,
        pattern: str = "ball",
        auth: str = "digest",
        sound: str = "",
    ) -> None:
        self.user, self.password = user, password
        self.port = 0
        self._options = ["--size", f"{size[0]}x{size[1]}", "--fps", str(fps), "--pattern", pattern]
        self._options += ["--auth", auth, "--sound", sound]
        if video is not None:
            self._options += ["--video", str(video.resolve())]
        self._process: subprocess.Popen[str] | None = None
        self._stalled = False

    @property
    def url(self) -> str:
        """The address with the right credentials, if the server asks for any."""
        return self.url_as(self.user, self.password)

    def url_as(self, user: str, password: str) -> str:
        """The address with these credentials; none when user is empty."""
        login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
        return f"rtsp://{login}127.0.0.1:{self.port}/camera"

    def __enter__(self) -> RtspServer:
        if reason := why_unavailable():
            import pytest

            pytest.skip(reason)
        self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.cut()

    @property
    def pid(self) -> int:
        """The server's process id; 0 while cut."""
        return self._process.pid if self._process else 0

    def cut(self) -> None:
        """Kill the server: every connection breaks and the port refuses until `resume`."""
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process, self._stalled = None, False

    def stall(self) -> None:
        """Go silent with every connection left open, like a camera whose network died."""
        os.kill(self.pid, signal.SIGSTOP)
        self._stalled = True

    def freeze(self) -> None:
        """Keep sending packets of one same picture."""
        self._tell("freeze")

    def drop_clients(self) -> None:
        """Close every client's connection and go on listening."""
        self._tell("drop")

    def resume(self) -> None:
        """Undo cut, stall or freeze; the port stays the same."""
        if self._process is None:
            self._start()
            return
        if self._stalled:
            os.kill(self.pid, signal.SIGCONT)
            self._stalled = False
        self._tell("resume")

    def _start(self) -> None:
        login = {"RTSP_USER": self.user, "RTSP_PASSWORD": self.password}
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, __file__, "--port", str(self.port), *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean | login,
        )
        self.port = int(self._answer()["port"])

    def _tell(self, command: str) -> None:
        assert self._process is not None and self._process.stdin is not None, "the server is cut"
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        assert self._answer()["done"] == command

    def _answer(self) -> dict[str, Any]:
        process = self._process
        assert process is not None and process.stdout is not None
        watchdog = threading.Timer(START_TIMEOUT_S, process.kill)
        watchdog.start()
        try:
            line = process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            raise RuntimeError(f"the RTSP server did not answer within {START_TIMEOUT_S:g} s; its stderr says why")
        answer: dict[str, Any] = json.loads(line)
        return answer


class GarbageServer:
    """A TCP port that answers everything with bytes that are no RTSP, then hangs up."""

    def __init__(self, answer: bytes = b"\x00\xffnot rtsp at all\r\n\r\n" * 64) -> None:
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.url = f"rtsp://127.0.0.1:{self.port}/camera"
        self._thread = threading.Thread(target=self._serve, name="garbage", daemon=True)

    def __enter__(self) -> GarbageServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            with client:
                try:
                    client.recv(4096)
                    client.sendall(self._answer)
                except OSError:
                    continue


class DeafProxy:
    """Stand before an RTSP server and refuse to set up its second stream, as cameras do that announce sound in vain."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"rtsp://127.0.0.1:{self._socket.getsockname()[1]}/camera"
        self.refused = 0

    def __enter__(self) -> DeafProxy:
        threading.Thread(target=self._serve, name="deaf proxy", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            for work in (self._to_server, self._to_client):
                threading.Thread(target=work, args=(client, server), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while data := client.recv(65536):
                if data.startswith(b"SETUP") and b"stream=1" in data.split(b"\r\n")[0]:
                    self.refused += 1
                    number = next(line for line in data.split(b"\r\n") if line.lower().startswith(b"cseq"))
                    client.sendall(b"RTSP/1.0 461 Unsupported Transport\r\n" + number + b"\r\n\r\n")
                else:
                    server.sendall(data)
        except OSError:
            pass
        server.close()

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        client.close()


def refused_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _guard(server: Any, factory: Any, gst_rtsp: Any, gst_rtsp_server: Any, method: str) -> None:
    user, password = os.environ["RTSP_USER"], os.environ["RTSP_PASSWORD"]
    auth = gst_rtsp_server.RTSPAuth()
    token = gst_rtsp_server.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if method == "digest":
        auth.set_supported_methods(gst_rtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(gst_rtsp_server.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = gst_rtsp_server.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", right, True)
    factory.set_permissions(permissions)


def _serve(options: argparse.Namespace) -> None:
    """Run the server until stdin closes; commands come in as lines, answers go out as JSON lines."""
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtsp", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

    Gst.init(None)
    width, height = options.size.split("x")
    picture = f"video/x-raw,format=I420,width={width},height={height},pixel-aspect-ratio=1/1,framerate={options.fps}/1"
    shown = f"videotestsrc is-live=true pattern={options.pattern}"
    if options.video:
        shown = f"filesrc location={json.dumps(options.video)} ! decodebin"
    shape = f"videoconvert ! videoscale ! videorate ! {picture}"
    # intervideosrc repeats its last picture while the player is paused: that is the frozen camera.
    player = Gst.parse_launch(f"{shown} ! {shape} ! intervideosink name=out channel=camera sync=true")
    bus = player.get_bus()
    bus.add_signal_watch()
    start = Gst.SeekFlags.FLUSH | Gst.SeekFlags.KEY_UNIT
    bus.connect("message::eos", lambda *_: player.seek_simple(Gst.Format.TIME, start, 0))

    tone = ""
    if options.sound:
        tone = f"audiotestsrc is-live=true freq=440 volume=0.3 ! audioconvert ! audioresample ! {SOUNDS[options.sound]}"
        tone += " name=pay1 pt=97"
    # Pictures that come through another pipeline have another clock than the tone.
    source = "videotestsrc is-live=true" if tone else "intervideosrc channel=camera timeout=18446744073709551615"
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( {source} ! {picture} ! x264enc tune=zerolatency "
        f"speed-preset=ultrafast key-int-max={options.fps} bitrate=1500 threads=1 ! rtph264pay name=pay0 pt=96 {tone} )"
    )
    factory.set_shared(True)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    if os.environ.get("RTSP_USER"):
        _guard(server, factory, GstRtsp, GstRtspServer, options.auth)
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    loop = GLib.MainLoop()

    def obey(_source: Any, _condition: Any) -> bool:
        command = sys.stdin.readline().strip()
        if not command:
            loop.quit()
            return False
        if command == "freeze":
            player.set_state(Gst.State.PAUSED)
            player.get_state(5 * Gst.SECOND)
        elif command == "drop":
            server.client_filter(lambda *_: GstRtspServer.RTSPFilterResult.REMOVE)
        else:
            player.set_state(Gst.State.PLAYING)
        print(json.dumps({"done": command}), flush=True)
        return True

    GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, obey)

    def announce(*_: Any) -> Any:
        # Not before the first picture: until then a client would be shown black.
        print(json.dumps({"port": server.get_bound_port()}), flush=True)
        return Gst.PadProbeReturn.REMOVE

    player.get_by_name("out").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, announce)
    player.set_state(Gst.State.PLAYING)
    loop.run()
    player.set_state(Gst.State.NULL)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--video", default="")
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--pattern", default="ball")
    parser.add_argument("--sound", choices=("", *SOUNDS), default="")
    parser.add_argument("--auth", choices=("basic", "digest"), default="digest")
    _serve(parser.parse_args())
