"""FETCH and UID FETCH (RFC 3501 6.4.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.commands.messages import BAD_SET, NO_MORE
from simulator.imap.fetch.items import FLAGS, ITEMS, SECTIONS, UID, Item, Plan, SectionParser, parse_items
from simulator.imap.fetch.loaded import Expunged, Loaded
from simulator.imap.numbers import NumberSet
from simulator.imap.session import Answer, Phase, Session
from simulator.imap.slices import by_count, by_size
from simulator.mime.index import parse, to_bytes
from simulator.store.interface import FlagOp

SEEN = "\\Seen"
LARGE = 256 * 1024
"""Octets of a message above which it is not parsed on the loop."""
LONG_WORDS = 200
MOST_WORDS = 256
_FETCHED = b"OK Fetched"
_understood: dict[tuple[type, bytes], tuple[tuple[Item, ...], int]] = {}
"""What is offered, and the words from the items on, to the items and how many octets name them."""


class Fetching(Session):
    """Small answers are made on the spot; long ones in slices, at the pace of the client."""

    commands: ClassVar[dict[str, Phase]] = {"FETCH": Phase.SELECTED}
    uid_commands: ClassVar[tuple[str, ...]] = ("FETCH",)
    fetch_items: ClassVar[dict[str, Item]] = ITEMS
    fetch_sections: ClassVar[dict[str, SectionParser]] = SECTIONS

    def command_fetch(self, args: Arguments) -> Answer:
        """RFC 3501 6.4.5"""
        args.space()
        numbers = args.numbers()
        args.space()
        items = self._asked(args)
        plan, since = self.fetch_modifiers(args, items)
        args.end()
        places = self.places(numbers, by_uid=args.by_uid)
        if places is None:
            return BAD_SET
        self.fetch_begins(numbers, since)
        if since is not None:
            messages = self.selected.messages
            places = [at for at in places if messages[at].modseq > since]
        return self._fetch(plan, places)

    def _asked(self, args: Arguments) -> tuple[Item, ...]:
        """The items. Clients ask in the same words again and again: what these mean is remembered."""
        words = (type(self), args.text[args.at:])
        if args.has_literals or len(words[1]) > LONG_WORDS:
            return parse_items(args, self.fetch_items, self.fetch_sections)
        if words in _understood:
            items, length = _understood[words]
            args.at += length
            return items
        begin = args.at
        items = parse_items(args, self.fetch_items, self.fetch_sections)
        if len(_understood) >= MOST_WORDS:
            _understood.clear()
        _understood[words] = items, args.at - begin
        return items

    def fetch_modifiers(self, args: Arguments, items: tuple[Item, ...]) -> tuple[Plan, int | None]:
        """The plan, and the modification sequence below which messages are left out (CONDSTORE)."""
        return plan_for(items, self.says_uid(args)), None

    def says_uid(self, args: Arguments) -> bool:
        """UID belongs in every answer of this command."""
        return args.by_uid

    def fetch_begins(self, numbers: NumberSet, since: int | None) -> None:
        """For QRESYNC: what is told before the first answer."""

    def _fetch(self, plan: Plan, places: list[int]) -> Answer:
        view = self.selected
        if plan.sees and not view.read_only and any(SEEN not in view.messages[at].flags for at in places):
            return self._fetch_slowly(plan, places, marks=True)
        if plan.needs_index and any(view.messages[at].size > LARGE for at in places):
            return self._fetch_slowly(plan, places)
        slices = self._slices(plan, places)
        first = next(slices, ())
        missing = self._say(plan, first)
        if len(first) < len(places):
            return self._fetch_slowly(plan, places[len(first):], missing=missing)
        return NO_MORE if missing else _FETCHED

    def _slices(self, plan: Plan, places: Sequence[int]) -> Iterator[Sequence[int]]:
        if plan.needs_body or plan.needs_index:
            return by_size(self.selected, places)
        return by_count(places)

    async def _fetch_slowly(self, plan: Plan, places: Sequence[int], *, marks: bool = False,
                            missing: bool = False) -> bytes:
        for piece in self._slices(plan, places):
            if not await self.breathe():
                return b""
            seen = await self._mark_seen(piece) if marks else frozenset()
            parsed = await self._parse_large(piece) if plan.needs_index else {}
            missing = self._say(plan, piece, newly_seen=seen, parsed=parsed) or missing
        return NO_MORE if missing else _FETCHED

    async def _mark_seen(self, piece: Sequence[int]) -> frozenset[int]:
        """Set \\Seen before the text goes out; returns the positions whose flags changed."""
        view = self.selected
        unseen = {view.messages[at].uid: at for at in piece if SEEN not in view.messages[at].flags}
        if not unseen:
            return frozenset()
        result = await self.store.set_flags(view.folder.id, list(unseen), FlagOp.ADD, frozenset({SEEN}), origin=self)
        view.learn(result.changed)
        return frozenset(unseen[message.uid] for message in result.changed)

    async def _parse_large(self, piece: Sequence[int]) -> dict[int, bytes]:
        """MIME indexes of large messages that have none yet, made in a thread: a hostile one takes seconds."""
        view, parsed = self.selected, dict[int, bytes]()
        large = [view.messages[at].uid for at in piece if view.messages[at].size > LARGE]
        known = self.store.index(view.folder.id, large) if large else {}
        for uid in large:
            body = self.store.body(view.folder.id, uid) if uid not in known else None
            if body is not None:
                parsed[uid] = await asyncio.to_thread(index_of, body)
                self.store.save_index(view.folder.id, uid, parsed[uid])
        return parsed

    def _say(self, plan: Plan, piece: Sequence[int], newly_seen: frozenset[int] = frozenset(),
             parsed: Mapping[int, bytes] | None = None) -> bool:
        """Answer for these positions. True when some message was not there any more."""
        view = self.selected
        if plan.items == (FLAGS,) and not view.with_modseq:
            line, messages, flags = b"* %d FETCH (FLAGS (%b))\r\n", view.messages, view.flags
            self.send(b"".join([line % (at + 1, flags(messages[at])) for at in piece]))
            return False
        with_flags = self._with_flags(plan) if newly_seen else plan
        read: list[int] = []
        missing = False
        for at, message in self._load(plan, piece, parsed or {}):
            items = with_flags.items if at in newly_seen else plan.items
            try:
                text = b" ".join([item.render(message) for item in items])
            except Expunged:
                missing = True
                continue
            self.send(b"* %d FETCH (%b)\r\n" % (at + 1, text))
            read.append(message.message.uid)
        if plan.reads:
            self._note_read(read)
        return missing

    def _with_flags(self, plan: Plan) -> Plan:
        """For messages that this very FETCH marks as seen."""
        more = plan if plan.has("FLAGS") else Plan((*plan.items, FLAGS))
        return more if plan.has("MODSEQ") else self.with_modseq(more)

    def with_modseq(self, plan: Plan) -> Plan:
        """For CONDSTORE: a report of new flags carries MODSEQ."""
        return plan

    def _load(self, plan: Plan, piece: Sequence[int], parsed: Mapping[int, bytes]) -> Iterator[tuple[int, Loaded]]:
        """The messages of a piece, read together when their octets are needed."""
        view, store = self.selected, self.store
        if not plan.needs_body and not plan.needs_index:
            for at in piece:
                yield at, Loaded(store, view, at)
            return
        uids = [view.messages[at].uid for at in piece]
        indexes = {**store.index(view.folder.id, uids), **parsed} if plan.needs_index else {}
        if not plan.needs_body or len(piece) == 1:
            for at in piece:
                yield at, Loaded(store, view, at, stored_index=indexes.get(view.messages[at].uid))
            return
        bodies = dict(store.bodies(view.folder.id, uids))
        for at in piece:
            uid = view.messages[at].uid
            yield at, Loaded(store, view, at, body=bodies.get(uid), stored_index=indexes.get(uid))

    def _note_read(self, uids: Sequence[int]) -> None:
        """The audit trail hears of messages that this selection had not read before."""
        view = self.selected
        fresh = [uid for uid in uids if uid not in view.read]
        if fresh:
            view.read.update(fresh)
            self.reads.add(view, fresh)


def index_of(body: bytes) -> bytes:
    """The MIME index of a message, as the store keeps it."""
    return to_bytes(parse(body))


@lru_cache(maxsize=256)
def plan_for(items: tuple[Item, ...], by_uid: bool) -> Plan:
    """UID FETCH always says the UID, first (RFC 3501 6.4.8)."""
    if by_uid and UID not in items:
        items = (UID, *items)
    return Plan(items)
