#!/usr/bin/env python
"""Django's command line, with the embedded engines running for as long as a command needs them."""

from __future__ import annotations

import contextlib
import os
import sys

# These need no database, or (up) start the engines themselves and say so.
WITHOUT_ENGINES = {
    "", "help", "version", "--help", "-h", "--version", "check", "diffsettings", "spectacular",
    "collectstatic", "findstatic", "up", "watch", "analyze", "render_demo_clip",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Read when NumPy is first imported. The tracker's matrices are tiny, and threads that wait for each other on a busy
    # machine made a frame ten times as dear; the processes that `up` starts inherit this.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from config.engines import EngineError, home_from, running_engines
    except ImportError as error:
        sys.stderr.write(f"Vedette is not installed here ({error}). Run `make run`, or see the README.\n")
        return 1
    command = arguments[1] if len(arguments) > 1 else ""
    alone = command in WITHOUT_ENGINES or "--help" in arguments
    try:
        with contextlib.nullcontext() if alone else running_engines(home_from(os.environ), os.environ):
            from django.core.management import execute_from_command_line

            execute_from_command_line(arguments)
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
