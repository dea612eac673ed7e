"""The message lists of folders in use, kept current, so that SELECT costs the same whatever the folder holds."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Sequence
from operator import attrgetter

from simulator.store.interface import Change, Message, Store

MOST = 200
"""Folders remembered."""
MOST_MESSAGES = 300_000
"""Messages remembered, all folders together; one folder alone may hold more."""
FEW = 16
"""So many are taken out of a list one by one; for more, the list is made anew."""
SEEN = "\\Seen"


_uid: Callable[[Message], int] = attrgetter("uid")


def without(messages: list[Message], places: Sequence[int]) -> list[Message]:
    """The list without these ascending positions, changed in place when they are few."""
    if len(places) > FEW:
        gone = set(places)
        return [message for at, message in enumerate(messages) if at not in gone]
    for at in reversed(places):
        del messages[at]
    return messages


class Shelf:
    """The messages of one folder. ``messages`` is lent to views: whoever changes it copies it first."""

    def __init__(self, messages: list[Message], modseq: int) -> None:
        self.messages = messages
        self.modseq = modseq
        """Every change up to this one is in ``messages``."""
        self.gone = False
        self._lent = False
        self._unseen_from = 0

    def lend(self) -> list[Message]:
        """The list, not to be changed by anybody from now on."""
        self._lent = True
        return self.messages

    def first_unseen(self) -> int | None:
        """Number of the first unseen message; looks on from where it looked last."""
        for at in range(self._unseen_from, len(self.messages)):
            if SEEN not in self.messages[at].flags:
                self._unseen_from = at
                return at + 1
        self._unseen_from = len(self.messages)
        return None

    def hear(self, change: Change) -> None:
        """Follow the store."""
        self.gone = self.gone or change.gone
        self.modseq = max(self.modseq, change.modseq)
        if self._lent:
            self.messages, self._lent = list(self.messages), False
        newest = self.messages[-1].uid if self.messages else 0
        self.messages += [message for message in change.added if message.uid > newest]
        for message in change.flagged:
            at = self._place(message.uid)
            if at is not None and message.modseq >= self.messages[at].modseq:
                self.messages[at] = message
                if SEEN not in message.flags:
                    self._unseen_from = min(self._unseen_from, at)
        places = sorted(at for uid in change.expunged if (at := self._place(uid)) is not None)
        if places:
            self.messages = without(self.messages, places)
            self._unseen_from -= bisect_left(places, self._unseen_from)

    def _place(self, uid: int) -> int | None:
        at = bisect_left(self.messages, uid, key=_uid)
        return at if at < len(self.messages) and self.messages[at].uid == uid else None


class Shelves:
    """Fed by the store's changes from the first reading of a folder on; the least used are forgotten."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shelves: OrderedDict[int, tuple[Shelf, Callable[[], None]]] = OrderedDict()

    def shelf(self, folder: int) -> Shelf:
        """The folder as it is now. Raises NoSuchFolder."""
        if folder in self._shelves:
            shelf, stop = self._shelves[folder]
            if not shelf.gone:
                # It may lag by changes that nobody was answered for yet; they are on their way to the views too.
                self._shelves.move_to_end(folder)
                return shelf
            stop()
            del self._shelves[folder]
        # Asked for first: what is committed between the two reads is then told once more, never lost.
        known = self._store.folder_by_id(folder)
        shelf = Shelf(self._store.messages(folder), known.highestmodseq if known else 0)
        self._shelves[folder] = (shelf, self._store.watch(folder, shelf.hear))
        self._forget()
        return shelf

    def _forget(self) -> None:
        held = sum(len(shelf.messages) for shelf, _ in self._shelves.values())
        while len(self._shelves) > MOST or (held > MOST_MESSAGES and len(self._shelves) > 1):
            _, (shelf, stop) = self._shelves.popitem(last=False)
            stop()
            held -= len(shelf.messages)
