"""How mistakes of a configuration are written down, and the exception that carries them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top of the file to a value."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend; ``str`` is ``file:line: key: what is wrong, what was expected``."""

    file: Path
    line: int
    """Counted from 1."""
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.what}"


class ConfigurationError(Exception):
    """The configuration cannot be used. ``str`` gives every mistake, one a line, in the order of the file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = tuple(sorted(mistakes, key=lambda m: (m.line, m.key, m.what)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def written(path: KeyPath) -> str:
    """A path for people: ``limits.smtp.recipients``, ``mailboxes[a.b@c.fr].members[2]`` (list positions from 1)."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        elif "." in step or not step.isprintable() or not step:
            text += f"[{step if step.isprintable() else ascii(step)}]"
        else:
            text += f".{step}" if text else step
    return text or "file"


def shown(value: object) -> str:
    """A value of the file for a sentence, short and on one line."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…{text[-1]}"


def one_of(words: Iterable[str]) -> str:
    """``a, b or c``."""
    listed = list(words)
    return " or ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """``, did you mean 'x'?`` when one of the known words is near; else nothing."""
    nearest = get_close_matches(word.lower(), {k.lower(): k for k in known}, n=1, cutoff=0.7)
    if not nearest:
        return ""
    spelled = next(k for k in known if k.lower() == nearest[0])
    return f", did you mean {spelled!r}?"
