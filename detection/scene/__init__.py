"""Compare a camera's picture with sentences, against what is usual for this camera."""

from detection.scene.defaults import default_prompts
from detection.scene.desk import DeskCount, SceneDesk
from detection.scene.errors import PromptError, SceneError
from detection.scene.look import SceneLook
from detection.scene.model import SceneModel
from detection.scene.picture import reduce
from detection.scene.prompts import Hazard, PromptSet, parse_prompts
from detection.scene.stage import SceneStage
from detection.scene.text import SceneText

__all__ = [
    "DeskCount",
    "Hazard",
    "PromptError",
    "PromptSet",
    "SceneDesk",
    "SceneError",
    "SceneLook",
    "SceneModel",
    "SceneStage",
    "SceneText",
    "default_prompts",
    "parse_prompts",
    "reduce",
]
