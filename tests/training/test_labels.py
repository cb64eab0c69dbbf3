"""Labels come from folders, a CSV or one flag per frame, and are split by blocks of neighbours."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.training.footage import WhiteDetector, walk
from training.clips import Clip, find_clips, frames_of
from training.errors import TrainingError
from training.held_out import held_out
from training.labels import LabelledClip, Span, blocks, read_labels
from training.scenes import RememberedDetector, scenes_of


def test_folders_name_the_label(tmp_path):
    for name in ("normal/a", "fight/b"):
        walk(tmp_path / name, frames=2)
    assert [(c.clip.name, c.spans) for c in read_labels(tmp_path)] == [
        ("b", (Span(0.0, math.inf, True),)),
        ("a", (Span(0.0, math.inf, False),)),
    ]
    (tmp_path / "other").mkdir()
    with pytest.raises(TrainingError, match="holds no video and no folder of pictures"):
        read_labels(tmp_path)


def test_a_csv_names_spans(tmp_path):
    walk(tmp_path / "gate", frames=2)
    table = tmp_path / "spans.csv"
    table.write_text("clip,start_s,end_s,label\ngate,0,2.5,normal\ngate,3,4,fight\n")
    (clip,) = read_labels(table)
    assert clip.spans == (Span(0.0, 2.5, False), Span(3.0, 4.0, True))
    assert [clip.span_at(at_s) for at_s in (0.0, 2.5, 3.0, 4.0)] == [0, None, 1, None]
    assert clip.positive


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clip,start_s,label\n", "'spans.csv' has no column end_s; the columns are clip, start_s, end_s, label"),
        ("clip,start_s,end_s,label\ngate,0,x,1\n", "Line 2 of 'spans.csv': start_s and end_s must be seconds"),
        ("clip,start_s,end_s,label\ngate,2,1,1\n", "Line 2 of 'spans.csv': the span 2–1 s is empty or too early"),
        ("clip,start_s,end_s,label\nyard,0,1,1\n", "'spans.csv' names the clip 'yard', which is not beside it"),
    ],
)
def test_a_bad_csv_is_refused_by_line(tmp_path, text, message):
    walk(tmp_path / "gate", frames=2)
    (tmp_path / "spans.csv").write_text(text)
    with pytest.raises(TrainingError, match=message):
        read_labels(tmp_path / "spans.csv")


def test_one_flag_per_frame_becomes_spans(tmp_path):
    walk(tmp_path / "Test001", frames=4)
    (tmp_path / "labels.json").write_text(json.dumps({"Test001": [0, 0, 1, 1], "Test002": [1]}))
    (clip,) = read_labels(tmp_path)
    assert [clip.spans[clip.span_at(i / 10)].positive for i in range(4)] == [False, False, True, True]
    (tmp_path / "labels.json").write_text("[]")
    with pytest.raises(TrainingError, match="does not give one 0 or 1 per frame"):
        read_labels(tmp_path)


def test_what_has_no_labels_is_refused(tmp_path):
    with pytest.raises(TrainingError, match=r"neither a labels\.json nor a folder 'normal'"):
        read_labels(tmp_path)
    with pytest.raises(TrainingError, match="There is no folder"):
        find_clips(tmp_path / "nowhere")


def labelled(name: str, positive: bool) -> LabelledClip:
    return LabelledClip(Clip(Path(name)), (Span(0.0, math.inf, positive),))


def test_blocks_keep_neighbours_together_and_hold_both_labels():
    clips = [labelled(f"n{i}", False) for i in range(4)] + [labelled(f"f{i}", True) for i in reversed(range(4))]
    assert blocks(clips, 2) == [[0, 1, 7, 6], [2, 3, 5, 4]]
    with pytest.raises(TrainingError, match="4 normal and 4 other clips cannot be split into 5 blocks"):
        blocks(clips, 5)


def test_the_last_quarter_is_held_out():
    assert held_out([9, 9, 9, 9]) == ([slice(None)] * 3 + [slice(0, 0)], [slice(0, 0)] * 3 + [slice(None)])
    assert held_out([8]) == ([slice(0, 6)], [slice(6, None)])


def test_frames_are_thinned_by_their_time(tmp_path):
    clip = Clip(walk(tmp_path / "a", frames=10))
    assert [f.at_s for f in frames_of(clip, 5.0)] == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8])
    assert [f.index for f in frames_of(clip)] == list(range(10))
    (tmp_path / "a" / "005.png").write_bytes(b"")
    with pytest.raises(TrainingError, match=r"005.png' cannot be read"):
        list(frames_of(clip))
    (tmp_path / "x.mp4").write_bytes(b"no film")
    with pytest.raises(TrainingError, match=r"x.mp4' cannot be read"):
        list(frames_of(Clip(tmp_path / "x.mp4")))


def test_a_remembered_detector_looks_once(tmp_path):
    clip, inner = Clip(walk(tmp_path / "a", frames=6)), WhiteDetector()
    first = [s.tracks for s in scenes_of(clip, RememberedDetector(inner, tmp_path / "cache"), None)]
    again = [s.tracks for s in scenes_of(clip, RememberedDetector(inner, tmp_path / "cache"), None)]
    assert first == again
    assert first[-1][0].label == "person"
    assert inner.looked == 6
    list(scenes_of(clip, RememberedDetector(inner, tmp_path / "cache", "-0.2"), None))
    assert inner.looked == 12, "other settings have their own answers"
