"""Train attention over tracks on normal footage, with no labels: what comes next, and what belongs where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from detection.detect.base import Detector
from detection.score.learned.attention import (
    INPUTS,
    KIND,
    MODEL_FILE,
    OUTPUTS,
    SMOOTH_S,
    TARGETS,
    errors_of,
    part_surprise,
)
from detection.score.learned.folder import ModelFolder, save_model
from detection.score.learned.network import Floats
from detection.score.learned.paths import GROUP_NAMES, MOTION, PLACE, SIZE, STEP_WIDTH, STEPS, Moments, TrackPaths
from detection.score.learned.smoothing import Smooth
from detection.score.learned.tail import MIN_SAMPLES, Tail
from training.clips import Clip
from training.devices import device_of
from training.errors import TrainingError
from training.export import to_onnx
from training.held_out import held_out
from training.progress import OnProgress, silent
from training.scenes import scenes_of

WIDTH = 48
HEADS = 4
THRESHOLD = 0.75
HIDDEN_SHARE = 0.5
"""How often the past is hidden in training, so that the same network learns what is usual for a place alone."""
NOISE = (0.02, 0.02, 0.05, 0.05, 0.05, 0.05)
"""Spread added to the measures in training: boxes tremble, and likelihoods of single footage grow without end."""
LEAST_LOG_VARIANCE = -5.0
GROUP_SMOOTHING = 0.02


class PathAttention(nn.Module):
    """Look at a track's past by multi-head attention (Vaswani et al., 2017), sum it up by an LSTM, foretell."""

    def __init__(self) -> None:
        super().__init__()
        self.step = nn.Linear(STEP_WIDTH, WIDTH)
        self.order = nn.Parameter(torch.zeros(STEPS, WIDTH))
        self.ask = nn.Linear(WIDTH, 3 * WIDTH)
        self.join = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.memory = nn.LSTM(WIDTH + 1, WIDTH, batch_first=True)
        self.place = nn.Sequential(nn.Linear(PLACE, WIDTH), nn.ReLU())
        self.body = nn.Sequential(nn.Linear(2 * WIDTH + 1, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU())
        self.foretell = nn.Linear(96, 2 * TARGETS + len(GROUP_NAMES))

    def forward(
        self, past: torch.Tensor, present: torch.Tensor, place: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return mean and log variance, (n, TARGETS), and group logits, for the step after the past at the place.

        past: (n, STEPS, STEP_WIDTH); present: (n, STEPS), 0 hides a step; place: (n, PLACE).
        """
        there = present.unsqueeze(-1)
        seen = (self.step(past) + self.order) * there
        seen = self.norm(seen + self.join(self._attend(seen, present))) * there
        summed, _ = self.memory(torch.cat([seen, there], dim=-1))
        known = present.amax(dim=1, keepdim=True)
        out = self.foretell(self.body(torch.cat([summed[:, -1] * known, self.place(place), known], dim=-1)))
        log_variance = LEAST_LOG_VARIANCE + nn.functional.softplus(out[:, TARGETS : 2 * TARGETS] - LEAST_LOG_VARIANCE)
        return out[:, :TARGETS], log_variance, out[:, 2 * TARGETS :]

    def _attend(self, seen: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
        shape = (-1, STEPS, HEADS, WIDTH // HEADS)
        query, key, value = (part.reshape(shape).transpose(1, 2) for part in self.ask(seen).chunk(3, dim=-1))
        fit = query @ key.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5
        fit = fit - 1e4 * (1.0 - present[:, None, None, :])
        mixed: torch.Tensor = (fit.softmax(dim=-1) @ value).transpose(1, 2).reshape(-1, STEPS, WIDTH)
        return mixed


class Batch(NamedTuple):
    """Moments as tensors; see Moments."""

    past: torch.Tensor
    present: torch.Tensor
    now: torch.Tensor
    group: torch.Tensor


@dataclass(frozen=True, slots=True)
class AttentionSettings:
    """How to train: fps of the frames taken (None: all), epochs over all moments, device "auto", "cpu" or "cuda"."""

    epochs: int = 15
    batch: int = 256
    learning_rate: float = 2e-3
    fps: float | None = None
    device: str = "auto"
    seed: int = 0


def train_attention(
    clips: Sequence[Clip],
    detector: Detector,
    out: Path,
    settings: AttentionSettings = AttentionSettings(),
    on_progress: OnProgress = silent,
) -> ModelFolder:
    """Train on the tracks of three quarters of the footage, calibrate on the last quarter, write the model folder.

    Raises TrainingError when there are too few tracks.
    """
    device = device_of(settings.device)
    seen: list[list[tuple[float, Moments]]] = []
    for done, clip in enumerate(clips):
        on_progress("Following the tracks", done / len(clips))
        paths = TrackPaths()
        seen.append([(s.at_s, paths.look(s.tracks, s.size, s.at_s)) for s in scenes_of(clip, detector, settings.fps)])
    on_progress("Following the tracks", 1.0)
    learn, check = held_out([len(frames) for frames in seen])
    material = [m for frames, part in zip(seen, learn, strict=True) for _, m in frames[part] if len(m)]
    kept = [frames[part] for frames, part in zip(seen, check, strict=True)]
    moments = sum(len(m) for m in material)
    if moments < MIN_SAMPLES or sum(len(m) for frames in kept for _, m in frames) < MIN_SAMPLES:
        raise TrainingError(f"Only {moments} moments of tracks were seen: record more, or use a better detector.")
    network, losses = fit(_joined(material), device, settings, on_progress)
    example = (torch.zeros(2, STEPS, STEP_WIDTH), torch.zeros(2, STEPS), torch.zeros(2, PLACE))
    model = to_onnx(network, example, INPUTS, OUTPUTS)
    errors = [[(at_s, errors_with(network, m)) for at_s, m in frames] for frames in kept]
    by_part = np.concatenate([e for frames in errors for _, e in frames])
    tails = [Tail.fit(column) for column in by_part.T]
    raw = []
    for frames in errors:
        smooth = Smooth(SMOOTH_S)
        raw += [smooth.add(float(part_surprise(tails, e).sum(axis=1).max(initial=0.0)), at_s) for at_s, e in frames]
    facts = {
        "threshold": THRESHOLD,
        "metrics": {"loss_by_epoch": losses},
        "part_calibration": [tail.as_json() for tail in tails],
        "calibration": Tail.fit(raw).as_json(),
        "parameters": sum(p.numel() for p in network.parameters()),
        "trained_on": {"clips": len(clips), "moments": moments, "epochs": settings.epochs, "seed": settings.seed,
                       "device": device.type, "detector": {"name": detector.name, "version": detector.version}},
    }  # fmt: skip
    return save_model(out, KIND, MODEL_FILE, model, facts, {})


def fit(
    data: Batch, device: torch.device, settings: AttentionSettings, on_progress: OnProgress = silent
) -> tuple[PathAttention, list[float]]:
    """Return a network trained on moments, and its mean loss (negative log-likelihood, nats) by epoch."""
    torch.manual_seed(settings.seed)
    network = PathAttention().to(device)
    optimizer = torch.optim.Adam(network.parameters(), settings.learning_rate)
    data = Batch(*(part.to(device) for part in data))
    noise = torch.tensor(NOISE, device=device)
    count, losses = len(data.group), []
    for epoch in range(settings.epochs):
        order, total = torch.randperm(count), 0.0
        for start in range(0, count, settings.batch):
            on_progress("Training the attention", (epoch + start / count) / settings.epochs)
            past, present, now, group = (part[order[start : start + settings.batch].to(device)] for part in data)
            now = now + noise * torch.randn_like(now)
            shown = (torch.rand(len(now), 1, device=device) >= HIDDEN_SHARE).float()
            loss = loss_of(network(past, present * shown, now[:, :PLACE]), now, group)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            total += loss.item() * len(now)
        losses.append(total / count)
    on_progress("Training the attention", 1.0)
    return network.to("cpu").eval(), losses


def loss_of(answer: tuple[torch.Tensor, ...], now: torch.Tensor, group: torch.Tensor) -> torch.Tensor:
    """Return the mean negative log-likelihood of what was seen: normal for motion and size, categorical for class."""
    mean, log_variance, logits = answer
    miss = (now[:, MOTION.start : SIZE.stop] - mean) ** 2
    measures = 0.5 * (miss / log_variance.exp() + log_variance).sum(dim=1).mean()
    return measures + nn.functional.cross_entropy(logits, group, label_smoothing=GROUP_SMOOTHING)


def errors_with(network: PathAttention, moments: Moments) -> NDArray[np.float64]:
    """Return what detection's part_errors returns, from the torch network."""
    past, present, now = (torch.from_numpy(a) for a in (moments.past, moments.present, moments.now))
    with torch.no_grad():
        answer = network(
            torch.cat([past, past]), torch.cat([torch.zeros_like(present), present]), torch.cat([now[:, :PLACE]] * 2)
        )
    mean, log_variance, logits = (part.numpy() for part in answer)
    targets: Floats = moments.now[:, MOTION.start : SIZE.stop]
    return errors_of(mean, log_variance, logits, targets, moments.group)


def _joined(parts: Sequence[Moments]) -> Batch:
    return Batch(
        torch.from_numpy(np.concatenate([m.past for m in parts])),
        torch.from_numpy(np.concatenate([m.present for m in parts])),
        torch.from_numpy(np.concatenate([m.now for m in parts])),
        torch.from_numpy(np.concatenate([m.group for m in parts])),
    )
