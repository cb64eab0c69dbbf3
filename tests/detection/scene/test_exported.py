"""A CLIP exported as the published one is gives the vectors that its own library gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import CLIPConfig, CLIPModel

from detection.scene.model import SceneModel
from detection.scene.picture import pixel_values
from tests.detection.scene.random_clip import END, make_tokenizer

SENTENCES = ["smoke", "a much longer sentence about thick smoke in a room", "x" * 300]


class Pictures(torch.nn.Module):
    def __init__(self, clip: CLIPModel) -> None:
        super().__init__()
        self.tower, self.project = clip.vision_model, clip.visual_projection

    def forward(self, pixel_values):
        return self.project(self.tower(pixel_values=pixel_values).pooler_output)


class Sentences(torch.nn.Module):
    def __init__(self, clip: CLIPModel) -> None:
        super().__init__()
        self.tower, self.project = clip.text_model, clip.text_projection

    def forward(self, input_ids, attention_mask):
        return self.project(self.tower(input_ids=input_ids, attention_mask=attention_mask).pooler_output)


@pytest.fixture(scope="module")
def network() -> CLIPModel:
    tokenizer = make_tokenizer()
    end = tokenizer.token_to_id(END)
    torch.manual_seed(3)
    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    words = {"vocab_size": tokenizer.get_vocab_size(), "bos_token_id": end - 1, "eos_token_id": end, "pad_token_id": 0}
    config = CLIPConfig(
        text_config=small | words, vision_config=small | {"patch_size": 32, "image_size": 224}, projection_dim=48
    )
    return CLIPModel(config).eval()


@pytest.fixture(scope="module")
def exported(network, tmp_path_factory) -> SceneModel:
    folder = tmp_path_factory.mktemp("exported")
    make_tokenizer().save(str(folder / "tokenizer.json"))
    rows, words = torch.export.Dim("rows", min=1, max=64), torch.export.Dim("words", min=2, max=77)
    ids = torch.tensor([[5, 6, 7, 8], [8, 7, 6, 5]])
    torch.onnx.export(
        Pictures(network).eval(),
        (torch.rand(2, 3, 224, 224),),
        str(folder / "vision_model.onnx"),
        input_names=["pixel_values"],
        output_names=["image_embeds"],
        dynamic_shapes={"pixel_values": {0: rows}},
        external_data=False,
        verbose=False,
    )
    torch.onnx.export(
        Sentences(network).eval(),
        (ids, torch.ones_like(ids)),
        str(folder / "text_model.onnx"),
        input_names=["input_ids", "attention_mask"],
        output_names=["text_embeds"],
        dynamic_shapes={"input_ids": {0: rows, 1: words}, "attention_mask": {0: rows, 1: words}},
        external_data=False,
        verbose=False,
    )
    return SceneModel.open(folder)


pytestmark = pytest.mark.filterwarnings("ignore:# The axis name:UserWarning")


def test_a_picture_has_the_librarys_vector(network, exported):
    image = np.random.default_rng(0).integers(0, 256, (90, 160, 3), np.uint8)
    with torch.inference_mode():
        wanted = Pictures(network)(torch.from_numpy(pixel_values(image)))[0].numpy()
    np.testing.assert_allclose(exported.look(image), wanted / np.linalg.norm(wanted), atol=1e-5)


def test_sentences_of_any_length_together_have_the_librarys_vectors_of_each_alone(network, exported):
    tokenizer = make_tokenizer()
    tokenizer.enable_truncation(77)
    read = exported.read(SENTENCES)
    for i, sentence in enumerate(SENTENCES):
        ids = torch.tensor([tokenizer.encode(sentence).ids])
        with torch.inference_mode():
            wanted = Sentences(network)(ids, torch.ones_like(ids))[0].numpy()
        np.testing.assert_allclose(read[i], wanted / np.linalg.norm(wanted), atol=1e-5)
    assert float(read[0] @ read[1]) < 0.999
