"""Models are carried to a machine without a connection in one file."""

from __future__ import annotations

import json
import zipfile

import pytest

from detection.models import ForeignModel, MissingModel, ModelError, ModelStore
from detection.models.bundle import MANIFEST, export, import_
from detection.models.pull import pull
from tests.detection.models.conftest import ONE


@pytest.fixture
def bundle(store, tmp_path):
    """Export both models of a filled folder; `one` is somebody's own file there."""
    own = tmp_path / "own.bin"
    own.write_bytes(b"my own weights")
    store.add("one", own)
    pull(store, "two")
    path = tmp_path / "models.bundle"
    assert export(store, path) == ["one", "two"]
    return path


def test_an_empty_home_has_everything_after_the_import(bundle, tmp_path):
    empty = ModelStore(tmp_path / "empty")
    told: list[str] = []
    states = import_(empty, bundle, lambda what, done, total: told.append(what))
    assert [(s.model.name, s.status) for s in states] == [("one", "installed"), ("two", "installed")]
    assert states[0].source == "imported from models.bundle; there added from own.bin"
    assert empty.path("one").read_bytes() == b"my own weights"
    assert set(told) == {"one.bin", "first.bin", "second.txt"}
    before = (empty.folder / "models.json").read_bytes()
    import_(empty, bundle)
    assert (empty.folder / "models.json").read_bytes() == before, "what is installed is left alone"


def test_only_what_is_whole_is_exported(store, tmp_path):
    with pytest.raises(MissingModel, match=r"^No model is installed, so there is nothing to export\."):
        export(store, tmp_path / "b")
    with pytest.raises(MissingModel, match=r"^The model one is not installed"):
        export(store, tmp_path / "b", ["one"])
    store.folder.mkdir()
    (store.folder / "one.bin").write_bytes(b"foreign")
    with pytest.raises(ForeignModel):
        export(store, tmp_path / "b", ["one"])
    assert list(tmp_path.glob("b*")) == []


def test_a_damaged_or_foreign_bundle_is_refused_by_name(bundle, tmp_path):
    empty = ModelStore(tmp_path / "empty")
    cut = tmp_path / "cut.bundle"
    cut.write_bytes(bundle.read_bytes()[:-100])
    with pytest.raises(ModelError, match=r"^cut\.bundle is damaged or no bundle of models"):
        import_(empty, cut)
    with pytest.raises(ModelError, match=r"^There is no file .*absent"):
        import_(empty, tmp_path / "absent")
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme", "hello")
    with pytest.raises(ModelError, match=r"^other\.zip holds no list of models"):
        import_(empty, other)
    flipped = tmp_path / "flipped.bundle"
    content = bytearray(bundle.read_bytes())
    at = content.index(b"weightsweights")
    content[at] ^= 1
    flipped.write_bytes(content)
    with pytest.raises(ModelError, match=r"flipped\.bundle is damaged"):
        import_(empty, flipped)
    assert {s.status for s in empty.states()} <= {"missing", "installed", "incomplete"}
    assert not list(empty.folder.glob(".import*"))


def rewritten(bundle, target, change, **files: bytes):
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(target, "w") as new:
        head = json.loads(old.read(MANIFEST))
        change(head)
        for name in old.namelist():
            if name != MANIFEST:
                new.writestr(name, files.get(name, old.read(name)))
        new.writestr(MANIFEST, json.dumps(head))
    return target


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda head: head.update(version=9), r"is a bundle of version 9; this Vedette reads 1"),
        (lambda head: head["files"][0].update(size=10**12), r"promises 1,000,000,0\d\d,\d+ bytes"),
        (lambda head: head["files"][0].update(size=3), r"^one\.bin in b\.zip is damaged"),
        (lambda head: head["files"][0].update(trusted=False), r"is not the published file, and nobody vouched for it"),
        (lambda head: head["files"][0].update(file="../evil"), r"holds \.\./evil, which is no file of one"),
        (lambda head: head["files"][0].update(model="three"), r"^There is no model 'three'"),
        (lambda head: head["files"][0].pop("sha256"), r"holds no list of models"),
    ],
)
def test_a_list_that_lies_is_refused(bundle, tmp_path, change, message):
    empty = ModelStore(tmp_path / "empty")
    with pytest.raises(ModelError, match=message):
        import_(empty, rewritten(bundle, tmp_path / "b.zip", change))
    assert empty.state("one").status == "missing"


def test_a_published_file_needs_nobody_to_vouch(store, tmp_path):
    store.folder.mkdir()
    (store.folder / "one.bin").write_bytes(ONE)
    export(store, tmp_path / "b", ["one"])
    (state,) = import_(ModelStore(tmp_path / "empty"), tmp_path / "b")
    assert (state.status, state.source) == ("installed", "imported from b; there placed in the folder")
