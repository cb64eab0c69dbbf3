"""Write an organization's decisions as labelled footage for `train scorer`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workers.dispositions import LABELS, DispositionError, write_dispositions


class Command(BaseCommand):
    """Copy the clips of decided events, and label them as the operators did."""

    help = "Write the clips of resolved incidents and labels.csv to DIR, from which train scorer learns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("organization", metavar="SLUG")
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say what came of it."""
        try:
            written = write_dispositions(options["organization"], options["folder"])
        except DispositionError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['folder']} could not be written: {error.strerror or error}.") from error
        lost = f"; the clips of {written.lost} more are gone" if written.lost else ""
        self.stdout.write(
            f"Wrote {written.alarms} true alarms and {written.normal} normal events to {options['folder']}{lost}. "
            f"Train with: manage.py train scorer --data {options['folder'] / LABELS} --out MODEL"
        )
