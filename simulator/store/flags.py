"""The arithmetic of message flags, shared by every store.

System flags and keywords are the same whatever their case (RFC 3501 2.3.2); the first spelling of a
keyword is kept, per folder. A set of flags packs into a bit mask and a line of keywords.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from simulator.store.interface import SYSTEM_FLAGS, FlagOp

BITS = {flag: 1 << place for place, flag in enumerate(SYSTEM_FLAGS)}
DELETED = "\\Deleted"
SEEN = "\\Seen"
_SYSTEM = {flag.lower(): flag for flag in SYSTEM_FLAGS}


def folded(keyword: str) -> str:
    """What makes two spellings the same keyword."""
    return keyword.lower()


def spelled(flags: Iterable[str], known: Mapping[str, str]) -> frozenset[str]:
    """The flags as the folder writes them; ``known`` maps folded keywords to their first spelling.

    Raises ValueError for what cannot be a flag (empty, or with a space or control character).
    """
    chosen: dict[str, str] = {}
    for flag in sorted(flags):
        if not flag or any(c <= " " or c == "\x7f" for c in flag):
            raise ValueError(f"{flag!r} is not a flag")
        fold = folded(flag)
        chosen.setdefault(fold, _SYSTEM.get(fold) or known.get(fold, flag))
    return frozenset(chosen.values())


def keywords_in(flags: Iterable[str]) -> list[str]:
    """Those flags that have no bit of their own, sorted."""
    return sorted(flag for flag in flags if flag.lower() not in _SYSTEM)


def changed(current: frozenset[str], op: FlagOp, wanted: frozenset[str]) -> frozenset[str]:
    """The flags after STORE."""
    if op is FlagOp.SET:
        return wanted
    return current | wanted if op is FlagOp.ADD else current - wanted


@lru_cache(maxsize=4096)
def pack(flags: frozenset[str]) -> tuple[int, str]:
    """Bit mask of the system flags, keywords on one line."""
    return sum(BITS.get(flag, 0) for flag in flags), " ".join(keywords_in(flags))


@lru_cache(maxsize=4096)
def unpack(mask: int, keywords: str) -> frozenset[str]:
    """The set that pack() made small."""
    return frozenset([flag for flag, bit in BITS.items() if mask & bit] + keywords.split())
