"""When a camera's trouble becomes an incident."""

from __future__ import annotations

from workers.debounce import FaultChange, FaultDebounce


def follow(*seen: tuple[float, str]) -> list[tuple[float, FaultChange]]:
    """Feed (time, status) pairs to a camera that was known to be well, and return what each changed."""
    debounce = FaultDebounce()
    debounce.advance("online", -10.0)
    debounce.advance("online", -1.0)
    return [(at, change) for at, status in seen for change in debounce.advance(status, at)]


def test_a_fresh_watch_closes_once_whatever_an_earlier_one_may_have_told() -> None:
    debounce = FaultDebounce()
    assert debounce.advance("online", 0.0) == ()
    assert debounce.advance("online", 4.9) == ()
    assert debounce.advance("online", 5.0) == tuple(
        FaultChange("closed", fault, 0.0) for fault in ("blind", "frozen", "offline")
    )
    assert debounce.advance("online", 60.0) == ()


def test_a_camera_away_for_less_than_twenty_seconds_is_no_incident() -> None:
    assert follow((0.0, "offline"), (19.9, "connecting"), (20.0, "online"), (30.0, "online")) == []


def test_offline_opens_once_however_often_it_tries_again() -> None:
    changes = follow((0.0, "offline"), (10.0, "connecting"), (20.0, "offline"), (21.0, "connecting"), (90.0, "offline"))
    assert changes == [(20.0, FaultChange("opened", "offline", 0.0))]


def test_it_is_over_only_after_five_good_seconds() -> None:
    changes = follow(
        (0.0, "offline"), (20.0, "offline"), (30.0, "online"), (33.0, "offline"), (34.0, "online"), (39.0, "online")
    )
    assert changes == [
        (20.0, FaultChange("opened", "offline", 0.0)),
        (39.0, FaultChange("closed", "offline", 34.0)),
    ]


def test_a_frozen_picture_opens_its_own_fault_and_ends_the_other() -> None:
    changes = follow(
        (0.0, "offline"), (20.0, "offline"), (25.0, "frozen"), (30.0, "frozen"), (31.0, "online"), (36.0, "online")
    )
    assert changes == [
        (20.0, FaultChange("opened", "offline", 0.0)),
        (30.0, FaultChange("closed", "offline", 25.0)),
        (30.0, FaultChange("opened", "frozen", 25.0)),
        (36.0, FaultChange("closed", "frozen", 31.0)),
    ]


def test_a_failing_detector_is_no_fault_of_the_camera() -> None:
    assert follow((0.0, "degraded"), (100.0, "degraded")) == []
