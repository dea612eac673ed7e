"""The folders of the memory store, and what lies in them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from simulator.store.flags import folded, keywords_in, spelled
from simulator.store.interface import (
    Change,
    Copied,
    Folder,
    FolderExists,
    HasChildren,
    Message,
    NoSuchFolder,
    StoreError,
)
from simulator.store.names import INBOX, BadName, folder_name, is_below, parents
from simulator.store.watchers import Watchers


@dataclass(slots=True, eq=False)
class Text:
    """A body and its MIME index, shared by copies."""

    body: bytes
    index: bytes | None = None


@dataclass(slots=True, eq=False)
class Stored:
    """One message in a folder."""

    uid: int
    flags: frozenset[str]
    modseq: int
    date: float
    text: Text
    saved: float = 0.0

    def as_message(self) -> Message:
        """A fresh Message saying the same."""
        return Message(self.uid, self.flags, self.modseq, len(self.text.body), self.date)


@dataclass(slots=True, eq=False)
class Shelf:
    """A folder and its messages by UID."""

    id: int
    mailbox: str
    name: str
    special_use: str | None
    uidvalidity: int
    selectable: bool = True
    uidnext: int = 1
    modseq: int = 1
    stored: dict[int, Stored] = field(default_factory=dict)
    vanished: dict[int, int] = field(default_factory=dict)
    """UID to modification sequence."""
    keywords: dict[str, str] = field(default_factory=dict)
    """Folded to first spelling."""

    def spelling(self, flags: Iterable[str], learn: bool = True) -> frozenset[str]:
        """The flags as this folder writes them; new keywords are remembered when ``learn``."""
        wanted = spelled(flags, self.keywords)
        if learn:
            for name in keywords_in(wanted):
                self.keywords.setdefault(folded(name), name)
        return wanted

    def empty(self, uidvalidity: int) -> None:
        """Be as new."""
        self.uidvalidity, self.uidnext, self.modseq = uidvalidity, 1, 1
        self.stored, self.vanished, self.keywords = {}, {}, {}


class MemoryFolders:
    """Folders by id; the part of the store that names, adds and removes."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.refuse: StoreError | None = None
        """Raised by every change while it is set."""
        self._is_open = False
        self._shelves: dict[int, Shelf] = {}
        self._subscribed: set[tuple[str, str]] = set()
        self._watchers = Watchers()
        self._folder_ids = count(1)
        self._uidvalidities = count(int(time.time()) + 1)

    def _may_read(self) -> None:
        if not self._is_open:
            raise StoreError("the store is not open")

    def _may_change(self) -> None:
        self._may_read()
        if self.refuse is not None:
            raise self.refuse

    def _shelf(self, folder: int) -> Shelf:
        self._may_read()
        if folder not in self._shelves:
            raise NoSuchFolder(f"folder {folder} does not exist")
        return self._shelves[folder]

    def _selectable(self, folder: int) -> Shelf:
        shelf = self._shelf(folder)
        if not shelf.selectable:
            raise NoSuchFolder(f"folder {folder} does not exist")
        return shelf

    def _find(self, mailbox: str, name: str) -> Shelf | None:
        return next((s for s in self._shelves.values() if s.mailbox == mailbox and s.name == name), None)

    def _children(self, shelf: Shelf) -> list[Shelf]:
        return [s for s in self._shelves.values() if s.mailbox == shelf.mailbox and is_below(s.name, shelf.name)]

    def _folder(self, s: Shelf) -> Folder:
        return Folder(s.id, s.mailbox, s.name, s.special_use, (s.mailbox, s.name) in self._subscribed, s.selectable,
                      s.uidvalidity, s.uidnext, s.modseq)

    # -- looking

    def folders(self, mailbox: str) -> Sequence[Folder]:
        self._may_read()
        return sorted((self._folder(s) for s in self._shelves.values() if s.mailbox == mailbox), key=lambda f: f.name)

    def folder(self, mailbox: str, name: str) -> Folder | None:
        self._may_read()
        try:
            shelf = self._find(mailbox, folder_name(name))
        except BadName:
            return None
        return self._folder(shelf) if shelf else None

    def folder_by_id(self, folder: int) -> Folder | None:
        self._may_read()
        return self._folder(self._shelves[folder]) if folder in self._shelves else None

    def subscriptions(self, mailbox: str) -> Sequence[str]:
        self._may_read()
        return sorted(name for box, name in self._subscribed if box == mailbox)

    # -- naming

    async def ensure_mailbox(self, mailbox: str, folders: Sequence[tuple[str, str | None]]) -> None:
        self._may_change()
        if self.folders(mailbox):
            return
        for name, special_use in folders:
            await self.create_folder(mailbox, name, special_use)
            await self.subscribe(mailbox, name, True)

    async def create_folder(self, mailbox: str, name: str, special_use: str | None = None) -> Folder:
        self._may_change()
        name = folder_name(name)
        known = self._find(mailbox, name)
        if known is not None and known.selectable:
            raise FolderExists(f"{name} exists already")
        return self._folder(self._create(mailbox, name, special_use))

    def _create(self, mailbox: str, name: str, special_use: str | None = None) -> Shelf:
        for parent in parents(name):
            if self._find(mailbox, parent) is None:
                self._create(mailbox, parent)
        shelf = self._find(mailbox, name)
        if shelf is None:
            shelf = Shelf(next(self._folder_ids), mailbox, name, special_use, next(self._uidvalidities))
            self._shelves[shelf.id] = shelf
        else:
            shelf.empty(next(self._uidvalidities))
            shelf.selectable, shelf.special_use = True, special_use
        return shelf

    async def delete_folder(self, folder: int) -> None:
        self._may_change()
        shelf = self._shelf(folder)
        if shelf.name == INBOX:
            raise StoreError("INBOX cannot be deleted")
        children = self._children(shelf)
        if children and not shelf.selectable:
            raise HasChildren(f"{shelf.name} holds other folders")
        if children:
            shelf.empty(shelf.uidvalidity)
            shelf.selectable, shelf.special_use = False, None
        else:
            del self._shelves[folder]
            self._drop_empty_names(shelf.mailbox, shelf.name)
        self._watchers.tell(Change(folder, gone=True))

    async def rename_folder(self, folder: int, name: str) -> None:
        self._may_change()
        name = folder_name(name)
        shelf = self._shelf(folder)
        if self._find(shelf.mailbox, name) is not None:
            raise FolderExists(f"{name} exists already")
        if shelf.name == INBOX:
            self._copy(shelf, list(shelf.stored), self._create(shelf.mailbox, name), True, None)
            return
        if is_below(name, shelf.name):
            raise BadName(f"{shelf.name} cannot be moved into itself")
        for parent in parents(name):
            if self._find(shelf.mailbox, parent) is None:
                self._create(shelf.mailbox, parent)
        before, children = shelf.name, self._children(shelf)
        for each in (shelf, *children):
            each.name = name + each.name[len(before):]
        self._drop_empty_names(shelf.mailbox, before)

    async def subscribe(self, mailbox: str, name: str, subscribed: bool) -> None:
        self._may_change()
        entry = (mailbox, folder_name(name))
        if subscribed:
            self._subscribed.add(entry)
        else:
            self._subscribed.discard(entry)

    def _drop_empty_names(self, mailbox: str, name: str) -> None:
        for parent in reversed(parents(name)):
            shelf = self._find(mailbox, parent)
            if shelf is None or shelf.selectable or self._children(shelf):
                return
            del self._shelves[shelf.id]

    # -- filling and emptying

    def _add(self, shelf: Shelf, new: Sequence[Stored], origin: object = None) -> tuple[int, ...]:
        if not new:
            return ()
        shelf.modseq += 1
        for stored in new:
            stored.uid, stored.modseq, stored.saved = shelf.uidnext, shelf.modseq, self._now()
            shelf.stored[stored.uid] = stored
            shelf.uidnext += 1
        self._watchers.tell(Change(shelf.id, added=tuple(s.as_message() for s in new), modseq=shelf.modseq,
                                   origin=origin))
        return tuple(stored.uid for stored in new)

    def _remove(self, shelf: Shelf, uids: Sequence[int], origin: object = None, *, step: int = 1) -> None:
        if not uids:
            return
        shelf.modseq += step
        for uid in uids:
            del shelf.stored[uid]
            shelf.vanished[uid] = shelf.modseq
        self._watchers.tell(Change(shelf.id, expunged=tuple(uids), modseq=shelf.modseq, origin=origin))

    def _copy(self, source: Shelf, uids: Sequence[int], target: Shelf, move: bool, origin: object) -> Copied:
        found = sorted(set(uids) & set(source.stored))
        new = [Stored(0, target.spelling(m.flags), 0, m.date, m.text) for m in (source.stored[uid] for uid in found)]
        added = self._add(target, new, origin)
        if move:
            self._remove(source, found, origin, step=int(source is not target))
        return Copied(target.uidvalidity, tuple(found), added)
