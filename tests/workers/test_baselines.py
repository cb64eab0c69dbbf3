"""A camera's learned normality outlives its worker, follows what people say, and is told to them."""

from __future__ import annotations

import datetime as dt
import time
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import CameraBaseline
from cameras.services import baseline_relearn
from cameras.services.baselines import Saved
from detection.score import score_scene
from detection.score.living import Decided, LivingSettings
from tests.cast import Cast
from tests.detection.living.street import MONDAY, said, van, watch
from tests.workers.test_scribe import hold, until
from workers import scorers
from workers.baselines import REPORT_EVERY_S, SAVE_EVERY_S, BaselineKeeper, saved_baseline
from workers.leases import Held, leases_expire
from workers.plan import camera_plan
from workers.score_series import MAX_FRAMES, ScoreKeeper
from workers.scribe import Scribe

NOTHING = Saved()
QUICK = LivingSettings(warm_s=60.0, warm_sightings=100, swap_s=2.0, retrain_s=(60.0, 240.0, 600.0))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def keeper(clock: Clock, saved: Saved = NOTHING) -> BaselineKeeper:
    return BaselineKeeper(Held(uuid4(), uuid4(), uuid4(), 1), saved, settings=QUICK, monotonic=clock)


def test_it_is_told_at_once_then_every_few_seconds_and_saved_every_few_minutes(clock):
    kept = keeper(clock)
    baseline = kept.make()
    assert kept.report() is None, "it has not seen a frame yet"
    so_far = watch(baseline, 30.0)
    first = kept.report()
    assert first is not None
    assert (first.lasting, first.anew) == (True, False)
    assert kept.report() is None
    clock.now = REPORT_EVERY_S
    told = kept.report()
    assert told is not None
    assert (told.lasting, told.anew) == (False, False)
    watch(baseline, 60.0, so_far)
    assert baseline.status.phase == "active"
    told = kept.report()
    assert told is not None, "a new phase is told at once"
    assert (told.lasting, told.anew) == (True, True)
    watch(baseline, 400.0, so_far)
    clock.now += REPORT_EVERY_S / 2
    assert kept.report() is None
    clock.now += SAVE_EVERY_S
    waiting = kept.report(may_save=False)
    assert waiting is not None
    assert not waiting.lasting, "while the database is away nothing is packed"
    saved = kept.report()
    assert saved is not None
    assert saved.lasting
    assert kept.report(last=True) is not None


def test_another_address_goes_on_with_what_was_learned(clock):
    kept = keeper(clock)
    baseline = kept.make()
    watch(baseline, 120.0)
    kept.pause()
    again = kept.make()
    assert (again is not baseline, again.version) == (True, baseline.version)


def test_another_picture_is_learned_anew_and_the_one_before_is_taken_up_when_the_address_is_set_back(clock):
    kept = keeper(clock)
    kept.point_at("gate")
    gate = kept.make()
    so_far = watch(gate, 120.0)
    knew = gate.version
    assert kept.report().saved == Saved(gate.to_bytes(), "gate")

    kept.pause()
    kept.point_at("yard")
    yard = kept.make()
    assert (yard.status.phase, yard.version) == ("relearning", "warming up")
    assert yard.status.message.startswith("The camera's address was changed to another picture, on 20")
    told = kept.report()
    assert (told.lasting, told.anew) == (True, True)
    assert told.saved == Saved(yard.to_bytes(), "yard", Saved(gate.to_bytes(), "gate"))
    watch(yard, 30.0, so_far)

    kept.pause()
    kept.point_at("street")
    street = kept.make()
    assert (street.status.phase, street.status.learned_s) == ("relearning", 0.0)
    assert kept.report().saved.before.picture == "gate", "of the yard nothing was learned"

    elsewhere = keeper(clock, Saved(street.to_bytes(), "street", Saved(gate.to_bytes(), "gate")))
    for one in (kept, elsewhere):
        one.pause()
        one.point_at("gate")
        again = one.make()
        assert (again.status.phase, again.version) == ("active", knew)
        assert one.report().saved == Saved(gate.to_bytes(), "gate")


def test_the_picture_before_is_forgotten_once_this_one_is_learned_or_somebody_wishes_it(clock):
    for forget in ("learn", "wish"):
        kept = keeper(clock)
        kept.point_at("gate")
        so_far = watch(kept.make(), 120.0)
        kept.pause()
        kept.point_at("yard")
        yard = kept.make()
        assert kept.report().saved.before.picture == "gate"
        if forget == "learn":
            watch(yard, 120.0, so_far)
            assert yard.status.phase == "active"
        else:
            kept.relearn_if(dt.datetime.fromtimestamp(MONDAY + 120.0, dt.UTC))
        assert kept.report(last=True).saved == Saved(yard.to_bytes(), "yard")
        kept.pause()
        kept.point_at("gate")
        assert kept.make().status.phase == "relearning"


def test_what_was_saved_before_pictures_were_told_apart_is_used(clock):
    baseline = keeper(clock).make()
    watch(baseline, 120.0)
    kept = keeper(clock, Saved(baseline.to_bytes()))
    kept.point_at("gate")
    again = kept.make()
    assert (again.status.phase, again.version) == ("active", baseline.version)
    assert kept.report(last=True).saved is None


def test_an_address_changed_while_nobody_watched_is_noticed(clock):
    baseline = keeper(clock).make()
    watch(baseline, 120.0)
    gate = Saved(baseline.to_bytes(), "gate")
    kept = keeper(clock, gate)
    kept.point_at("yard")
    again = kept.make()
    assert again.status.phase == "relearning"
    assert kept.report().saved == Saved(again.to_bytes(), "yard", gate)


def test_the_hours_are_those_of_the_site_and_follow_it(clock):
    kept = keeper(clock)
    kept.tell_zone(ZoneInfo("Europe/Berlin"))
    baseline = kept.make()
    watch(baseline, 120.0)
    assert baseline._hours.hour_of(MONDAY) == 1
    version = baseline.version
    kept.tell_zone(ZoneInfo("America/New_York"))
    assert (baseline._hours.hour_of(MONDAY), baseline.version) == (167 - 4, version)
    kept.pause()
    again = kept.make()
    assert (again._hours.hour_of(MONDAY), again.version) == (167 - 4, version)


def test_what_cannot_be_used_is_learned_anew_and_said(clock, caplog):
    kept = keeper(clock, Saved(b"no baseline"))
    baseline = kept.make()
    assert baseline.status.phase == "relearning"
    assert "What was saved could not be used" in baseline.status.message
    assert "learns anew" in caplog.text


def test_a_wish_is_carried_out_once(clock):
    kept = keeper(clock)
    baseline = kept.make()
    so_far = watch(baseline, 120.0)
    wish = dt.datetime.fromtimestamp(MONDAY + 120.0, dt.UTC)
    kept.relearn_if(wish)
    assert baseline.status.phase == "relearning"
    watch(baseline, 120.0, so_far)
    kept.relearn_if(wish)
    kept.relearn_if(None)
    assert baseline.status.phase == "active"


@pytest.mark.django_db(transaction=True)
def test_the_whole_life_of_a_camera(cast: Cast, node, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    node_id = node()
    held = hold(cast, node_id)
    scribe = Scribe(held)
    kept = BaselineKeeper(held, NOTHING, settings=QUICK)
    baseline = kept.make()
    so_far = watch(baseline, 120.0)
    watch(baseline, 30.0, so_far, extra=van(130.0))
    scribe.tell(kept.report(last=True).fact())
    assert scribe.drain(10)
    row = _row(cast)
    assert (row.phase, row.progress, row.version) == ("active", 1.0, baseline.version)
    assert row.learned_s == pytest.approx(baseline.status.learned_s)

    saved = saved_baseline(cast.gate3.id, cast.acme.id)
    assert saved == Saved(baseline.to_bytes())
    elsewhere = BaselineKeeper(held, saved, settings=QUICK)
    elsewhere.tell([said(so_far.events[0], normal=True)])
    again = elsewhere.make()
    assert again.version == baseline.version
    watch(again, 60.0, so_far, extra=van(so_far.at_s + 20.0))
    assert len(so_far.events) == 1, "the false alarm was learned from, on another worker"

    baseline_relearn(organization_id=cast.acme.id, camera_id=cast.gate3.id, at=timezone.now(), actor=cast.mia.actor)
    plan = camera_plan(held)
    assert plan.relearn_wanted_at is not None
    elsewhere.relearn_if(plan.relearn_wanted_at)
    scribe.tell(elsewhere.report().fact())
    assert scribe.drain(10)
    row = _row(cast)
    assert (row.phase, row.relearn_wanted_at) == ("relearning", None)
    scribe.close()


def _row(cast: Cast) -> CameraBaseline:
    with tenant(cast.acme.id):
        return CameraBaseline.objects.get(camera=cast.gate3)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_the_camera_writes_nothing(cast: Cast, node, settings, tmp_path):
    from tests.workers.rows import let_expire

    settings.MEDIA_ROOT = tmp_path / "media"
    held = hold(cast, node())
    let_expire(held.camera_id)
    leases_expire()
    scribe = Scribe(held)
    kept = BaselineKeeper(held, NOTHING, settings=QUICK)
    watch(kept.make(), 120.0)
    scribe.tell(kept.report(last=True).fact())
    until(lambda: scribe._lost)
    scribe.close()
    with tenant(cast.acme.id):
        assert not CameraBaseline.objects.exists()
    assert not list((tmp_path / "media").rglob("*.npz"))


def test_scores_are_handed_over_in_spans_and_a_warm_up_says_nothing():
    from detection.types import FrameScore

    told: list[str] = []
    kept = ScoreKeeper(lambda fact: told.append(fact.what))
    kept.add(0.0, FrameScore(0.0, warming_up=True))
    for step in range(1510):
        kept.add(step / 5, FrameScore(0.25, agreement=2))
    assert told == ["1501 scores"]
    kept.flush()
    kept.flush()
    assert told == ["1501 scores", "9 scores"]
    kept.add(0.0, FrameScore(0.5))
    kept.clear()
    kept.flush()
    assert len(told) == 2
    for _ in range(MAX_FRAMES):
        kept.add(7.0, FrameScore(0.5))
    assert told[-1] == f"{MAX_FRAMES} scores"


def test_each_scorer_by_its_name_and_a_missing_one_says_so(clock, settings, tmp_path):
    from tests.detection.learned.models import boosted_folder, scene

    settings.VEDETTE_MODELS = tmp_path
    kept = keeper(clock)
    assert scorers.maker_of("robust", kept)().name == "robust"
    assert scorers.maker_of("baseline", kept)().name == "baseline"
    boosted_folder(tmp_path / "fights")
    assert scorers.maker_of("fights", kept)().name == "lightgbm"
    absent = scorers.maker_of("absent", kept)()
    with pytest.raises(scorers.UnavailableScorerError, match=r"^There is no model in 'absent'"):
        score_scene(absent, scene(time.time()))


def test_decisions_reach_a_scorer_that_is_made_later(clock):
    kept = keeper(clock)
    kept.tell([Decided(MONDAY, MONDAY + 5.0, normal=False)])
    assert len(kept.make()._decisions.alarms) == 1
