"""A restart goes on where it was, and nothing that does not fit is taken."""

from __future__ import annotations

import json
from io import BytesIO
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from detection.score.living import Decided, LivingBaseline, LivingSettings
from detection.score.normality import NormalityError
from tests.detection.living.street import MONDAY, Street, Watch, said, van, watch

QUICK = LivingSettings(warm_s=60.0, warm_sightings=100, swap_s=2.0, retrain_s=(60.0, 240.0, 600.0))


@pytest.fixture(scope="module")
def known() -> tuple[LivingBaseline, Watch]:
    baseline = LivingBaseline(settings=QUICK)
    so_far = watch(baseline, 150.0, extra=van(110.0))
    baseline.tell([said(so_far.events[0], True), Decided(MONDAY + 20.0, MONDAY + 22.0, normal=False)])
    watch(baseline, 10.0, so_far)
    return baseline, so_far


def test_a_restart_judges_as_if_there_had_been_none():
    """The last ten minutes' view starts anew, and with it the shares; what the objects are told by does not."""
    baseline = LivingBaseline(settings=QUICK)
    so_far = watch(baseline, 150.0)
    again = LivingBaseline(settings=QUICK, saved=baseline.to_bytes())
    assert (again.version, again.revision) == (baseline.version, baseline.revision)
    assert again.status == baseline.status
    told = []
    for one in (baseline, again):
        readings = Street(start_s=so_far.at_s + 60.0, extra=van(so_far.at_s + 62.0)).readings(8.0)
        parts = [p for r in readings for p in one.judge(r, learn=False).parts if p.name == "object_shape"]
        told.append(
            [(part.value, part.usual_low, part.usual_high, part.deviation) for part in parts if part.deviation > 1.0]
        )
    assert told[0] == told[1]
    assert len(told[0]) > 15


def test_what_was_taught_learned_and_withheld_comes_back(known):
    baseline, so_far = known
    again = LivingBaseline(settings=QUICK, saved=baseline.to_bytes())
    assert again.to_bytes() == baseline.to_bytes()
    assert again._decisions.alarms == baseline._decisions.alarms
    revision = again.revision
    again.tell([said(so_far.events[0], True)])
    assert again.revision == revision
    after = watch(again, 60.0, Watch(at_s=200.0), extra=van(230.0))
    assert after.events == []
    unknown = LivingBaseline(settings=QUICK)
    watch(unknown, 150.0)
    assert len(watch(unknown, 60.0, Watch(at_s=200.0), extra=van(230.0)).events) == 1


def test_a_restart_while_warming_up_and_before_the_first_frame_goes_on():
    baseline = LivingBaseline(settings=QUICK)
    watch(baseline, 50.0)
    again = LivingBaseline(settings=QUICK, saved=baseline.to_bytes())
    watch(again, 20.0, Watch(at_s=50.0))
    assert again.status.phase == "active"
    empty = LivingBaseline(saved=LivingBaseline().to_bytes())
    assert empty.status == LivingBaseline().status


def test_a_learning_under_way_is_begun_again():
    baseline = LivingBaseline(settings=QUICK)
    watch(baseline, 61.0)
    assert baseline.status.phase == "warming up"
    assert baseline.status.message.startswith("Learning what is normal here from what was seen.")
    again = LivingBaseline(settings=QUICK, saved=baseline.to_bytes())
    watch(again, 4.0, Watch(at_s=61.0))
    assert again.status.phase == "active"


def test_a_saved_camera_of_another_size_learns_anew(known):
    again = LivingBaseline(settings=QUICK, saved=known[0].to_bytes())
    reading = next(Street(start_s=200.0).readings(1.0))
    again.judge(type(reading)(reading.tracks, reading.features, (240, 320), 200.0, MONDAY, True, reading.seen))
    assert again.status.phase == "relearning"


def rewritten(data: bytes, change) -> bytes:
    with np.load(BytesIO(data)) as stored:
        arrays = dict(stored)
    head = json.loads(str(arrays["head"]))
    change(head, arrays)
    file = BytesIO()
    np.savez(file, **{**arrays, "head": np.array(json.dumps(head))})
    return file.getvalue()


def test_foreign_altered_newer_and_others_bytes_are_refused(known):
    data = known[0].to_bytes()

    def refused(bad: bytes, message: str) -> None:
        with pytest.raises(NormalityError, match=message):
            LivingBaseline(settings=QUICK, saved=bad)

    refused(b"hello", "cannot be read")
    refused(b"", "cannot be read")
    refused(data[: len(data) // 2], "cannot be read")
    file = BytesIO()
    np.savez(file, a=np.zeros(3))
    refused(file.getvalue(), "cannot be read")
    refused(rewritten(data, lambda head, _: head.update(version=2)), "of version 2, not 1")
    refused(rewritten(data, lambda head, _: head.update(again=True)), "was altered")
    refused(rewritten(data, lambda _, arrays: arrays["hours.values"].__iadd__(1)), "was altered")


def test_what_was_learned_by_other_clocks_is_used_and_a_running_camera_follows(known):
    berlin, tokyo = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
    baseline = known[0]
    again = LivingBaseline(settings=QUICK, saved=baseline.to_bytes(), zone=berlin)
    assert (again.version, again.status) == (baseline.version, baseline.status)
    assert set(again._hours._samples) == {1}
    assert again.to_bytes() == baseline.to_bytes(), "a sample is saved by its Unix time"
    taught = [deviations.tolist() for _, deviations in again._taught]
    again.set_zone(tokyo)
    assert set(again._hours._samples) == {9}
    assert (again.version, again.status) == (baseline.version, baseline.status)
    assert [deviations.tolist() for _, deviations in again._taught] == taught
    assert len(taught) == 1
    again.set_zone(tokyo)
    again.relearn("Somebody asked for it", MONDAY)
    assert again.status.message.startswith("Somebody asked for it, on 2023-11-20 at 09:00 JST.")
    watch(again, 5.0, Watch(at_s=200.0))
    assert set(again._hours._samples) == {9}


def test_a_learning_under_way_is_begun_again_by_the_new_clocks():
    baseline = LivingBaseline(settings=QUICK)
    so_far = watch(baseline, 61.0)
    assert baseline._study is not None
    baseline.set_zone(ZoneInfo("Asia/Tokyo"))
    assert baseline._study is None
    watch(baseline, 4.0, so_far)
    assert baseline.status.phase == "active"


def test_looks_are_never_compared_across_embedders(known):
    class Embedder:
        version = "looks1"

    with pytest.raises(NormalityError, match="learned with embedder 'none' and cannot be used with 'looks1'"):
        LivingBaseline(Embedder(), settings=QUICK, saved=known[0].to_bytes())


def test_a_file_of_a_full_memory_is_a_few_megabytes():
    settings = LivingSettings(warm_s=60.0, warm_sightings=100, retrain_s=(60.0, 90_000.0), recent_every_s=16.0)
    baseline = LivingBaseline(settings=settings)
    watch(baseline, 700.0, people=3)
    assert len(baseline._footage.chapters) == 32
    assert len(baseline.to_bytes()) < 2_000_000
