"""SORT and THREAD (RFC 5256): the server orders and groups what it finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar, get_args

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.commands.messages import BAD_SET
from simulator.imap.commands.searching import BAD_CHARSET, CHARSETS, Searching
from simulator.imap.fetch.loaded import Expunged
from simulator.mime.sortkeys import Criterion, Sortable, order, sortable
from simulator.mime.threads import ordered_subject, references
from simulator.imap.search.keys import Key, KeyReader
from simulator.imap.session import Answer, Phase
from simulator.imap.slices import by_size

CRITERIA: dict[str, Criterion] = {name: name for name in get_args(Criterion)}
ALGORITHMS: dict[str, Callable[[Sequence[Sortable]], bytes]] = {
    "ORDEREDSUBJECT": ordered_subject, "REFERENCES": references}
MOST_CRITERIA = 20


class Sort(Searching):
    """Found like SEARCH does, then read for their headers; the ordering itself runs beside the loop."""

    commands: ClassVar[dict[str, Phase]] = {"SORT": Phase.SELECTED, "THREAD": Phase.SELECTED}
    uid_commands: ClassVar[tuple[str, ...]] = ("SORT", "THREAD")
    announces = ("SORT", "THREAD=ORDEREDSUBJECT", "THREAD=REFERENCES")

    def command_sort(self, args: Arguments) -> Answer:
        """RFC 5256 BASE.6.4.SORT"""
        args.space()
        args.expect(b"(")
        program = [_criterion(args)]
        while args.take(b" "):
            program.append(_criterion(args))
            if len(program) > MOST_CRITERIA:
                raise Malformed(f"at most {MOST_CRITERIA} sort criteria")
        args.expect(b")")
        return self._ordered(args, lambda found: b"".join(b" %d" % n for n in order(found, program)), b"SORT")

    def command_thread(self, args: Arguments) -> Answer:
        """RFC 5256 BASE.6.4.THREAD"""
        args.space()
        algorithm = ALGORITHMS.get(args.word("a threading algorithm"))
        if algorithm is None:
            raise Malformed(f"THREAD knows {' and '.join(ALGORITHMS)}")

        def threads(found: Sequence[Sortable]) -> bytes:
            text = algorithm(found)
            return b" " + text if text else b""

        return self._ordered(args, threads, b"THREAD")

    def _ordered(self, args: Arguments, write: Callable[[Sequence[Sortable]], bytes], name: bytes) -> Answer:
        args.space()
        charset = CHARSETS.get(args.astring("a charset").decode("ascii", "replace").upper())
        if charset is None:
            return BAD_CHARSET
        args.space()
        reader = KeyReader(args, self.selected, self.search_keys, self.clock.timestamp())
        reader.charset = charset
        key = self.read_keys(reader)
        return BAD_SET if key is None else self._order(key, args.by_uid, write, name)

    async def _order(self, key: Key, by_uid: bool, write: Callable[[Sequence[Sortable]], bytes], name: bytes) -> bytes:
        places = await self.find(key)
        found = None if places is None else await self._sortables(places, by_uid)
        if found is None:
            return b""
        self.send(b"* %b%b\r\n" % (name, await asyncio.to_thread(write, found)))
        return b"OK Ordered"

    async def _sortables(self, places: list[int], by_uid: bool) -> list[Sortable] | None:
        found: list[Sortable] = []
        for piece in by_size(self.selected, places):
            if not await self.breathe():
                return None
            for at, message in self.load_bodies(piece):
                shown = message.message
                try:
                    header = message.body.partition(b"\r\n\r\n")[0]
                except Expunged:
                    header = b""
                found.append(sortable(shown.uid if by_uid else at + 1, shown.internal_date, shown.size, header))
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
