"""The one command of a machine: prepare everything, run everything, stop everything."""

from __future__ import annotations

import os
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.engines import ensure_running, home_from, prepare_home, release, resolve
from config.engines.children import Wakeup
from config.engines.home import PROJECT, Layout
from workers.slots import camera_slots
from workers.supervisor import database, preflight
from workers.supervisor.output import Console
from workers.supervisor.programs import node_name, programs
from workers.supervisor.readiness import Readiness, address_of
from workers.supervisor.supervise import STOP_SIGNALS, Supervisor


class Command(BaseCommand):
    help = "Start PostgreSQL, Redis, the web server, the workers and the scheduler, and keep them running."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0: all)")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000, help="default: PORT, else 8000")
        parser.add_argument("--video", default="", help="file, rtsp:// address or usb:0 that the demo camera watches")
        parser.add_argument("--no-demo", action="store_true", help="leave an empty installation empty")

    def handle(self, **options: Any) -> None:
        # After nohup a closed terminal means nothing.
        signals = [n for n in STOP_SIGNALS if n != signal.SIGHUP or signal.getsignal(n) != signal.SIG_IGN]
        for number in signals:
            signal.signal(number, _leave)
        try:
            self._run(signals, **{name: options[name] for name in ("host", "port", "video", "no_demo")})
        except preflight.Refusal as refusal:
            raise SystemExit(str(refusal)) from refusal

    def _run(self, signals: Sequence[signal.Signals], *, host: str, port: int, video: str, no_demo: bool) -> None:
        began, console, home = time.monotonic(), Console(sys.stdout), home_from(os.environ)
        video = preflight.absolute_video(video) if video else ""
        database.require_owner(os.environ)
        prepare_home(home)
        with preflight.claim_home(home, address_of(host, port)):
            preflight.require_free_port(host, port)
            try:
                self._prepare(console, home, video=video, no_demo=no_demo)
                node, slots = node_name(), camera_slots(os.environ)
                console.say(f"Starting the web server, the workers and the scheduler ({slots} camera slots).")
                children = programs(home=home, host=host, port=port, node=node, slots=slots)
                supervisor = Supervisor(children, PROJECT, console, Wakeup(*signals))
                supervisor.run(Readiness(host, port, console, began).look)
            finally:
                release(home)
        console.say("Stopped.")

    def _prepare(self, console: Console, home: Path, *, video: str, no_demo: bool) -> None:
        """Have engines, tables and, on a new home or for a given video, the demo."""
        if os.geteuid() == 0:
            console.say("Running as root, which it does not need: an ordinary user is enough.")
        embedded = not os.environ.get("DATABASE_URL")
        if embedded and not Layout(home).postgres.exists():
            console.say(f"First start: making a database in {home}.")
        ensure_running(home, os.environ)
        database.migrate(console.say)
        if video:
            call_command("create_demo", video=video)
        elif embedded and not no_demo and database.wants_demo(resolve(home, os.environ)):
            call_command("create_demo")
        database.close_connections()


def _leave(number: int, _frame: FrameType | None) -> None:
    """Until the children run, a stop signal simply unwinds; the engines are let go on the way out."""
    raise SystemExit(128 + number)
