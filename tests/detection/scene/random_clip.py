"""Make a CLIP of the right shape with random weights: it looks and reads, and understands nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

BEGIN, END = "<|startoftext|>", "<|endoftext|>"


def make_clip(folder: Path, dimension: int = 512, *, seed: int = 3, mask: bool = True) -> None:
    """Write vision_model.onnx, text_model.onnx and tokenizer.json; mask: whether the text tower takes one."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    make_vision(folder / "vision_model.onnx", random, dimension)
    tokenizer = make_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    make_text(folder / "text_model.onnx", random, dimension, tokenizer.get_vocab_size(), mask=mask)


def make_vision(path: Path, random: np.random.Generator, dimension: int = 512, *, factor: float = 1.0) -> None:
    """Write a vision tower: patches of 32 × 32, their mean and their spread, one layer."""
    nodes = [
        helper.make_node("Conv", ["pixel_values", "patches"], ["seen"], strides=[32, 32], kernel_shape=[32, 32]),
        helper.make_node("Relu", ["seen"], ["bright"]),
        helper.make_node("GlobalAveragePool", ["bright"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("MatMul", ["flat", "project"], ["image_embeds"]),
    ]
    weights = {
        "patches": random.normal(0.0, 0.02, (24, 3, 32, 32)),
        "project": random.normal(0.0, factor, (24, dimension)),
    }
    given = {"pixel_values": (TensorProto.FLOAT, ["batch_size", "num_channels", "height", "width"])}
    write(path, nodes, weights, given, {"image_embeds": ["batch_size", dimension]})


def make_text(path: Path, random: np.random.Generator, dimension: int, words: int, *, mask: bool = True) -> None:
    """Write a text tower: a vector for each word, their mean over the mask, one layer."""
    nodes = [helper.make_node("Gather", ["words", "input_ids"], ["each"])]
    given = {"input_ids": (TensorProto.INT64, ["batch_size", "sequence_length"])}
    if mask:
        given["attention_mask"] = (TensorProto.INT64, ["batch_size", "sequence_length"])
        nodes += [
            helper.make_node("Cast", ["attention_mask"], ["counts"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["counts", "last"], ["counted"]),
            helper.make_node("Mul", ["each", "counted"], ["kept"]),
            helper.make_node("ReduceSum", ["kept", "middle"], ["sum"], keepdims=0),
        ]
    else:
        nodes.append(helper.make_node("ReduceSum", ["each", "middle"], ["sum"], keepdims=0))
    nodes.append(helper.make_node("MatMul", ["sum", "project"], ["text_embeds"]))
    weights = {
        "words": random.normal(0.0, 1.0, (words, 32)),
        "project": random.normal(0.0, 1.0, (32, dimension)),
        "middle": np.array([1], np.int64),
    } | ({"last": np.array([2], np.int64)} if mask else {})
    write(path, nodes, weights, given, {"text_embeds": ["batch_size", dimension]})


def make_tokenizer(begin: str = BEGIN) -> Tokenizer:
    """Return a tokenizer of single letters with CLIP's marks, whose end mark is the last of all."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: i for i, letter in enumerate(letters)}, []))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens([begin, END])
    marks = [(mark, tokenizer.token_to_id(mark)) for mark in (begin, END)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin} $A {END}", special_tokens=marks)
    return tokenizer


def write(path: Path, nodes: list, weights: dict, given: dict, answers: dict[str, list]) -> None:
    """Write a graph; weights that are not whole numbers become float32; answers are float32."""
    graph = helper.make_graph(
        nodes,
        "random",
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in given.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in answers.items()],
        [
            numpy_helper.from_array(w if w.dtype == np.int64 else w.astype(np.float32), name)
            for name, w in weights.items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
