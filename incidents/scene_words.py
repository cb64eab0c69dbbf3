"""Read words with the scene model's text half, in the process that searches."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from detection.models import ModelError, ModelState, ModelStore
from incidents.models import EMBEDDING_SIZE

if TYPE_CHECKING:
    from detection.scene.text import SceneText

MODEL = "clip-vit-b32"
MAX_KEPT = 200
"""Searches whose directions are remembered: a page that is turned asks for the same words again."""


class NoSceneModel(Exception):
    """Words cannot be read; the message says why, and how to get what is missing."""


class _Reader:
    """The model as it lies in the folder; opened when it is first needed, again when its files change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._store: ModelStore | None = None
        self._seen: tuple[Path, list[tuple[int, int]]] | None = None
        self._text: SceneText | None = None
        self._kept: OrderedDict[str, list[float]] = OrderedDict()

    def vector(self, words: str) -> tuple[str, list[float]]:
        with self._lock:
            text = self._opened()
            known = self._kept.pop(words, None)
            if known is None:
                known = self._read(text, words)
            self._kept[words] = known
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            return text.version, known

    def _read(self, text: SceneText, words: str) -> list[float]:
        try:
            return [float(value) for value in text.read([words])[0]]
        except Exception as error:  # a damaged model may raise anything; whoever searches is told
            raise NoSceneModel(f"The model {MODEL} failed on these words: {error}") from error

    def version(self) -> str:
        with self._lock:
            return self._opened().version

    def lack(self) -> str:
        with self._lock:
            _, state = self._now()
            return "" if state.status == "installed" else state.message

    def _now(self) -> tuple[ModelStore, ModelState]:
        folder = Path(settings.VEDETTE_MODELS)
        if self._store is None or self._store.folder != folder:
            self._store = ModelStore(folder)
        return self._store, self._store.state(MODEL)

    def _opened(self) -> SceneText:
        store, state = self._now()
        if state.status != "installed":
            raise NoSceneModel(state.message)
        files = [(store.folder / state.model.where(file)).stat() for file in state.model.files]
        seen = (store.folder, [(file.st_size, file.st_mtime_ns) for file in files])
        if self._text is None or seen != self._seen:
            self._text, self._seen = None, seen
            self._kept.clear()
            # Here: the network's runtime takes 60 MB, which a portal that nobody searches need not hold.
            from detection.scene.errors import SceneError
            from detection.scene.text import SceneText

            try:
                text = SceneText.open(store.path(MODEL))
            except SceneError as error:
                raise NoSceneModel(str(error)) from error
            if text.dimension != EMBEDDING_SIZE:
                raise NoSceneModel(
                    f"The model {MODEL} gives {text.dimension} numbers, and {EMBEDDING_SIZE} are kept of an event. "
                    f"Fetch the published one with: manage.py models pull {MODEL}"
                )
            self._text = text
        return self._text


_reader = _Reader()


def words_model() -> str:
    """Return the version of the model that reads words now; raises NoSceneModel."""
    try:
        return _reader.version()
    except (ModelError, OSError) as error:
        raise NoSceneModel(str(error)) from error


def words_lack() -> str:
    """Return what is missing for reading words and how to get it, or nothing; the model is not opened for it."""
    try:
        return _reader.lack()
    except (ModelError, OSError) as error:
        return str(error)


def words_vector(words: str) -> tuple[str, list[float]]:
    """Return the version of the model, and the direction that some words point in; raises NoSceneModel."""
    try:
        return _reader.vector(words)
    except (ModelError, OSError) as error:
        raise NoSceneModel(str(error)) from error
