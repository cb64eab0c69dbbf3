"""Keep a trained model as a folder: the model file, meta.json that says what it is, and the report of its training."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 1
META = "meta.json"
VERSION_DIGITS = 12


class ModelError(Exception):
    """A model cannot be used, or failed on a frame; the message is a full sentence that names the model."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """One model as read from its folder: name (the folder's), kind, version (a digest), meta and the model file."""

    name: str
    kind: str
    version: str
    meta: dict[str, Any]
    model: bytes

    def field(self, key: str) -> Any:
        """Return one entry of meta.json; raises ModelError when it is not there."""
        if key not in self.meta:
            raise ModelError(f"The {META} of the model '{self.name}' has no '{key}'. Train the model again.")
        return self.meta[key]


def read_model(path: Path, kind: str) -> ModelFolder:
    """Return the model in a folder, checked against its digests.

    Raises ModelError, naming the folder, when it is absent, foreign, of another kind, or was changed or cut short.
    """
    name, meta = path.name, read_meta(path)
    if meta["kind"] != kind:
        raise ModelError(f"The model '{name}' is of the kind '{meta['kind']}', where '{kind}' is wanted.")
    file = path / str(meta.get("model_file", ""))
    if not file.is_file():
        raise ModelError(f"The model '{name}' has no file '{file.name}', which its {META} names. Copy it again.")
    model = file.read_bytes()
    if _digest(model) != meta.get("sha256"):
        raise ModelError(
            f"The file '{file.name}' of the model '{name}' is damaged: its digest is another. Copy it again."
        )
    return ModelFolder(name, kind, str(meta["version"]), meta, model)


def read_meta(path: Path) -> dict[str, Any]:
    """Return the meta.json of a model of any kind; raises ModelError as read_model does."""
    file = path / META
    if not file.is_file():
        raise ModelError(f"There is no model in '{path.name}': it has no {META}. Make one with `manage.py train`.")
    try:
        meta = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ModelError(f"The {META} of the model '{path.name}' cannot be read: {error}. Copy it again.") from error
    if not isinstance(meta, dict) or meta.get("format") != FORMAT or "kind" not in meta:
        raise ModelError(f"The {META} of the model '{path.name}' is not one that Vedette wrote in format {FORMAT}.")
    if meta.get("version") != _version(meta):
        raise ModelError(f"The {META} of the model '{path.name}' was changed after the training. Copy it again.")
    return meta


def save_model(
    path: Path, kind: str, model_file: str, model: bytes, facts: Mapping[str, Any], extras: Mapping[str, bytes]
) -> ModelFolder:
    """Write a model folder whole or not at all, and return it.

    facts: further entries of meta.json; extras: further files by name, for example the report. A model that was there
    before is replaced only when the new one is complete; any other folder is refused with ModelError.
    """
    if path.exists() and not (path / META).is_file() and (not path.is_dir() or any(path.iterdir())):
        raise ModelError(f"'{path}' holds something that is not a model. Choose another folder.")
    meta = {**facts, "format": FORMAT, "kind": kind, "model_file": model_file, "sha256": _digest(model)}
    meta["version"] = _version(meta)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        for name, content in {**extras, model_file: model}.items():
            file = fresh / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        (fresh / META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
        _swap(fresh, path, Path(scratch) / "old")
    return ModelFolder(path.name, kind, str(meta["version"]), meta, model)


def _swap(fresh: Path, path: Path, old: Path) -> None:
    if path.exists():
        path.rename(old)
    try:
        fresh.rename(path)
    except BaseException:
        if old.exists() and not path.exists():
            shutil.move(old, path)
        raise


def _version(meta: Mapping[str, Any]) -> str:
    """Return the digest of everything that makes the score: the model by its own digest, and the rest of meta.json."""
    rest = {key: value for key, value in meta.items() if key != "version"}
    return _digest(json.dumps(rest, sort_keys=True).encode())[:VERSION_DIGITS]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
