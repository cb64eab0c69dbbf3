"""Keep a baseline in one file: arrays and a JSON text, no code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Any, get_args
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from detection.score.living.chapters import Chapter
from detection.score.living.course import Course
from detection.score.living.hours import FAMILY_NAMES, Floats
from detection.score.living.learned import SENSES, Learned
from detection.score.living.moments import Arrays, Moment, pack, unpack
from detection.score.living.settings import Phase
from detection.score.living.taught import Withheld, withheld
from detection.score.living.view import HEIGHT, WIDTH
from detection.score.normality.model import NormalityError
from detection.score.normality.state import LearnedState
from detection.score.parts import PARTS

VERSION = 1
KINDS = ("recent", "week", "empty", "running")


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything of a baseline that outlives a restart; as made, that of one which has seen nothing."""

    embedder: str = ""
    course: Course = field(default_factory=Course)
    size: tuple[int, int] | None = None
    footage: dict[str, list[Chapter]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    hours: tuple[NDArray[np.float64], NDArray[np.float32]] = field(
        default_factory=lambda: (np.zeros(0), np.zeros((0, len(PARTS)), np.float32))
    )
    events: list[Withheld] = field(default_factory=list)
    opened: tuple[list[Moment], int, int] = field(default_factory=lambda: ([], 1, 0))
    verdicts: dict[tuple[float, float], bool] = field(default_factory=dict)
    view: tuple[NDArray[np.float32], int] = field(default_factory=lambda: (np.zeros((HEIGHT, WIDTH), np.float32), 0))
    drift: list[tuple[int, int, int]] = field(default_factory=list)
    learned: Learned | None = None
    again: bool = False


def to_bytes(kept: Kept) -> bytes:
    """Return a baseline as the bytes of an .npz file."""
    arrays: Arrays = {
        "hours.at": kept.hours[0],
        "hours.values": kept.hours[1],
        "view": kept.view[0],
    }
    packed = {f"{kind}.{i}": c.moments for kind in KINDS for i, c in enumerate(kept.footage[kind])}
    packed |= {f"event.{i}": event.packed for i, event in enumerate(kept.events)}
    packed["opened.0"] = pack(kept.opened[0])
    for name, moments in packed.items():
        arrays |= {f"{name}.{key}": array for key, array in moments.items()}
    head: dict[str, Any] = {
        "version": VERSION,
        "senses": SENSES,
        "embedder": kept.embedder,
        "course": asdict(kept.course),
        "size": kept.size,
        "counts": {kind: len(kept.footage[kind]) for kind in KINDS} | {"event": len(kept.events), "opened": 1},
        "opened": kept.opened[1:],
        "verdicts": [[a, b, normal] for (a, b), normal in kept.verdicts.items()],
        "viewed": kept.view[1],
        "drift": kept.drift,
        "again": kept.again,
        "learned": None,
    }
    if kept.learned is not None:
        head["learned"] = {
            "doubt": kept.learned.doubt,
            "recent_top": kept.learned.recent_top,
            "whole_top": kept.learned.whole_top,
            "high": kept.learned.high,
            "objects": kept.learned.state is not None,
        }
        arrays |= {"learned.family_top": kept.learned.family_top, "learned.footage": kept.learned.footage}
        if kept.learned.state is not None:
            arrays["learned.state"] = np.frombuffer(kept.learned.state.to_bytes(), np.uint8)
    head["digest"] = _digest(head, arrays)
    file = BytesIO()
    np.savez_compressed(file, head=np.array(json.dumps(head)), **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def from_bytes(data: bytes, embedder: str) -> Kept:
    """Return a stored baseline, for a scorer with this embedder's version or "".

    Raises NormalityError for bytes that are no baseline, altered, of another version, or of another embedder.
    """
    try:
        with np.load(BytesIO(data), allow_pickle=False) as stored:
            arrays: Arrays = {name: stored[name] for name in stored.files}
        head = json.loads(str(arrays.pop("head")))
        version, digest = head.get("version"), head.pop("digest", "")
    except (OSError, ValueError, KeyError, EOFError, AttributeError, BadZipFile) as error:
        raise NormalityError(f"The saved baseline cannot be read: {error}. The camera learns anew.") from error
    if version != VERSION or tuple(head.get("senses", ())) != SENSES:
        raise NormalityError(f"The saved baseline is of version {version}, not {VERSION}. The camera learns anew.")
    if _digest(head, arrays) != digest:
        raise NormalityError("The saved baseline was altered: its digest does not match. The camera learns anew.")
    if head["embedder"] != embedder:
        raise NormalityError(
            f"The saved baseline was learned with embedder '{head['embedder'] or 'none'}' and cannot be used with "
            f"'{embedder or 'none'}'. Give the same embedder, or let the camera learn anew."
        )
    try:
        return _kept(head, arrays)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise NormalityError(f"The saved baseline lacks a part: {error}. The camera learns anew.") from error


def _kept(head: dict[str, Any], arrays: Arrays) -> Kept:
    course = Course(**head["course"])
    if course.phase not in get_args(Phase):
        raise ValueError(f"there is no phase '{course.phase}'")
    chapters = {
        kind: [Chapter(float(m["at"][0]), m) for m in _moments(arrays, kind, head["counts"][kind])] for kind in KINDS
    }
    events = [withheld(m) for m in _moments(arrays, "event", head["counts"]["event"])]
    opened = unpack(_moments(arrays, "opened", 1)[0])
    return Kept(
        embedder=head["embedder"],
        course=course,
        size=None if head["size"] is None else (int(head["size"][0]), int(head["size"][1])),
        footage=chapters,
        hours=(arrays["hours.at"], arrays["hours.values"]),
        events=events,
        opened=(opened, int(head["opened"][0]), int(head["opened"][1])),
        verdicts={(float(a), float(b)): bool(normal) for a, b, normal in head["verdicts"]},
        view=(arrays["view"].reshape(HEIGHT, WIDTH), int(head["viewed"])),
        drift=[(a, b, c) for a, b, c in head["drift"]],
        learned=_learned(head["learned"], arrays),
        again=bool(head["again"]),
    )


def _learned(head: dict[str, Any] | None, arrays: Arrays) -> Learned | None:
    if head is None:
        return None
    state = LearnedState.from_bytes(arrays["learned.state"].tobytes()) if head["objects"] else None
    family_top: Floats = arrays["learned.family_top"]
    if family_top.shape != (len(FAMILY_NAMES),):
        raise ValueError(f"there are {len(family_top)} families of features, not {len(FAMILY_NAMES)}")
    return Learned(
        state=state,
        doubt=float(head["doubt"]),
        family_top=family_top,
        recent_top=float(head["recent_top"]),
        whole_top=float(head["whole_top"]),
        high=float(head["high"]),
        footage=arrays["learned.footage"],
    )


def _moments(arrays: Arrays, kind: str, count: int) -> list[Arrays]:
    found: list[Arrays] = [{} for _ in range(count)]
    for name, array in arrays.items():
        start, _, rest = name.partition(".")
        if start == kind:
            index, _, key = rest.partition(".")
            found[int(index)][key] = array
    return found


def _digest(head: dict[str, Any], arrays: Arrays) -> str:
    digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name}{array.dtype}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]
