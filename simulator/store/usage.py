"""What each mailbox holds, remembered: the question comes with every recipient, and asking the file costs a system call
or two and the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from simulator.store.interface import Change, StoreError


@dataclass(slots=True)
class _Known:
    mailbox: str | None
    modseq: int
    """Changes up to this one are counted."""


class Usage:
    """Sums by mailbox, kept up to date by hearing of every change, in commit order."""

    def __init__(self, look: Callable[[str], Iterable[tuple[int, int, int]]],
                 owner: Callable[[int], str | None]) -> None:
        """``look`` gives (folder, modification sequence, octets) of a mailbox's folders, ``owner`` a folder's mailbox.

        Both see what is committed, whether it was heard of or not.
        """
        self._look = look
        self._owner = owner
        self._octets: dict[str, int] = {}
        self._folders: dict[int, _Known] = {}

    def of(self, mailbox: str) -> int:
        """Octets in all folders of the mailbox. Raises StoreError."""
        octets = self._octets.get(mailbox)
        if octets is None:
            octets = 0
            for folder, modseq, size in self._look(mailbox):
                self._folders[folder] = _Known(mailbox, modseq)
                octets += size
            self._octets[mailbox] = octets
        return octets

    def hear(self, change: Change) -> None:
        """Count what was added; what else may have happened to the size is asked again when it is wanted."""
        known = self._folders.get(change.folder)
        if known is None:
            self._meet(change)
        elif change.gone or change.expunged:
            self._drop(known.mailbox)
            if change.gone:
                del self._folders[change.folder]
        elif change.modseq > known.modseq:
            known.modseq = change.modseq
            if known.mailbox in self._octets:
                self._octets[known.mailbox] += sum(message.size for message in change.added)

    def forget(self) -> None:
        """Everything is to be asked again."""
        self._octets.clear()
        self._folders.clear()

    def _meet(self, change: Change) -> None:
        """A folder is new, perhaps to a mailbox whose sum is known."""
        if change.gone:
            return
        try:
            owner = self._owner(change.folder)
        except StoreError:
            self.forget()
            return
        self._drop(owner)
        self._folders[change.folder] = _Known(owner, change.modseq)

    def _drop(self, mailbox: str | None) -> None:
        if mailbox is not None:
            self._octets.pop(mailbox, None)
