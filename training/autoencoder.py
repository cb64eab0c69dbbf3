"""Train the convolutional autoencoder on normal frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

from detection.score.learned.autoencoder import (
    INPUTS,
    KIND,
    MODEL_FILE,
    OUTPUTS,
    SIDE,
    SMOOTH_S,
    errors_by_place,
    small_picture,
)
from detection.score.learned.folder import ModelFolder, save_model
from detection.score.learned.network import Floats
from detection.score.learned.smoothing import Smooth
from detection.score.learned.tail import MIN_SAMPLES, Tail
from training.clips import Clip, frames_of
from training.devices import device_of
from training.errors import TrainingError
from training.export import to_onnx
from training.held_out import held_out
from training.progress import OnProgress, silent

LATENT = 256
WIDTHS = (1, 32, 64, 128, 256)
LEAK = 0.1
THRESHOLD = 0.75


class Autoencoder(nn.Module):
    """Squeeze a 64×64 grey picture into 256 numbers and paint it again: 3,479,489 parameters.

    It works on what differs from the mean picture, (1, 64, 64), in spreads. On plain grey levels it settled on painting
    the mean picture whatever it saw: a camera's frames differ from it by 4 % of the grey levels only.
    """

    mean: torch.Tensor
    spread: torch.Tensor

    def __init__(self, mean: torch.Tensor | None = None, spread: float = 1.0) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1, SIDE, SIDE) if mean is None else mean.clone())
        self.register_buffer("spread", torch.tensor(spread))
        down: list[nn.Module] = []
        up: list[nn.Module] = []
        for before, after in pairwise(WIDTHS):
            down += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.LeakyReLU(LEAK)]
            up = [nn.ConvTranspose2d(after, before, 4, stride=2, padding=1), nn.LeakyReLU(LEAK), *up]
        side = SIDE // 2 ** (len(WIDTHS) - 1)
        whole = WIDTHS[-1] * side * side
        self.encode = nn.Sequential(*down, nn.Flatten(), nn.Linear(whole, LATENT))
        self.decode = nn.Sequential(
            nn.Linear(LATENT, whole), nn.LeakyReLU(LEAK), nn.Unflatten(1, (WIDTHS[-1], side, side)), *up[:-1]
        )

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Return the repainted pictures, (n, 1, 64, 64), about 0–1."""
        difference: torch.Tensor = self.decode(self.encode((picture - self.mean) / self.spread))
        return difference * self.spread + self.mean


@dataclass(frozen=True, slots=True)
class AutoencoderSettings:
    """How to train: fps of the frames taken (None: all), epochs over them, device "auto", "cpu" or "cuda"."""

    epochs: int = 12
    batch: int = 32
    learning_rate: float = 1e-3
    fps: float | None = None
    device: str = "auto"
    seed: int = 0


def train_autoencoder(
    clips: Sequence[Clip],
    out: Path,
    settings: AutoencoderSettings = AutoencoderSettings(),
    on_progress: OnProgress = silent,
) -> ModelFolder:
    """Train on three quarters of the footage, calibrate on the last quarter, and write the model folder.

    Raises TrainingError when there is too little footage.
    """
    device = device_of(settings.device)
    pictures: list[Floats] = []
    times: list[list[float]] = []
    for done, clip in enumerate(clips):
        on_progress("Reading the clips", done / len(clips))
        frames = [(small_picture(f.image), f.at_s) for f in frames_of(clip, settings.fps)]
        pictures.append(np.stack([picture for picture, _ in frames]))
        times.append([at_s for _, at_s in frames])
    on_progress("Reading the clips", 1.0)
    learn, check = held_out([len(p) for p in pictures])
    if sum(len(p[part]) for p, part in zip(pictures, check, strict=True)) < MIN_SAMPLES:
        raise TrainingError(f"There are fewer than {4 * MIN_SAMPLES} frames of normal footage: record more.")
    material = np.concatenate([p[part] for p, part in zip(pictures, learn, strict=True)])
    network, losses = fit(material, device, settings, on_progress)
    model = to_onnx(network, (torch.zeros(2, 1, SIDE, SIDE),), INPUTS, OUTPUTS)
    raw, places = [], []
    for picture, at_s, part in zip(pictures, times, check, strict=True):
        errors = errors_by_place(picture[part], repaint(network, picture[part]))
        smooth = Smooth(SMOOTH_S)
        raw += [smooth.add(float(e.mean()), t) for e, t in zip(errors, at_s[part], strict=True)]
        places.append(errors)
    facts = {
        "threshold": THRESHOLD,
        "metrics": {"loss_by_epoch": losses},
        "calibration": Tail.fit(raw).as_json(),
        "usual_by_place": np.percentile(np.concatenate(places), [5, 95], axis=0).T.tolist(),
        "parameters": sum(p.numel() for p in network.parameters()),
        "trained_on": {"clips": len(clips), "frames": sum(len(p) for p in pictures), "epochs": settings.epochs,
                       "seed": settings.seed, "device": device.type},
    }  # fmt: skip
    return save_model(out, KIND, MODEL_FILE, model, facts, {})


def fit(
    pictures: Floats, device: torch.device, settings: AutoencoderSettings, on_progress: OnProgress = silent
) -> tuple[Autoencoder, list[float]]:
    """Return a network trained on pictures, (n, 1, 64, 64), and its mean squared error by epoch."""
    torch.manual_seed(settings.seed)
    data = torch.from_numpy(pictures)
    mean = data.mean(dim=0)
    spread = max(1e-3, float((data - mean).std()))
    data, network = data.to(device), Autoencoder(mean, spread).to(device)
    optimizer = torch.optim.Adam(network.parameters(), settings.learning_rate)
    losses = []
    for epoch in range(settings.epochs):
        total = 0.0
        for start, batch in _batches(len(data), settings.batch):
            on_progress("Training the autoencoder", (epoch + start / len(data)) / settings.epochs)
            seen = data[batch.to(device)]
            loss = nn.functional.mse_loss(network(seen), seen)
            optimizer.zero_grad()
            torch.autograd.backward(loss / spread**2)
            optimizer.step()
            total += loss.item() * len(seen)
        losses.append(total / len(data))
    on_progress("Training the autoencoder", 1.0)
    return network.to("cpu").eval(), losses


def repaint(network: Autoencoder, pictures: Floats, batch: int = 256) -> Floats:
    """Return what the network makes of pictures, (n, 1, 64, 64)."""
    with torch.no_grad():
        parts = [network(torch.from_numpy(pictures[i : i + batch])).numpy() for i in range(0, len(pictures), batch)]
    return np.concatenate(parts) if parts else np.zeros((0, 1, SIDE, SIDE), np.float32)


def _batches(count: int, size: int) -> list[tuple[int, torch.Tensor]]:
    order = torch.randperm(count)
    return [(start, order[start : start + size]) for start in range(0, count, size)]
