"""Render the demo clip: a plaza with people and four unusual things, and its ground truth beside it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from detection.synthetic import render_plaza

BAR_CELLS = 30


class Command(BaseCommand):
    """Write OUT.mp4 and OUT.json, each only when it is complete."""

    help = (
        "Render a synthetic plaza clip (H.264 MP4) and its ground truth (JSON beside it); the same for the same seed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, metavar="OUT.mp4", help="where to write the clip")
        parser.add_argument("--seed", type=int, default=7, help="another seed is another clip (default 7)")
        parser.add_argument("--seconds", type=float, default=80.0, help="length; 80 holds all four events (default)")

    def handle(self, *args: Any, out: Path, seed: int, seconds: float, **options: Any) -> None:
        if out.suffix.lower() != ".mp4":
            raise CommandError(f"'{out}' does not end in .mp4: the clip is written as an MP4 file.")
        if seed < 0:
            raise CommandError(f"The seed {seed} is negative: choose 0 or more.")
        self._shown_percent = -1
        try:
            truth = render_plaza(out, seed=seed, seconds=seconds, on_progress=self._show_progress)
            truth.save(out.with_suffix(".json"))
        except ValueError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(
                f"Cannot write the clip to '{out}': {reason}. Choose a folder you may write to."
            ) from error
        kinds = ", ".join(f"{event.kind} at {event.start_s:.0f} s" for event in truth.events) or "no events"
        self.stdout.write(f"Wrote {out} ({truth.duration_s:g} s; {kinds}) and {out.with_suffix('.json').name}.")

    def _show_progress(self, done: float) -> None:
        """Redraw the bar on a terminal; elsewhere write a line at every tenth, so that logs stay short."""
        on_terminal = self.stderr.isatty()
        percent = int(done * 100) if on_terminal else int(done * 10) * 10
        if percent == self._shown_percent:
            return
        self._shown_percent = percent
        if not on_terminal:
            self.stderr.write(f"Rendering the demo clip: {percent} %")
            return
        filled = round(BAR_CELLS * done)
        bar = "█" * filled + "·" * (BAR_CELLS - filled)
        self.stderr.write(f"\rRendering the demo clip  {bar} {percent:3d} %", ending="\n" if percent == 100 else "")
        self.stderr.flush()
