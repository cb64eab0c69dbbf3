"""The clip table counts an alarm once: for the event it overlaps, or as false."""

from __future__ import annotations

from bench.clips import Alarm, tally

FALL = {"kind": "fall", "start_s": 10.0, "end_s": 20.0}
BAG = {"kind": "bag", "start_s": 40.0, "end_s": 50.0}


def test_alarms_are_found_late_missed_or_false():
    alarms = [Alarm(11.0, 12.0, 15.0, "a"), Alarm(30.0, 31.0, 33.0, "b")]
    result = tally([FALL, BAG], alarms)
    assert (result.found, result.missed, result.false) == ((("fall", 2.0),), ("bag",), (alarms[1],))


def test_an_alarm_that_was_open_before_the_event_is_neither_found_nor_false():
    early = Alarm(5.0, 6.0, 12.0, "a")
    result = tally([FALL], [early])
    assert (result.found, result.missed, result.false) == ((), ("fall",), ())


def test_a_little_too_late_is_found():
    assert tally([FALL], [Alarm(19.5, 21.5, 30.0, "a")]).found == (("fall", 11.5),)
