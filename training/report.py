"""Write down how well a scorer tells labelled footage apart: ROC curve, figures, a table of thresholds."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score, roc_curve

matplotlib.use("Agg")

TABLE = tuple(round(0.05 * i, 2) for i in range(1, 20))


@dataclass(frozen=True, slots=True)
class Judged:
    """Labels, (n,), bool, and scores, (n,), 0–1, of the same things."""

    positive: NDArray[np.bool_]
    score: NDArray[np.float64]

    @property
    def both(self) -> bool:
        """Tell whether either label is there: without, nothing can be told."""
        return bool(self.positive.any() and not self.positive.all())


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What a threshold gives; a score equal to it counts as found."""

    threshold: float
    precision: float
    recall: float
    f1: float
    false_alarm_rate: float


def auc(judged: Judged) -> float:
    """Return the area under the ROC curve, 0–1."""
    return float(roc_auc_score(judged.positive, judged.score))


def at_threshold(judged: Judged, threshold: float) -> AtThreshold:
    """Return precision, recall, F1 and the share of normal things over the threshold; 0 where nothing counts."""
    found = judged.score >= threshold
    hits = int((found & judged.positive).sum())
    precision = hits / max(1, int(found.sum()))
    recall = hits / max(1, int(judged.positive.sum()))
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    false = int((found & ~judged.positive).sum()) / max(1, int((~judged.positive).sum()))
    return AtThreshold(threshold, precision, recall, f1, false)


def best_threshold(judged: Judged) -> float:
    """Return the score that, as a threshold, gives the highest F1; of equals the highest."""
    order = np.argsort(-judged.score, kind="stable")
    score, positive = judged.score[order], judged.positive[order]
    hits = np.cumsum(positive)
    last_of_equals = np.append(score[1:] != score[:-1], True)
    f1 = np.where(last_of_equals, 2 * hits / (np.arange(1, len(score) + 1) + positive.sum()), -1.0)
    return float(score[int(np.argmax(f1))])


def figures_of(judged: Judged, threshold: float | None = None) -> dict[str, float]:
    """Return auc, threshold (the one given, or the one of the highest F1), precision, recall, f1, false_alarm_rate."""
    chosen = at_threshold(judged, best_threshold(judged) if threshold is None else threshold)
    return {"auc": auc(judged), **asdict(chosen)}


def report_files(
    title: str, how: str, judged: Mapping[str, Judged], thresholds: Mapping[str, float]
) -> dict[str, bytes]:
    """Return report.json, report.md and roc.png.

    how: a sentence that says what was judged on what; judged: by level, for example "frames"; thresholds: one for each
    level where it is given, not chosen.
    """
    figures = {level: figures_of(j, thresholds.get(level)) for level, j in judged.items()}
    tables = {level: [at_threshold(j, t) for t in TABLE] for level, j in judged.items()}
    counts = {level: (len(j.score), int(j.positive.sum())) for level, j in judged.items()}
    lines = [f"# {title}", "", how, "", "![ROC curve](roc.png)"]
    for level, facts in figures.items():
        total, positive = counts[level]
        lines += [
            "",
            f"## {level.capitalize()}",
            "",
            f"{total}, of which {positive} positive.",
            "",
            "| | |",
            "|---|---|",
        ]
        lines += [f"| {name.replace('_', ' ')} | {value:.3f} |" for name, value in facts.items()]
        lines += ["", "| threshold | precision | recall | F1 | normal over it |", "|---|---|---|---|---|"]
        lines += [
            f"| {r.threshold:.2f} | {r.precision:.3f} | {r.recall:.3f} | {r.f1:.3f} | {r.false_alarm_rate:.3f} |"
            for r in tables[level]
        ]
    report = {
        "title": title,
        "how": how,
        "levels": {
            level: {**figures[level], "count": counts[level][0], "positive": counts[level][1],
                    "table": [asdict(row) for row in tables[level]]}
            for level in judged
        },
    }  # fmt: skip
    return {
        "report.json": (json.dumps(report, indent=1) + "\n").encode(),
        "report.md": ("\n".join(lines) + "\n").encode(),
        "roc.png": roc_picture(title, judged),
    }


def losses_report(title: str, losses: Sequence[float]) -> dict[str, bytes]:
    """Return report.json and report.md of a training without labelled clips to judge it on: the loss of each epoch."""
    how = "Trained on normal footage alone. Without labelled clips there is no ROC curve; give some with --check."
    rows = [f"| {epoch} | {loss:.6g} |" for epoch, loss in enumerate(losses, start=1)]
    text = "\n".join([f"# {title}", "", how, "", "| epoch | loss |", "|---|---|", *rows]) + "\n"
    facts = {"title": title, "how": how, "loss_by_epoch": list(losses)}
    return {"report.json": (json.dumps(facts, indent=1) + "\n").encode(), "report.md": text.encode()}


def write_report(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a report into a model folder, each whole or not at all."""
    for name, content in files.items():
        scratch = folder / f".{name}.part"
        scratch.write_bytes(content)
        scratch.replace(folder / name)


def roc_picture(title: str, judged: Mapping[str, Judged]) -> bytes:
    """Return the ROC curves of all levels as a PNG."""
    from matplotlib.figure import Figure  # the object interface: no window, no state between pictures

    figure = Figure(figsize=(5.2, 5.0), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    for level, j in judged.items():
        false, true, _ = roc_curve(j.positive, j.score)
        axes.plot(false, true, label=f"{level}, AUC {auc(j):.3f}")
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey", linewidth=1)
    axes.set(
        title=title, xlabel="share of normal over the threshold", ylabel="share found", xlim=(0, 1), ylim=(0, 1.005)
    )
    axes.legend(loc="lower right")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
