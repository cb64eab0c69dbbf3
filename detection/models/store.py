"""Keep the models folder: tell what is there, hand out only what is what it claims to be, take in new files."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from detection.models.errors import ForeignModel, MissingModel, ModelError
from detection.models.records import Record, read_records, record_of, sha256_of, writing_records
from detection.models.registry import MODELS, Model, ModelFile, model_named

Status = Literal["installed", "missing", "incomplete", "foreign"]
SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class ModelState:
    """How one model stands: message says what to do unless it is installed.

    size: bytes on disk; source: where its files came from; at: Unix time of its arrival, None when it lies there
    without having been taken in; digest: the first digits of its first file's SHA-256.
    """

    model: Model
    status: Status
    message: str = ""
    size: int = 0
    source: str = ""
    at: float | None = None
    digest: str = ""


class ModelStore:
    """One models folder. Thread-safe; several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[tuple[str, int, int], str] = {}
        self._lock = threading.Lock()

    def path(self, name: str) -> Path:
        """Return what a stage opens: the model's file, or the folder of its files.

        Raises MissingModel, or ForeignModel when a file is not the one it claims to be. A file whose size and time of
        change are those of its record is believed; any other is read whole, once after every change.
        """
        state = self.state(name)
        if state.status == "installed":
            return self.folder / state.model.place
        if state.status == "foreign":
            raise ForeignModel(state.message)
        raise MissingModel(state.message)

    def states(self) -> list[ModelState]:
        """Return the state of every model that Vedette knows, in the registry's order."""
        return [self.state(model.name) for model in MODELS]

    def state(self, name: str) -> ModelState:
        """Return how a model stands; raises ModelError for a name that there is not."""
        model = model_named(name)
        records = read_records(self.folder)
        there = [file for file in model.files if (self.folder / model.where(file)).is_file()]
        if not there:
            return ModelState(model, "missing", f"The model {name} is not installed. Get it with: {model.how_to_get}")
        if len(there) < len(model.files):
            lacking = ", ".join(file.name for file in model.files if file not in there)
            return ModelState(
                model, "incomplete", f"The model {name} lacks {lacking}. Fetch the rest with: {model.how_to_get}"
            )
        for file in model.files:
            reason = self._refusal(model, file, records.get(model.where(file)))
            if reason:
                return ModelState(model, "foreign", reason)
        first = model.where(model.files[0])
        record = records.get(first)
        return ModelState(
            model,
            "installed",
            size=sum((self.folder / model.where(file)).stat().st_size for file in model.files),
            source=record.source if record else "placed in the folder",
            at=record.at if record else None,
            digest=self._digest(first, record)[:SHOWN_DIGITS],
        )

    def others(self) -> list[str]:
        """Return the model files in the folder that belong to no model of the registry, by name."""
        known = {model.where(file) for model in MODELS for file in model.files}
        found = (path.name for path in self.folder.glob("*") if path.is_file() and path.suffix == ".onnx")
        return sorted(name for name in found if name not in known)

    def verify(self, name: str) -> ModelState:
        """Read every file of a model again, whatever was read before, and return how it stands."""
        model = model_named(name)
        for place in (model.where(file) for file in model.files):
            if (self.folder / place).is_file():
                self._digest(place, None, again=True)
        return self.state(name)

    def add(self, name: str, source: Path, *, trusted: bool = True, origin: str = "") -> ModelState:
        """Take in a model from a file, or from a folder with its files, and return how it stands.

        trusted: a file that is not the published one is accepted, and recognised from now on. Raises ModelError for a
        path that lacks a file, ForeignModel for one that is not the published one when it is not trusted.
        """
        model = model_named(name)
        for file in model.files:
            found = _found(source, file, len(model.files))
            digest = sha256_of(found)
            if file.sha256 and digest != file.sha256 and not trusted:
                raise ForeignModel(_foreign(file, digest, name))
            self.put(model, file, found, sha256=digest, source=origin or f"added from {found.name}", trusted=trusted)
        return self.state(name)

    def put(
        self, model: Model, file: ModelFile, content: Path, *, sha256: str, source: str, trusted: bool = False
    ) -> None:
        """Copy one checked file to its place, whole or not at all, and record it."""
        place = model.where(file)
        target = self.folder / place
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(f".{target.name}.{os.getpid()}.part")
            shutil.copyfile(content, partial)
            partial.replace(target)
        except OSError as error:
            raise ModelError(f"{file.name} could not be written to {target.parent}: {error.strerror}.") from error
        marked = trusted and bool(file.sha256) and sha256 != file.sha256
        with writing_records(self.folder) as records:
            records[place] = record_of(target, source, time.time(), sha256=sha256, trusted=marked)

    def record(self, model: Model, file: ModelFile) -> Record | None:
        """Return what is recorded of a file, or None."""
        return read_records(self.folder).get(model.where(file))

    def remove(self, name: str) -> None:
        """Delete a model's files and their records; raises MissingModel when there is none of them."""
        model = model_named(name)
        places = [model.where(file) for file in model.files]
        there = [place for place in places if (self.folder / place).is_file()]
        if not there:
            raise MissingModel(f"The model {name} is not installed.")
        for place in there:
            (self.folder / place).unlink()
        with writing_records(self.folder) as records:
            for place in places:
                records.pop(place, None)

    def _refusal(self, model: Model, file: ModelFile, record: Record | None) -> str:
        """Return why a file is refused, or nothing."""
        place = model.where(file)
        path = self.folder / place
        if path.stat().st_size == 0:
            return f"{file.name} is empty (0 bytes). Fetch it again: {model.how_to_get}"
        digest = self._digest(place, record)
        if record is not None and digest != record.sha256:
            return (
                f"{file.name} was changed since it was installed (SHA-256 {digest[:SHOWN_DIGITS]}…, it was "
                f"{record.sha256[:SHOWN_DIGITS]}…). Fetch it again: {model.how_to_get}"
            )
        if file.sha256 and digest != file.sha256 and not (record is not None and record.trusted):
            return _foreign(file, digest, model.name)
        return ""

    def _digest(self, place: str, record: Record | None, *, again: bool = False) -> str:
        path = self.folder / place
        stat = path.stat()
        key = (place, stat.st_size, stat.st_mtime_ns)
        with self._lock:
            known = None if again else self._known.get(key)
        if known is None and record is not None and (record.size, record.changed_ns) == key[1:]:
            return record.sha256
        if known is None:
            known = sha256_of(path)
            with self._lock:
                self._known[key] = known
        return known


def _found(source: Path, file: ModelFile, files: int) -> Path:
    path = source if source.is_file() and files == 1 else source / file.name
    if not path.is_file():
        raise ModelError(f"There is no file {file.name} in {source}. Name the file, or the folder that holds it.")
    if path.stat().st_size == 0:
        raise ModelError(f"{path.name} is empty (0 bytes). Copy it again.")
    return path


def _foreign(file: ModelFile, digest: str, name: str) -> str:
    return (
        f"{file.name} is not the published file (SHA-256 {digest[:SHOWN_DIGITS]}…, published "
        f"{file.sha256[:SHOWN_DIGITS]}…). Fetch it with: manage.py models pull {name}, or, if you trust this one, "
        f"take it in with: manage.py models add {name} FILE"
    )
