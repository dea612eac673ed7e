"""Sequence sets and UID sets (RFC 3501 9, sequence-set)."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

STAR = 0
"""Stands for ``*`` until the largest number is known; no message has it."""
LARGEST = 0xFFFFFFFF
LONGEST = len(str(LARGEST))
"""Digits; a number of fewer is never too large."""
_ELEMENT = re.compile(rb"([1-9][0-9]{0,9}|\*)(?::([1-9][0-9]{0,9}|\*))?")


@dataclass(frozen=True, slots=True)
class NumberSet:
    """The elements as they were written, STAR for ``*``."""

    elements: tuple[tuple[int, int], ...]
    saved: bool = False
    """``$``: what the last SEARCH saved (RFC 5182)."""

    @property
    def single(self) -> int:
        """The one number that was written; STAR when there are more, or ``*``."""
        low, high = self.elements[0]
        return low if low == high and len(self.elements) == 1 else STAR

    def resolved(self, largest: int) -> list[tuple[int, int]]:
        """Ascending, disjoint, inclusive ranges with ``*`` read as ``largest``."""
        pairs = sorted((min(a, b), max(a, b)) for a, b in
                       ((a or largest, b or largest) for a, b in self.elements))
        merged: list[tuple[int, int]] = []
        for low, high in pairs:
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return merged


SAVED = NumberSet((), saved=True)


def parse_set(text: bytes, most: int) -> NumberSet | None:
    """None when the text is no set or has more than ``most`` elements."""
    if text.isdigit() and not text.startswith(b"0") and len(text) < LONGEST:
        number = int(text)
        return NumberSet(((number, number),))
    if text.count(b",") >= most:
        return None
    elements: list[tuple[int, int]] = []
    for piece in text.split(b","):
        found = _ELEMENT.fullmatch(piece)
        if not found:
            return None
        low = _number(found[1])
        high = _number(found[2]) if found[2] else low
        if max(low, high) > LARGEST:
            return None
        elements.append((low, high))
    return NumberSet(tuple(elements))


def within(ranges: list[tuple[int, int]], number: int) -> bool:
    """True when one of the ascending ranges holds the number."""
    place = bisect_right(ranges, (number, LARGEST + 1)) - 1
    return place >= 0 and ranges[place][0] <= number <= ranges[place][1]


def _number(text: bytes) -> int:
    return STAR if text == b"*" else int(text)
