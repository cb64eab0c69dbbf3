"""Set up the demonstration; run again, it changes nothing but the video asked for."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workers.demo import (
    create_organizations,
    demo_organization,
    demo_password,
    login_table,
    watch_plaza,
    watch_video,
    watches_anything,
)


class Command(BaseCommand):
    help = "Create the demo organizations, their logins and a camera that is really watched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--video", metavar="SOURCE", help="watch this file or rtsp:// address instead of the rendered plaza"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        home, now = Path(settings.VEDETTE_HOME), timezone.now()
        acme, video = demo_organization(), options["video"]
        if acme is None:
            acme = create_organizations(password=demo_password(home), at=now)
        try:
            if video:
                watch_video(acme, video if "://" in video else str(Path(video).absolute()), at=now)
            elif not watches_anything(acme):
                # Also when an earlier start was interrupted while the clip was rendered.
                watch_plaza(acme, clip=home / "media" / "plaza.mp4", at=now, on_progress=self._progress)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(login_table(demo_password(home)))

    def _progress(self, share: float) -> None:
        if not sys.stderr.isatty():
            if share >= 1:
                self.stderr.write("The demo clip is rendered.")
            return
        filled = round(share * 30)
        self.stderr.write(f"\rRendering the demo clip [{'█' * filled:<30}] {share:4.0%}", ending="")
        if share >= 1:
            self.stderr.write("")
