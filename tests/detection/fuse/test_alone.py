"""What alarms alone needs no smoothing and no agreement, and breaks through a cooldown that is not its own."""

from __future__ import annotations

from detection.events.machine import EventSettings, EventState, advance

SLOW = EventSettings(threshold=0.7, min_frames=2, lone_frames=9, smoothing_s=5.0, cooldown_seconds=60.0)


def run(frames: list[tuple[float, float, str]], settings: EventSettings = SLOW) -> list[tuple[str, float]]:
    """Return kind and time of what happens; frames: (score, sure, alone), five a second."""
    state, told = EventState(), []
    for index, (score, sure, alone) in enumerate(frames):
        state, changes = advance(state, score, index / 5, settings, sure=sure, alone=alone)
        told += [(change.kind, change.at) for change in changes]
    return told


def test_a_fall_opens_on_its_second_frame_however_slow_the_rest_is():
    quiet, fall = (0.1, 0.0, ""), (0.1, 0.8, "fall")
    assert run([quiet] * 5 + [fall] * 3) == [("opened", 1.2)]


def test_the_same_scores_without_anything_sure_wait_for_the_mean_and_for_agreement():
    assert run([(0.1, 0.0, "")] * 5 + [(0.8, 0.0, "")] * 3) == []


def test_another_sense_ends_a_cooldown_and_the_same_one_does_not():
    quiet, fall, scream = (0.1, 0.0, ""), (0.1, 0.8, "fall"), (0.1, 0.8, "scream")
    before = [fall] * 2 + [quiet] * 10
    assert [kind for kind, _ in run(before)] == ["opened", "closed"]
    assert [kind for kind, _ in run([*before, *[fall] * 3])] == ["opened", "closed"]
    assert run([*before, *[scream] * 3])[-1] == ("opened", 2.6)


def test_an_event_that_the_score_opened_has_no_sense_of_its_own():
    settings = EventSettings(threshold=0.7, min_frames=1, end_patience_frames=1, cooldown_seconds=60.0)
    frames = [(0.9, 0.0, ""), (0.1, 0.0, ""), (0.9, 0.0, ""), (0.1, 0.8, "fall")]
    assert run(frames, settings) == [("opened", 0.0), ("closed", 0.2), ("opened", 0.6)]
