"""What is done to messages of the selected folder: STORE, COPY, EXPUNGE (RFC 3501 6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.session import Answer, Phase, Session
from simulator.imap.view import View
from simulator.store.flags import changed as flags_after
from simulator.store.interface import Copied, FlagOp, FlagsChanged, Folder

READ_ONLY = b"NO [READ-ONLY] The folder was opened by EXAMINE"
BAD_SET = b"BAD A message number is beyond the last message"
TRY_CREATE = b"NO [TRYCREATE] There is no such folder"
NO_MORE = b"OK [EXPUNGEISSUED] Some of the messages are no more"
GONE = b"NO [EXPUNGEISSUED] Some of the messages are no more, nothing was copied"
OVER_QUOTA = b"NO [OVERQUOTA] The mailbox is full"


@dataclass(frozen=True, slots=True)
class Change:
    """The arguments of STORE."""

    places: list[int]
    op: FlagOp
    flags: frozenset[str]
    silent: bool
    unchanged_since: int | None = None
    by_uid: bool = False


class Messages(Session):
    """Each acknowledged change is on disk (P1)."""

    commands: ClassVar[dict[str, Phase]] = {"STORE": Phase.SELECTED, "COPY": Phase.SELECTED, "EXPUNGE": Phase.SELECTED}
    uid_commands: ClassVar[tuple[str, ...]] = ("STORE", "COPY")

    # -- STORE
    def command_store(self, args: Arguments) -> Answer:
        """RFC 3501 6.4.6"""
        args.space()
        numbers = args.numbers()
        args.space()
        since = self.store_modifiers(args)
        name = args.word("FLAGS, +FLAGS or -FLAGS")
        silent = name.endswith(".SILENT")
        name = name.removesuffix(".SILENT")
        if name not in {op.value for op in FlagOp}:
            raise Malformed("STORE changes FLAGS, +FLAGS or -FLAGS")
        args.space()
        flags = args.flags() if args.peek(b"(") else frozenset(args.bare_flags())
        args.end()
        places = self.places(numbers, by_uid=args.by_uid)
        if places is None:
            return BAD_SET
        if self.selected.read_only:
            return READ_ONLY
        if not places:
            return b"OK No message has such a UID"
        return self._store(Change(places, FlagOp(name), flags, silent, since, args.by_uid))

    def store_modifiers(self, args: Arguments) -> int | None:
        """For CONDSTORE: UNCHANGEDSINCE."""
        return None

    async def _store(self, change: Change) -> bytes:
        view = self.selected
        uids = [view.messages[at].uid for at in change.places]
        before = {view.messages[at].uid: view.messages[at].flags for at in change.places}
        result = await self.store.set_flags(view.folder.id, uids, change.op, change.flags,
                                            unchanged_since=change.unchanged_since, origin=self)
        view.learn(result.changed)
        self.send_all(view.new_keywords(result.changed))
        self._tell_stored(view, change, before, result)
        touched = [message.uid for message in result.changed if message.flags != before[message.uid]]
        flags = f"{change.op.value} ({' '.join(sorted(change.flags))})"
        self.note_messages("flags", view, touched, change=flags)
        return self.stored(change, result, missing=len(result.changed) + len(result.modified) < len(uids))

    def _tell_stored(self, view: View, change: Change, before: dict[int, frozenset[str]], result: FlagsChanged) -> None:
        for message in result.changed:
            at = view.place(message.uid)
            if at is None:
                continue
            surprising = message.flags != flags_after(before[message.uid], change.op, change.flags)
            # A silent STORE still tells what others did to the same message, and the new MODSEQ (RFC 7162 3.1.3).
            if not change.silent or surprising:
                self.send(view.flags_line(at, uid=change.by_uid))
            elif view.with_modseq:
                self.send(b"* %d FETCH (UID %d MODSEQ (%d))\r\n" % (at + 1, message.uid, message.modseq))

    def stored(self, change: Change, result: FlagsChanged, *, missing: bool) -> bytes:
        """The tagged answer (RFC 2180 4.2 for messages that are gone)."""
        return NO_MORE if missing and not change.silent else b"OK Stored"

    # -- COPY
    def command_copy(self, args: Arguments) -> Answer:
        """RFC 3501 6.4.7"""
        return self.transfer(args, move=False)

    def transfer(self, args: Arguments, *, move: bool) -> Answer:
        """COPY and, for its extension, MOVE."""
        args.space()
        numbers = args.numbers()
        args.space()
        name = args.folder()
        args.end()
        places = self.places(numbers, by_uid=args.by_uid)
        if places is None:
            return BAD_SET
        if move and self.selected.read_only:
            return READ_ONLY
        target = self.store.folder(self.mailbox, name)
        if target is None or not target.selectable:
            return TRY_CREATE
        if not places:
            return b"OK No message has such a UID"
        size = sum(self.selected.messages[at].size for at in places)
        if not move and self.over_quota(size):
            return OVER_QUOTA
        return self._transfer(places, target, move=move)

    async def _transfer(self, places: list[int], target: Folder, *, move: bool) -> bytes:
        view = self.selected
        uids = [view.messages[at].uid for at in places]
        copied = await self.store.copy(view.folder.id, uids, target.id, move=move, origin=self)
        if not copied.source:
            return GONE
        code = self.copy_code(copied)
        kind = "moved" if move else "copied"
        self.note_messages(kind, view, copied.source, to=target.name)
        if not move:
            return b"OK %bCopied" % code
        if code:
            self.send(b"* OK %bMoved\r\n" % code)
        view.heard_expunged(copied.source)
        return b"OK %bMoved" % self.expunged_code(view)

    def copy_code(self, copied: Copied) -> bytes:
        """For UIDPLUS: the response code with a space behind it."""
        return b""

    # -- EXPUNGE
    def command_expunge(self, args: Arguments) -> Answer:
        """RFC 3501 6.4.3"""
        uids = self.expunge_only(args)
        args.end()
        return READ_ONLY if self.selected.read_only else self._expunge(self.selected, uids)

    def expunge_only(self, args: Arguments) -> list[int] | None:
        """For UIDPLUS: the UIDs behind UID EXPUNGE; None for all."""
        return None

    async def _expunge(self, view: View, uids: Sequence[int] | None) -> bytes:
        gone = await self.store.expunge(view.folder.id, uids, origin=self)
        view.heard_expunged(gone)
        self.note_messages("deleted", view, gone)
        return b"OK %bExpunged" % (self.expunged_code(view) if gone else b"")

    def expunged_code(self, view: View) -> bytes:
        """For QRESYNC: the response code with a space behind it."""
        return b""
