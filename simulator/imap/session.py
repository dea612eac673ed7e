"""One IMAP session: who is signed in, which folder is selected, what each command answers. Commands live in mixins."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from enum import IntFlag
from functools import partial
from typing import Any, ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.bridge import Bridge
from simulator.imap.connection import Connection
from simulator.imap.formatter import folder_name, number_set, plain, utf8_name
from simulator.imap.numbers import NumberSet
from simulator.imap.outcomes import Refused, no_of
from simulator.imap.reader import Command, Refusal
from simulator.imap.reads import Reads
from simulator.imap.surroundings import Surroundings
from simulator.imap.view import View
from simulator.model.certificate import TlsFacts
from simulator.model.mailbox import Identity
from simulator.store.interface import Change, StoreError

Answer = bytes | Coroutine[Any, Any, bytes]
"""``OK …``, ``NO …`` or ``BAD …`` without the tag; empty when the tagged line was already sent."""
Handler = Callable[[Arguments], Answer]
UTF8 = frozenset({"UTF8=ACCEPT", "IMAP4REV2"})
"""Enabling one of these makes folder names UTF-8, both ways."""


class Phase(IntFlag):
    """RFC 3501 3: where a command is allowed."""

    STRANGER = 1
    SIGNED_IN = 2
    SELECTED = 4
    INSIDE = SIGNED_IN | SELECTED
    ANY = STRANGER | INSIDE


class Session(Connection):
    """State and machinery shared by all commands."""

    commands: ClassVar[dict[str, Phase]] = {}
    """Commands of a mixin and where they are allowed; compose() merges them. NAME is served by ``command_name``."""
    uid_commands: ClassVar[tuple[str, ...]] = ()
    """Commands that may come behind UID."""
    announces: ClassVar[tuple[str, ...]] = ()
    """Capabilities of a mixin, in the order they are listed."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Extensions without which this one is not offered either."""
    keeps_numbers: ClassVar[frozenset[str]] = frozenset({"FETCH", "STORE", "SEARCH", "SORT", "THREAD"})
    """Commands during which no EXPUNGE may be told, unless they come behind UID (RFC 3501 7.4.1)."""

    def __init__(self, door: Surroundings, bridge: Bridge) -> None:
        super().__init__(door, bridge)
        self.store, self.clock = door.store, door.clock
        self.view: View | None = None
        self.enabled: set[str] = set()
        self.command: Command | None = None
        """The command being served."""
        self._stop_watching: Callable[[], None] = _nothing
        self._errors = 0
        self._party: _Party | None = None
        self.reads = Reads(door.journal, partial(self.note_messages, "read"))

    def greeting(self) -> bytes:
        """The first line."""
        return b"* OK [CAPABILITY %b] IMAP4rev1 ready\r\n" % self.capability_line()

    def ended(self) -> None:
        """Let go of the folder. The view stays: a command in progress still looks at it."""
        self._stop_watching()
        self.reads.settle()
        if self.bridge.stalled:
            self.note("dropped", "IMAP: the client did not read its answers, connection dropped")

    def close(self) -> None:
        """The audit trail is complete when the peer is told that it is over."""
        self.reads.settle()
        super().close()

    # -- commands, one at a time
    def serve(self, command: Command) -> None:
        """Answer at once, or start the work that will."""
        self.command = command
        try:
            answer = self._dispatch(command)
        except Exception as error:
            answer = self._failed(command, error)
        if isinstance(answer, bytes):
            self._answer(command, answer)
        else:
            self.busy = True
            self.door.keep(self.loop.create_task(self._finish(command, answer)))

    async def _finish(self, command: Command, work: Coroutine[Any, Any, bytes]) -> None:
        try:
            answer = await work
        except Exception as error:
            answer = self._failed(command, error)
        self.busy = False
        if not self.closing:
            self._answer(command, answer)
            self.pump()

    def _dispatch(self, command: Command) -> Answer:
        arguments = Arguments(command, self.limits, utf8=self.utf8)
        name = command.name
        if name == "UID":
            arguments.space()
            name = arguments.word("a command behind UID")
            if name not in self.uid_commands:
                return b"BAD This command does not come behind UID"
            arguments.by_uid = True
        allowed = self.commands.get(name)
        if allowed is None:
            return b"BAD Unknown command"
        if not int.__and__(allowed, self.phase):  # without making a Phase of the result
            return b"BAD Already signed in" if allowed is Phase.STRANGER else _WRONG_PHASE[self.phase]
        if name in self.keeps_numbers and self.view is not None and not self.choked:
            # What another session changed a moment ago is seen by this very command.
            self.send_all(self.view.report_flags())
        handler: Handler = getattr(self, f"command_{name.lower()}")
        return handler(arguments)

    def _answer(self, command: Command, answer: bytes) -> None:
        name = command.name
        if answer:
            self.tell(expunges=name not in self.keeps_numbers)
            self.send(b"%b %b\r\n" % (command.tag, answer))
        self._count(answer)

    def _count(self, answer: bytes) -> None:
        """Close on a peer that only makes mistakes (P15)."""
        self._errors = self._errors + 1 if answer.startswith(b"BAD") else 0
        if self._errors >= self.limits.errors:
            self.hang_up(b"Too many errors")

    def refuse(self, refusal: Refusal) -> None:
        """Answer input that is no command."""
        self.send(b"%b %b\r\n" % (refusal.tag, refusal.answer))
        if refusal.fatal:
            self.hang_up(b"The input cannot be followed any more")
        else:
            self._count(refusal.answer)

    def _failed(self, command: Command, error: Exception) -> bytes:
        """The answer to an exception. Unexpected ones are bugs: the journal has one line, the peer no detail."""
        if isinstance(error, Malformed):
            return b"BAD " + plain(str(error)[:1].upper() + str(error)[1:])
        if isinstance(error, Refused):
            return error.answer
        if isinstance(error, StoreError):
            return no_of(error)
        self.note("error", f"IMAP {command.name} failed: {type(error).__name__}: {str(error)[:200]}")
        return b"NO [SERVERBUG] Internal error, the session goes on"

    # -- the selected folder
    @property
    def phase(self) -> Phase:
        """The state of RFC 3501 3."""
        if self.identity is None:
            return Phase.STRANGER
        return Phase.SIGNED_IN if self.view is None else Phase.SELECTED

    @property
    def selected(self) -> View:
        """The view; only in SELECTED."""
        assert self.view is not None
        return self.view

    @property
    def mailbox(self) -> str:
        """Key of the mailbox acted for; only after sign-in."""
        assert self.identity is not None
        return self.identity.mailbox.address.key

    def select(self, view: View) -> None:
        """Show this folder from now on."""
        self.deselect()
        self.view = view
        self._stop_watching = self.store.watch(view.folder.id, self._hear)

    def deselect(self) -> None:
        """Back to SIGNED_IN."""
        self._stop_watching()
        self._stop_watching = _nothing
        self.view = None

    def _hear(self, change: Change) -> None:
        view = self.view
        if view is None or view.folder.id != change.folder:
            return
        view.hear(change)
        if self.idling:
            self.tell()
            self.flush()

    def tell(self, *, expunges: bool = True) -> None:
        """Tell what was heard, as far as it is legal now."""
        view = self.view
        if view is None or self.choked:
            return
        if view.gone:
            self.hang_up(b"The selected folder was deleted")
        elif not view.silent:
            self.send_all(view.report(expunges=expunges, claim=self.door.recents))

    def places(self, numbers: NumberSet, *, by_uid: bool) -> list[int] | None:
        """Positions in the view, ascending; None when a sequence number is out of range."""
        ranges = self.selected.positions(numbers, by_uid=by_uid)
        if ranges is None:
            return None
        return list(ranges[0]) if len(ranges) == 1 else [at for places in ranges for at in places]

    def over_quota(self, octets: int) -> bool:
        """So much more does not fit in the mailbox."""
        assert self.identity is not None
        return self.store.usage(self.mailbox) + octets > self.identity.mailbox.quota

    # -- what this client takes
    @property
    def utf8(self) -> bool:
        """Quoted strings and folder names are UTF-8."""
        return not self.enabled.isdisjoint(UTF8)

    def spelled(self, name: str) -> bytes:
        """A folder name as this client reads it."""
        return utf8_name(name) if self.utf8 else folder_name(name)

    # -- capability and journal
    def capability_list(self) -> list[str]:
        """Capabilities right now; mixins add theirs to ``announces`` or extend this."""
        return list(self.announces)

    def capability_line(self) -> bytes:
        """``IMAP4rev1 …``"""
        return " ".join(self.capability_list()).encode("ascii")

    def note(self, kind: str, story: str, **facts: str | int | float | bool | list[str] | None) -> None:
        """One line of the audit trail: who, for which mailbox, from where, by which certificate."""
        party = self._party
        if party is None or party.identity is not self.identity or party.tls is not self.tls:
            party = self._party = _Party(self.identity, self.tls)
        self.door.journal.note(
            kind, f"{party.who}: {story}" if party.who else story, who=party.who, client=self.client,
            mailbox=party.mailbox, certificate=party.certificate, door=self.door.door, **facts)

    def note_messages(self, kind: str, view: View, uids: Sequence[int], **facts: str) -> None:
        """The audit line of something done to messages: which folder, which UIDs."""
        if uids:
            many = "message" if len(uids) == 1 else "messages"
            named = number_set(uids).decode("ascii")
            done = _DONE.get(kind, kind)
            self.note(kind, f"{done} {len(uids)} {many} in {view.folder.name}", folder=view.folder.name,
                      uids=named[:1000], count=len(uids), **facts)


class _Party:
    """What the audit trail says of the one who acts, put together once."""

    def __init__(self, identity: Identity | None, tls: TlsFacts | None) -> None:
        self.identity, self.tls = identity, tls
        self.who = identity.who if identity else ""
        self.mailbox = str(identity.mailbox.address) if identity else ""
        serial = tls.peer.serial if tls is not None else ""
        self.certificate = serial or (identity.certificate if identity else "")


_DONE = {"flags": "changed the flags of", "read": "read", "deleted": "deleted", "moved": "moved", "copied": "copied"}
"""Kind of event to the verb of its story."""


def _nothing() -> None:
    """Nothing to stop."""


_WRONG_PHASE = {
    Phase.STRANGER: b"BAD Sign in first",
    Phase.SIGNED_IN: b"BAD Select a folder first",
}
