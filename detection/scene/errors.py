"""Say how looking at the scene fails."""

from __future__ import annotations


class SceneError(Exception):
    """The scene model cannot work; the message is a sentence that names the file and the way out."""


class PromptError(Exception):
    """Sentences cannot be used; the message names the line or the hazard and the way out."""
