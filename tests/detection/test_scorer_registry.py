"""A camera may be scored by its own recent past, by a learned state, or by a trained model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from detection.score import RobustScore
from detection.score.learned import ModelError
from detection.score.living import LivingBaseline
from detection.score.normality import NormalityError
from detection.score.normality.state import train
from detection.score.registry import scorer_maker
from tests.detection.clips import render_clip
from tests.detection.footage import clip
from tests.detection.learned.models import boosted_folder
from tests.detection.test_normality import META


def test_the_recent_past_and_the_living_baseline_are_known_by_name():
    assert isinstance(scorer_maker("robust")(), RobustScore)
    make = scorer_maker("baseline")
    assert isinstance(make(), LivingBaseline)
    assert make() is not make()
    assert scorer_maker("baseline", zone=ZoneInfo("Asia/Tokyo"))()._zone == ZoneInfo("Asia/Tokyo")


def test_each_camera_gets_a_scorer_of_its_own(tmp_path):
    file = tmp_path / "street.npz"
    blind = [[replace(f, objects=tuple(replace(o, look=None) for o in f.objects)) for f in clip(i)] for i in range(4)]
    train(blind, replace(META, embedder=""))[0].save(file)
    make = scorer_maker(file)
    assert make().name == "baseline"
    assert make() is not make()


def test_a_trained_folder_scores(tmp_path):
    folder = boosted_folder(tmp_path / "fights")
    assert scorer_maker(tmp_path / "fights")().version == folder.version


def test_what_is_missing_is_told_before_the_first_frame(tmp_path):
    with pytest.raises(NormalityError, match=r"nothing\.npz"):
        scorer_maker(tmp_path / "nothing.npz")
    with pytest.raises(ModelError, match="nothing"):
        scorer_maker(tmp_path / "nothing")


def test_watch_scores_with_a_trained_folder(tmp_path, capsys):
    boosted_folder(tmp_path / "fights")
    file = render_clip(tmp_path / "clip.mp4")
    call_command("watch", str(file), scorer=tmp_path / "fights", frames=3, evidence=tmp_path)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["kind"] == "status"
    assert lines[-1]["detector_errors"] == 0


def test_watch_names_the_model_that_it_cannot_take(tmp_path):
    with pytest.raises(CommandError, match="absent"):
        call_command("watch", "clip.mp4", scorer=Path(tmp_path / "absent"))
