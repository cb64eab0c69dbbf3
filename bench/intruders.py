"""Measure how soon an event opens, without any label: normal training clips into which somebody glides.

    python -m bench.intruders DIR --detector FILE [--embedder FILE] [--keep FOLDER]

DIR holds Train/ in UCSD's layout; no test clip is read. A passer-by is cut out of one training clip (the detector's
box, masked by the difference to the clip's median picture) and slides into another over the picture's left or right
edge, at a row where people walk, at so many times a walker's pace and without a step; who stands nearer hides them, and
every second one lacks the lower two fifths. Each altered clip goes through the detector, the tracker, the flow and the
scorer, taught by the other clips, and through the event machine at the default, at the threshold that the others
choose. The latency runs from the first frame in which a pixel of them shows; who is missed counts as the slowest. False
events are those of the clips as they are. With --keep, what was detected, tracked and measured is kept in FOLDER for
the next run; after a change to the tracker or the flow, take an empty one.
"""

from __future__ import annotations

import argparse
import pickle
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.detect.base import Detector
from detection.detect.registry import load_detector
from detection.evaluate.baseline import held_out_scores
from detection.evaluate.metrics import micro_auc
from detection.evaluate.ped2 import FPS, Clip, normal_clips
from detection.evaluate.settings import Scored, default_settings, default_threshold
from detection.evaluate.spans import Outcome, outcome
from detection.evaluate.watching import Watched, watch
from detection.score.normality.appearance import Embedder
from detection.score.normality.model import Line, Normality, learn
from detection.score.normality.observe import Observation, Seen
from detection.score.normality.parts import measure_clip
from detection.score.normality.scale import Scale, leave_one_out, scale_of
from detection.types import Frame, Image

PACES = (1.3, 1.5, 1.7, 2.0, 2.5)
ENTERS_AT = 20
"""The frame in which the first pixel shows: by then the people of the clip are known."""
DIFFERENCE = 18
"""Grey levels by which a person differs from the median picture."""
BORDER_PX = 3
HIDDEN = 0.4
LEAST_MASKED = 0.35
SURE = 0.5
SHOWS = 0.5
GOLDEN = 0.618034
STEP_S = 1.0
LEAST_PACE = 0.1

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Cutout:
    """One passer-by: pixels (h, w, 3), uint8, how much of each is theirs (h, w), 0–1, and where they stood, px."""

    image: Image
    alpha: Plane
    foot_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered(Clip):
    """A training clip into which a cutout glides: from which side, and how fast (px/s).

    people: who else is there, by frame; empty: the place without anybody.
    """

    cutout: Cutout
    from_left: bool
    speed_px_s: float
    people: tuple[Observation, ...]
    empty: Image

    def frames(self) -> Iterator[Frame]:
        """Yield the altered frames at FPS."""
        for frame in Clip.frames(self):
            alpha, colour = self.layer(frame)
            mixed = frame.image * (1.0 - alpha[..., None]) + colour * alpha[..., None]
            yield replace(frame, image=np.asarray(np.round(mixed), np.uint8))

    def shown(self) -> NDArray[np.bool_]:
        """Return from which to which frame the intruder shows, (frames,)."""
        covered = [bool(self.layer(frame)[0].max() > SHOWS) for frame in Clip.frames(self)]
        truth, at = np.zeros(len(covered), bool), np.flatnonzero(covered)
        if at.size:
            truth[at[0] : at[-1] + 1] = True
        return truth

    def layer(self, frame: Frame) -> tuple[Plane, Plane]:
        """Return what the cutout covers of a frame, (height, width), 0–1, and its colours, (height, width, 3)."""
        height, width = frame.image.shape[:2]
        tall, wide = self.cutout.alpha.shape
        way = 1.0 + self.speed_px_s * (frame.index - ENTERS_AT) / FPS
        left = way - wide + BORDER_PX if self.from_left else width - way - BORDER_PX
        move = np.array([[1.0, 0.0, left], [0.0, 1.0, self.cutout.foot_y - tall]])
        alpha = cv2.warpAffine(self.cutout.alpha, move, (width, height))
        colour = cv2.warpAffine(self.cutout.image.astype(np.float32), move, (width, height))
        if frame.index < ENTERS_AT:
            alpha = np.zeros_like(alpha)
        nearer = _nearer(self.people[frame.index], frame.image, self.empty, self.cutout.foot_y)
        return np.asarray(np.where(nearer, 0.0, alpha), np.float32), np.asarray(colour, np.float32)


def median_picture(images: Sequence[Image]) -> Image:
    """Return the place without people, (height, width, 3)."""
    return np.asarray(np.median(np.stack(images[::5]), axis=0), np.uint8)


def stands_out(image: Image, empty: Image) -> NDArray[np.bool_]:
    """Return where a picture differs from the empty place, (height, width)."""
    return np.asarray(cv2.absdiff(image, empty).max(axis=2) > DIFFERENCE)


def cutouts(watched: Watched, images: Sequence[Image], empty: Image) -> list[Cutout]:
    """Return the people of a clip who stand free and whole, one of each track, where they were surest."""
    best: dict[int, tuple[float, int, Seen]] = {}
    for index, frame in enumerate(watched.frames):
        for seen in frame.objects:
            free = all(other is seen or _apart(seen, other) for other in frame.objects)
            sure = seen.label == "person" and seen.confidence >= SURE
            if free and sure and not frame.cuts(seen.box) and seen.confidence > best.get(seen.track_id, (0.0,))[0]:
                best[seen.track_id] = (seen.confidence, index, seen)
    found = [_cut(images[index], empty, seen) for _, index, seen in best.values()]
    return [cutout for cutout in found if cutout is not None]


def walkers_pace(watched: Sequence[Watched], heights: Line) -> float:
    """Return the median pace of those who walk, in heights of what stands there a second."""
    paces = []
    for each in watched:
        ways: dict[int, list[tuple[float, Seen]]] = defaultdict(list)
        for frame in each.frames:
            for seen in frame.objects:
                ways[seen.track_id].append((frame.at_s, seen))
        for way in ways.values():
            for (at, a), (later, b) in zip(way, way[round(STEP_S * FPS) :], strict=False):
                moved = np.hypot(a.box[0] + a.box[2] - b.box[0] - b.box[2], a.box[3] + a.box[1] - b.box[3] - b.box[1])
                paces.append(moved / 2 / (later - at) / heights.at(a.foot_y))
    return float(np.median([pace for pace in paces if pace >= LEAST_PACE]))


def altered_clips(normal: Sequence[Watched], heights: Line, each: int, seed: int) -> list[tuple[float, int, Altered]]:
    """Return the altered clips with their pace and the number of the clip that they were made of; drawn by seed."""
    rng = np.random.default_rng(seed)
    people, empty = [], []
    for watched in normal:
        images = [frame.image for frame in watched.clip.frames()]
        empty.append(median_picture(images))
        people.append(cutouts(watched, images, empty[-1]))
    pace_of_walkers, made = walkers_pace(normal, heights), []
    for host, watched in enumerate(normal):
        others = [person for donor, found in enumerate(people) if donor != host for person in found]
        others.sort(key=lambda person: person.foot_y)
        for step, pace in enumerate(PACES):
            for nth in range(each):
                # Spread over the depth: each draws from its own share of the rows.
                share = ((host * len(PACES) + step) * each + nth) * GOLDEN % 1.0
                cutout = others[min(len(others) - 1, int((share + rng.uniform(0, 0.05)) * len(others)))]
                clip = Altered(
                    name=f"{watched.clip.name}_{pace}_{nth}of{each}_{seed}",
                    pictures=watched.clip.pictures,
                    cutout=_half_hidden(cutout) if nth % 2 else cutout,
                    from_left=bool(rng.integers(2)),
                    speed_px_s=pace * pace_of_walkers * heights.at(cutout.foot_y),
                    people=watched.frames,
                    empty=empty[host],
                )
                made.append((pace, host, clip))
    return made


def observe(
    clips: Sequence[Clip], detector: Detector, embedder: Embedder | None, keep: Path | None, what: str
) -> list[Watched]:
    """Return what the clips show, from `keep` where it was kept before."""
    seen = []
    for number, clip in enumerate(clips, 1):
        version = f"{detector.version}-{embedder.version if embedder else 'none'}"
        kept = keep / f"{version}-{clip.name}.pickle" if keep else None
        if kept is not None and kept.is_file():
            frames: tuple[Observation, ...] = pickle.loads(kept.read_bytes())
            seen.append(Watched(clip, frames, 0.0, 0.0))
            continue
        seen += watch([clip], detector, embedder, lambda _done, _total: None)
        if kept is not None:
            kept.write_bytes(pickle.dumps(seen[-1].frames))
        print(f"\r{what}: {number} of {len(clips)} clips", end="\n" if number == len(clips) else "", flush=True)
    return seen


@dataclass(frozen=True)
class Taught:
    """What each clip is judged by: the others' normality and threshold, and the scale of all."""

    normalities: tuple[Normality, ...]
    thresholds: tuple[float, ...]
    scale: Scale
    quiet: tuple[Scored, ...]


def teach(normal: Sequence[Watched]) -> Taught:
    """Return what the clips teach about each other."""
    clips = [watched.frames for watched in normal]
    held_out = leave_one_out(clips)
    scale = scale_of(np.array([m.frame for clip in held_out for m in clip]))
    quiet = [held_out_scores(measured, w, scale) for measured, w in zip(held_out, normal, strict=True)]
    return Taught(
        tuple(learn([other for j, other in enumerate(clips) if j != i]) for i in range(len(clips))),
        tuple(default_threshold([*quiet[:i], *quiet[i + 1 :]], FPS) for i in range(len(clips))),
        scale,
        tuple(quiet),
    )


def worth(scored: Scored, threshold: float, truth: NDArray[np.bool_]) -> Outcome:
    """Return what the default is worth on one clip."""
    settings = replace(default_settings(FPS), threshold=threshold)
    return outcome([truth], [scored.values], settings, FPS, [scored.agreement])


def table(normal: Sequence[Watched], altered: Sequence[tuple[float, int, Altered]], seen: Sequence[Watched]) -> str:
    """Return the figures as a table."""
    taught, latencies = teach(normal), {pace: list[float]() for pace in PACES}
    scores = [clip.values for clip in taught.quiet]
    labels = [np.zeros(len(values), bool) for values in scores]
    for (pace, host, clip), watched in zip(altered, seen, strict=True):
        measured, truth = measure_clip(taught.normalities[host], watched.frames), clip.shown()
        scored = held_out_scores(measured, watched, taught.scale)
        found = worth(scored, taught.thresholds[host], truth)
        scores.append(scored.values)
        labels.append(truth)
        latencies[pace].append(found.latencies_s[0] if found.latencies_s else float("inf"))
    named = {f"{pace:g}": values for pace, values in latencies.items()}
    named["all"] = [value for values in latencies.values() for value in values]
    lines = [f"{'pace':<8}{'found':>12}{'median latency':>16}{'90th percentile':>17}"]
    for name, values in named.items():
        middle, high = np.quantile(values, [0.5, 0.9], method="higher")
        found_of = f"{np.isfinite(values).sum()} of {len(values)}"
        lines.append(f"{name:<8}{found_of:>12}{_told(middle):>16}{_told(high):>17}")
    auc = micro_auc(labels, scores)
    lines.append(f"micro AUC of the intruders' frames among all others: {'-' if auc is None else format(auc, '.3f')}")
    false = [
        worth(clip, threshold, np.zeros(len(clip.values), bool))
        for clip, threshold in zip(taught.quiet, taught.thresholds, strict=True)
    ]
    events, seconds = sum(each.false_events for each in false), sum(each.normal_s for each in false)
    lines.append(
        f"false events on the clips as they are: {events} in {seconds:.0f} s; "
        f"threshold {default_threshold(taught.quiet, FPS):.3f}"
    )
    return "\n".join(lines)


def _told(seconds: float) -> str:
    return f"{seconds:.2f} s" if np.isfinite(seconds) else "missed"


def _apart(one: Seen, other: Seen) -> bool:
    a, b = one.box, other.box
    return (
        min(a[2], b[2]) + BORDER_PX <= max(a[0], b[0]) - BORDER_PX
        or min(a[3], b[3]) + BORDER_PX <= max(a[1], b[1]) - BORDER_PX
    )


def _cut(image: Image, empty: Image, seen: Seen) -> Cutout | None:
    left, top = (max(0, int(value) - BORDER_PX) for value in seen.box[:2])
    right, bottom = (int(np.ceil(value)) + BORDER_PX for value in seen.box[2:])
    raw = stands_out(image, empty)[top:bottom, left:right].astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(
        cv2.morphologyEx(raw, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    )
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    alpha = np.asarray(cv2.GaussianBlur((parts == largest).astype(np.float32), (3, 3), 0), np.float32)
    return None if alpha.mean() < LEAST_MASKED else Cutout(image[top:bottom, left:right].copy(), alpha, bottom)


def _half_hidden(cutout: Cutout) -> Cutout:
    alpha = cutout.alpha.copy()
    alpha[round((1.0 - HIDDEN) * len(alpha)) :] = 0.0
    return replace(cutout, alpha=alpha)


def _nearer(people: Observation, image: Image, empty: Image, foot_y: float) -> NDArray[np.bool_]:
    """Return where somebody stands who is nearer than foot_y, (height, width)."""
    boxes = np.zeros(image.shape[:2], bool)
    for seen in people.objects:
        if seen.foot_y > foot_y:
            left, top, right, bottom = (max(0, int(value)) for value in seen.box)
            boxes[top : bottom + 1, left : right + 1] = True
    return boxes & stands_out(image, empty)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--detector", required=True)
    parser.add_argument("--embedder", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--each", type=int, default=2, help="intruders per clip and pace (default 2)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    if args.keep is not None:
        args.keep.mkdir(parents=True, exist_ok=True)
    detector = load_detector(args.detector, threads=args.threads)
    embedder = Embedder(args.embedder, threads=args.threads) if args.embedder else None
    normal = observe(normal_clips(args.data), detector, embedder, args.keep, "As they are")
    heights = learn([watched.frames for watched in normal]).heights
    altered = altered_clips(normal, heights, args.each, args.seed)
    seen = observe([clip for _, _, clip in altered], detector, embedder, args.keep, "Altered")
    print(table(normal, altered, seen))


if __name__ == "__main__":
    main()
