"""Check the descriptions that pictures are compared with, as detection.scene reads them."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from detection.scene.defaults import default_prompts
from detection.scene.errors import PromptError
from detection.scene.prompts import parse_prompts


def check_prompts(text: str) -> str:
    """Return the text of the descriptions in its plainest form, blank for the built-in set.

    Raises:
        ValidationError: on field `prompts`, naming the line.
    """
    if not text.strip():
        return ""
    try:
        read = parse_prompts(text.replace("\r\n", "\n"))
    except PromptError as error:
        raise ValidationError({"prompts": str(error)}) from error
    return "" if read.digest == default_prompts().digest else read.text()


def builtin_prompts() -> str:
    """Return the built-in descriptions as text."""
    return default_prompts().text()


def hazards_in(text: str) -> int | None:
    """Return how many hazards a text describes; None where it cannot be read."""
    try:
        return len(parse_prompts(text.replace("\r\n", "\n")).hazards)
    except PromptError:
        return None
