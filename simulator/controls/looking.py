"""Finding the folders and messages that a query reaches."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping

from simulator.controls.errors import NotFound, nearest
from simulator.controls.message import MessageInfo, read_message
from simulator.controls.query import Query
from simulator.model.mailbox import Mailbox
from simulator.space import TrustSpace
from simulator.store.interface import Folder, Message, Store

Place = tuple[Folder, Message]


class Looking:
    """The store with the names of the space."""

    def __init__(self, space: TrustSpace, store: Store) -> None:
        self._space = space
        self.store = store

    def mailbox(self, address: str) -> Mailbox:
        """Raises NotFound with the nearest address."""
        found = self._space.mailboxes.get(address.strip().lower())
        if found is None:
            near = nearest(address.strip(), (str(box.address) for box in self._space.mailboxes.values()))
            raise NotFound(f"there is no mailbox {address}", near)
        return found

    def folder(self, mailbox: str, name: str) -> Folder:
        """Raises NotFound with the nearest name."""
        key = self.mailbox(mailbox).address.key
        found = self.store.folder(key, name)
        if found is None or not found.selectable:
            near = nearest(name, (f.name for f in self.store.folders(key) if f.selectable))
            raise NotFound(f"{mailbox} has no folder {name!r}", near)
        return found

    def folders(self, query: Query) -> list[Folder]:
        """Those that the query reaches. Raises NotFound when it names one mailbox that is not there, or its folder."""
        if query.mailbox is not None and query.folder is not None:
            return [self.folder(query.mailbox, query.folder)]
        boxes = self._space.mailboxes if query.mailbox is None else [self.mailbox(query.mailbox).address.key]
        if query.folder is None:
            return [f for key in boxes for f in self.store.folders(key) if f.selectable]
        found = (self.store.folder(key, query.folder) for key in boxes)
        return [f for f in found if f is not None and f.selectable]

    def places(self, folders: list[Folder], after: Mapping[int, int]) -> Iterator[Place]:
        """The messages above the marks: by UID within a folder, by date between folders."""
        shelves = [[(f, m) for m in self.store.messages(f.id) if m.uid > after.get(f.id, 0)] for f in folders]
        return heapq.merge(*shelves, key=lambda place: (place[1].internal_date, place[0].id))

    def info(self, folder: Folder, message: Message, *, keep_raw: bool = False) -> MessageInfo | None:
        """The message read, unless it has just gone."""
        body = self.store.body(folder.id, message.uid)
        return None if body is None else read_message(folder, message, body, keep_raw=keep_raw)
