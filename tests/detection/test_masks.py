from __future__ import annotations

import numpy as np
import pytest

from detection.masks import apply_masks, check_mask

LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
TRIANGLE = ((0.5, 0.25), (0.75, 0.75), (0.25, 0.75))


def white(width: int = 64, height: int = 48) -> np.ndarray:
    return np.full((height, width, 3), 255, np.uint8)


def test_no_mask_leaves_the_picture_itself() -> None:
    image = white()
    assert apply_masks(image, ()) is image


def test_a_mask_covers_its_area_in_a_copy() -> None:
    image = white()
    masked = apply_masks(image, (LEFT_HALF,))
    assert masked[:, :32].max() == 0
    assert masked[:, 33:].min() == 255
    assert image.min() == 255


def test_every_pixel_that_is_touched_is_covered() -> None:
    # The edge at 0.51 of 64 pixels lies at 32.64, inside pixel 32.
    masked = apply_masks(white(), (((0.0, 0.0), (0.51, 0.0), (0.51, 1.0), (0.0, 1.0)),))
    assert masked[:, 32].max() == 0


def test_several_masks_cover_together_and_any_size_of_picture() -> None:
    for width, height in ((64, 48), (1280, 720), (33, 17)):
        masked = apply_masks(white(width, height), (LEFT_HALF, TRIANGLE))
        assert masked[height // 2, 1].max() == 0
        assert masked[round(height * 0.7), round(width * 0.6)].max() == 0
        assert masked[0, width - 1].min() == 255


def test_a_mask_over_everything_leaves_nothing() -> None:
    assert apply_masks(white(), (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),)).max() == 0


def test_masks_read_from_json_work_as_they_are() -> None:
    masked = apply_masks(white(), [[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]])  # type: ignore[list-item]
    assert masked[:, :32].max() == 0


def test_a_checked_mask_is_a_tuple_of_pairs() -> None:
    assert check_mask([[0, 0], [1, 0], [0.5, 1]]) == ((0.0, 0.0), (1.0, 0.0), (0.5, 1.0))


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[0, 0], [1, 1]], "A privacy mask needs at least 3 corners, this one has 2."),
        ([[0, 0], [1.5, 0], [1, 1]], "The mask corner (1.5, 0) is outside the picture; both numbers go from 0 to 1."),
        ([[0, 0], [float("nan"), 0], [1, 1]], "The mask corner (nan, 0) is outside the picture"),
        ([[0, 0], [1], [1, 1]], "The mask corner [1] is not a pair x, y."),
    ],
)
def test_a_wrong_mask_is_refused_in_words(points: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        check_mask(points)
    assert str(refused.value).startswith(message)
