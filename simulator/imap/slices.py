"""Cuts long work into pieces, so that no session holds the loop for long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.imap.view import View

MESSAGES = 200
OCTETS = 1024 * 1024
"""Stored octets read for one piece."""


def by_size(view: View, places: Sequence[int]) -> Iterator[Sequence[int]]:
    """Pieces of at most MESSAGES positions and about OCTETS of stored messages."""
    start = 0
    while start < len(places):
        end = min(start + MESSAGES, len(places))
        octets = 0
        for n in range(start, end):
            octets += view.messages[places[n]].size
            if octets > OCTETS:
                end = n + 1
                break
        yield places[start:end]
        start = end


def by_count(places: Sequence[int], most: int = 5_000) -> Iterator[Sequence[int]]:
    """Pieces for work that reads no message."""
    for start in range(0, len(places), most):
        yield places[start:start + most]
