"""Choose how motion is measured without any label: normal training clips with a strip of the picture sped up.

    python -m bench.normality DIR

DIR holds Train/ in UCSD's layout. In each training clip a strip 40 pixels wide, at a place drawn by seed, is played at
twice its pace; the rest stays as it was. The scene's motion is learned from the other clips, and the table says how
well it tells the altered frames from the clip's own (micro AUC, causal mean as in the score). No test clip is read.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from detection.evaluate.metrics import roc_auc
from detection.evaluate.ped2 import FPS, Clip, normal_clips
from detection.score.normality import flow as measured
from detection.score.normality.flow import BANDS, Field
from detection.score.normality.scale import Smooth

STRIP_PX = 40
PRESETS = {
    "ultrafast": cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST,
    "fast": cv2.DISOPTICAL_FLOW_PRESET_FAST,
    "medium": cv2.DISOPTICAL_FLOW_PRESET_MEDIUM,
}
WINDOWS = ((0.02, 0.04), (0.04, 0.11), (0.05, 0.14))


def sped_up(images: Sequence[np.ndarray], left: int) -> list[np.ndarray]:
    """Return half as many pictures, with the strip from column `left` on taken from twice as late."""
    altered = []
    for index in range(len(images) // 2):
        image = images[index].copy()
        image[:, left : left + STRIP_PX] = images[2 * index][:, left : left + STRIP_PX]
        altered.append(image)
    return altered


def bands(images: Sequence[np.ndarray], preset: int) -> dict[tuple[float, float], Field]:
    """Return the bands of all pictures but the first, per window: (frames, BANDS), px/s."""
    meter = measured.FlowMeter()
    meter._flow = cv2.DISOpticalFlow.create(preset)
    found: dict[tuple[float, float], list[Field]] = {window: [] for window in WINDOWS}
    for index, image in enumerate(images):
        motion = meter.measure(image, index / FPS)
        for window in WINDOWS if motion else ():
            measured.WINDOW = window
            found[window].append(motion.bands())
    return {window: np.stack(rows) for window, rows in found.items()}


def excess(rows: Field, others: Field, height: int) -> np.ndarray:
    """Return the smoothed fastest band of each frame against a line through the others' 99th percentiles, (frames,)."""
    high = np.percentile(others, 99, axis=0)
    at = (np.arange(BANDS) + 0.5) * height / BANDS
    busy = high > 0.3 * high.max()
    usual = np.maximum(np.polyval(np.polyfit(at[busy], high[busy], 1), at), 3.0)
    smooth = Smooth()
    return np.array([smooth.update(value, i / FPS) for i, value in enumerate((rows / usual).max(axis=1))])


def measure(clips: Sequence[Clip], preset: int, seed: int) -> dict[tuple[float, float], float]:
    """Return the AUC per window with one preset of the flow."""
    rng = np.random.default_rng(seed)
    usual, odd = [], []
    for clip in clips:
        images = [frame.image for frame in clip.frames()]
        usual.append(bands(images, preset))
        odd.append(bands(sped_up(images, int(rng.integers(20, images[0].shape[1] - 60))), preset))
    height, result = images[0].shape[0], {}
    for window in WINDOWS:
        scores: list[list[np.ndarray]] = [[], []]
        for i in range(len(clips)):
            others = np.concatenate([u[window] for j, u in enumerate(usual) if j != i])
            for kind, rows in enumerate((usual[i][window], odd[i][window])):
                scores[kind].append(excess(rows, others, height))
        plain, altered = (np.concatenate(kind) for kind in scores)
        labels = np.concatenate([np.zeros(plain.size, bool), np.ones(altered.size, bool)])
        result[window] = roc_auc(labels, np.concatenate([plain, altered])) or 0.0
    return result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    clips = normal_clips(args.data)
    print(f"{'flow preset':<14}" + "".join(f"{f'window {w:g} × {h:g}':>20}" for w, h in WINDOWS))
    for name, preset in PRESETS.items():
        found = measure(clips, preset, args.seed)
        print(f"{name:<14}" + "".join(f"{found[window]:>20.3f}" for window in WINDOWS), flush=True)


if __name__ == "__main__":
    main()
