"""CLIP's two towers give vectors of length 1; every other file is refused by its name."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pytest
from onnx import TensorProto, helper

from detection.scene.errors import SceneError
from detection.scene.model import SceneModel
from detection.scene.picture import reduce
from detection.scene.text import SceneText
from tests.detection.scene.random_clip import make_clip, make_text, make_tokenizer, make_vision, write
from tests.shared_data import shared


def noise(height: int, width: int, seed: int = 0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture
def folder(tmp_path, clip_folder):
    """Return a copy that a test may spoil."""
    return shutil.copytree(clip_folder, tmp_path / "clip-vit-b32")


@pytest.mark.parametrize("size", [(480, 640), (1080, 1920), (224, 224), (9, 700), (1, 1)])
def test_a_picture_of_any_size_becomes_a_vector_of_length_1(clip, size):
    seen = clip.look(noise(*size))
    assert (seen.shape, seen.dtype) == ((512,), np.float32)
    assert float(np.linalg.norm(seen)) == pytest.approx(1.0, abs=1e-6)


def test_the_same_picture_gives_the_same_vector_and_another_another(clip):
    assert np.array_equal(clip.look(noise(90, 160)), clip.look(noise(90, 160)))
    assert not np.array_equal(clip.look(noise(90, 160)), clip.look(noise(90, 160, 1)))


def test_a_reduced_picture_gives_the_same_vector(clip):
    image = noise(720, 1280)
    assert np.array_equal(clip.look(image), clip.look(reduce(image)))


def test_the_edge_of_a_wide_picture_is_seen(clip):
    dark = np.zeros((270, 480, 3), np.uint8)
    lit = dark.copy()
    lit[:, :60] = (0, 120, 255)
    assert float(clip.look(dark) @ clip.look(lit)) < 0.999


def test_reducing_gives_a_copy_of_224_by_224():
    image = noise(224, 224)
    small = reduce(image)
    assert np.array_equal(small, image)
    assert not np.shares_memory(small, image)
    assert reduce(noise(300, 100)).shape == (224, 224, 3)


def test_sentences_become_vectors_of_length_1_alone_or_together(clip):
    sentences = ["thick smoke in a room", "an empty corridor", "a", *(f"word{i} word{2 * i}" for i in range(40))]
    read = clip.read(sentences)
    assert (read.shape, read.dtype) == ((43, 512), np.float32)
    np.testing.assert_allclose(np.linalg.norm(read, axis=1), 1.0, atol=1e-6)
    for i in (0, 1, 42):
        np.testing.assert_allclose(clip.read([sentences[i]])[0], read[i], atol=1e-6)
    assert clip.read([]).shape == (0, 512)


def test_77_tokens_of_a_sentence_are_read(clip):
    long, longer, short = "s" * 75, "s" * 75 + "f" * 900, "s" * 74 + "f"
    read = clip.read([long, longer, short])
    np.testing.assert_array_equal(read[0], read[1])
    assert not np.array_equal(read[0], read[2])


def test_a_text_tower_without_a_mask_is_given_none(tmp_path):
    make_clip(tmp_path, mask=False)
    assert SceneModel.open(tmp_path).read(["smoke", "a room"]).shape == (2, 512)


def test_the_dimension_is_the_models_own(tmp_path):
    make_clip(tmp_path, 96)
    model = SceneModel.open(tmp_path)
    assert (model.dimension, model.look(noise(8, 8)).shape, model.read(["fire"]).shape) == (96, (96,), (1, 96))


def test_the_text_tower_alone_reads_the_same_without_the_vision_tower(folder, clip):
    (folder / "vision_model.onnx").write_bytes(b"never opened")
    text = SceneText.open(folder)
    np.testing.assert_array_equal(text.read(["thick smoke in a room"]), clip.read(["thick smoke in a room"]))


def test_the_version_tells_models_apart_and_is_that_of_both_towers(tmp_path, clip_folder, clip):
    make_clip(tmp_path, seed=4)
    assert re.fullmatch(r"clip-[0-9a-f]{12}", clip.version)
    assert SceneText.open(clip_folder).version == SceneModel.open(clip_folder).version == clip.version
    assert SceneModel.open(tmp_path).version != clip.version


@pytest.mark.parametrize("name", ["vision_model.onnx", "text_model.onnx", "tokenizer.json"])
def test_a_missing_or_empty_file_is_named(folder, name):
    (folder / name).write_bytes(b"")
    with pytest.raises(SceneError, match=rf"^The file {name} is empty \(0 bytes\)\. Check it with `manage.py models"):
        SceneModel.open(folder)
    (folder / name).unlink()
    with pytest.raises(SceneError, match=rf"^There is no file {name} in .*clip-vit-b32\. Fetch it with `manage.py"):
        SceneModel.open(folder)
    with pytest.raises(SceneError, match=rf"^There is no file {name} in "):
        SceneText.open(folder)


def test_a_truncated_tower_is_named(folder):
    for name in ("vision_model.onnx", "text_model.onnx"):
        path = folder / name
        path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(SceneError, match=r"^The file vision_model.onnx is cut off, damaged or no ONNX model: "):
        SceneModel.open(folder)
    with pytest.raises(SceneError, match=r"^The file text_model.onnx is cut off, damaged or no ONNX model: "):
        SceneText.open(folder)


def test_towers_swapped_for_each_other_are_refused_by_what_they_take(folder):
    vision, text = folder / "vision_model.onnx", folder / "text_model.onnx"
    kept = vision.read_bytes()
    vision.write_bytes(text.read_bytes())
    with pytest.raises(
        SceneError, match=r"^The file vision_model.onnx is another model, not CLIP's vision tower: it takes input_ids "
    ):
        SceneModel.open(folder)
    text.write_bytes(kept)
    with pytest.raises(
        SceneError, match=r"^The file text_model.onnx is another model, not CLIP's text tower: it takes pixel_values "
    ):
        SceneText.open(folder)


@pytest.mark.parametrize("weights", ["yolox_nano_416.onnx", "yolov8n_640.onnx"])
def test_a_detector_in_its_place_is_refused(folder, weights):
    shutil.copy(shared(f"weights/{weights}"), folder / "vision_model.onnx")
    with pytest.raises(SceneError, match=r"^The file vision_model.onnx is another model, not CLIP's vision tower"):
        SceneModel.open(folder)


def test_a_tower_for_pictures_of_another_size_is_refused(folder):
    nodes = [
        helper.make_node("GlobalAveragePool", ["pixel_values"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["image_embeds"]),
    ]
    given = {"pixel_values": (TensorProto.FLOAT, [1, 3, 336, 336])}
    write(folder / "vision_model.onnx", nodes, {}, given, {"image_embeds": [1, 3]})
    with pytest.raises(SceneError, match=r"it takes pixel_values \[1, 3, 336, 336\] and gives image_embeds\."):
        SceneModel.open(folder)


def test_values_that_are_not_finite_are_refused(folder):
    make_vision(folder / "vision_model.onnx", np.random.default_rng(0), factor=float("inf"))
    with pytest.raises(SceneError, match=r"^The model vision_model.onnx answered values that are not finite\."):
        SceneModel.open(folder)


def test_towers_of_two_dimensions_are_refused_when_sentences_are_read(folder):
    words = make_tokenizer().get_vocab_size()
    make_text(folder / "text_model.onnx", np.random.default_rng(0), 640, words)
    model = SceneModel.open(folder)
    with pytest.raises(
        SceneError,
        match=r"^The files vision_model.onnx and text_model.onnx are of two models: a picture has 512 values, "
        r"a sentence 640\.",
    ):
        model.read(["smoke"])


def test_a_tokenizer_of_more_words_than_the_tower_knows_is_refused(folder):
    make_text(folder / "text_model.onnx", np.random.default_rng(0), 512, 5)
    with pytest.raises(SceneError, match=r"^The model text_model.onnx failed: "):
        SceneText.open(folder)


def test_another_tokenizer_is_refused(folder):
    make_tokenizer("<|startoftranscript|>").save(str(folder / "tokenizer.json"))
    with pytest.raises(
        SceneError,
        match=r"^The file tokenizer.json is another model's tokenizer: it writes “a” as <\|startoftranscript\|> a ",
    ):
        SceneText.open(folder)


def test_a_damaged_tokenizer_is_named(folder):
    path = folder / "tokenizer.json"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(SceneError, match=r"^The file tokenizer.json is not a readable tokenizer: "):
        SceneText.open(folder)
