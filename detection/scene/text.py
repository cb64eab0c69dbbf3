"""Read sentences with CLIP's text tower, for prompts and for the search by words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.scene.errors import SceneError
from detection.scene.tower import WAY_OUT, Floats, Tower, dynamic_or, first_line, need_file

VISION, TEXT, TOKENS = "vision_model.onnx", "text_model.onnx", "tokenizer.json"
MOST_TOKENS = 77
"""What CLIP reads of a sentence, the marks of its begin and end included; the rest is left out."""
BATCH = 16
BEGIN, END = "<|startoftext|>", "<|endoftext|>"
NUMBERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class SceneText:
    """CLIP's text tower with its tokenizer; safe from several threads.

    version: what tells two models apart, the same as SceneModel's for the same folder: vectors of one version compare.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.version = version
        self._tower = Tower(folder / TEXT, "text")
        ids = self._tower.inputs.get("input_ids")
        mask = self._tower.inputs.get("attention_mask")
        wrong = [name for name in self._tower.inputs if name not in ("input_ids", "attention_mask")]
        if ids is None or wrong or any(not _fits(given) for given in (ids, mask) if given is not None):
            raise self._tower.foreign("text")
        self._numbers = {given.name: NUMBERS[given.type] for given in (ids, mask) if given is not None}
        self._alone = isinstance(ids.shape[0], int)
        self._length = ids.shape[1] if isinstance(ids.shape[1], int) else None
        self._tokenizer = _tokenizer(folder / TOKENS, min(MOST_TOKENS, self._length or MOST_TOKENS))
        self.dimension = self.read(["a picture"]).shape[1]

    @classmethod
    def open(cls, folder: Path) -> SceneText:
        """Return the text tower of a folder; the vision tower is not loaded.

        Raises SceneError naming the file that is missing, cut off or another model.
        """
        return cls(folder, version_of(folder))

    def read(self, sentences: Sequence[str]) -> Floats:
        """Return a vector of unit length for each sentence, (n, d), float32.

        Of a long sentence the first 77 tokens are read. Raises SceneError when the model fails.
        """
        if not sentences:
            return np.zeros((0, self.dimension), np.float32)
        step = 1 if self._alone else BATCH
        parts = [sentences[start : start + step] for start in range(0, len(sentences), step)]
        return np.concatenate([self._tower.run(self._given(part), len(part)) for part in parts])

    def _given(self, sentences: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Return the inputs for a batch, filled up with the end mark: CLIP looks at its first one only."""
        # one by one: encode_batch starts threads, which warn in a process that forks later
        tokens = [self._tokenizer.encode(sentence).ids for sentence in sentences]
        length = self._length or max(len(each) for each in tokens)
        given = {
            "input_ids": [[*each, *([each[-1]] * (length - len(each)))] for each in tokens],
            "attention_mask": [[1] * len(each) + [0] * (length - len(each)) for each in tokens],
        }
        return {name: np.array(given[name], number) for name, number in self._numbers.items()}


def version_of(folder: Path) -> str:
    """Return what tells the folder's model from another: "clip-" and the beginning of its files' SHA-256.

    Raises SceneError naming a file that is missing, empty or unreadable.
    """
    whole = hashlib.sha256()
    for name in (VISION, TEXT, TOKENS):
        path = folder / name
        need_file(path)
        try:
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise SceneError(f"The file {path.name} cannot be read: {error.strerror or error}. {WAY_OUT}") from error
    return f"clip-{whole.hexdigest()[:12]}"


def _fits(given: Any) -> bool:
    """Tell whether an input takes rows of tokens."""
    return given.type in NUMBERS and len(given.shape) == 2 and dynamic_or(given.shape[0], (1,))


def _tokenizer(path: Path, most: int) -> Any:
    need_file(path)
    try:
        from tokenizers import Tokenizer  # here: only sentences need it

        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        tokenizer.enable_truncation(most)
        marks = tokenizer.encode("a").tokens
    except Exception as error:  # tokenizers raises plain Exception for a damaged file
        raise SceneError(f"The file {path.name} is not a readable tokenizer: {first_line(error)} {WAY_OUT}") from error
    if len(marks) < 2 or (marks[0], marks[-1]) != (BEGIN, END):
        raise SceneError(
            f"The file {path.name} is another model's tokenizer: it writes “a” as {' '.join(marks[:4])}, "
            f"not between {BEGIN} and {END}. {WAY_OUT}"
        )
    return tokenizer
