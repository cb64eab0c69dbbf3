"""Say how the pose stage fails."""

from __future__ import annotations


class PoseError(Exception):
    """The pose stage cannot work; the message is a sentence that names the file and the way out."""
