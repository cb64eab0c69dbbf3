"""Make a Whisper of the right shape with random weights, in CTranslate2's form: it hears, and understands nothing."""

from __future__ import annotations

import json
from pathlib import Path

import ctranslate2
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from tokenizers.decoders import ByteLevel
from transformers import WhisperConfig, WhisperForConditionalGeneration

VOCABULARY = 51_865
LANGUAGES = ("en", "de", "es")
SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    *(f"<|{language}|>" for language in LANGUAGES),
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
    *(f"<|{i * 0.02:.2f}|>" for i in range(1501)),
)


def make(folder: Path) -> Path:
    """Write the model to a folder, with all files that a real one has."""
    hub, target = folder / "hub", folder / "model"
    hub.mkdir(parents=True)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    # CTranslate2 takes a smaller vocabulary for one of English alone.
    words = [f"word{i}" for i in range(VOCABULARY - len(letters) - len(SPECIAL))]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate([*letters, *words])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.save(str(hub / "tokenizer.json"))
    ids = {token: tokenizer.token_to_id(token) for token in SPECIAL}
    torch.manual_seed(3)
    config = WhisperConfig(
        vocab_size=VOCABULARY,
        d_model=64,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        bos_token_id=ids["<|endoftext|>"],
        eos_token_id=ids["<|endoftext|>"],
        pad_token_id=ids["<|endoftext|>"],
        decoder_start_token_id=ids["<|startoftranscript|>"],
    )
    network = WhisperForConditionalGeneration(config)
    network.generation_config.alignment_heads = [[0, 0]]
    network.generation_config.lang_ids = [ids[f"<|{language}|>"] for language in LANGUAGES]
    network.generation_config.suppress_tokens = []
    network.generation_config.begin_suppress_tokens = []
    network.save_pretrained(hub)
    (hub / "preprocessor_config.json").write_text(json.dumps({"feature_size": 80, "sampling_rate": 16000}))
    converter = ctranslate2.converters.TransformersConverter(str(hub), copy_files=["tokenizer.json"])
    converter.convert(str(target), quantization="int8")
    return target
