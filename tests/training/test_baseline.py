"""A baseline is learned from recordings into one file, with its report, and scores what is normal as such."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from detection.score.normality.state import load
from tests.training.footage import WhiteDetector, walk


@pytest.fixture
def white(monkeypatch):
    monkeypatch.setattr("workers.management.commands.train.load_detector", lambda name: WhiteDetector())


def test_a_baseline_is_learned_checked_and_written_as_one_file(tmp_path, white):
    for i in range(4):
        walk(tmp_path / "normal" / f"n{i}", speed=0.6, seed=i)
        walk(tmp_path / "check" / "normal" / f"n{i}", speed=0.6, seed=20 + i)
        walk(tmp_path / "check" / "fast" / f"f{i}", speed=4.0, seed=10 + i)
    out, err = io.StringIO(), io.StringIO()
    file = tmp_path / "out" / "gate.npz"
    call_command(
        "train", "baseline", data=tmp_path / "normal", check=tmp_path / "check", out=file, fps=10.0,
        stdout=out, stderr=err,
    )  # fmt: skip
    meta = load(file).meta
    assert (meta.trained_on, meta.embedder) == (("n0", "n1", "n2", "n3"), "")
    assert out.getvalue().startswith(f"Wrote what is normal, version {meta.digest}, learned from ")
    assert "Watching normal footage: 50 %\n" in err.getvalue()
    assert {p.name for p in file.with_suffix("").iterdir()} == {"report.json", "report.md", "roc.png"}
    report = json.loads((file.with_suffix("") / "report.json").read_text())
    assert report["levels"]["frames"]["auc"] > 0.8


def test_footage_in_which_nothing_is_seen_is_refused_and_nothing_written(tmp_path):
    walk(tmp_path / "data" / "n0", speed=0.0, seed=1)
    with pytest.raises(CommandError, match="at least 50 and some motion are needed"):
        call_command("train", "baseline", data=tmp_path / "data", out=tmp_path / "out", fps=10.0, stderr=io.StringIO())
    assert not (tmp_path / "out").exists()
