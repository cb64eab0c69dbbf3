"""Hearing goes on with what there is: a model that is missing or fails stops nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from detection.audio.chunk import AudioChunk, AudioError
from detection.audio.sounds import WEIGHTS, Heard
from detection.audio.speech import Transcript
from detection.audio.stage import SoundModels, SoundSettings, SoundStage
from tests.detection.audio.sounds import chunks, noise, tone


class Ears:
    """Hear a kind where the sound is loud; count how often it was asked."""

    def __init__(self, kind: str = "scream", error: Exception | None = None) -> None:
        self.kind, self.error, self.asked = kind, error, 0

    def hear(self, samples) -> Heard:
        self.asked += 1
        if self.error:
            raise self.error
        loud = float(np.abs(samples).max()) > 0.2
        return Heard({kind: 0.8 if loud and kind == self.kind else 0.0 for kind in WEIGHTS}, (("Noise", 0.5),))


class Voice:
    def speech_share(self, samples) -> float:
        return float(np.abs(samples[-8000:]).max() > 0.2)


class Pen:
    def __init__(self) -> None:
        self.given: list[tuple[float, float, float, str]] = []

    def write_down(self, samples, start_s, end_s, language="") -> Transcript:
        self.given.append((round(len(samples) / 16000, 2), start_s, end_s, language))
        return Transcript("please call an ambulance", "en", 0.8, start_s, end_s)


def hear(stage: SoundStage, samples, start_s: float = 0.0):
    return [h for chunk in chunks(samples, start_s) for h in stage.hear(chunk)]


def test_silence_is_not_listened_to():
    ears = Ears()
    stage = SoundStage(SoundModels(ears))
    assert len(hear(stage, noise(10.0, 0.0005))) == 20
    assert ears.asked == 0
    hear(stage, tone(1.0), 10.0)
    assert ears.asked == 4, "two windows in each half second"


def test_a_scream_is_found_while_it_is_fresh():
    stage = SoundStage(SoundModels(Ears()))
    hear(stage, np.concatenate([noise(5.0), tone(1.0)]))
    found = stage.finding(6.0)
    assert (found.kind, found.category, found.score) == ("scream", "violence/aggression", 1.0)
    assert found.reason == "a scream (80% sure)"
    assert found.details["heard"] == [["Noise", 0.5]]
    hear(stage, noise(1.0), 6.0)
    assert stage.finding(7.0).kind == "scream"
    assert stage.finding(9.9).score == 0.0
    assert stage.finding(0.5).score == 0.0, "what comes later is not known yet"


def test_speech_is_written_down_when_the_speaker_pauses_and_its_words_alarm():
    pen = Pen()
    stage = SoundStage(SoundModels(Ears("nothing"), Voice(), pen))
    hear(stage, np.concatenate([noise(5.0), tone(4.0), noise(3.0)]))
    assert len(pen.given) == 1
    length, start_s, end_s, language = pen.given[0]
    assert (4.0 <= length <= 6.5, 3.5 <= start_s <= 4.5, end_s >= 9.5, language) == (True, True, True, "en")
    found = stage.finding(end_s)
    assert (found.kind, found.category) == ("medical", "medical emergency")
    assert found.reason == "somebody said “call an ambulance”"
    assert found.details["transcript"] == "please call an ambulance"


def test_endless_speech_is_written_down_in_parts():
    pen = Pen()
    hear(SoundStage(SoundModels(None, Voice(), pen)), tone(75.0))
    assert [round(length) for length, *_ in pen.given] == [30, 30]


@pytest.mark.parametrize("settings", [SoundSettings(transcripts="off")])
def test_without_transcripts_nothing_is_written_down(settings):
    pen = Pen()
    hear(SoundStage(SoundModels(None, Voice(), pen), settings), np.concatenate([tone(4.0), noise(3.0)]))
    assert pen.given == []


def test_a_failing_model_is_told_and_the_level_goes_on():
    stage = SoundStage(SoundModels(Ears(error=AudioError("The sound model failed."))))
    told = hear(stage, np.concatenate([noise(15.0), tone(1.0)]))
    assert (stage.state.state, stage.state.message) == ("failed", "The sound model failed.")
    assert told[-1].heard is None
    assert stage.finding(told[-1].at_s).kind == "loud"


def test_what_is_missing_is_said():
    stage = SoundStage(SoundModels(missing={"sound": "The model yamnet is not installed."}))
    assert (stage.state.state, stage.state.message) == ("missing model", "The model yamnet is not installed.")
    hear(stage, tone(1.0))
    assert stage.finding(1.0).score == 0.0


def test_loudness_alone_never_alarms():
    stage = SoundStage(SoundModels())
    hear(stage, np.concatenate([noise(20.0), tone(0.5, 0.9)]))
    found = stage.finding(20.5)
    assert (found.kind, found.category) == ("loud", None)
    assert 0.3 < found.score <= 0.6


def test_sound_that_is_cut_off_is_said():
    stage = SoundStage(SoundModels())
    hear(stage, np.sign(tone(10.0)).astype(np.float32))
    assert stage.state.message == "The sound is cut off: turn the microphone's gain down."


def test_a_jump_of_the_clock_goes_on():
    stage = SoundStage(SoundModels(Ears()))
    hear(stage, noise(2.0, 0.01))
    assert len(hear(stage, noise(2.0, 0.01), 500.0)) >= 4
    assert len(hear(stage, noise(2.0, 0.01), 3.0)) >= 4
    assert stage.hear(AudioChunk(np.zeros(0, np.float32), 6.0)) == []
