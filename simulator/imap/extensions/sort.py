"""SORT and THREAD (RFC 5256): the server orders and groups what it finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar, get_args

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.commands.searching import BAD_CHARSET, CHARSETS, Searching
from simulator.imap.fetch.loaded import Expunged
from simulator.imap.search.keys import Key, KeyReader
from simulator.imap.session import Answer, Phase
from simulator.imap.slices import by_size
from simulator.mime.sortkeys import Criterion, Sortable, order, sortable
from simulator.mime.threads import ordered_subject, references

CRITERIA: dict[str, Criterion] = {name: name for name in get_args(Criterion)}
ALGORITHMS: dict[str, Callable[[Sequence[Sortable]], bytes]] = {
    "ORDEREDSUBJECT": ordered_subject, "REFERENCES": references}
MOST_CRITERIA = 20
Program = list[tuple[Criterion, bool]]
"""What to sort by, and which of it backwards."""
_ORDERED = b"OK Ordered"


class Sort(Searching):
    """Found like SEARCH does, then read for their headers; the ordering itself runs beside the loop."""

    commands: ClassVar[dict[str, Phase]] = {"SORT": Phase.SELECTED, "THREAD": Phase.SELECTED}
    uid_commands: ClassVar[tuple[str, ...]] = ("SORT", "THREAD")
    announces: ClassVar[tuple[str, ...]] = ("SORT", "THREAD=ORDEREDSUBJECT", "THREAD=REFERENCES")

    def command_sort(self, args: Arguments) -> Answer:
        """RFC 5256 BASE.6.4.SORT"""
        args.space()
        wanted = self.sort_returns(args)
        args.expect(b"(")
        program = [_criterion(args)]
        while args.take(b" "):
            program.append(_criterion(args))
            if len(program) > MOST_CRITERIA:
                raise Malformed(f"at most {MOST_CRITERIA} sort criteria")
        args.expect(b")")
        reader = self._conditions(args)
        if reader is None:
            return BAD_CHARSET
        return self._sort(self.read_keys(reader), reader, program, wanted)

    def sort_returns(self, args: Arguments) -> tuple[str, ...] | None:
        """For ESORT: what RETURN asks for."""
        return None

    async def _sort(self, key: Key, reader: KeyReader, program: Program, wanted: tuple[str, ...] | None) -> bytes:
        by_uid = reader.args.by_uid
        found = await self._sortables(key, lambda at: at)
        if found is None:
            return b""
        places = await asyncio.to_thread(order, found, program)
        if wanted is not None:
            self.send(self.search_line(places, reader, wanted, by_uid))
            return _ORDERED
        words = b" ".join([b"* SORT", *(b"%d" % number for number in self.numbers_of(places, by_uid))])
        self.send(words + self.search_suffix(places, reader) + b"\r\n")
        return _ORDERED

    def command_thread(self, args: Arguments) -> Answer:
        """RFC 5256 BASE.6.4.THREAD"""
        args.space()
        algorithm = ALGORITHMS.get(args.word("a threading algorithm"))
        if algorithm is None:
            raise Malformed(f"THREAD knows {' and '.join(ALGORITHMS)}")

        reader = self._conditions(args)
        if reader is None:
            return BAD_CHARSET
        return self._thread(self.read_keys(reader), algorithm, args.by_uid)

    async def _thread(self, key: Key, algorithm: Callable[[Sequence[Sortable]], bytes], by_uid: bool) -> bytes:
        messages = self.selected.messages
        found = await self._sortables(key, lambda at: messages[at].uid if by_uid else at + 1)
        if found is None:
            return b""
        text = await asyncio.to_thread(algorithm, found)
        self.send(b"* THREAD%b%b\r\n" % (b" " if text else b"", text))
        return _ORDERED

    def _conditions(self, args: Arguments) -> KeyReader | None:
        """The charset, and a reader for the keys behind it; None for a charset nobody reads."""
        args.space()
        charset = CHARSETS.get(args.astring("a charset").decode("ascii", "replace").upper())
        if charset is None:
            return None
        args.space()
        reader = KeyReader(args, self.selected, self.search_keys, self.clock.timestamp())
        reader.charset = charset
        return reader

    async def _sortables(self, key: Key, number: Callable[[int], int]) -> list[Sortable] | None:
        """What fits the key, under the number that its position has; None when the peer is gone."""
        found: list[Sortable] = []
        places = await self.find(key)
        if places is None:
            return None
        for piece in by_size(self.selected, places):
            if not await self.breathe():
                return None
            for at, message in self.load_bodies(piece):
                shown = message.message
                try:
                    header = message.body.partition(b"\r\n\r\n")[0]
                except Expunged:
                    header = b""
                found.append(sortable(number(at), shown.internal_date, shown.size, header))
        return found


def _criterion(args: Arguments) -> tuple[Criterion, bool]:
    word = args.word("a sort criterion")
    is_reversed = word == "REVERSE"
    if is_reversed:
        args.space()
        word = args.word("a sort criterion")
    if word not in CRITERIA:
        raise Malformed(f"SORT knows {', '.join(CRITERIA)}")
    return CRITERIA[word], is_reversed
