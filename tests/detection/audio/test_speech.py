"""The real loader and recogniser run on a Whisper of random weights."""

from __future__ import annotations

import pytest

from detection.audio.chunk import AudioError
from detection.audio.speech import SpeechModel
from tests.detection.audio import random_whisper
from tests.detection.audio.sounds import noise


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return random_whisper.make(tmp_path_factory.mktemp("whisper"))


def test_it_writes_down_what_it_believes_to_hear(folder, monkeypatch):
    monkeypatch.setattr("detection.audio.speech.LEAST_LOG_PROBABILITY", float("-inf"))
    monkeypatch.setattr("detection.audio.speech.MOST_NO_SPEECH", 1.0)
    heard = SpeechModel(folder).write_down(noise(2.0, 0.1), 4.0, 6.0, "en")
    assert heard is not None
    assert (heard.language, heard.start_s, heard.end_s) == ("en", 4.0, 6.0)
    assert heard.text
    assert 0.0 < heard.confidence < 0.5


def test_words_that_it_is_not_sure_of_are_none(folder):
    assert SpeechModel(folder).write_down(noise(2.0, 0.1), 4.0, 6.0, "en") is None


def test_a_missing_or_broken_model_is_told_by_name(folder, tmp_path):
    with pytest.raises(AudioError, match=r"^The speech model lacks model\.bin, config\.json, tokenizer\.json\. Get it"):
        SpeechModel(tmp_path)
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:1000])
    with pytest.raises(AudioError, match=r"^The speech model in .* cannot be read: "):
        SpeechModel(tmp_path)
