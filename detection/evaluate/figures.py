"""Hold the figures of one scorer on a benchmark, for people and for machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detection.evaluate.settings import Row

PROTOCOL = (
    "Frame level. Trained on the training clips alone, all normal; no label and no test statistic is used. "
    "Scores are causal: a frame is judged by itself and by what came before it in its clip. "
    "Micro AUC ranks the frames of all test clips together; macro AUC is the mean of the clips' own, and the two are "
    "never comparable. An event is found when an alarm opens within its span; latency runs from its first labelled "
    "frame to the alarm. False events are counted on the training clips."
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one scorer with one detector.

    normal_is: how the training clips were judged whose false events are counted; micro, macro: AUCs, 0–1; fps: analysed
    frames a second from decoded picture to score, over the test clips; cpu_ms: of all threads, a frame; rows: by
    setting.
    """

    scorer: str
    version: str
    detector: str
    embedder: str
    trained_on: tuple[str, ...]
    normal_is: str
    micro: float | None
    macro: float | None
    test_frames: int
    fps: float
    cpu_ms: float
    rows: dict[str, Row]

    def as_json(self) -> dict[str, Any]:
        """Return the figures for a machine to read."""
        return {
            "protocol": PROTOCOL,
            "scorer": self.scorer,
            "version": self.version,
            "detector": self.detector,
            "embedder": self.embedder,
            "trained_on": list(self.trained_on),
            "training_clips": self.normal_is,
            "micro_auc": self.micro,
            "macro_auc": self.macro,
            "test_frames": self.test_frames,
            "fps": self.fps,
            "cpu_ms": self.cpu_ms,
            "settings": {
                name: {
                    "threshold": row.threshold,
                    "false_events_per_hour": row.normal.false_per_hour,
                    "false_events": row.normal.false_events,
                    "normal_s": row.normal.normal_s,
                    "events": row.test.spans,
                    "events_found": row.test.found,
                    "median_latency_s": row.test.median_latency_s,
                    "test_false_events": row.test.false_events,
                }
                for name, row in self.rows.items()
            },
        }

    def as_text(self) -> str:
        """Return the figures as a table."""
        lines = [
            PROTOCOL,
            f"Training clips: {self.normal_is}.",
            "",
            f"scorer {self.scorer} {self.version}; {len(self.trained_on)} training clips; detector {self.detector}; "
            f"embedder {self.embedder or 'none'}",
            f"micro frame-AUC {_share(self.micro)}   macro frame-AUC {_share(self.macro)}   "
            f"{self.test_frames} test frames at {self.fps:.1f} frames a second, "
            f"{self.cpu_ms:.0f} ms of processor time each",
            "",
            f"{'setting':<30}{'threshold':>10}{'events found':>14}{'median latency':>16}{'false in test':>15}"
            f"{'false/h, training':>19}",
        ]
        for name, row in self.rows.items():
            latency = "–" if row.test.median_latency_s is None else f"{row.test.median_latency_s:.2f} s"
            lines.append(
                f"{name:<30}{row.threshold:>10.2f}{f'{row.test.found} of {row.test.spans}':>14}{latency:>16}"
                f"{row.test.false_events:>15}{row.normal.false_per_hour:>19.0f}"
            )
        return "\n".join(lines)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
