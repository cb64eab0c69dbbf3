"""Say what a camera has learned and how often it alerts, for its page and for the API alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cameras.calibration import NEEDED_H, Outlook, Wanted, camera_threshold, camera_wanted, preset_wanted
from cameras.credentials import UnreadableSource, decrypt
from cameras.models import BaselinePhase, Camera, CameraBaseline, CameraCalibration, Preset
from cameras.pictures import picture_digest
from cameras.selectors import baseline_of, calibration_of, recorded_s
from cameras.services.calibrations import too_little
from cameras.spans import span_words
from cameras.turns import turns_before

HELD_OUT = 2 / 7
"""The newest part of the footage, which a calibration does not look at when it chooses."""
ANSWER_PATIENCE_S = 60
"""After so long without an answer, for each camera whose turn it is before, a computation is no longer announced."""
LEARNING = (BaselinePhase.WARMING_UP, BaselinePhase.RELEARNING)

_PHASES = {
    BaselinePhase.WARMING_UP: "Warming up: it is learning what is normal here. Until then it compares each moment with "
    "the minutes before.",
    BaselinePhase.ACTIVE: "It knows what is normal here, and alerts to what differs.",
    BaselinePhase.DRIFTING: "What is normal here has been changing for a while; it follows slowly.",
    BaselinePhase.RELEARNING: "It is learning what is normal anew. Until then it compares each moment with the minutes "
    "before.",
}


@dataclass(frozen=True, slots=True)
class Normality:
    """What a page shows of a baseline; phase is empty where the camera's scorer learns nothing, or nobody spoke yet.

    address: what a change of the camera's address means for what it learned, blank where there was none.
    """

    phase: str
    phase_words: str
    sentence: str
    percent: int | None
    left: str
    learned: str
    since: dt.datetime | None
    objects: int
    wanted_anew: bool
    address: str = ""

    @property
    def is_learning(self) -> bool:
        return self.phase in LEARNING


def normality_of(camera: Camera) -> Normality:
    """Return what is known of a camera's baseline, in words."""
    if camera.scorer == "robust":
        return _nothing("It learns nothing: each moment is compared with the minutes before.", "Does not learn")
    if camera.scorer != "baseline":
        return _nothing(f"The trained model “{camera.scorer}” judges this camera; it learns nothing more.", "Trained")
    baseline = baseline_of(camera)
    wish = baseline is not None and baseline.relearn_wanted_at is not None
    if baseline is None or baseline.reported_at is None:
        begins = "Learning begins with the first pictures." if camera.enabled else _OFF
        return _nothing(begins, "Nothing learned yet", wanted_anew=wish)
    phase = BaselinePhase(baseline.phase)
    learning = phase in LEARNING
    said = baseline.message or _PHASES[phase]
    return Normality(
        phase=phase.value,
        phase_words=str(phase.label),
        sentence=said if camera.enabled or not learning else f"{_OFF} {said}",
        percent=round(100 * min(1.0, max(0.0, baseline.progress))) if learning else None,
        left=f"about {span_words(baseline.left_s)} left" if learning and baseline.left_s and camera.enabled else "",
        learned=span_words(baseline.learned_s),
        since=baseline.since,
        objects=baseline.objects_learned,
        wanted_anew=wish,
        address=_address(camera, baseline),
    )


def _address(camera: Camera, baseline: CameraBaseline) -> str:
    """Say what a change of the address means for what was learned of the picture before."""
    try:
        picture = picture_digest(decrypt(camera.source_encrypted))
    except UnreadableSource:
        return ""  # the camera's state says so
    if baseline.picture in ("", picture):
        return _SET_BACK if baseline.before_picture and BaselinePhase(baseline.phase) in LEARNING else ""
    when = "within seconds of being watched" if camera.enabled else "once it is switched on"
    if baseline.before_picture == picture:
        return f"Its address was set back: it takes up again what it knew, {when}."
    return f"Its address was changed to another picture: it begins to learn anew {when}. {_SET_BACK}"


_SET_BACK = (
    "What it knew of the picture before is kept until it has learned this one: set the address back before, and it "
    "goes on with that."
)
_OFF = "The camera is switched off; it learns while it is watched."


def _nothing(sentence: str, words: str, *, wanted_anew: bool = False) -> Normality:
    return Normality("", words, sentence, None, "", "", None, 0, wanted_anew)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a camera's setting means there, in a sentence; computing while a worker has been asked and may answer.

    before: how many other cameras are computed before it meanwhile; computable: whether enough is recorded to compute
    from.
    """

    setting: str
    threshold: float
    calibrated: bool
    sentence: str
    computing: bool
    before: int
    computable: bool


def promise_of(camera: Camera, now: dt.datetime) -> Promise:
    """Return what the camera's setting means on its own footage of the last days."""
    calibration, holds = calibration_of(camera), _that_holds(camera)
    asked = calibration is not None and _asked(calibration)
    before = turns_before(camera.id) if asked else 0
    recorded = NEEDED_H * 3600 if holds else recorded_s(camera)
    return Promise(
        setting=wanted_words(camera_wanted(camera)),
        threshold=camera_threshold(camera),
        calibrated=holds is not None,
        sentence=_promise(holds) if holds else _no_promise(camera, calibration, recorded),
        computing=calibration is not None and asked and _may_answer(calibration, now, before),
        before=before,
        computable=recorded >= NEEDED_H * 3600,
    )


def rate_of(camera: Camera) -> str:
    """Return how many alerts a day the camera's setting means there, “about 2”, empty where nobody knows yet."""
    holds = _that_holds(camera)
    return f"about {_figure(holds.alerts_per_day or 0.0)}" if holds else ""


def wanted_words(wanted: Wanted) -> str:
    """Say what a setting asks for: “2 alerts a day”, “the top 5 % of the footage”, “threshold 0.75”."""
    if "alerts_per_day" in wanted:
        return f"{rate_words(wanted['alerts_per_day'])} a day"
    if "share" in wanted:
        return f"the top {_trimmed(wanted['share'] * 100)}\N{NO-BREAK SPACE}% of the footage"
    return f"threshold {wanted['threshold']:.2f}"


def rate_words(rate: float) -> str:
    """Say how many alerts: “0.3 alerts”, “1 alert”, “12 alerts”; past ten nobody counts tenths."""
    figure = _figure(rate)
    return f"{figure} alert{'' if figure == '1' else 's'}"


@dataclass(frozen=True, slots=True)
class OtherSetting:
    """One line of the table that says what each preset would do on this camera; rate None where nobody knows yet."""

    preset: Preset
    asks: str
    alerts_per_day: float | None
    threshold: float | None
    is_now: bool

    @property
    def rate(self) -> str:
        return "" if self.alerts_per_day is None else _figure(self.alerts_per_day)


def other_settings(camera: Camera, presets: Iterable[Preset]) -> list[OtherSetting]:
    """Return what each preset would do here, from the calmest; a preset changed since is shown without figures."""
    calibration = calibration_of(camera)
    known: Mapping[str, Outlook] = calibration.presets if calibration is not None and calibration.enough else {}
    own = camera.alerts_per_day is not None or camera.share is not None
    lines = []
    for preset in presets:
        wanted = preset_wanted(preset)
        outlook = known.get(str(preset.id))
        if outlook is not None and outlook["wanted"] != wanted:
            outlook = None
        lines.append(
            OtherSetting(
                preset=preset,
                asks=wanted_words(wanted),
                alerts_per_day=outlook["alerts_per_day"] if outlook else None,
                threshold=outlook["threshold"] if outlook else None,
                is_now=not own and preset.id == camera.preset_id,
            )
        )
    return sorted(lines, key=_calmest)


def _calmest(line: OtherSetting) -> tuple[bool, float, str]:
    rate = line.alerts_per_day
    return (rate is None, -line.preset.threshold if rate is None else rate, line.preset.name)


def _that_holds(camera: Camera) -> CameraCalibration | None:
    """Return the camera's calibration where it was computed, from enough, for what is asked for now."""
    calibration = calibration_of(camera)
    if calibration is None or not calibration.enough or calibration.wanted != camera_wanted(camera):
        return None
    return calibration


def _promise(calibration: CameraCalibration) -> str:
    span = f"the last {_hours(calibration.hours)}"
    text = f"About {rate_words(calibration.alerts_per_day or 0.0)} a day at this setting, from {span}"
    held_out = calibration.held_out_alerts_per_day
    if held_out is None:
        text += "; too little footage yet to check it on days that were not used to choose it."
    else:
        checked = _hours(calibration.hours * HELD_OUT)
        text += f"; checked on {checked} that were not used to choose it: {_figure(held_out)}."
    return f"{text} {calibration.message}".rstrip()


def _no_promise(camera: Camera, calibration: CameraCalibration | None, recorded: float) -> str:
    wanted = camera_wanted(camera)
    if "threshold" in wanted:
        return "A fixed threshold: how often it alerts depends on the place. A number of alerts a day adapts to it."
    if calibration is not None and calibration.enough:
        return "The setting was changed. What it means here follows, from the last days."
    if recorded >= NEEDED_H * 3600:
        told = calibration.message if calibration is not None else ""
        return told or "Enough is recorded. What the setting means here follows within minutes."
    return too_little(camera, recorded)


def _hours(hours: float) -> str:
    return span_words(round(hours) * 3600)


def _asked(calibration: CameraCalibration) -> bool:
    asked, computed = calibration.asked_at, calibration.computed_at
    return asked is not None and (computed is None or computed < asked)


def _may_answer(calibration: CameraCalibration, now: dt.datetime, before: int) -> bool:
    asked = calibration.asked_at
    return asked is not None and (now - asked).total_seconds() < ANSWER_PATIENCE_S * (1 + before)


def _figure(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 10 else _trimmed(rate)


def _trimmed(figure: float) -> str:
    return f"{figure:.1f}".removesuffix(".0")
