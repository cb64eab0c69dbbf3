"""A model folder is read only as it was written, and written whole or not at all."""

from __future__ import annotations

import json

import pytest

from detection.score.learned import ModelError, load_scorer
from detection.score.learned.folder import read_model, save_model


def test_what_was_saved_is_read(tmp_path):
    saved = save_model(tmp_path / "gate", "lightgbm", "model.txt", b"trees", {"threshold": 0.5}, {"report.md": b"# R"})
    read = read_model(tmp_path / "gate", "lightgbm")
    assert read == saved
    assert (read.name, read.kind, read.model, read.field("threshold")) == ("gate", "lightgbm", b"trees", 0.5)
    assert sorted(p.name for p in (tmp_path / "gate").iterdir()) == ["meta.json", "model.txt", "report.md"]
    assert [p.name for p in tmp_path.iterdir()] == ["gate"], "nothing is left beside it"


def test_the_version_follows_from_the_content(tmp_path):
    one = save_model(tmp_path / "a", "k", "m", b"trees", {"threshold": 0.5}, {})
    same = save_model(tmp_path / "b", "k", "m", b"trees", {"threshold": 0.5}, {"report.md": b"other"})
    moved = save_model(tmp_path / "c", "k", "m", b"trees", {"threshold": 0.6}, {})
    grown = save_model(tmp_path / "d", "k", "m", b"trees!", {"threshold": 0.5}, {})
    assert one.version == same.version
    assert len({one.version, moved.version, grown.version}) == 3


def test_a_damaged_or_foreign_folder_is_refused_by_name(tmp_path):
    gate = tmp_path / "gate"
    save_model(gate, "lightgbm", "model.txt", b"trees", {"threshold": 0.5}, {})
    with pytest.raises(ModelError, match="The model 'gate' is of the kind 'lightgbm', where 'attention' is wanted"):
        read_model(gate, "attention")
    with pytest.raises(ModelError, match=r"meta\.json of the model 'gate' has no 'usual'"):
        read_model(gate, "lightgbm").field("usual")
    (gate / "model.txt").write_bytes(b"tree")
    with pytest.raises(ModelError, match=r"The file 'model\.txt' of the model 'gate' is damaged"):
        read_model(gate, "lightgbm")
    (gate / "model.txt").unlink()
    with pytest.raises(ModelError, match=r"The model 'gate' has no file 'model\.txt'"):
        read_model(gate, "lightgbm")
    meta = json.loads((gate / "meta.json").read_text())
    (gate / "meta.json").write_text(json.dumps({**meta, "threshold": 0.1}))
    with pytest.raises(ModelError, match=r"meta\.json of the model 'gate' was changed after the training"):
        read_model(gate, "lightgbm")
    (gate / "meta.json").write_text(json.dumps({**meta, "format": 99}))
    with pytest.raises(ModelError, match="not one that Vedette wrote in format 1"):
        read_model(gate, "lightgbm")
    (gate / "meta.json").write_text("{")
    with pytest.raises(ModelError, match=r"The meta\.json of the model 'gate' cannot be read"):
        read_model(gate, "lightgbm")
    with pytest.raises(ModelError, match="There is no model in 'nowhere'"):
        load_scorer(tmp_path / "nowhere")


def test_an_unknown_kind_is_refused(tmp_path):
    save_model(tmp_path / "gate", "oracle", "m", b"", {}, {})
    with pytest.raises(ModelError, match="The model 'gate' is of the unknown kind 'oracle'"):
        load_scorer(tmp_path / "gate")


def test_an_interrupted_save_leaves_the_earlier_model(tmp_path, monkeypatch):
    first = save_model(tmp_path / "gate", "k", "m", b"one", {}, {})

    def interrupt(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("detection.score.learned.folder.json.dumps", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_model(tmp_path / "gate", "k", "m", b"two", {}, {})
    monkeypatch.undo()
    assert read_model(tmp_path / "gate", "k") == first
    assert [p.name for p in tmp_path.iterdir()] == ["gate"]


def test_an_interrupt_between_the_two_renames_leaves_the_earlier_model(tmp_path, monkeypatch):
    first = save_model(tmp_path / "gate", "k", "m", b"one", {}, {})
    rename = type(tmp_path).rename

    def interrupted(self, target):
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(type(tmp_path), "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_model(tmp_path / "gate", "k", "m", b"two", {}, {})
    monkeypatch.undo()
    assert read_model(tmp_path / "gate", "k") == first


def test_a_folder_of_something_else_is_not_overwritten(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"x")
    with pytest.raises(ModelError, match="holds something that is not a model"):
        save_model(tmp_path / "photos", "k", "m", b"", {}, {})
    assert (tmp_path / "photos" / "a.jpg").read_bytes() == b"x"
    assert save_model(tmp_path / "photos" / "new", "k", "m", b"", {}, {}).name == "new"
