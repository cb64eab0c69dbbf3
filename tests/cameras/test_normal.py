"""What a camera's page says of normality, and of how often it alerts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.tenancy import tenant
from cameras.chart import chart_of
from cameras.models import Camera, Preset
from cameras.normal import normality_of, other_settings, promise_of, rate_of, rate_words, wanted_words
from cameras.pictures import picture_digest
from cameras.selectors import ScorePoint
from cameras.services import baseline_relearn, calibration_ask, camera_disable, camera_update
from cameras.services.baselines import Saved
from cameras.spans import span_words
from cameras.turns import turn_end, turn_take
from tests.cameras.learned import AT, HOUR, calibrated, learned, scored
from tests.cast import make_camera

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def dock(cast: Any) -> Camera:
    return make_camera(cast.north, cast.presets["default"], "Dock")


def read(camera: Camera) -> Camera:
    return Camera.objects.select_related("preset", "baseline", "calibration").get(id=camera.id)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1.9, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (119, "1 minute"),
        (120, "2 minutes"),
        (7199, "119 minutes"),
        (7200, "2 hours"),
        (172_799, "47 hours"),
        (604_800, "7 days"),
    ],
)
def test_a_span_is_said_in_its_largest_unit(seconds: float, words: str) -> None:
    assert span_words(seconds) == words


@pytest.mark.parametrize(
    ("rate", "words"),
    [(0.0, "0 alerts"), (0.31, "0.3 alerts"), (1.0, "1 alert"), (1.96, "2 alerts"), (12.4, "12 alerts")],
)
def test_a_rate_is_said_as_finely_as_anybody_counts(rate: float, words: str) -> None:
    assert rate_words(rate) == words


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"alerts_per_day": 2.0}, "2 alerts a day"),
        ({"share": 0.05}, "the top 5\N{NO-BREAK SPACE}% of the footage"),
        ({"share": 0.125}, "the top 12.5\N{NO-BREAK SPACE}% of the footage"),
        ({"threshold": 0.75}, "threshold 0.75"),
    ],
)
def test_a_setting_says_what_it_asks_for(wanted: Any, words: str) -> None:
    assert wanted_words(wanted) == words


def test_a_new_camera_has_learned_nothing(cast, dock) -> None:
    with tenant(cast.acme.id):
        normality = normality_of(read(dock))
    assert (normality.phase, normality.phase_words, normality.sentence) == (
        "",
        "Nothing learned yet",
        "Learning begins with the first pictures.",
    )


def test_a_camera_that_warms_up_says_how_far_it_is_and_how_long_it_takes(cast, dock) -> None:
    learned(dock, phase="warming up", progress=0.384, left_s=11_400.0, learned_s=7_300.0)
    with tenant(cast.acme.id):
        normality = normality_of(read(dock))
    assert (normality.phase_words, normality.percent, normality.left, normality.learned) == (
        "Warming up",
        38,
        "about 3 hours left",
        "2 hours",
    )
    assert normality.is_learning


def test_a_camera_that_is_switched_off_promises_no_time(cast, dock) -> None:
    learned(dock, phase="warming up", progress=0.5, left_s=3600.0, message="Half of it is learned.")
    camera_disable(organization_id=cast.acme.id, camera_id=dock.id, at=AT)
    with tenant(cast.acme.id):
        normality = normality_of(read(dock))
    assert normality.left == ""
    assert normality.sentence == "The camera is switched off; it learns while it is watched. Half of it is learned."


def test_an_active_camera_has_no_progress_and_the_workers_words_go_first(cast, dock) -> None:
    learned(dock, phase="drifting", message="Mornings are busier than they were.")
    baseline_relearn(organization_id=cast.acme.id, camera_id=dock.id, at=AT)
    with tenant(cast.acme.id):
        normality = normality_of(read(dock))
    assert (normality.phase, normality.percent, normality.left) == ("drifting", None, "")
    assert (normality.sentence, normality.wanted_anew) == ("Mornings are busier than they were.", True)


KEPT = (
    "What it knew of the picture before is kept until it has learned this one: set the address back before, and it "
    "goes on with that."
)


def test_a_changed_address_says_what_becomes_of_what_was_learned(cast, dock) -> None:
    def point(source: str, enabled: bool = True) -> None:
        camera_update(organization_id=cast.acme.id, camera_id=dock.id, at=AT, source=source, enabled=enabled)

    def told() -> str:
        with tenant(cast.acme.id):
            return normality_of(read(dock)).address

    gate, yard = "rtsp://10.0.0.8/gate", "rtsp://10.0.0.8/yard"
    point(gate)
    learned(dock)
    assert told() == "", "learned before pictures were told apart"
    knew = Saved(b"gate", picture_digest(gate))
    learned(dock, saved=knew)
    point("rtsp://user:secret@10.0.0.8/gate")
    assert told() == ""
    point(yard)
    assert told() == (
        f"Its address was changed to another picture: it begins to learn anew within seconds of being watched. {KEPT}"
    )
    point(yard, enabled=False)
    assert (
        told() == f"Its address was changed to another picture: it begins to learn anew once it is switched on. {KEPT}"
    )
    point(yard)
    learned(dock, phase="relearning", saved=Saved(b"yard", picture_digest(yard), knew))
    assert told() == KEPT
    point(gate)
    assert told() == "Its address was set back: it takes up again what it knew, within seconds of being watched."
    point(yard)
    learned(dock, saved=Saved(b"yard", picture_digest(yard)))
    assert told() == ""


@pytest.mark.parametrize(("scorer", "words"), [("robust", "Does not learn"), ("fights", "Trained")])
def test_other_scorers_learn_nothing_here(cast, dock, settings, tmp_path, scorer, words) -> None:
    settings.VEDETTE_MODELS = tmp_path
    (tmp_path / "fights").mkdir()
    (tmp_path / "fights" / "meta.json").write_text("{}")
    learned(dock)
    camera_update(organization_id=cast.acme.id, camera_id=dock.id, at=AT, scorer=scorer)
    with tenant(cast.acme.id):
        assert (normality_of(read(dock)).phase, normality_of(read(dock)).phase_words) == ("", words)


def test_the_promise_says_what_it_is_made_of_and_how_it_was_checked(cast, dock) -> None:
    calibrated(dock)
    with tenant(cast.acme.id):
        promise = promise_of(read(dock), AT)
        assert rate_of(read(dock)) == "about 2"
    assert promise.sentence == (
        "About 2 alerts a day at this setting, from the last 7 days; "
        "checked on 2 days that were not used to choose it: 1.8."
    )
    assert (promise.setting, promise.threshold, promise.calibrated, promise.computing, promise.computable) == (
        "2 alerts a day",
        0.81,
        True,
        False,
        True,
    )


def test_a_promise_that_was_not_checked_says_so(cast, dock) -> None:
    calibrated(dock, hours=9.0, held_out_alerts_per_day=None, alerts_per_day=1.0)
    with tenant(cast.acme.id):
        assert promise_of(read(dock), AT).sentence == (
            "About 1 alert a day at this setting, from the last 9 hours; "
            "too little footage yet to check it on days that were not used to choose it."
        )


def test_a_promise_that_cannot_be_kept_says_why(cast, dock) -> None:
    calibrated(dock, alerts_per_day=9.5, held_out_alerts_per_day=11.2, message="Even at 0.99 there would be 9.5.")
    with tenant(cast.acme.id):
        assert promise_of(read(dock), AT).sentence == (
            "About 9.5 alerts a day at this setting, from the last 7 days; "
            "checked on 2 days that were not used to choose it: 11. Even at 0.99 there would be 9.5."
        )


def test_too_little_footage_says_how_much_is_needed(cast, dock) -> None:
    scored(dock, AT, minutes=12)
    with tenant(cast.acme.id):
        promise = promise_of(read(dock), AT)
        assert rate_of(read(dock)) == ""
    assert promise.sentence == (
        "This camera has 12 minutes of scores; about 6 hours are needed. "
        "Until then the preset's own threshold 0.75 holds."
    )
    assert (promise.calibrated, promise.computable) == (False, False)


def test_a_changed_setting_is_not_told_the_old_figures(cast, dock) -> None:
    calibrated(dock)
    camera_update(organization_id=cast.acme.id, camera_id=dock.id, at=AT + HOUR, alerts_per_day=5.0)
    with tenant(cast.acme.id):
        promise = promise_of(read(dock), AT + HOUR)
    assert promise.sentence == "The setting was changed. What it means here follows, from the last days."
    assert (promise.setting, promise.threshold, promise.computing) == ("5 alerts a day", 0.75, True)


def test_the_workers_reason_is_told_where_footage_is_not_the_reason(cast, dock) -> None:
    scored(dock, AT, minutes=400)
    calibrated(dock, enough=False, message="Every hour was confirmed as a true alarm.")
    with tenant(cast.acme.id):
        assert promise_of(read(dock), AT).sentence == "Every hour was confirmed as a true alarm."


def test_enough_footage_that_was_not_looked_at_yet_is_not_called_too_little(cast, dock) -> None:
    scored(dock, AT, minutes=400)
    with tenant(cast.acme.id):
        assert promise_of(read(dock), AT).sentence == (
            "Enough is recorded. What the setting means here follows within minutes."
        )


def test_nobody_is_told_to_wait_for_an_answer_that_does_not_come(cast, dock) -> None:
    scored(dock, AT, minutes=400)
    calibration_ask(organization_id=cast.acme.id, camera_id=dock.id, at=AT)
    with tenant(cast.acme.id):
        assert promise_of(read(dock), AT + dt.timedelta(seconds=59)).computing is True
        assert promise_of(read(dock), AT + dt.timedelta(seconds=60)).computing is False
    calibrated(dock, at=AT)
    with tenant(cast.acme.id):
        assert promise_of(read(dock), AT + dt.timedelta(seconds=1)).computing is False


@pytest.mark.django_db(transaction=True)
def test_a_calibration_that_waits_says_how_many_are_before_it(cast, dock, queue) -> None:
    cameras = [make_camera(cast.north, cast.presets["default"], f"Dock {n}") for n in (1, 2)] + [dock]
    for second, camera in enumerate(cameras):
        scored(camera, AT, minutes=400)
        asked_at = AT + dt.timedelta(seconds=second)
        calibration_ask(organization_id=cast.acme.id, camera_id=camera.id, at=asked_at)
    with tenant(cast.acme.id):
        told = [promise_of(read(camera), AT + dt.timedelta(seconds=100)) for camera in cameras]
        assert [(promise.computing, promise.before) for promise in told] == [(False, 0), (True, 1), (True, 2)]
        assert promise_of(read(dock), AT + dt.timedelta(seconds=182)).computing is False
    turn_end(turn_take())
    with tenant(cast.acme.id):
        assert promise_of(read(dock), AT).before == 1


def test_every_setting_says_what_it_would_do_from_the_calmest(cast, dock) -> None:
    presets = cast.presets
    outlook = {
        presets["default"].id: {"wanted": {"alerts_per_day": 2.0}, "threshold": 0.81, "alerts_per_day": 2.0},
        presets["sensitive"].id: {"wanted": {"share": 0.4}, "threshold": 0.3, "alerts_per_day": 120.4},
        presets["balanced"].id: {"wanted": {"share": 0.2}, "threshold": 0.5, "alerts_per_day": 30.0},
    }
    calibrated(dock, presets=outlook)
    with tenant(cast.acme.id):
        lines = other_settings(read(dock), Preset.objects.order_by("id"))
    assert [(line.preset.name, line.rate, line.threshold, line.is_now) for line in lines] == [
        ("Default", "2", 0.81, True),
        ("Sensitive", "120", 0.3, False),
        ("Conservative", "", None, False),
        ("Balanced", "", None, False),  # its share was changed since
        ("Moderate", "", None, False),
    ]


def test_the_chart_stands_on_the_sites_clocks_with_the_highest_of_each_quarter() -> None:
    now = dt.datetime(2026, 3, 8, 12, 7, tzinfo=dt.UTC).astimezone(BERLIN)  # 13:07 there, so the chart ends at 13:15
    minute = dt.timedelta(minutes=1)
    points = [
        ScorePoint(now - 22 * minute, now - 17 * minute, 0.4),  # 12:45 to 12:50
        ScorePoint(now - 17 * minute, now - 12 * minute, 0.9),  # to 12:55
        ScorePoint(now - 7 * minute, now - 2 * minute, 0.2),  # 13:00 to 13:05
        ScorePoint(now - 1440 * minute, now - 1435 * minute, 0.7),  # yesterday 13:07: before the chart begins
    ]
    chart = chart_of(points, 0.75, now)
    assert [(column.words, column.over, column.x) for column in chart.columns] == [
        ("12:45–13:00: 0.90", True, 97.917),
        ("13:00–13:15: 0.20", False, 98.958),
    ]
    assert [(mark.clock, mark.x) for mark in chart.marks] == [
        ("18:00", 19.79),
        ("00:00", 44.79),
        ("06:00", 69.79),
        ("12:00", 94.79),
    ]
    assert [(row.clock, row.highest, row.over) for row in chart.rows] == [
        ("Sun 13:00", 0.2, 0),
        ("Sun 12:00", 0.9, 1),
    ]
    assert (chart.highest, chart.over, chart.threshold_y) == (0.9, 1, 33.0)
    assert (chart.columns[0].y, chart.columns[0].height) == (15.6, 104.4)


def test_a_day_without_scores_draws_nothing() -> None:
    chart = chart_of([], 0.75, AT)
    assert (chart.columns, chart.rows, chart.highest) == ((), (), 0.0)
