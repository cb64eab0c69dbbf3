"""This process's models of the senses, and the senses that each camera makes of them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from cameras.senses import SensePlan
from detection.audio.chunk import AudioError
from detection.audio.listener import Listener, SoundPool
from detection.audio.phrases import PhraseError, Phrases, Topic
from detection.audio.sense import AudioSense
from detection.audio.sounds import SoundModel
from detection.audio.speech import SpeechModel
from detection.audio.stage import SoundModels, SoundSettings, SoundStage
from detection.audio.voice import VoiceModel
from detection.models import ModelError, ModelStore
from detection.pose.landmarker import MediaPipeLandmarker
from detection.pose.limits import LimitError, pose_settings
from detection.pose.sense import PoseSense
from detection.pose.settings import PoseSettings
from detection.scene.defaults import default_prompts
from detection.scene.desk import SceneDesk
from detection.scene.errors import PromptError
from detection.scene.model import SceneModel
from detection.scene.prompts import PromptSet, parse_prompts
from detection.scene.sense import SceneSense
from detection.scene.stage import SceneStage
from detection.senses import Finding, Moment, Sense, SenseState
from detection.sensing import CameraSense, Senses
from workers.model_store import store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 20.0
"""How often it is looked whether a model has come, gone or changed."""

POSE = ("pose-landmarker-heavy", "pose-landmarker-full", "pose-landmarker-lite")
"""The most exact one that somebody installed is meant to be used."""
NAMES: dict[Sense, str] = {"pose": "Posture", "audio": "Sound", "scene": "The scene"}

T = TypeVar("T")


class Kept(Generic[T]):
    """One model that the cameras of a process share: opened when first wanted, again when its file changes.

    names: models of the registry that will do, the best first; open gets the file or folder, and raises with a sentence
    for people; close frees what a changed one leaves behind, once no camera can be in the middle of using it.
    """

    def __init__(
        self, names: tuple[str, ...], open: Callable[[Path], T], close: Callable[[T], None] = lambda _: None
    ) -> None:
        self._names, self._open, self._close = names, open, close
        self._wanted = False
        self._seen: tuple[str, ...] = ()
        self._old: list[T] = []
        self.value: T | None = None
        self.name = self.digest = ""
        self.message = ""

    def want(self, models: ModelStore) -> None:
        """Open it, unless that was tried before; later looks follow its file."""
        if not self._wanted:
            self._wanted = True
            self.look(models)

    def close(self) -> None:
        """Free what is open."""
        for opened in (*self._old, *([self.value] if self.value is not None else [])):
            self._close(opened)
        self._old.clear()
        self.value, self._wanted, self._seen = None, False, ()

    def look(self, models: ModelStore) -> bool:
        """Follow what lies in the models folder; return whether anything changed."""
        for old in self._old:
            self._close(old)
        self._old.clear()
        if not self._wanted:
            return False
        states = [models.state(name) for name in self._names]
        best = next((state for state in states if state.status == "installed"), None)
        # What is refused is worth more words than what was never fetched.
        shown = best or next((state for state in states if state.status != "missing"), states[-1])
        seen = (shown.model.name, shown.status, shown.digest, shown.message)
        if seen == self._seen:
            return False
        self._seen = seen
        if self.value is not None:
            self._old.append(self.value)
        self.value, self.name, self.digest, self.message = None, "", "", shown.message
        if best is not None:
            try:
                self.value = self._open(models.path(best.model.name))
                self.name, self.digest, self.message = best.model.name, best.digest, ""
            except Exception as error:  # each model's library raises its own
                log.warning("the model %s cannot be used: %s", best.model.name, error)
                self.message = str(error)
        return True


class SenseModels:
    """The models of all senses in one process. Thread-safe."""

    def __init__(self, models: ModelStore) -> None:
        self._models = models
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self.version = 0
        self.landmarker: Kept[MediaPipeLandmarker] = Kept(POSE, MediaPipeLandmarker, MediaPipeLandmarker.close)
        self.sounds: Kept[SoundModel] = Kept(("yamnet",), SoundModel)
        self.speech: Kept[SpeechModel] = Kept(("whisper-tiny",), SpeechModel)
        self.scenes: Kept[SceneModel] = Kept(("clip-vit-b32",), SceneModel.open)
        self._desk: SceneDesk | None = None
        self._voice: VoiceModel | None = None
        self._pool: SoundPool | None = None

    def senses(self, plan: SensePlan, camera: str, *, outlines: bool = True, live: bool = True) -> Senses:
        """Return the senses of one camera as its plan wants them, with what is installed now.

        outlines: boxes are those of whole people, as a network's are; what moves before a background comes in pieces.
        live: slow senses work beside the camera and may lag; else they keep step with the frames, as a file is read
        that loses none.
        """
        with self._lock:
            return Senses([self._pose(plan, outlines), self._audio(plan, live), self._scene(plan, camera, live)])

    def close(self) -> None:
        """Free all models: the process ends."""
        with self._lock:
            for kept in self._all():
                kept.close()
            if self._pool is not None:
                self._pool.close()
                self._pool = None
            if self._desk is not None:
                self._desk.close()
                self._desk = None

    def refresh(self, now: float | None = None) -> int:
        """Look for changed models from time to time; return a number that grows when cameras need their senses anew."""
        now = time.monotonic() if now is None else now
        with self._lock:
            if now - self._looked_at >= LOOK_EVERY_S:
                self._looked_at = now
                try:
                    self.version += any([kept.look(self._models) for kept in self._all()])
                except (ModelError, OSError) as error:
                    log.warning("the models folder cannot be read: %s", error)
            return self.version

    def _all(self) -> tuple[Kept[Any], ...]:
        return (self.landmarker, self.sounds, self.speech, self.scenes)

    def _pose(self, plan: SensePlan, outlines: bool) -> CameraSense:
        if not plan.pose:
            return Off("pose")
        self.landmarker.want(self._models)
        limits = _pose_settings(plan)
        settings = replace(limits, fall=replace(limits.fall, by_outline=outlines))
        return PoseSense(self.landmarker.value, settings, missing=self.landmarker.message)

    def _audio(self, plan: SensePlan, live: bool) -> CameraSense:
        if not plan.audio:
            return Off("audio")
        if live and self._pool is None:
            self._pool = SoundPool()
        settings = SoundSettings(transcripts=plan.transcripts, languages=plan.languages)
        stage = SoundStage(self._sound_models(plan), settings, _phrases(plan))
        return AudioSense(Listener(stage, self._pool if live else None))

    def _scene(self, plan: SensePlan, camera: str, live: bool) -> CameraSense:
        if not plan.scene:
            return Off("scene")
        self.scenes.want(self._models)
        if live and self._desk is None:
            self._desk = SceneDesk()
        stage = SceneStage(self.scenes.value, _prompts(plan), self.scenes.message)
        return SceneSense(stage, camera, self._desk if live else None)

    def _sound_models(self, plan: SensePlan) -> SoundModels:
        self.sounds.want(self._models)
        missing = {"sound": self.sounds.message} if self.sounds.value is None else {}
        if self._voice is None:
            try:
                self._voice = VoiceModel()
            except AudioError as error:
                missing["voice"] = str(error)
        if plan.transcripts != "off":
            self.speech.want(self._models)
            if self.speech.value is None:
                missing["speech"] = self.speech.message
        return SoundModels(self.sounds.value, self._voice, self.speech.value, missing)


def _pose_settings(plan: SensePlan) -> PoseSettings:
    try:
        return pose_settings(dict(plan.posture))
    except LimitError as error:
        log.warning("the organization's limits of posture cannot be used, the usual ones are: %s", error)
    return PoseSettings()


def _phrases(plan: SensePlan) -> Phrases:
    if plan.phrases is not None:
        try:
            return Phrases(cast(Mapping[Topic, Iterable[str]], plan.phrases))
        except PhraseError as error:
            log.warning("the organization's phrases cannot be used, the built-in ones are: %s", error)
    return Phrases.default(plan.languages)


def _prompts(plan: SensePlan) -> PromptSet:
    if plan.prompts:
        try:
            return parse_prompts(plan.prompts)
        except PromptError as error:
            log.warning("the organization's descriptions cannot be used, the built-in ones are: %s", error)
    return default_prompts()


class Off:
    """A sense that is switched off at a camera."""

    def __init__(self, sense: Sense) -> None:
        self.state = SenseState(sense, "off", f"{NAMES[sense]} is switched off for this camera.")

    def find(self, moment: Moment) -> Finding | None:
        """Say nothing."""
        return None

    def restart(self) -> None:
        """Have nothing to forget."""

    def close(self) -> None:
        """Hold nothing."""


@cache
def sense_models() -> SenseModels:
    """Return the models of this process."""
    return SenseModels(store())
