"""UCSD's folders are read in any subset, with each form of the truth, and what is missing is named."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.evaluate.ped2 import DatasetError, labelled_clips, normal_clips

TRUTH = [0, 1, 1, 0]
MASKS = np.zeros((4, 6, 8), bool)
MASKS[1:3, 2, 3] = True


def clip(folder: Path, frames: int = 4) -> Path:
    folder.mkdir(parents=True)
    for index in range(frames):
        cv2.imwrite(str(folder / f"{index:03d}.tif"), np.full((6, 8), index * 10, np.uint8))
    return folder


def in_json(parent: Path) -> None:
    (parent / "labels.json").write_text(json.dumps({"Test007": TRUTH}))


def in_npz(parent: Path) -> None:
    np.savez(parent / "Test007_gt.npz", mask=np.packbits(MASKS), shape=MASKS.shape)


def in_pictures(parent: Path) -> None:
    (parent / "Test007_gt").mkdir()
    for index, mask in enumerate(MASKS):
        cv2.imwrite(str(parent / "Test007_gt" / f"{index:03d}.bmp"), mask.astype(np.uint8) * 255)


@pytest.mark.parametrize("write", [in_json, in_npz, in_pictures])
def test_each_form_of_the_truth_is_read(tmp_path, write):
    clip(tmp_path / "Test" / "Test007")
    write(tmp_path / "Test")
    (only,) = labelled_clips(tmp_path, ["07"])
    assert (only.name, only.labels.tolist()) == ("Test007", [False, True, True, False])


def test_frames_come_in_colour_at_ten_a_second(tmp_path):
    clip(tmp_path / "Train" / "Train001")
    clip(tmp_path / "Train" / "Train002", 2)
    first, second = normal_clips(tmp_path)
    assert (first.labels, len(second.pictures)) == (None, 2)
    frames = list(first.frames())
    assert [f.at_s for f in frames] == [0.0, 0.1, 0.2, pytest.approx(0.3)]
    assert frames[3].image.shape == (6, 8, 3)
    assert frames[3].image[0, 0].tolist() == [30, 30, 30]


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"no clip folders in .*Train"):
        normal_clips(tmp_path)
    clip(tmp_path / "Test" / "Test007")
    with pytest.raises(DatasetError, match=r"no clip Test008 .* there are: Test007"):
        labelled_clips(tmp_path, ["8"])
    with pytest.raises(DatasetError, match="Test007 has no truth"):
        labelled_clips(tmp_path)
    (tmp_path / "Test" / "labels.json").write_text(json.dumps({"Test007": [0, 1]}))
    with pytest.raises(DatasetError, match="4 pictures and 2 labels"):
        labelled_clips(tmp_path)


def test_a_broken_picture_is_named(tmp_path):
    folder = clip(tmp_path / "Train" / "Train001")
    (folder / "001.tif").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"001\.tif cannot be read"):
        list(normal_clips(tmp_path)[0].frames())
