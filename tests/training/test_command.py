"""The command trains, reports, refuses in sentences, and leaves nothing half-written."""

from __future__ import annotations

import importlib
import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from detection.score.base import Reading, Scene, Seen
from detection.score.learned import load_scorer
from detection.types import FrameScore
from tests.detection.learned.models import boosted_folder
from tests.training.footage import WhiteDetector, walk
from training.check import scores_of
from training.clips import Clip
from training.progress import ProgressLines


def footage(folder):
    for i in range(2):
        walk(folder / "normal" / f"n{i}", speed=0.3, seed=i)
        walk(folder / "fast" / f"f{i}", speed=4.0, seed=10 + i)
    return folder


@pytest.fixture
def white(monkeypatch):
    monkeypatch.setattr("workers.management.commands.train.load_detector", lambda name: WhiteDetector())


def test_a_scorer_is_trained_and_reported(tmp_path, white):
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "train", "scorer", data=footage(tmp_path / "data"), out=tmp_path / "gate", fps=10.0, folds=2,
        columns="people-flow", stdout=out, stderr=err,
    )  # fmt: skip
    scorer = load_scorer(tmp_path / "gate")
    assert out.getvalue().startswith(f"Wrote the lightgbm model, version {scorer.version}, and its report to '")
    assert " by spans, " in out.getvalue()
    assert "Looking at the clips: 50 %\n" in err.getvalue()
    assert "\r" not in err.getvalue(), "plain lines where there is no terminal"
    assert {"meta.json", "model.txt", "report.json", "report.md", "roc.png"} == {
        p.name for p in (tmp_path / "gate").iterdir()
    }


def test_an_autoencoder_is_checked_on_labelled_clips_and_joins_an_ensemble(tmp_path, white):
    for i in range(4):
        walk(tmp_path / "data" / f"c{i}", frames=60, speed=0.5, seed=i)
    walk(tmp_path / "check" / "t", frames=30, seed=7)
    (tmp_path / "check" / "labels.json").write_text(json.dumps({"t": [0] * 15 + [1] * 15}))
    common = {"data": tmp_path / "data", "check": tmp_path / "check", "fps": 10.0, "stderr": io.StringIO()}
    out = io.StringIO()
    call_command("train", "autoencoder", out=tmp_path / "yard", epochs=1, device="cpu", stdout=out, **common)
    assert "On 'check': AUC 0." in out.getvalue()
    report = json.loads((tmp_path / "yard" / "report.json").read_text())
    assert (report["levels"]["frames"]["count"], report["levels"]["frames"]["positive"]) == (30, 15)
    boosted_folder(tmp_path / "gate")
    with pytest.raises(CommandError, match="needs two models or more, each of another kind, not autoencoder"):
        call_command("train", "ensemble", models=[tmp_path / "yard"], out=tmp_path / "both", **common)
    call_command(
        "train", "ensemble", models=[tmp_path / "yard", tmp_path / "gate"], out=tmp_path / "both", stdout=out, **common
    )
    both = load_scorer(tmp_path / "both")
    assert both.name == "ensemble"
    assert (tmp_path / "both" / "members" / "lightgbm" / "model.txt").is_file()
    boosted_folder(tmp_path / "both" / "members" / "lightgbm", threshold=0.4)
    with pytest.raises(Exception, match="Train the ensemble again"):
        load_scorer(tmp_path / "both")


def test_ctrl_c_leaves_the_earlier_model(tmp_path, white, monkeypatch):
    before = boosted_folder(tmp_path / "gate")

    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("training.boosted.fit", interrupt)
    with pytest.raises(CommandError, match=r"is whole, or as it was before\.$") as stopped:
        call_command(
            "train",
            "scorer",
            data=footage(tmp_path / "data"),
            out=tmp_path / "gate",
            fps=10.0,
            folds=2,
            stderr=io.StringIO(),
        )
    assert stopped.value.returncode == 130
    assert load_scorer(tmp_path / "gate").version == before.version
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data", "gate"]


def test_without_the_extra_the_command_says_what_to_install(tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "training"]:
        monkeypatch.delitem(sys.modules, name)
    find = importlib.import_module

    def without_torch(name: str):
        if name == "training.runs":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
        return find(name)

    monkeypatch.setattr(importlib, "import_module", without_torch)
    with pytest.raises(CommandError, match=r"^Training needs the extra 'full' \(torch is not installed\): pip install"):
        call_command("train", "scorer", data=tmp_path, out=tmp_path / "gate")


def test_what_cannot_be_trained_is_told_in_a_sentence(tmp_path):
    for options, message in (
        ({"fps": 0.0}, "--fps must be 0.1 to 60, not 0"),
        ({"folds": 1}, "--epochs must be 1 or more, and --folds 2 or more"),
        ({"detector": "oracle"}, "There is no detector 'oracle'"),
        ({"detector": "x.onnx"}, "There is no model file x.onnx"),
        ({"cache": tmp_path}, "--cache is for .onnx detectors"),
        ({}, "neither a labels.json nor a folder 'normal'"),
    ):
        with pytest.raises(CommandError, match=message):
            call_command("train", "scorer", data=tmp_path, out=tmp_path / "gate", stderr=io.StringIO(), **options)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere():
    bar, lines = Terminal(), io.StringIO()
    for stream in (bar, lines):
        show = ProgressLines(stream)
        for done in (0.0, 0.05, 0.5, 0.55, 1.0):
            show("Training", done)
    assert lines.getvalue() == "Training: 0 %\nTraining: 50 %\nTraining: 100 %\n"
    assert bar.getvalue().count("\r") == 5
    assert bar.getvalue().endswith("█ 100 %\n")


def test_frames_of_a_warm_up_are_not_judged(tmp_path):
    class Warming:
        name, version, reads = "warming", "1", ""

        def read(self, scene: Scene) -> Seen:
            return {}

        def judge(self, reading: Reading, *, learn: bool = True) -> FrameScore:
            assert not learn
            return FrameScore(reading.at_s, warming_up=reading.at_s < 0.5)

    times, values = scores_of(Clip(walk(tmp_path / "a", frames=8)), Warming(), WhiteDetector(), None)
    assert times.tolist() == values.tolist() == [0.5, 0.6, 0.7]
