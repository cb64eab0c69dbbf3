"""Hear files one by one, each after ten quiet seconds, and tell what each is taken for.

    python -m bench.sounds DIR [--models DIR]

DIR holds folders of sound files, and files; what lies in a folder is told in one line, as is each file beside them. A
file alarms when a finding reaches the mark from which sound alarms alone; voice is the largest share of a second in
which somebody speaks.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import numpy as np

from detection.audio.chunk import RATE, AudioChunk, Resampler, Samples
from detection.audio.sounds import SoundModel
from detection.audio.stage import SoundModels, SoundStage
from detection.audio.voice import VoiceModel
from detection.senses import ALONE

QUIET_S, STEP_S = 10.0, 0.1
SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".m4a"}


def sound_of(path: Path) -> Samples:
    """Return a file's sound as a camera's would arrive, (n,), float32, at RATE."""
    resampler, found = Resampler(), [np.zeros(0, np.float32)]
    with av.open(str(path), metadata_errors="ignore") as container:
        for frame in container.decode(audio=0):
            found += [chunk.samples for chunk in resampler.chunks(frame, 0.0)]
        found += [chunk.samples for chunk in resampler.chunks(None, 0.0)]
    return np.concatenate(found)


def chunks(samples: Samples) -> Iterator[AudioChunk]:
    """Yield sound in pieces, as a source hands it out."""
    step = round(STEP_S * RATE)
    for start in range(0, len(samples), step):
        yield AudioChunk(samples[start : start + step], start / RATE)


def heard(path: Path, models: SoundModels) -> tuple[str, float, float]:
    """Return the kind of a file's strongest finding, its score, and the largest share of voice, 0–1."""
    noise = np.random.default_rng(1).standard_normal(round(QUIET_S * RATE)).astype(np.float32) * np.float32(0.002)
    stage = SoundStage(models)
    kind, score, voice = "", 0.0, 0.0
    for chunk in chunks(np.concatenate([noise, sound_of(path), noise[: 2 * RATE]])):
        for hearing in stage.hear(chunk):
            voice = max(voice, hearing.voice or 0.0)
            finding = stage.finding(hearing.at_s)
            if finding.score > score:
                kind, score = finding.kind, finding.score
    return kind, score, voice


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--models", type=Path, default=Path("var/models/yamnet"), help="where yamnet.tflite lies")
    args = parser.parse_args()
    models = SoundModels(SoundModel(args.models), VoiceModel())
    print(f"{'sounds':<34}{'files':>6}{'alarm':>7}{'highest':>9}{'voice':>7}  kinds of those that alarm")
    for place in sorted(args.data.iterdir()):
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        told = []
        for path in (path for path in files if path.suffix.lower() in SUFFIXES):
            try:
                told.append(heard(path, models))
            except av.error.FFmpegError as error:
                print(f"{path.name} cannot be read: {error}", file=sys.stderr)
        if told:
            kinds = Counter(kind for kind, score, _ in told if score >= ALONE)
            words = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
            print(
                f"{place.name:<34}{len(told):>6}{sum(kinds.values()):>7}{max(s for _, s, _ in told):>9.2f}"
                f"{max(v for _, _, v in told):>7.2f}  {words}",
                flush=True,
            )


if __name__ == "__main__":
    main()
