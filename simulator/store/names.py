"""What a folder may be called: the rules every store shares (RFC 3501 5.1, RFC 9051 5.1)."""

from __future__ import annotations

from simulator.store.interface import StoreError

INBOX = "INBOX"
SEPARATOR = "/"
LONGEST = 1000
"""Characters in a folder name."""


class BadName(StoreError):
    """No folder can have this name: ``NO [CANNOT]``."""


def folder_name(name: str) -> str:
    """The one spelling of a name: INBOX in capitals as first level, no separator at the end. Raises BadName."""
    levels = name.removesuffix(SEPARATOR).split(SEPARATOR)
    if not all(levels) or len(name) > LONGEST or any(_unfit(c) for c in name):
        raise BadName(f"{name[:60]!a} cannot be the name of a folder")
    if levels[0].lower() == "inbox":
        levels[0] = INBOX
    return SEPARATOR.join(levels)


def parents(name: str) -> list[str]:
    """The names above this one, topmost first."""
    levels = name.split(SEPARATOR)
    return [SEPARATOR.join(levels[:depth]) for depth in range(1, len(levels))]


def is_below(name: str, parent: str) -> bool:
    """True when ``name`` is somewhere under ``parent``."""
    return name.startswith(parent + SEPARATOR)


def _unfit(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"
