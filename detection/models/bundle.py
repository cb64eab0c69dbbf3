"""Carry models to a machine without a connection: one archive with a list of what is in it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from detection.models.errors import MissingModel, ModelError
from detection.models.records import CHUNK
from detection.models.registry import Model, ModelFile, model_named
from detection.models.store import ModelState, ModelStore

MANIFEST = "bundle.json"
VERSION = 1
LIMIT_BYTES = 20 * 2**30
"""A manifest that promises more than this is not ours."""

Told = Callable[[str, int, int], None]


def export(store: ModelStore, target: Path, names: Sequence[str] = (), told: Told = lambda *_: None) -> list[str]:
    """Write the installed models, or those named, into one archive; return their names.

    Every file is read and checked on the way. Raises MissingModel when a named one is not installed, or none is;
    ForeignModel for one that is refused.
    """
    chosen = list(names) or [state.model.name for state in store.states() if state.status == "installed"]
    if not chosen:
        raise MissingModel("No model is installed, so there is nothing to export. Get some with: manage.py models pull")
    for name in chosen:
        if store.verify(name).status != "installed":
            store.path(name)  # raises the sentence
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    entries = []
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for model in map(model_named, chosen):
                entries += [_written(archive, store, model, file, told) for file in model.files]
            archive.writestr(MANIFEST, json.dumps({"version": VERSION, "files": entries}, indent=1))
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ModelError(f"{target} could not be written: {error.strerror}.") from error
    return chosen


def import_(store: ModelStore, source: Path, told: Told = lambda *_: None) -> list[ModelState]:
    """Take in all models of an archive that `export` wrote; return how they stand.

    A model that is installed already is left alone. Everything is checked before it takes its place. Raises ModelError
    for a file that is no such archive, a damaged one, and one whose models this version does not know.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _manifest(archive, source)
            by_model: dict[str, list[dict[str, object]]] = {}
            for entry in entries:
                by_model.setdefault(str(entry["model"]), []).append(entry)
            for name, files in by_model.items():
                if store.state(name).status != "installed":
                    for entry in files:
                        _take_in(archive, store, model_named(name), entry, source, told)
            return [store.state(name) for name in by_model]
    except FileNotFoundError:
        raise ModelError(f"There is no file {source}.") from None
    except (zipfile.BadZipFile, EOFError) as error:
        raise ModelError(f"{source.name} is damaged or no bundle of models ({error}). Copy it again.") from error
    except OSError as error:
        raise ModelError(f"{source.name} could not be read: {error.strerror}.") from error


def _written(
    archive: zipfile.ZipFile, store: ModelStore, model: Model, file: ModelFile, told: Told
) -> dict[str, object]:
    place = model.where(file)
    path = store.folder / place
    size, done, digest = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as content, archive.open(f"{model.name}/{file.name}", "w", force_zip64=True) as out:
        while block := content.read(CHUNK):
            digest.update(block)
            out.write(block)
            done += len(block)
            told(file.name, done, size)
    record = store.record(model, file)
    return {
        "model": model.name,
        "file": file.name,
        "sha256": digest.hexdigest(),
        "size": size,
        "source": record.source if record else "placed in the folder",
        "trusted": bool(record and record.trusted),
        "exported_at": round(time.time()),
    }


def _manifest(archive: zipfile.ZipFile, source: Path) -> list[dict[str, object]]:
    try:
        head = json.loads(archive.read(MANIFEST))
        version, entries = head["version"], list(head["files"])
        total = sum(int(entry["size"]) for entry in entries)
        for entry in entries:
            str(entry["model"]), str(entry["file"]), str(entry["sha256"]), bool(entry["trusted"])
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{source.name} holds no list of models; it was not written by models export.") from error
    if version != VERSION:
        raise ModelError(f"{source.name} is a bundle of version {version}; this Vedette reads {VERSION}. Update it.")
    if total > LIMIT_BYTES:
        raise ModelError(f"{source.name} promises {total:,} bytes; at most {LIMIT_BYTES:,} are taken.")
    return entries


def _take_in(
    archive: zipfile.ZipFile, store: ModelStore, model: Model, entry: dict[str, object], source: Path, told: Told
) -> None:
    file = next((file for file in model.files if file.name == entry["file"]), None)
    if file is None:
        raise ModelError(f"{source.name} holds {entry['file']}, which is no file of {model.name}.")
    size, done, digest = int(str(entry["size"])), 0, hashlib.sha256()
    store.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=store.folder, prefix=".import.", suffix=".part") as out:
        try:
            content = archive.open(f"{model.name}/{file.name}")
        except KeyError:
            raise ModelError(f"{source.name} lacks {file.name} of {model.name}. Copy it again.") from None
        with content:
            while block := content.read(CHUNK):
                digest.update(block)
                done += len(block)
                if done > size:
                    break
                out.write(block)
                told(file.name, done, size)
        out.flush()
        found = digest.hexdigest()
        if done != size or found != entry["sha256"]:
            raise ModelError(f"{file.name} in {source.name} is damaged. Copy the bundle again.")
        trusted = bool(entry["trusted"])
        if file.sha256 and found != file.sha256 and not trusted:
            raise ModelError(f"{file.name} in {source.name} is not the published file, and nobody vouched for it.")
        origin = f"imported from {source.name}; there {entry['source']}"
        store.put(model, file, Path(out.name), sha256=found, source=origin, trusted=trusted)
