"""Figures of a report are exact, and its picture is a picture."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from training.report import Judged, at_threshold, auc, best_threshold, losses_report, report_files, write_report

FOUR = Judged(np.array([False, True, False, True]), np.array([0.1, 0.4, 0.5, 0.9]))


def test_the_figures_are_those_of_the_definitions():
    assert auc(FOUR) == 0.75
    at = at_threshold(FOUR, 0.4)
    assert (at.precision, at.recall, at.false_alarm_rate) == (2 / 3, 1.0, 0.5)
    assert at.f1 == pytest.approx(0.8)
    none = at_threshold(FOUR, 0.95)
    assert (none.precision, none.recall, none.f1, none.false_alarm_rate) == (0.0, 0.0, 0.0, 0.0)


def test_the_best_threshold_has_the_highest_f1():
    assert best_threshold(FOUR) == 0.4
    assert best_threshold(Judged(np.array([False, True, True]), np.array([0.5, 0.5, 0.9]))) == 0.5


def test_a_report_has_a_curve_a_table_and_figures(tmp_path):
    files = report_files("Fights", "Judged so.", {"spans": FOUR}, {"spans": 0.9})
    assert sorted(files) == ["report.json", "report.md", "roc.png"]
    level = json.loads(files["report.json"])["levels"]["spans"]
    assert (level["auc"], level["threshold"], level["recall"], level["count"], level["positive"]) == (
        0.75,
        0.9,
        0.5,
        4,
        2,
    )
    assert len(level["table"]) == 19
    assert "| 0.40 | 0.667 | 1.000 | 0.800 | 0.500 |" in files["report.md"].decode()
    picture = np.asarray(Image.open(io.BytesIO(files["roc.png"])).convert("RGB"))
    assert picture.shape == (600, 624, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 10
    write_report(tmp_path, files)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(files)


def test_without_labels_a_report_tells_the_losses():
    text = losses_report("Yard", [0.5, 0.25])["report.md"].decode()
    assert "| 2 | 0.25 |" in text
    assert "--check" in text
