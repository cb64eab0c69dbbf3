"""Read which spans of which clips show what shall be found: from folders, from a CSV, or from one label per frame."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from training.clips import PICTURES_FPS, Clip, find_clips
from training.errors import TrainingError

NORMAL = frozenset({"0", "normal", "false", "no"})
COLUMNS = ("clip", "start_s", "end_s", "label")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a clip, seconds from its start, end not included; positive: it shows what shall be found."""

    start_s: float
    end_s: float
    positive: bool


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """A clip and its spans; what lies in no span is not used."""

    clip: Clip
    spans: tuple[Span, ...]

    @property
    def positive(self) -> bool:
        """Tell whether any span shows what shall be found."""
        return any(span.positive for span in self.spans)

    def span_at(self, at_s: float) -> int | None:
        """Return the index of the span that holds a moment, or None."""
        return next((i for i, span in enumerate(self.spans) if span.start_s <= at_s < span.end_s), None)


def read_labels(path: Path) -> list[LabelledClip]:
    """Return the labelled clips of a CSV, a folder with labels.json, or a folder of folders, one of them "normal".

    A CSV has the columns clip, start_s, end_s, label; clips lie relative to it, and the label is "normal" or anything
    else. A labels.json names each clip beside it with one 0 or 1 per frame. Raises TrainingError.
    """
    if path.is_file():
        return _from_csv(path)
    if (path / "labels.json").is_file():
        return _from_frames(path)
    folders = sorted(p for p in path.iterdir() if p.is_dir()) if path.is_dir() else []
    if not any(p.name.lower() in NORMAL for p in folders):
        raise TrainingError(f"'{path}' is no CSV and has neither a labels.json nor a folder 'normal' within.")
    return [
        LabelledClip(clip, (Span(0.0, math.inf, folder.name.lower() not in NORMAL),))
        for folder in folders
        for clip in find_clips(folder)
    ]


def blocks(clips: Sequence[LabelledClip], count: int) -> list[list[int]]:
    """Return the indices of the clips in count blocks of neighbours by name, each with its part of either label.

    Neighbouring names can come from one recording: split at random, the test would see its own training.
    Raises TrainingError when a label has fewer clips than blocks.
    """
    order = sorted(range(len(clips)), key=lambda i: (str(clips[i].clip.path), i))
    sides = [[i for i in order if clips[i].positive is positive] for positive in (False, True)]
    if min(len(side) for side in sides) < count:
        raise TrainingError(
            f"{len(sides[0])} normal and {len(sides[1])} other clips cannot be split into {count} blocks: "
            f"give at least {count} of each."
        )
    parts = [[[int(i) for i in block] for block in np.array_split(np.array(side), count)] for side in sides]
    return [[*normal, *other] for normal, other in zip(*parts, strict=True)]


def _from_csv(path: Path) -> list[LabelledClip]:
    spans: dict[str, list[Span]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if missing := [c for c in COLUMNS if c not in (reader.fieldnames or ())]:
                raise TrainingError(
                    f"'{path.name}' has no column {', '.join(missing)}; the columns are {', '.join(COLUMNS)}."
                )
            for number, row in enumerate(reader, start=2):
                spans.setdefault(row["clip"], []).append(_span(path.name, number, row))
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise TrainingError(f"'{path.name}' cannot be read as a CSV: {error}.") from error
    for name in spans:
        if not (path.parent / name).exists():
            raise TrainingError(f"'{path.name}' names the clip '{name}', which is not beside it.")
    return [LabelledClip(Clip(path.parent / name), tuple(spans[name])) for name in sorted(spans)]


def _span(file: str, number: int, row: dict[str, str]) -> Span:
    try:
        start_s, end_s = float(row["start_s"]), float(row["end_s"])
    except (TypeError, ValueError):
        raise TrainingError(f"Line {number} of '{file}': start_s and end_s must be seconds.") from None
    if not 0.0 <= start_s < end_s:
        raise TrainingError(f"Line {number} of '{file}': the span {start_s:g}–{end_s:g} s is empty or too early.")
    return Span(start_s, end_s, (row["label"] or "").strip().lower() not in NORMAL)


def _from_frames(folder: Path) -> list[LabelledClip]:
    try:
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        flags = {str(name): [bool(int(v)) for v in values] for name, values in labels.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise TrainingError(f"'{folder / 'labels.json'}' does not give one 0 or 1 per frame of each clip.") from error
    clips = [c for c in find_clips(folder) if c.name in flags]
    if not clips:
        raise TrainingError(f"'{folder / 'labels.json'}' names no clip that lies beside it.")
    return [LabelledClip(clip, _runs(flags[clip.name])) for clip in clips]


def _runs(flags: Sequence[bool]) -> tuple[Span, ...]:
    """Return the runs of equal labels as spans, at PICTURES_FPS, each moved early by half a frame for rounding."""
    changes = [0, *(i for i in range(1, len(flags)) if flags[i] != flags[i - 1]), len(flags)]
    return tuple(Span((a - 0.5) / PICTURES_FPS, (b - 0.5) / PICTURES_FPS, flags[a]) for a, b in pairwise(changes))
