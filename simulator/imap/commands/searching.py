"""SEARCH and UID SEARCH (RFC 3501 6.4.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.fetch.loaded import Expunged, Loaded
from simulator.imap.search.keys import KEYS, METADATA, Key, KeyParser, KeyReader, Test
from simulator.imap.search.sieve import Sieve
from simulator.imap.session import Answer, Phase, Session
from simulator.imap.slices import by_count, by_size

CHARSETS = {"US-ASCII": "ascii", "ASCII": "ascii", "UTF-8": "utf-8"}
BAD_CHARSET = b"NO [BADCHARSET (US-ASCII UTF-8)] Search strings are US-ASCII or UTF-8"
SEARCHED = b"OK Searched"
_AT_ONCE = 2_000
"""Messages tested without letting others run, when no octets are read."""


class Searching(Session):
    """Flags, sizes and dates are tested on the view; only what is left has its octets read."""

    commands: ClassVar[dict[str, Phase]] = {"SEARCH": Phase.SELECTED}
    uid_commands: ClassVar[tuple[str, ...]] = ("SEARCH",)
    search_keys: ClassVar[dict[str, KeyParser]] = KEYS

    def command_search(self, args: Arguments) -> Answer:
        """RFC 3501 6.4.4"""
        args.space()
        wanted = self.search_returns(args) or self.default_returns()
        reader = KeyReader(args, self.selected, self.search_keys, self.clock.timestamp())
        if args.text[args.at:args.at + 8].upper() == b"CHARSET ":
            args.at += 8
            charset = CHARSETS.get(args.astring("a charset").decode("ascii", "replace").upper())
            if charset is None:
                return BAD_CHARSET
            reader.charset = charset
            args.space()
        key = self.read_keys(reader)
        return self._search(key, reader, wanted, args.by_uid)

    def read_keys(self, reader: KeyReader) -> Key:
        """All keys of the command."""
        key = reader.all_of()
        reader.args.end()
        return key

    def search_returns(self, args: Arguments) -> tuple[str, ...] | None:
        """For ESEARCH: what RETURN asks for."""
        return None

    def default_returns(self) -> tuple[str, ...] | None:
        """For IMAP4rev2: what a SEARCH without RETURN answers with; None for the old form."""
        return None

    def _search(self, key: Key, reader: KeyReader, wanted: tuple[str, ...] | None, by_uid: bool) -> Answer:
        places = range(len(self.selected.messages))
        if key.cost == METADATA and len(places) <= _AT_ONCE:
            self.send(self.search_line(self._test(key, places), reader, wanted, by_uid))
            return SEARCHED
        return self._search_slowly(key, reader, wanted, by_uid)

    async def _search_slowly(self, key: Key, reader: KeyReader, wanted: tuple[str, ...] | None, by_uid: bool) -> bytes:
        found = await self.find(key)
        if found is None:
            return b""
        self.send(self.search_line(found, reader, wanted, by_uid))
        return SEARCHED

    async def find(self, key: Key) -> list[int] | None:
        """Positions of the messages that fit; None when the peer is gone."""
        places: Sequence[int] = range(len(self.selected.messages))
        if key.sieve is not None:
            hopeful = await self._hopeful(key.sieve, key.cheap, places)
            if hopeful is None:
                return None
            places = hopeful
        pieces = by_count(places, _AT_ONCE) if key.cost == METADATA else by_size(self.selected, places)
        found: list[int] = []
        for piece in pieces:
            if not await self.breathe():
                return None
            found += self._test(key, piece)
        return found

    async def _hopeful(self, sieve: Sieve, cheap: Test | None, places: Sequence[int]) -> list[int] | None:
        """Positions whose headings may pass the sieve; None when the peer is gone."""
        view, headers, folder = self.selected, self.door.headers, self.selected.folder.id
        kept: list[int] = []
        for piece in by_count(places, _AT_ONCE):
            if not await self.breathe():
                return None
            numbers = {view.messages[at].uid: at for at in piece
                       if cheap is None or cheap(Loaded(self.store, view, at))}
            unread = [numbers[uid] for uid in headers.missing(folder, list(numbers))]
            for part in by_size(view, unread):
                headers.learn(folder, self.store.bodies(folder, [view.messages[at].uid for at in part]))
                if not await self.breathe():
                    return None
            kept += [numbers[uid] for uid in headers.hopeful(sieve, folder, list(numbers))]
        return kept

    def _test(self, key: Key, piece: Sequence[int]) -> list[int]:
        found: list[int] = []
        for at, message in self._candidates(key, piece):
            try:
                if key.test(message):
                    found.append(at)
            except Expunged:
                continue
        return found

    def _candidates(self, key: Key, piece: Sequence[int]) -> Iterator[tuple[int, Loaded]]:
        view, store = self.selected, self.store
        if key.cost == METADATA:
            for at in piece:
                yield at, Loaded(store, view, at)
            return
        if key.cheap is not None:
            piece = [at for at in piece if key.cheap(Loaded(store, view, at))]
        yield from self.load_bodies(piece)

    def load_bodies(self, piece: Sequence[int]) -> Iterator[tuple[int, Loaded]]:
        """The messages at these positions, their octets read together."""
        view, store = self.selected, self.store
        bodies = dict(store.bodies(view.folder.id, [view.messages[at].uid for at in piece]))
        for at in piece:
            yield at, Loaded(store, view, at, body=bodies.get(view.messages[at].uid))

    def search_line(self, found: list[int], reader: KeyReader, wanted: tuple[str, ...] | None, by_uid: bool) -> bytes:
        """``* SEARCH …``, also when nothing was found."""
        assert wanted is None
        numbers = self.numbers_of(found, by_uid)
        words = b" ".join([b"* SEARCH", *(b"%d" % number for number in numbers)])
        return words + self.search_suffix(found, reader) + b"\r\n"

    def search_suffix(self, found: list[int], reader: KeyReader) -> bytes:
        """For CONDSTORE: the highest modification sequence."""
        return b""

    def numbers_of(self, found: list[int], by_uid: bool) -> list[int]:
        """Positions as the client counts."""
        messages = self.selected.messages
        return [messages[at].uid for at in found] if by_uid else [at + 1 for at in found]
