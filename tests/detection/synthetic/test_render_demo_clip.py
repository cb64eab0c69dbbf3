"""The command: writes clip and ground truth, shows progress, says plainly what is wrong."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from detection.synthetic import GroundTruth
from workers.management.commands.render_demo_clip import Command


def test_writes_clip_and_truth_with_progress(tmp_path: Path) -> None:
    out, err = StringIO(), StringIO()
    call_command(Command(stdout=out, stderr=err, no_color=True), str(tmp_path / "demo.mp4"), seed=3, seconds=20)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.json", "demo.mp4"]
    truth = GroundTruth.from_json((tmp_path / "demo.json").read_text(encoding="utf-8"))
    assert (truth.seed, truth.duration_s, truth.width, truth.height) == (3, 20.0, 640, 480)
    lines = err.getvalue().splitlines()
    assert lines == [f"Rendering the demo clip: {percent} %" for percent in range(0, 101, 10)]
    assert "no events" in out.getvalue()


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("absent/demo.mp4", {}, "Cannot write the clip to .*absent/demo.mp4.*No such file or directory"),
        ("file/demo.mp4", {}, "Cannot write the clip to .*Not a directory"),
        ("demo.avi", {}, "does not end in .mp4"),
        ("demo.mp4", {"seconds": 3}, "A clip of 3 s cannot be rendered"),
        ("demo.mp4", {"seed": -1}, "The seed -1 is negative"),
    ],
)
def test_refusals_are_sentences_and_leave_nothing(
    tmp_path: Path, name: str, options: dict[str, float], words: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match=words):
        call_command(Command(stdout=StringIO(), stderr=StringIO()), str(tmp_path / name), **options)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
