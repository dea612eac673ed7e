"""What one session believes a folder holds, and what it has not been told yet.

Changes are heard at once but told only at legal moments, so sequence numbers never lie: EXPUNGE never during
FETCH, STORE or SEARCH (RFC 3501 7.4.1), EXISTS before any line that uses the new number.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from simulator.imap.formatter import flag_list, number_set
from simulator.imap.numbers import NumberSet
from simulator.imap.shelves import without
from simulator.store.interface import SYSTEM_FLAGS, Change, Folder, Message

_uid: Callable[[Message], int] = attrgetter("uid")


class View:
    """The selected folder of one session. ``messages[n - 1]`` is message number n."""

    def __init__(self, folder: Folder, messages: list[Message], keywords: Sequence[str], *,
                 read_only: bool, recent_above: int, modseq: int = 0) -> None:
        """``messages`` is lent by a shelf: it is copied before it is changed."""
        self.folder = folder
        self.messages = messages
        self._lent = True
        self.keywords = list(keywords)
        self.read_only = read_only
        self.with_modseq = False
        """CONDSTORE is on: flag changes carry MODSEQ (RFC 7162)."""
        self.with_uid = False
        """Flag changes carry UID (RFC 9051 7.5.2)."""
        self.with_recent = True
        """RECENT and \\Recent are told; IMAP4rev2 has none."""
        self.vanishing = False
        """QRESYNC is on: VANISHED instead of EXPUNGE."""
        self.saved: list[int] | None = None
        """UIDs of ``$`` (RFC 5182); None when there is no ``$``."""
        self.save_dates: dict[int, float] = {}
        """Save dates of the UIDs looked at last (RFC 8514), which never change."""
        self.gone = False
        """The folder was deleted by someone."""
        self.read: set[int] = set()
        """UIDs whose reading was written in the journal."""
        self.modseq = modseq
        """Every change up to this one was heard."""
        self._recent_above = recent_above
        self._recent_to = messages[-1].uid if messages else 0
        self._new_recent: set[int] = set()
        self._folded = {keyword.lower() for keyword in keywords}
        self._added: list[Message] = []
        self._flagged: dict[int, Message] = {}
        self._expunged: dict[int, int] = {}
        """UID to the modification sequence of its end."""

    # -- looking
    def place(self, uid: int) -> int | None:
        """Position of a UID in ``messages``."""
        messages = self.messages
        # Nothing stands farther behind the first message than its UID does, and right there unless some have gone.
        farthest = uid - messages[0].uid if messages else -1
        if farthest < 0:
            return None
        if farthest < len(messages) and messages[farthest].uid == uid:
            return farthest
        at = bisect_left(messages, uid, 0, min(farthest, len(messages)), key=_uid)
        return at if at < len(messages) and messages[at].uid == uid else None

    def is_recent(self, uid: int) -> bool:
        """This session is the first to be told of the message."""
        return self._recent_above < uid <= self._recent_to or uid in self._new_recent

    def recent(self) -> int:
        """Number of recent messages in view."""
        low = bisect_right(self.messages, self._recent_above, key=_uid)
        high = bisect_right(self.messages, self._recent_to, key=_uid)
        return max(0, high - low) + len(self._new_recent)

    def flags(self, message: Message) -> bytes:
        """The flags between the parentheses, \\Recent included."""
        text = flag_list(message.flags)
        if self.with_recent and self.is_recent(message.uid):
            return text + b" \\Recent" if text else b"\\Recent"
        return text

    def positions(self, numbers: NumberSet, *, by_uid: bool) -> list[range] | None:
        """Ascending positions; None when a sequence number is beyond the last message (RFC 3501 9, seq-number)."""
        if numbers.saved:
            places = [at for uid in self.saved or () if (at := self.place(uid)) is not None]
            return None if self.saved is None else [range(at, at + 1) for at in places]
        count = len(self.messages)
        if not by_uid:
            ranges = numbers.resolved(count)
            if not count or ranges[-1][1] > count:
                return None
            return [range(low - 1, high) for low, high in ranges]
        if numbers.single:
            at = self.place(numbers.single)
            return [] if at is None else [range(at, at + 1)]
        largest = self.messages[-1].uid if count else 1
        found = (range(bisect_left(self.messages, low, key=_uid), bisect_right(self.messages, high, key=_uid))
                 for low, high in numbers.resolved(largest))
        return [places for places in found if places]

    # -- hearing
    def hear(self, change: Change) -> None:
        """Remember a change until it may be told."""
        self.gone = self.gone or change.gone
        self.modseq = max(self.modseq, change.modseq)
        newest = self._newest()
        for message in change.added:
            if message.uid > newest:
                self._added.append(message)
                newest = message.uid
        self.heard_flags(change.flagged)
        self.heard_expunged(change.expunged, change.modseq)

    def heard_flags(self, messages: Iterable[Message]) -> None:
        """Flags that were changed."""
        for message in messages:
            if self.place(message.uid) is not None:
                known = self._flagged.get(message.uid)
                if known is None or known.modseq <= message.modseq:
                    self._flagged[message.uid] = message
            else:
                at = bisect_left(self._added, message.uid, key=_uid)
                if at < len(self._added) and self._added[at].uid == message.uid:
                    self._added[at] = message

    def heard_expunged(self, uids: Iterable[int], modseq: int = 0) -> None:
        """UIDs that are no more; a message nobody was told of just disappears."""
        for uid in uids:
            if self.place(uid) is not None:
                self._expunged.setdefault(uid, modseq)
            else:
                at = bisect_left(self._added, uid, key=_uid)
                if at < len(self._added) and self._added[at].uid == uid:
                    del self._added[at]

    def learn(self, messages: Iterable[Message]) -> None:
        """Take new flags over without telling: the caller tells."""
        for message in messages:
            at = self.place(message.uid)
            if at is not None and message.modseq >= self.messages[at].modseq:
                self._own()[at] = message

    # -- telling
    @property
    def silent(self) -> bool:
        """There is nothing to tell."""
        return not (self._added or self._flagged or self._expunged)

    @property
    def settled(self) -> int:
        """Every change up to this modification sequence was told."""
        untold = [*self._expunged.values(), *(m.modseq for m in (*self._added, *self._flagged.values()))]
        return min(self.modseq, min(untold) - 1) if untold else self.modseq

    @property
    def withheld(self) -> int:
        """Modification sequence of the first expunge that was not told; 0 when all were."""
        return min(self._expunged.values(), default=0)

    def report(self, *, expunges: bool, claim: Recents | None = None) -> list[bytes]:
        """Lines for everything heard and allowed now; the view is changed accordingly."""
        if self.silent:
            return []
        lines = self._tell_expunged() if expunges and self._expunged else []
        if self._added:
            lines += self._tell_added(claim)
        if self._flagged:
            lines += self._tell_flags()
        return lines

    def report_flags(self) -> list[bytes]:
        """Lines for flag changes alone, for the start of a command that looks at flags; numbers stay as they are."""
        if not self._flagged:
            return []
        going = {uid: self._flagged.pop(uid) for uid in self._expunged.keys() & self._flagged.keys()}
        lines = self._tell_flags() if self._flagged else []
        self._flagged = going
        return lines

    def new_keywords(self, messages: Iterable[Message]) -> list[bytes]:
        """FLAGS again when a keyword appears for the first time (RFC 3501 7.2.6)."""
        fresh = {flag for message in messages for flag in message.flags
                 if not flag.startswith("\\") and flag.lower() not in self._folded}
        if not fresh:
            return []
        self.keywords += sorted(fresh)
        self._folded |= {flag.lower() for flag in fresh}
        return self.flags_lines()

    def flags_lines(self) -> list[bytes]:
        """``* FLAGS`` and ``PERMANENTFLAGS``."""
        names = " ".join([*SYSTEM_FLAGS, *self.keywords]).encode("ascii", "replace")
        permanent = b"" if self.read_only else names + b" \\*"
        words = b"Read-only: no flag can be changed" if self.read_only else b"Flags that last"
        return [b"* FLAGS (%b)\r\n" % names, b"* OK [PERMANENTFLAGS (%b)] %b\r\n" % (permanent, words)]

    def flags_line(self, at: int, *, uid: bool = False) -> bytes:
        """``* n FETCH (FLAGS (...))`` of one message."""
        message = self.messages[at]
        extra = (b" UID %d" % message.uid if uid or self.with_modseq or self.with_uid else b"") + (
            b" MODSEQ (%d)" % message.modseq if self.with_modseq else b"")
        return b"* %d FETCH (FLAGS (%b)%b)\r\n" % (at + 1, self.flags(message), extra)

    def _own(self) -> list[Message]:
        """The list, to be changed."""
        if self._lent:
            self.messages, self._lent = list(self.messages), False
        return self.messages

    def _newest(self) -> int:
        if self._added:
            return self._added[-1].uid
        return self.messages[-1].uid if self.messages else 0

    def _tell_expunged(self) -> list[bytes]:
        places = sorted(at for uid in self._expunged if (at := self.place(uid)) is not None)
        uids = [self.messages[at].uid for at in places]
        self._flagged = {uid: m for uid, m in self._flagged.items() if uid not in self._expunged}
        self._new_recent -= self._expunged.keys()
        self._expunged.clear()
        if places:
            self.messages = without(self._own(), places)
        if self.vanishing:
            return [b"* VANISHED %b\r\n" % number_set(uids)] if uids else []
        return [b"* %d EXPUNGE\r\n" % (at + 1) for at in reversed(places)]

    def _tell_added(self, claim: Recents | None) -> list[bytes]:
        if claim is not None and not self.read_only:
            above = claim.claim(self.folder.id, self._added[-1].uid)
            self._new_recent.update(m.uid for m in self._added if m.uid > above)
        lines = self.new_keywords(self._added)
        self._own().extend(self._added)
        self._added = []
        lines.append(b"* %d EXISTS\r\n" % len(self.messages))
        return [*lines, b"* %d RECENT\r\n" % self.recent()] if self.with_recent else lines

    def _tell_flags(self) -> list[bytes]:
        news = [(at, message) for message in self._flagged.values()
                if (at := self.place(message.uid)) is not None and message.modseq > self.messages[at].modseq]
        self._flagged = {}
        lines = self.new_keywords(message for _, message in news)
        for at, message in sorted(news, key=lambda pair: pair[0]):
            told = self.messages[at].flags
            self._own()[at] = message
            if told != message.flags or self.with_modseq:
                lines.append(self.flags_line(at))
        return lines


class Recents:
    """Per folder, the highest UID that some session was told of: what lies above is \\Recent to the next.

    Kept in memory: after a restart everything is recent once more, which RFC 3501 2.3.2 allows.
    """

    def __init__(self) -> None:
        self._told: dict[int, int] = {}

    def told(self, folder: int) -> int:
        """Highest UID that is not recent any more."""
        return self._told.get(folder, 0)

    def claim(self, folder: int, newest: int) -> int:
        """Everything up to ``newest`` is told now; returns the highest UID that was told before."""
        before = self.told(folder)
        self._told[folder] = max(before, newest)
        return before
