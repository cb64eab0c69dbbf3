"""Keep the sentences that a camera's picture is compared with, and the plain text in which people edit them.

    fire hazard: smoke
    + thick smoke in a room
    - an ordinary room with clear air

A line "category: name" begins a hazard; its sentences follow, + for what would alarm, - for what is usual in its place.
Empty lines are for the eye.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from detection.scene.errors import PromptError
from detection.types import CATEGORIES

MOST_HAZARDS = 60
MOST_SENTENCES = 12
"""On each side of a hazard."""
MOST_LETTERS = 200
MOST_NAME_LETTERS = 40
MOST_BYTES = 32 * 1024
MOST_LINES = MOST_HAZARDS * (2 * MOST_SENTENCES + 3)
"""Those of a full set, each hazard with its own line and two empty ones."""

Mark = Literal["+", "-"]
MEANS: dict[Mark, str] = {"+": "alarming", "-": "usual"}


@dataclass(frozen=True, slots=True)
class Hazard:
    """One thing to look for: sentences that describe it, and sentences that describe the same place as usual."""

    name: str
    category: str
    alarming: tuple[str, ...]
    usual: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromptSet:
    """The hazards of a camera; digest tells two sets apart. Raises PromptError naming the hazard that cannot be."""

    hazards: tuple[Hazard, ...]
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Check every limit, so that the set can be written as text and read back the same."""
        if not self.hazards:
            raise PromptError("There are no hazards. Begin one with a line such as “fire hazard: smoke”.")
        if len(self.hazards) > MOST_HAZARDS:
            raise PromptError(f"There are {len(self.hazards)} hazards. Keep at most {MOST_HAZARDS}.")
        names: set[str] = set()
        for hazard in self.hazards:
            wrong = _wrong_head(hazard.category, hazard.name, names) or _wrong_sides(hazard)
            if wrong:
                raise PromptError(f"Hazard “{hazard.name[:MOST_NAME_LETTERS]}”: {wrong}")
            names.add(hazard.name)
        text = self.text().encode()
        if len(text) > MOST_BYTES:
            raise PromptError(_too_large(len(text)))
        object.__setattr__(self, "digest", hashlib.sha256(text).hexdigest()[:16])

    def text(self) -> str:
        """Return the text that parse_prompts reads back as the same set."""
        blocks = []
        for hazard in self.hazards:
            lines = [f"{hazard.category}: {hazard.name}"]
            lines += [f"+ {sentence}" for sentence in hazard.alarming]
            lines += [f"- {sentence}" for sentence in hazard.usual]
            blocks.append("\n".join(lines) + "\n")
        return "\n".join(blocks)


@dataclass(slots=True)
class _Begun:
    """A hazard of which some lines were read."""

    line: int
    category: str
    name: str
    sides: dict[Mark, list[str]] = field(default_factory=lambda: {"+": [], "-": []})

    def done(self) -> Hazard:
        hazard = Hazard(self.name, self.category, tuple(self.sides["+"]), tuple(self.sides["-"]))
        if wrong := _wrong_sides(hazard):
            raise PromptError(f"Line {self.line}: {wrong}")
        return hazard


def parse_prompts(text: str) -> PromptSet:
    """Return the set that a text describes; runs of spaces count as one.

    Raises PromptError with the number of the line and the way out. A text over MOST_BYTES or MOST_LINES is refused
    before it is read.
    """
    size = len(text) if len(text) > MOST_BYTES else len(text.encode(errors="replace"))
    if size > MOST_BYTES:
        raise PromptError(_too_large(size))
    if (count := text.count("\n")) > MOST_LINES:
        raise PromptError(f"The text has {count} lines. Keep at most {MOST_LINES}.")
    hazards: list[Hazard] = []
    names: set[str] = set()
    begun: _Begun | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = " ".join(raw.split())
        if not line:
            continue
        mark = _mark(line)
        if mark is not None:
            if begun is None:
                raise PromptError(
                    f"Line {number}: this sentence belongs to no hazard. "
                    "Write a line such as “fire hazard: smoke” above it."
                )
            _take(begun, mark, line[1:].strip(), number)
            continue
        if begun is not None:
            hazards.append(begun.done())
        begun = _begin(line, number, names)
        names.add(begun.name)
        if len(names) > MOST_HAZARDS:
            raise PromptError(f"Line {number}: this is hazard {len(names)}. Keep at most {MOST_HAZARDS}.")
    if begun is not None:
        hazards.append(begun.done())
    return PromptSet(tuple(hazards))


def _wrong_head(category: str, name: str, names: set[str]) -> str:
    """Return what is wrong with a hazard's first line, "" for nothing; names are those taken already."""
    if category not in CATEGORIES:
        return f"there is no category “{category[:MOST_NAME_LETTERS]}”. Choose one of: {', '.join(CATEGORIES)}."
    if not name:
        return "the hazard has no name. Write it behind the colon."
    if len(name) > MOST_NAME_LETTERS:
        return f"the name has {len(name)} letters. Keep at most {MOST_NAME_LETTERS}."
    if not name.isprintable() or name != " ".join(name.split()):
        return "the name holds letters that cannot be printed, or spaces at its ends. Type it again."
    if name in names:
        return f"a hazard “{name}” is already there. Give this one another name, or join the two."
    return ""


def _wrong_sides(hazard: Hazard) -> str:
    sides: tuple[tuple[Mark, tuple[str, ...]], ...] = (("+", hazard.alarming), ("-", hazard.usual))
    for mark, sentences in sides:
        if not sentences:
            return f"“{hazard.name}” has no {MEANS[mark]} sentence. Add a line that begins with “{mark} ”."
        if len(sentences) > MOST_SENTENCES:
            return _too_many(mark, len(sentences))
        if wrong := next(filter(None, map(_wrong_sentence, sentences)), ""):
            return wrong
    return ""


def _wrong_sentence(sentence: str) -> str:
    if not sentence:
        return "the sentence is empty. Write it behind the mark, or remove the line."
    if len(sentence) > MOST_LETTERS:
        return f"the sentence has {len(sentence)} letters. Keep at most {MOST_LETTERS}."
    if not sentence.isprintable() or sentence != " ".join(sentence.split()):
        return "the sentence holds letters that cannot be printed, or spaces at its ends. Type it again."
    return ""


def _too_many(mark: Mark, count: int) -> str:
    return f"this is {MEANS[mark]} sentence {count} of its hazard. Keep at most {MOST_SENTENCES}."


def _too_large(size: int) -> str:
    return f"The text has {size} bytes. Keep at most {MOST_BYTES}: fewer hazards, or shorter sentences."


def _mark(line: str) -> Mark | None:
    if line.startswith("+"):
        return "+"
    return "-" if line.startswith("-") else None


def _take(begun: _Begun, mark: Mark, sentence: str, number: int) -> None:
    """Add a sentence to the hazard begun."""
    side = begun.sides[mark]
    side.append(sentence)
    if wrong := _too_many(mark, len(side)) if len(side) > MOST_SENTENCES else _wrong_sentence(sentence):
        raise PromptError(f"Line {number}: {wrong}")


def _begin(line: str, number: int, names: set[str]) -> _Begun:
    """Return the hazard that a line begins."""
    category, colon, name = (part.strip() for part in line.partition(":"))
    if not colon:
        raise PromptError(
            f"Line {number}: “{line[:MOST_NAME_LETTERS]}” is neither a hazard nor a sentence. Write “category: name”, "
            "or begin the line with “+ ” for what would alarm or “- ” for what is usual."
        )
    if wrong := _wrong_head(category, name, names):
        raise PromptError(f"Line {number}: {wrong}")
    return _Begun(number, category, name)
