"""Outputs of YOLO-shaped networks are recognised and read to the exact box."""

from __future__ import annotations

import numpy as np
import pytest

from detection.detect.yolo import Raw, anchors, blob, decode, letterbox, recognise, suppress


def test_shapes_name_their_family():
    assert anchors(416, 416) == 3549
    assert recognise((1, 3549, 85), 416, 416) == ("yolox", 80)
    assert recognise((1, 84, 3549), 416, 416) == ("yolov8", 80)
    assert recognise((1, 5, 8400), 640, 640) == ("yolov8", 1)
    assert recognise((1, 300, 6), 640, 640) is None
    assert recognise((1, 1000), 224, 224) is None


def test_a_letterbox_keeps_the_shape_and_pads_with_grey():
    boxed, scale = letterbox(np.full((100, 200, 3), 7, np.uint8), 416, 416)
    assert (boxed.shape, scale) == ((416, 416, 3), 2.08)
    assert (boxed[:208] == 7).all()
    assert (boxed[208:] == 114).all()


def test_yolox_takes_raw_bgr_and_yolov8_takes_rgb_shares():
    image = np.zeros((32, 32, 3), np.uint8)
    image[..., 0] = 255  # blue
    assert [float(plane.max()) for plane in blob(image, "yolox")] == [255.0, 0.0, 0.0]
    assert [float(plane.max()) for plane in blob(image, "yolov8")] == [0.0, 0.0, 1.0]


def test_yolox_is_decoded_on_its_grid():
    output = np.zeros((anchors(64, 64), 5 + 3), np.float32)
    cell = 64 + 2 * 4 + 1  # stride 16 follows the 8×8 cells of stride 8: row 2, column 1
    output[cell] = [0.5, 0.25, np.log(2), np.log(3), 0.9, 0.1, 0.8, 0.2]
    raw = decode(output, "yolox", 64, 64, 0.3)
    assert raw.boxes.tolist() == [pytest.approx([24 - 16, 36 - 24, 24 + 16, 36 + 24])]
    assert raw.scores.tolist() == [pytest.approx(0.72)]
    assert raw.classes.tolist() == [1]


def test_yolov8_is_decoded_and_boxes_that_are_no_numbers_are_dropped():
    output = np.zeros((4 + 2, anchors(64, 64)), np.float32)
    output[:, 3] = [20, 30, 10, 20, 0.1, 0.6]
    output[:, 4] = [np.nan, 30, 10, 20, 0.9, 0.1]
    raw = decode(output, "yolov8", 64, 64, 0.3)
    assert raw.boxes.tolist() == [[15, 20, 25, 40]]
    assert raw.classes.tolist() == [1]


def test_suppression_is_within_a_class():
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [0, 0, 10, 10], [50, 50, 60, 60]], np.float32)
    raw = Raw(boxes, np.array([0.6, 0.9, 0.5, 0.4], np.float32), np.array([0, 0, 1, 0]))
    assert suppress(raw, 0.5).tolist() == [1, 2, 3]
    empty = Raw(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.intp))
    assert suppress(empty, 0.5).tolist() == []
