"""The message lists of folders in use, kept current, so that SELECT costs the same whatever the folder holds."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable

from simulator.store.interface import Change, Message, Store

MOST = 200
"""Folders remembered."""
MOST_MESSAGES = 500_000
"""Messages remembered, all folders together."""


def _uid(message: Message) -> int:
    return message.uid


class _Shelf:
    def __init__(self, messages: list[Message]) -> None:
        self.messages = messages
        self.gone = False

    def hear(self, change: Change) -> None:
        self.gone = self.gone or change.gone
        newest = self.messages[-1].uid if self.messages else 0
        self.messages += [message for message in change.added if message.uid > newest]
        for message in change.flagged:
            at = bisect_left(self.messages, message.uid, key=_uid)
            known = self.messages[at] if at < len(self.messages) else None
            if known is not None and known.uid == message.uid and message.modseq >= known.modseq:
                self.messages[at] = message
        if change.expunged:
            gone = set(change.expunged)
            self.messages = [message for message in self.messages if message.uid not in gone]


class Shelves:
    """Fed by the store's changes from the first reading of a folder on; the least used are forgotten."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shelves: OrderedDict[int, tuple[_Shelf, Callable[[], None]]] = OrderedDict()

    def messages(self, folder: int) -> list[Message]:
        """A list of its own for every caller; the messages in it are shared and never changed."""
        if folder in self._shelves:
            shelf, stop = self._shelves[folder]
            if not shelf.gone:
                self._shelves.move_to_end(folder)
                if len(shelf.messages) != self._store.counts(folder).messages:
                    # Changes are on their way, or the store was put back to an earlier state.
                    shelf.messages = self._store.messages(folder)
                return list(shelf.messages)
            stop()
            del self._shelves[folder]
        shelf = _Shelf(self._store.messages(folder))
        self._shelves[folder] = (shelf, self._store.watch(folder, shelf.hear))
        self._forget()
        return list(shelf.messages)

    def _forget(self) -> None:
        held = sum(len(shelf.messages) for shelf, _ in self._shelves.values())
        while len(self._shelves) > MOST or (held > MOST_MESSAGES and len(self._shelves) > 1):
            _, (shelf, stop) = self._shelves.popitem(last=False)
            stop()
            held -= len(shelf.messages)
