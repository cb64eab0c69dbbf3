"""A models folder hands out only what is what it claims to be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from detection.models import MODELS, ForeignModel, MissingModel, ModelError, ModelStore, model_named
from tests.detection.models.conftest import FIRST, ONE, SECOND


def test_what_is_not_there_is_missing_and_says_how_to_get_it(store):
    assert [s.status for s in store.states()] == ["missing"] * 3
    with pytest.raises(
        MissingModel, match=r"^The model one is not installed\. Get it with: manage.py models pull one$"
    ):
        store.path("one")
    with pytest.raises(MissingModel, match=r"Get it with: manage.py make_it made.onnx$"):
        store.path("made")
    with pytest.raises(ModelError, match=r"^There is no model 'three'\. Choose one of: one, two, made\.$"):
        store.path("three")


def test_the_published_file_is_taken_wherever_it_comes_from(store):
    store.folder.mkdir()
    (store.folder / "one.bin").write_bytes(ONE)
    assert store.path("one") == store.folder / "one.bin"
    state = store.state("one")
    assert (state.status, state.size, state.source, state.at) == ("installed", len(ONE), "placed in the folder", None)


def test_another_file_under_its_name_is_refused_by_name_until_somebody_vouches(store, tmp_path):
    store.folder.mkdir()
    (store.folder / "one.bin").write_bytes(b"another model")
    with pytest.raises(ForeignModel, match=r"^one\.bin is not the published file \(SHA-256 [0-9a-f]{12}…, published "):
        store.path("one")
    own = tmp_path / "mine.bin"
    own.write_bytes(b"another model")
    assert store.add("one", own).status == "installed"
    assert store.state("one").source == "added from mine.bin"
    assert store.path("one").read_bytes() == b"another model"
    with pytest.raises(ForeignModel, match=r"^one\.bin is not the published file"):
        ModelStore(tmp_path / "other").add("one", own, trusted=False)


def test_an_installed_file_that_changes_is_refused(store, tmp_path):
    two = tmp_path / "two"
    two.mkdir()
    (two / "first.bin").write_bytes(FIRST)
    (two / "second.txt").write_bytes(SECOND)
    assert store.add("two", two).status == "installed"
    assert store.path("two") == store.folder / "two"
    (store.folder / "two" / "second.txt").write_bytes(SECOND[:-1])
    with pytest.raises(ForeignModel, match=r"^second\.txt was changed since it was installed \(SHA-256 "):
        store.path("two")
    (store.folder / "two" / "second.txt").write_bytes(b"")
    with pytest.raises(ForeignModel, match=r"^second\.txt is empty \(0 bytes\)\. Fetch it again: manage.py models"):
        store.path("two")
    (store.folder / "two" / "second.txt").unlink()
    assert store.state("two").message == (
        "The model two lacks second.txt. Fetch the rest with: manage.py models pull two"
    )
    assert store.state("two").status == "incomplete"


def test_a_change_that_keeps_size_and_time_is_found_by_verify(store, tmp_path):
    own = tmp_path / "one.bin"
    own.write_bytes(ONE)
    store.add("one", own)
    there = store.folder / "one.bin"
    times = there.stat()
    there.write_bytes(b"x" + ONE[1:])
    os.utime(there, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert store.state("one").status == "installed", "believed while size and time are those of the record"
    assert store.verify("one").status == "foreign"
    assert store.state("one").status == "foreign"


@pytest.mark.parametrize("content", [None, b""])
def test_a_path_without_the_file_is_refused(store, tmp_path, content):
    folder = tmp_path / "there"
    folder.mkdir()
    if content is not None:
        (folder / "one.bin").write_bytes(content)
    with pytest.raises(ModelError, match=r"^(There is no file one\.bin in .*there|one\.bin is empty \(0 bytes\))"):
        store.add("one", folder)
    assert store.state("one").status == "missing"


def test_a_removed_model_is_missing_and_its_record_gone(store, tmp_path):
    own = tmp_path / "one.bin"
    own.write_bytes(ONE)
    store.add("one", own)
    store.remove("one")
    assert store.state("one").status == "missing"
    assert "one.bin" not in (store.folder / "models.json").read_text()
    with pytest.raises(MissingModel):
        store.remove("one")


def test_own_detectors_in_the_folder_are_told_apart(store):
    store.folder.mkdir()
    for name in ("made.onnx", "gate.onnx", "notes.txt"):
        (store.folder / name).write_bytes(b"x")
    assert store.others() == ["gate.onnx"]


def test_a_broken_list_counts_as_none(store):
    store.folder.mkdir()
    (store.folder / "one.bin").write_bytes(ONE)
    (store.folder / "models.json").write_text("{")
    assert store.state("one").status == "installed"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the small registry: this test is about the real one."""
    monkeypatch.undo()


def test_the_registry_is_sound(registry):
    names = [model.name for model in MODELS]
    assert len(set(names)) == len(names)
    places = [model.where(file) for model in MODELS for file in model.files]
    assert len(set(places)) == len(places)
    for model in MODELS:
        assert bool(model.make) != all(file.url.startswith("https://") for file in model.files), model.name
        assert all(len(file.sha256) in (0, 64) for file in model.files)
        assert all(Path(file.name).name == file.name for file in model.files)
    assert [m.name for m in MODELS if m.default] == ["yolox-nano", "pose-landmarker-lite", "yamnet", "whisper-tiny"]
    assert model_named("yamnet").place == "yamnet"
    assert model_named("yolox-nano").place == "yolox_nano.onnx"
