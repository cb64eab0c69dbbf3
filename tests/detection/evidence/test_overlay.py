from __future__ import annotations

import cv2
import numpy as np
import pytest

from detection.evidence import draw_overlay, encode_jpeg
from detection.evidence.overlay import OTHER, PERSON, VEHICLE
from detection.types import Track


def grey(width: int = 640, height: int = 480) -> np.ndarray:
    return np.full((height, width, 3), 90, np.uint8)


def track(label: str, box: tuple[float, float, float, float], track_id: int = 7, confidence: float = 0.8) -> Track:
    return Track(track_id=track_id, box=box, label=label, confidence=confidence, age_frames=5, age_s=1.0)


@pytest.mark.parametrize(("label", "colour"), [("person", PERSON), ("truck", VEHICLE), ("moving object", OTHER)])
def test_a_box_and_its_plate_have_the_label_s_colour(label: str, colour: tuple[int, int, int]) -> None:
    image = grey()
    drawn = draw_overlay(image, [track(label, (100, 200, 200, 300))])
    assert tuple(drawn[250, 100]) == colour
    assert tuple(drawn[300, 150]) == colour
    # The plate stands on the box; its letters are dark.
    plate = drawn[182:198, 100:140]
    assert (plate == colour).all(axis=2).any()
    assert plate.min() < 60
    assert (drawn[220:290, 110:190] == 90).all()
    assert (image == 90).all()


def test_plates_stay_inside_the_picture() -> None:
    corners = [(-20.0, -20.0, 30.0, 40.0), (620.0, 2.0, 700.0, 60.0), (-50.0, 470.0, 20.0, 600.0)]
    drawn = draw_overlay(grey(), [track("person", box, index) for index, box in enumerate(corners)])
    assert drawn.shape == (480, 640, 3)
    assert tuple(drawn[1, 1]) == PERSON
    assert tuple(drawn[1, 638]) == PERSON


def test_a_crowd_is_drawn_up_to_the_surest() -> None:
    crowd = [track("person", (300.0, 200.0, 340.0, 300.0), index, 0.9) for index in range(60)]
    drawn = draw_overlay(grey(), [track("truck", (10.0, 100.0, 60.0, 160.0), 99, 0.1), *crowd])
    assert (drawn[70:170, :80] == 90).all()


def test_a_caption_darkens_a_strip_and_is_cut_to_fit() -> None:
    plain = draw_overlay(grey(), [], "")
    assert (plain == 90).all()
    drawn = draw_overlay(grey(), [], "North · Gate 3 — " + "a very long reason " * 20)
    assert drawn[-4, 2].max() < 40
    assert drawn[-28:].max() > 200
    assert (drawn[:440] == 90).all()
    assert drawn[-28:, -6:].max() < 40


def test_a_jpeg_is_scaled_down_never_up() -> None:
    small = cv2.imdecode(np.frombuffer(encode_jpeg(grey(), max_width=320), np.uint8), cv2.IMREAD_COLOR)
    same = cv2.imdecode(np.frombuffer(encode_jpeg(grey(), max_width=1280), np.uint8), cv2.IMREAD_COLOR)
    assert small is not None and small.shape == (240, 320, 3)
    assert same is not None and same.shape == (480, 640, 3)
    assert abs(int(same[100, 100, 0]) - 90) <= 2
