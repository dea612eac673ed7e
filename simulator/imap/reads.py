"""The audit line of reading: at once for a message, one line together for those read in quick succession after it.

Nobody can tell from the journal that a line is late: it is written before anything else is, and before anybody looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from simulator.imap.view import View
from simulator.journal import Journal

QUICK = 0.05
"""Seconds after a line during which what is read is gathered for the next."""
MOST = 100
"""Messages of a gathered line."""


class Reads:
    """What one session has read; ``note`` writes the line of these UIDs."""

    def __init__(self, journal: Journal, note: Callable[[View, Sequence[int]], None]) -> None:
        self._journal, self._note = journal, note
        self._loop = asyncio.get_running_loop()
        self._quick_until = 0.0
        self._view: View | None = None
        self._uids: list[int] = []

    def add(self, view: View, uids: Sequence[int]) -> None:
        """Messages that this selection had not read before."""
        if self._view is not view or len(self._uids) + len(uids) > MOST:
            self.settle()
        if self._uids:
            self._uids += uids
        elif self._loop.time() < self._quick_until:
            self._view, self._uids = view, list(uids)
            self._journal.owe(self.settle)
            self._loop.call_at(self._quick_until, self.settle)
        else:
            self._quick_until = self._loop.time() + QUICK
            self._note(view, uids)

    def settle(self) -> None:
        """Write the line of what was gathered, if anything was."""
        view, uids, self._uids = self._view, self._uids, []
        self._view = None
        if view is not None and uids:
            self._quick_until = self._loop.time() + QUICK
            self._note(view, sorted(uids))
