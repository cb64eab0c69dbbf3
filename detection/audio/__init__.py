"""Hear what happens near a camera: level, voice, sound events and words, each as far as its model is there."""

from detection.audio.chunk import AudioChunk, AudioError, Resampler
from detection.audio.listener import Listener, SoundPool
from detection.audio.stage import Hearing, SoundSettings, SoundStage

__all__ = [
    "AudioChunk",
    "AudioError",
    "Hearing",
    "Listener",
    "Resampler",
    "SoundPool",
    "SoundSettings",
    "SoundStage",
]
