"""Real sounds: what should alarm does, what should not does not; voice is found where somebody speaks."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from detection.audio.chunk import AudioError
from detection.audio.sounds import CLASSES, WEIGHTS, SoundModel
from detection.audio.stage import FIRES_AT, WORDS, SoundModels, SoundSettings, SoundStage
from detection.audio.voice import VoiceModel
from tests.detection.audio.sounds import chunks, noise, read, tone
from tests.shared_data import shared

ALARMS = {
    "siren_1.wav": "siren",
    "us8k_siren_102853.wav": "siren",
    "gun_shot_1.wav": "gunshot",
    "us8k_gun_shot_102305.wav": "gunshot",
}
ORDINARY = (
    "jfk_speech.flac",
    "us8k_air_conditioner_100852.wav",
    "us8k_car_horn_100648.wav",
    "us8k_children_playing_100263.wav",
    "us8k_dog_bark_100032.wav",
    "us8k_street_music_101848.wav",
)


@cache
def models() -> SoundModels:
    return SoundModels(SoundModel(shared("weights")), VoiceModel())


def strongest(path: Path, settings: SoundSettings | None = None):
    """Return the strongest finding while a file is heard after ten quiet seconds."""
    stage = SoundStage(models(), settings)
    sound = np.concatenate([noise(10.0), read(path), noise(2.0)])
    found = [stage.finding(hearing.at_s) for chunk in chunks(sound) for hearing in stage.hear(chunk)]
    assert stage.state.state == "available", stage.state.message
    return max(found, key=lambda f: f.score)


@pytest.mark.parametrize(("name", "kind"), ALARMS.items())
def test_sirens_and_shots_alarm_by_themselves(name, kind):
    found = strongest(shared(f"audio/{name}"))
    assert found.score >= 0.75
    assert kind in (found.kind, "gunshot" if found.kind == "explosion" else "")
    assert found.category == WORDS[found.kind][1]
    assert "% sure" in found.reason


def test_nearly_every_scream_alarms():
    files = sorted(shared("audio/scream").glob("*.wav"))
    silent = [file.name for file in files if strongest(file).score < 0.75]
    assert len(files) == 24
    assert len(silent) <= 2, silent


@pytest.mark.parametrize("name", ORDINARY)
def test_speech_music_children_dogs_and_engines_do_not(name):
    assert strongest(shared(f"audio/{name}")).score < 0.7


def test_clean_speech_does_not_alarm():
    loud = {file.name: strongest(file).kind for file in sorted(shared("audio/speech").glob("*.wav"))[:6]}
    assert set(loud.values()) <= {"", "loud"}


def voice(samples) -> float:
    return VoiceModel().speech_share(samples)


def test_voice_is_found_in_speech_and_not_elsewhere():
    spoken = {file.name: voice(read(file)) for file in sorted(shared("audio/speech").glob("*.wav"))[:8]}
    assert min(spoken.values()) > 0.5
    assert voice(read(shared("audio/jfk_speech.flac"))) > 0.5
    assert max(voice(read(shared(f"audio/{name}"))) for name in ORDINARY[1:]) < 0.1


def test_silence_a_tone_and_no_sound_at_all_are_no_voice():
    assert voice(np.zeros(16_000, np.float32)) == voice(np.zeros(0, np.float32)) == voice(noise(0.01)) == 0.0
    assert voice(tone(2.0)) < 0.1


def test_a_kind_that_is_not_wanted_does_not_count():
    only = SoundSettings(kinds=frozenset({"glass"}))
    assert strongest(shared("audio/siren_1.wav"), only).score < 0.75


def test_a_missing_a_swapped_and_a_cut_model_are_told_by_name(tmp_path):
    with pytest.raises(AudioError, match=r"^The names of the sounds, yamnet_class_map\.csv, cannot be read"):
        SoundModel(tmp_path)
    shutil.copy(shared("weights/yamnet_class_map.csv"), tmp_path)
    with pytest.raises(AudioError, match=r"^yamnet\.tflite is not a readable sound model\. Check it with"):
        SoundModel(tmp_path)
    (tmp_path / "yamnet.tflite").write_bytes(shared("weights/yamnet.tflite").read_bytes()[:100_000])
    with pytest.raises(AudioError, match=r"^yamnet\.tflite is not a readable sound model"):
        SoundModel(tmp_path)
    shutil.copy(shared("weights/yamnet.tflite"), tmp_path)
    names = tmp_path / "yamnet_class_map.csv"
    names.write_text("\n".join(names.read_text().splitlines()[:50]))
    with pytest.raises(AudioError, match=rf"does not name the {CLASSES} sounds"):
        SoundModel(tmp_path)


def test_every_kind_has_its_words_and_its_threshold():
    assert WEIGHTS.keys() == FIRES_AT.keys() == WORDS.keys()
