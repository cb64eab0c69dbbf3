"""The benchmark's command learns from some real normal clips and finds the cyclist of a real test clip."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from detection.score.normality.state import load
from tests.shared_data import shared

TRAIN = ("Train001", "Train003", "Train008")
TEST = "Test001"


@pytest.fixture
def part_of_ped2(tmp_path) -> Path:
    """Return a folder in UCSD's layout with three training clips and one test clip."""
    whole = shared("ucsd_ped2")
    for name in TRAIN:
        (tmp_path / "Train").mkdir(exist_ok=True)
        (tmp_path / "Train" / name).symlink_to(whole / "Train" / name)
    (tmp_path / "Test").mkdir()
    (tmp_path / "Test" / TEST).symlink_to(whole / "Test" / TEST)
    (tmp_path / "Test" / "labels.json").symlink_to(whole / "Test" / "labels.json")
    return tmp_path


def test_three_clips_teach_enough_to_find_the_cyclist(part_of_ped2, tmp_path):
    out = StringIO()
    call_command(
        "evaluate",
        "ped2",
        data=part_of_ped2,
        test="01",
        detector=str(shared("weights/yolov8n_416.onnx")),
        save=tmp_path / "state.npz",
        json=True,
        stdout=out,
    )
    figures = json.loads(out.getvalue())
    assert figures["micro_auc"] == figures["macro_auc"] >= 0.95
    assert figures["test_frames"] == 180
    assert (figures["settings"]["default"]["events"], figures["settings"]["default"]["events_found"]) == (1, 1)
    assert figures["settings"]["default"]["test_false_events"] == 0
    assert "no label and no test statistic is used" in figures["protocol"]
    meta = load(tmp_path / "state.npz").meta
    assert (meta.trained_on, meta.seconds, meta.embedder) == (TRAIN, 39.0, "")
    assert meta.digest == figures["version"]


def test_faults_end_with_a_sentence(part_of_ped2):
    with pytest.raises(CommandError, match="There is no clip Test012 in"):
        call_command("evaluate", "ped2", data=part_of_ped2, test="12")
    with pytest.raises(CommandError, match="There is no embedding model"):
        call_command("evaluate", "ped2", data=part_of_ped2, embedder=part_of_ped2 / "none.onnx")
