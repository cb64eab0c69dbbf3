"""Train a normality, and keep it in one file: arrays and a JSON text, no code."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from detection.score.normality.model import Line, Normality, NormalityError, learn
from detection.score.normality.observe import Observation
from detection.score.normality.parts import PARTS, Floats, Measured
from detection.score.normality.scale import Scale, leave_one_out, scale_of

VERSION = 2


@dataclass(frozen=True, slots=True)
class Meta:
    """Where a state comes from: names of the clips, seconds of footage, detector, embedder's version or "", digest."""

    trained_on: tuple[str, ...]
    seconds: float
    detector: str
    embedder: str = ""
    seed: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class LearnedState:
    """Everything a scorer needs: what is normal, the scale of the parts, and where it comes from."""

    normality: Normality
    scale: Scale
    meta: Meta

    def check_embedder(self, version: str) -> None:
        """Raise NormalityError unless looks are observed exactly as they were learned."""
        if version != self.meta.embedder:
            raise NormalityError(
                f"This state was learned with embedder '{self.meta.embedder or 'none'}' and cannot be used with "
                f"'{version or 'none'}'. Give the same embedder, or train again."
            )

    def save(self, path: Path) -> None:
        """Write the state as one .npz; a reader sees the old file or the new one, never a half."""
        partial = path.with_name(f"{path.name}.{os.getpid()}.part")
        partial.write_bytes(self.to_bytes())
        partial.replace(path)

    def to_bytes(self) -> bytes:
        """Return the state as one .npz."""
        file = BytesIO()
        np.savez_compressed(file, meta=np.array(json.dumps(_head(self))), **_arrays(self.normality, self.scale))
        return file.getvalue()

    @staticmethod
    def from_bytes(content: bytes, called: str = "the saved state") -> LearnedState:
        """Return the state that to_bytes gave; raises NormalityError for foreign, newer or altered content.

        called: what the file is called, for the message.
        """
        try:
            with np.load(BytesIO(content), allow_pickle=False) as stored:
                head = json.loads(str(stored["meta"]))
                arrays = {name: stored[name] for name in stored.files if name != "meta"}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise NormalityError(f"The file {called} is not a learned state: {error}") from error
        if head.get("version") != VERSION or tuple(head.get("parts", ())) != PARTS:
            raise NormalityError(f"The file {called} is of version {head.get('version')}, not {VERSION}. Train again.")
        try:
            scale = Scale(*arrays["scale"])
            normality = Normality(
                heights=Line(**head["heights"]),
                speeds=Line(**head["speeds"]),
                counts={str(label): int(count) for label, count in head["counts"].items()},
                shapes=arrays["shapes"],
                looks=arrays.get("looks"),
            )
            meta = Meta(**{**head["meta"], "trained_on": tuple(head["meta"]["trained_on"])})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NormalityError(f"The file {called} lacks a part of a learned state: {error}") from error
        if _digest(normality, scale) != meta.digest:
            raise NormalityError(f"The file {called} was altered: its digest does not match.")
        return LearnedState(normality, scale, meta)


def train(clips: Sequence[Sequence[Observation]], meta: Meta) -> tuple[LearnedState, list[Floats]]:
    """Return the state that clips teach, and each clip's raw parts, (frames, parts), measured against the others."""
    state, held_out = train_and_hold_out(clips, meta)
    return state, [np.array([m.frame for m in clip]).reshape(-1, len(PARTS)) for clip in held_out]


def train_and_hold_out(clips: Sequence[Sequence[Observation]], meta: Meta) -> tuple[LearnedState, list[list[Measured]]]:
    """Return the state that clips teach, and what each clip measures against what the others alone teach."""
    held_out = leave_one_out(clips, meta.seed)
    normality, scale = learn(clips, meta.seed), scale_of(np.array([m.frame for clip in held_out for m in clip]))
    return LearnedState(normality, scale, replace(meta, digest=_digest(normality, scale))), held_out


def load(path: Path) -> LearnedState:
    """Return a stored state; raises NormalityError for a missing, foreign, newer or altered file."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NormalityError(f"There is no learned state {path}.") from None
    except OSError as error:
        raise NormalityError(f"The file {path.name} cannot be read: {error.strerror}.") from error
    return LearnedState.from_bytes(content, path.name)


def _head(state: LearnedState) -> dict[str, object]:
    n = state.normality
    return {
        "version": VERSION,
        "parts": PARTS,
        "heights": asdict(n.heights),
        "speeds": asdict(n.speeds),
        "counts": n.counts,
        "meta": asdict(state.meta),
    }


def _arrays(normality: Normality, scale: Scale) -> dict[str, Any]:
    arrays: dict[str, Any] = {
        "shapes": normality.shapes,
        "scale": np.stack([scale.centre, scale.top, scale.low, scale.high, scale.often]),
    }
    return arrays if normality.looks is None else {**arrays, "looks": normality.looks}


def _digest(normality: Normality, scale: Scale) -> str:
    """Return the first 12 digits of a SHA-256 over everything that decides a score."""
    text = json.dumps([asdict(normality.heights), asdict(normality.speeds), normality.counts])
    digest = hashlib.sha256(text.encode())
    for name, array in sorted(_arrays(normality, scale).items()):
        digest.update(f"{name}{array.dtype}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:12]
