"""A message while an answer is made of it: its octets and MIME index, read when first needed."""

from __future__ import annotations

from simulator.imap.view import View
from simulator.mime import index as mime_index
from simulator.mime.part import MimeIndex
from simulator.store.interface import Store


class Expunged(Exception):
    """The octets are gone: another session expunged the message, ours was not told yet."""


class Loaded:
    """One message. ``body`` and ``stored_index`` may be given when they were read with others."""

    __slots__ = ("_body", "_index", "_stored_index", "message", "seq", "store", "view")

    def __init__(self, store: Store, view: View, at: int, *, body: bytes | None = None,
                 stored_index: bytes | None = None) -> None:
        self.store, self.view, self.seq, self.message = store, view, at + 1, view.messages[at]
        self._body, self._stored_index = body, stored_index
        self._index: MimeIndex | None = None

    @property
    def body(self) -> bytes:
        """The octets. Raises Expunged."""
        if self._body is None:
            self._body = self.store.body(self.view.folder.id, self.message.uid)
            if self._body is None:
                raise Expunged
        return self._body

    @property
    def index(self) -> MimeIndex:
        """The MIME index; made and remembered when the store has none. Raises Expunged."""
        if self._index is None:
            folder, uid = self.view.folder.id, self.message.uid
            stored = self._stored_index or self.store.index(folder, (uid,)).get(uid)
            self._index = mime_index.from_bytes(stored) if stored is not None else None
            if self._index is None:
                self._index = mime_index.parse(self.body)
                self.store.save_index(folder, uid, mime_index.to_bytes(self._index))
        return self._index
