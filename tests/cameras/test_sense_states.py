"""What a sense lacks is worded with the commands to type, and nothing but these looks like a command."""

from __future__ import annotations

from cameras.models import Camera, CameraState
from cameras.sense_states import sense_lines

YAMNET = "The model yamnet is not installed. Get it with: manage.py models pull yamnet"
WHISPER = "The model whisper-tiny is not installed. Get it with: manage.py models pull whisper-tiny"


def said(message: str) -> list[str]:
    camera = Camera(enabled=True)
    facts = {"state": "missing model", "message": message, "model": "", "dropped": 0}
    camera.state = CameraState(camera=camera, senses={"audio": facts})
    (line,) = sense_lines(camera)
    return [text for text, is_command in line.said if is_command]


def test_a_command_ends_where_the_next_sentence_begins() -> None:
    assert said(f"{YAMNET} {WHISPER}") == ["manage.py models pull yamnet", "manage.py models pull whisper-tiny"]


def test_a_command_with_a_file_is_whole() -> None:
    message = "Take it in with: manage.py models add pose-landmarker-lite FILE, if you trust it."
    assert said(message) == ["manage.py models add pose-landmarker-lite FILE"]
