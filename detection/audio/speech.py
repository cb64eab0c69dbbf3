"""Write down what is said, with Whisper in CTranslate2's form (Radford et al., 2022; faster-whisper)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detection.audio.chunk import AudioError, Samples

MAX_S = 30.0
"""Whisper looks at half a minute at once; longer speech is written down in parts."""
LEAST_LOG_PROBABILITY = -1.2
MOST_NO_SPEECH = 0.8
"""Beyond these the network guesses words from noise."""
NEEDED = ("model.bin", "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words that were heard: text, language ("en", …), how sure, 0–1, and from when to when in stream seconds."""

    text: str
    language: str
    confidence: float
    start_s: float
    end_s: float


class SpeechModel:
    """Whisper from its folder, shared by the cameras of a process; thread-safe, one speech at a time.

    Raises AudioError, naming what is missing or wrong, for a folder that holds no such model.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        lacking = [name for name in NEEDED if not (folder / name).is_file()]
        if lacking:
            raise AudioError(
                f"The speech model lacks {', '.join(lacking)}. Get it with: manage.py models pull whisper-tiny"
            )
        try:
            from faster_whisper import WhisperModel  # here: it takes a second, and only speech needs it

            self._model: Any = WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
            )
        except Exception as error:  # ctranslate2, tokenizers and json raise their own classes
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise AudioError(f"The speech model in {folder.name} cannot be read: {reason}") from error
        self._lock = threading.Lock()

    def write_down(self, samples: Samples, start_s: float, end_s: float, language: str = "") -> Transcript | None:
        """Return what is said in some sound of at most MAX_S, or None when no words are sure enough.

        language: "" finds it out by itself. Raises AudioError when the model fails.
        """
        try:
            with self._lock:
                segments, info = self._model.transcribe(
                    samples,
                    language=language or None,
                    beam_size=1,
                    temperature=0.0,
                    condition_on_previous_text=False,
                    without_timestamps=True,
                    vad_filter=False,
                )
                heard = [s for s in segments if s.text.strip()]
        except Exception as error:  # ctranslate2 raises plain RuntimeErrors and ValueErrors
            raise AudioError(f"The speech model failed: {type(error).__name__}: {error}") from error
        sure = [s for s in heard if s.avg_logprob >= LEAST_LOG_PROBABILITY and s.no_speech_prob <= MOST_NO_SPEECH]
        if not sure:
            return None
        probability = sum(2.718281828459045**s.avg_logprob for s in sure) / len(sure)
        text = " ".join(s.text.strip() for s in sure)
        return Transcript(text, str(info.language), min(1.0, probability), start_s, end_s)
