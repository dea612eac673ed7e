"""QRESYNC (RFC 7162 3.2): catching up in one round trip. What went is told by UID, also what went unobserved."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.extensions.condstore import Condstore, modification
from simulator.imap.formatter import number_set
from simulator.imap.numbers import LARGEST, NumberSet, within
from simulator.imap.session import Answer
from simulator.imap.slices import by_count
from simulator.imap.view import View

AT_ONCE = 2_000
"""Changed messages told without letting others run."""
_ENABLE_FIRST = "QRESYNC is enabled first"


class Qresync(Condstore):
    """VANISHED takes the place of EXPUNGE once it is enabled."""

    announces = ("QRESYNC",)
    needs = ("CONDSTORE", "ENABLE")
    enabling: ClassVar[frozenset[str]] = frozenset({"QRESYNC"})
    _known: tuple[int, int, NumberSet | None] | None = None
    """What SELECT said the client knows: UIDVALIDITY, modification sequence, UIDs."""
    _earlier = False
    """This FETCH asks for what went."""

    def on_enabled(self, name: str) -> None:
        """RFC 7162 3.2.3; it enables CONDSTORE as well."""
        super().on_enabled(name)
        if name == "QRESYNC":
            self._start_modseq()
            if self.view is not None:
                self.view.vanishing = True

    def select(self, view: View) -> None:
        """A folder opened after it was enabled."""
        view.vanishing = "QRESYNC" in self.enabled
        super().select(view)

    # -- SELECT (QRESYNC (uidvalidity modseq [uids [(numbers uids)]]))
    def select_options(self, args: Arguments) -> None:
        """RFC 7162 3.2.5"""
        self._known = None
        super().select_options(args)

    def select_option(self, args: Arguments, name: str) -> None:
        """The match data of RFC 7162 3.2.5.2 is read, and not needed: every expunge is remembered by its UID."""
        if name != "QRESYNC":
            super().select_option(args, name)
            return
        if "QRESYNC" not in self.enabled:
            raise Malformed(_ENABLE_FIRST)
        args.space()
        args.expect(b"(")
        uidvalidity = args.number("a UIDVALIDITY")
        args.space()
        since, uids = modification(args), None
        if args.take(b" ") and not args.peek(b"("):
            uids = _fixed(args)
            args.take(b" ")
        if args.take(b"("):
            _fixed(args)
            args.space()
            _fixed(args)
            args.expect(b")")
        args.expect(b")")
        self._known = (uidvalidity, since, uids)

    def opened(self, view: View, answer: bytes) -> Answer:
        """What went, then the flags of what changed; nothing to a client that knows another folder of the name."""
        if self._known is None or self._known[0] != view.folder.uidvalidity:
            return super().opened(view, answer)
        _, since, uids = self._known
        ranges = uids.resolved(LARGEST) if uids is not None else [(1, LARGEST)]
        self._tell_earlier(view, since, ranges)
        changed = [at for at, m in enumerate(view.messages) if m.modseq > since and within(ranges, m.uid)]
        if len(changed) > AT_ONCE:
            return self._tell_changed(view, changed, answer)
        # Nothing newer may come between: some programs take EXISTS and the rest of this answer for one picture.
        self.send(b"".join([view.flags_line(at) for at in changed]))
        return answer

    async def _tell_changed(self, view: View, places: list[int], answer: bytes) -> bytes:
        for piece in by_count(places):
            self.send(b"".join([view.flags_line(at) for at in piece]))
            if not await self.breathe():
                return b""
        return answer

    def _tell_earlier(self, view: View, since: int, ranges: list[tuple[int, int]]) -> None:
        """What is in view still is not gone earlier: it is told in its turn."""
        gone = [uid for uid in self.store.vanished(view.folder.id, since)
                if within(ranges, uid) and view.place(uid) is None]
        if gone:
            self.send(b"* VANISHED (EARLIER) %b\r\n" % number_set(gone))

    # -- UID FETCH … (CHANGEDSINCE n VANISHED)
    def command_fetch(self, args: Arguments) -> Answer:
        """RFC 7162 3.2.6"""
        self._earlier = False
        return super().command_fetch(args)

    def fetch_modifier(self, args: Arguments, since: int | None) -> int | None:
        """VANISHED stands beside CHANGEDSINCE, before or behind it."""
        if not args.take_word("VANISHED"):
            return super().fetch_modifier(args, since)
        if not args.by_uid:
            raise Malformed("VANISHED belongs to UID FETCH")
        if "QRESYNC" not in self.enabled:
            raise Malformed(_ENABLE_FIRST)
        self._earlier = True
        return since

    def fetch_begins(self, numbers: NumberSet, since: int | None) -> None:
        """RFC 7162 3.2.10.1: before the first FETCH line."""
        super().fetch_begins(numbers, since)
        if not self._earlier:
            return
        if since is None:
            raise Malformed("VANISHED needs CHANGEDSINCE")
        self._tell_earlier(self.selected, since, numbers.resolved(LARGEST))

    def says_uid(self, args: Arguments) -> bool:
        """Clients that count by UID are always told it."""
        return super().says_uid(args) or "QRESYNC" in self.enabled

    # -- how far a client may believe itself up to date
    def tell(self, *, expunges: bool = True) -> None:
        """RFC 7162 6: while an expunge is withheld, no later modification sequence may be relied on."""
        super().tell(expunges=expunges)
        if not expunges and not self.choked and self.view is not None and self.view.vanishing and self.view.withheld:
            self.send(b"* OK [HIGHESTMODSEQ %d] An expunge is told later\r\n" % self.view.settled)

    def expunged_code(self, view: View) -> bytes:
        """RFC 7162 3.2.7: the modification sequence after this very expunge."""
        if not view.vanishing:
            return super().expunged_code(view)
        self.tell()
        return b"[HIGHESTMODSEQ %d] " % view.settled


def _fixed(args: Arguments) -> NumberSet:
    """A set without ``*`` and ``$``."""
    numbers = args.numbers()
    if numbers.saved or any(0 in element for element in numbers.elements):
        raise Malformed("this set names its numbers")
    return numbers
