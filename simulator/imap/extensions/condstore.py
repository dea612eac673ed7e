"""CONDSTORE (RFC 7162 3.1): modification sequences, to catch up with flags and to change them without overwriting."""

from __future__ import annotations

import re
from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.commands.fetching import Fetching, plan_for
from simulator.imap.commands.messages import Change, Messages
from simulator.imap.commands.searching import Searching
from simulator.imap.commands.selecting import Selecting, StatusItem
from simulator.imap.extensions.enable import Enable
from simulator.imap.fetch.items import Item, Plan
from simulator.imap.formatter import number_set
from simulator.imap.search.keys import Key, KeyParser, KeyReader
from simulator.imap.session import Session
from simulator.imap.view import View
from simulator.store.interface import Counts, FlagsChanged, Folder

MODSEQ = Item("MODSEQ", lambda m: b"MODSEQ (%d)" % m.message.modseq)
LARGEST = 0x7FFFFFFFFFFFFFFF
_ENTRY = re.compile(rb'"/flags/(?:\\\\)?[A-Za-z0-9$._-]{1,100}" (?:all|priv|shared) ', re.IGNORECASE)


def _highest(_session: Session, folder: Folder, _counts: Counts) -> int:
    return folder.highestmodseq


def _search(reader: KeyReader) -> Key:
    reader.args.space()
    found = _ENTRY.match(reader.args.text, reader.args.at)
    if found:
        reader.args.at = found.end()
    least = modification(reader.args)
    reader.uses_modseq = True
    return Key(lambda m: m.message.modseq >= least)


def modification(args: Arguments) -> int:
    """A modification sequence, 63 bits."""
    number = args.number("a modification sequence")
    if number > LARGEST:
        raise Malformed("a modification sequence has 63 bits")
    return number


class Condstore(Enable, Selecting, Messages, Fetching, Searching):
    """Any use of it makes every later flag report carry MODSEQ."""

    announces = ("CONDSTORE",)
    enabling: ClassVar[frozenset[str]] = frozenset({"CONDSTORE"})
    fetch_items: ClassVar[dict[str, Item]] = {"MODSEQ": MODSEQ}
    status_items: ClassVar[dict[str, StatusItem]] = {"HIGHESTMODSEQ": _highest}
    search_keys: ClassVar[dict[str, KeyParser]] = {"MODSEQ": _search}

    def on_enabled(self, name: str) -> None:
        """From now on."""
        super().on_enabled(name)
        if name == "CONDSTORE":
            self._start_modseq()

    def _start_modseq(self) -> None:
        """RFC 7162 3.1.2: the first use in a folder that is open tells where it stands."""
        self.enabled.add("CONDSTORE")
        if self.view is not None and not self.view.with_modseq:
            self.view.with_modseq = True
            self.send(b"* OK [HIGHESTMODSEQ %d] Highest\r\n" % self.view.settled)

    def select(self, view: View) -> None:
        """A folder opened after it was enabled."""
        view.with_modseq = "CONDSTORE" in self.enabled
        super().select(view)

    def reselect(self) -> None:
        """RFC 7162 3.2.11: what follows is about another folder."""
        self.send(b"* OK [CLOSED] The folder is left\r\n")
        super().reselect()

    def select_options(self, args: Arguments) -> None:
        """``(CONDSTORE)``, RFC 7162 3.1.8"""
        if args.done:
            return
        args.space()
        args.expect(b"(")
        self.select_option(args, args.word("a parameter of SELECT"))
        while args.take(b" "):
            self.select_option(args, args.word("a parameter of SELECT"))
        args.expect(b")")

    def select_option(self, args: Arguments, name: str) -> None:
        """One parameter."""
        if name != "CONDSTORE":
            raise Malformed(f"{name} is not a parameter of SELECT that is offered here")
        self.enabled.add("CONDSTORE")

    def status_arguments(self, args: Arguments) -> list[str]:
        """Asking for HIGHESTMODSEQ enables too, RFC 7162 3.1"""
        items = super().status_arguments(args)
        if "HIGHESTMODSEQ" in items:
            self._start_modseq()
        return items

    def select_lines(self, view: View) -> list[bytes]:
        """RFC 7162 3.1.2.1"""
        return [*super().select_lines(view), b"* OK [HIGHESTMODSEQ %d] Highest\r\n" % view.modseq]

    def fetch_modifiers(self, args: Arguments, items: tuple[Item, ...]) -> tuple[Plan, int | None]:
        """``(CHANGEDSINCE n)``, RFC 7162 3.1.4.1"""
        since = None
        if args.take(b" "):
            args.expect(b"(")
            since = self.fetch_modifier(args, since)
            while args.take(b" "):
                since = self.fetch_modifier(args, since)
            args.expect(b")")
        if since is not None and MODSEQ not in items:
            items = (*items, MODSEQ)
        if MODSEQ in items:
            self._start_modseq()
        return plan_for(items, self.says_uid(args)), since

    def fetch_modifier(self, args: Arguments, since: int | None) -> int | None:
        """One modifier; the modification sequence known so far."""
        name = args.word("a modifier of FETCH")
        if name != "CHANGEDSINCE":
            raise Malformed(f"{name} is not a modifier of FETCH that is offered here")
        args.space()
        return modification(args)

    def with_modseq(self, plan: Plan) -> Plan:
        """RFC 7162 3.2: reports of \\Seen set by this very FETCH."""
        return Plan((*plan.items, MODSEQ)) if self.selected.with_modseq else plan

    def store_modifiers(self, args: Arguments) -> int | None:
        """``(UNCHANGEDSINCE n)``, RFC 7162 3.1.3"""
        if not args.take(b"("):
            return None
        if args.word("UNCHANGEDSINCE") != "UNCHANGEDSINCE":
            raise Malformed("STORE knows only the modifier UNCHANGEDSINCE")
        args.space()
        since = modification(args)
        args.expect(b")")
        args.space()
        self._start_modseq()
        return since

    def stored(self, change: Change, result: FlagsChanged, *, missing: bool) -> bytes:
        """``[MODIFIED set]`` names what was left alone."""
        if not result.modified:
            return super().stored(change, result, missing=missing)
        places = [at for uid in sorted(result.modified) if (at := self.selected.place(uid)) is not None]
        return b"OK [MODIFIED %b] Others changed these before" % number_set(self.numbers_of(places, change.by_uid))

    def read_keys(self, reader: KeyReader) -> Key:
        """MODSEQ as a search key enables too."""
        key = super().read_keys(reader)
        if reader.uses_modseq:
            self._start_modseq()
        return key

    def search_suffix(self, found: list[int], reader: KeyReader) -> bytes:
        """``(MODSEQ n)`` behind the numbers, RFC 7162 3.1.5"""
        if not reader.uses_modseq or not found:
            return b""
        return b" (MODSEQ %d)" % self._newest(found)

    def esearch_suffix(self, found: list[int], reader: KeyReader, wanted: tuple[str, ...]) -> bytes:
        """``MODSEQ n``, of the messages that are told: RFC 7162 3.1.10"""
        if not reader.uses_modseq or not found:
            return b""
        if "ALL" not in wanted and "COUNT" not in wanted:
            found = [*found[:1] * ("MIN" in wanted), *found[-1:] * ("MAX" in wanted)]
        return b" MODSEQ %d" % self._newest(found)

    def _newest(self, found: list[int]) -> int:
        return max(self.selected.messages[at].modseq for at in found)
