"""Keep the recordings of one folder: find the one that is wanted, and never fill the disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from detection.cache.errors import CacheError
from detection.cache.identity import DIGITS, Identity
from detection.cache.reader import Recording

DEFAULT_LIMIT_BYTES = 2_000_000_000
ABANDONED_S = 60.0
"""A recording that got no first sight within so long never will: its process was killed."""


@dataclass(frozen=True, slots=True)
class CacheFolder:
    """A folder of recordings that together take at most limit_bytes: the longest untouched leave first."""

    path: Path
    limit_bytes: int = DEFAULT_LIMIT_BYTES

    def make_room(self, keep: Path, now: Callable[[], float] = time.time) -> int:
        """Delete what is too much, but never `keep`, and return the bytes that are left. Raises OSError."""
        files, whole = [], 0
        for file in self.path.iterdir():
            with suppress(FileNotFoundError):  # another watch makes room too
                facts = file.stat()
                if file.suffix == ".part" and file != keep and now() - facts.st_mtime > ABANDONED_S:
                    file.unlink()
                elif file.suffix == ".sights":
                    files.append((facts.st_mtime, facts.st_size, file))
                    whole += facts.st_size
        for _, size, file in sorted(files, key=lambda f: (f[0], f[2].name)):
            if whole <= self.limit_bytes:
                break
            if file != keep:
                file.unlink(missing_ok=True)
                whole -= size
        return whole

    def of_footage(self, content: str) -> list[Recording]:
        """Return the recordings of one footage (see Identity.content), the newest first.

        Raises CacheError, saying why, where there are files for it and none can be read.
        """
        found, troubles = [], []
        paths = self.path.glob(f"{content[:DIGITS]}-*.sights") if self.path.is_dir() else ()
        for path in sorted(paths, key=lambda p: (-p.stat().st_mtime, p.name)):
            try:
                recording = Recording.open(path)
            except CacheError as error:
                troubles.append(error)
                continue
            if recording.identity.content == content:
                found.append(recording)
        if troubles and not found:
            raise troubles[0]
        return found


def matching(recordings: list[Recording], wanted: Identity, detector: tuple[str, str] | None) -> Recording:
    """Return the newest recording that shows what is wanted.

    detector: its name and version, None for any; that of `wanted` is not looked at. A scorer that reads nothing of the
    picture can do with any recording. Raises CacheError that says what there is instead; the caller knows the way out.
    """
    name = wanted.name
    if not recordings:
        raise CacheError(f"{name} was never recorded.")
    look = (wanted.masks, wanted.motion, wanted.max_width)
    same = [r for r in recordings if (r.identity.masks, r.identity.motion, r.identity.max_width) == look]
    if not same:
        raise CacheError(f"{name} was recorded with other masks or picture settings.")
    if detector is not None:
        named = [r for r in same if (r.identity.detector, r.identity.detector_version) == detector]
        if not named:
            raise CacheError(f"{name} was recorded with {_each(r.identity.detector for r in same)} alone.")
        same = named
    paced = [r for r in same if r.identity.analysis_fps == wanted.analysis_fps]
    if not paced:
        raise CacheError(f"{name} was recorded at {_each(f'{r.identity.analysis_fps:g}' for r in same)} fps.")
    fitting = [r for r in paced if wanted.reads in ("", r.identity.reads)]
    if not fitting:
        raise CacheError(f"{name} was recorded for another scorer, which reads other things of the picture.")
    return fitting[0]


def _each(things: Iterable[str]) -> str:
    return " and ".join(sorted(set(things)))
