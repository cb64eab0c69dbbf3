"""What can go wrong with a source, in sentences that say what to do."""

from __future__ import annotations

from typing import Literal

Retry = Literal["soon", "slowly", "never"]


class SourceError(Exception):
    """A source cannot be read; the text is a full sentence for people and holds no credentials.

    retry says whether trying again makes sense: "slowly" where a quick repeat would lock an account or is hopeless
    until a person acts, "never" where the address itself is wrong.
    """

    def __init__(self, message: str, *, retry: Retry = "soon") -> None:
        super().__init__(message)
        self.retry = retry
