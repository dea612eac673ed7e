"""One IMAP session: its life, its serial command queue, its output. Commands live in mixins.

It is a Twisted ``IMAP4Server`` so that Twisted's protocol contract holds (makeConnection, dataReceived,
connectionLost, producer calls), but none of the inherited reader, parser or handlers is used: they execute
what was sent before STARTTLS, mix pipelined commands and know nothing of other sessions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from enum import IntFlag
from typing import Any, ClassVar

from twisted.mail.imap4 import IMAP4Server
from twisted.python.failure import Failure

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.bridge import Bridge
from simulator.imap.formatter import number_set, plain
from simulator.imap.numbers import NumberSet
from simulator.imap.outcomes import Refused, no_of
from simulator.imap.reader import Command, Invitation, Reader, Refusal
from simulator.imap.surroundings import Surroundings
from simulator.imap.view import View
from simulator.model.mailbox import Identity
from simulator.store.interface import Change, StoreError

Answer = bytes | Coroutine[Any, Any, bytes]
"""``OK …``, ``NO …`` or ``BAD …`` without the tag; empty when the tagged line was already sent."""
Handler = Callable[[Arguments], Answer]

WRITE = 64 * 1024
"""Octets joined before they are written."""
BURST = 100
"""Pipelined commands answered before other connections get their turn."""


class Phase(IntFlag):
    """RFC 3501 3: where a command is allowed."""

    STRANGER = 1
    SIGNED_IN = 2
    SELECTED = 4
    INSIDE = SIGNED_IN | SELECTED
    ANY = STRANGER | INSIDE


def _no_scheduler(work: object) -> None:
    raise AssertionError("Twisted's own FETCH must not run")


class Session(IMAP4Server):
    """State and machinery shared by all commands. ``door`` is what it shares with the others."""

    commands: ClassVar[dict[str, Phase]] = {}
    """Commands of a mixin and where they are allowed; compose() merges them. NAME is served by ``command_name``."""
    uid_commands: ClassVar[tuple[str, ...]] = ()
    """Commands that may come behind UID."""
    announces: ClassVar[tuple[str, ...]] = ()
    """Capabilities of a mixin, in the order they are listed."""
    keeps_numbers: ClassVar[frozenset[str]] = frozenset({"FETCH", "STORE", "SEARCH", "SORT", "THREAD"})
    """Commands during which no EXPUNGE may be told, unless they come behind UID (RFC 3501 7.4.1)."""

    def __init__(self, door: Surroundings, bridge: Bridge) -> None:
        super().__init__(scheduler=_no_scheduler)  # type: ignore[no-untyped-call]
        self.door, self.bridge = door, bridge
        self.store, self.limits, self.clock = door.store, door.settings, door.clock
        self.loop = asyncio.get_running_loop()
        self.reader = Reader(self.limits)
        self.identity: Identity | None = None
        self.view: View | None = None
        self.enabled: set[str] = set()
        self.command: Command | None = None
        """The command being served."""
        self.idling = False
        self._stop_watching: Callable[[], None] = _nothing
        self._busy = self._choked = self._closing = False
        self._out: list[bytes] = []
        self._out_size = self._errors = 0
        self._line: asyncio.Future[bytes | None] | None = None
        self._flowing: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    # -- life
    def connectionMade(self) -> None:
        """Greet and start the clock of the connection."""
        self.client, self.tls = self.bridge.client, self.bridge.tls
        self._born = self._heard = self.loop.time()
        self.door.hang_ups.add(self.hang_up)
        self.bridge.registerProducer(self, True)
        self.configure()
        self._watch_time()
        self.send(b"* OK [CAPABILITY %b] IMAP4rev1 ready\r\n" % self.capability_line())
        self.flush()

    def configure(self) -> None:
        """For mixins: set the reader up."""

    def dataReceived(self, data: bytes) -> None:
        """Octets from the peer: a line somebody waits for, or commands."""
        self._heard = self.loop.time()
        self.reader.feed(data)
        if self._line is not None:
            self._offer_line()
        elif not self._busy:
            self._pump()
        if (self._busy or self._choked) and self.reader.buffered > self.limits.backlog:
            self.bridge.hold(reading=False)

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Let go of everything. A command that is writing finishes: its effect may be on disk already."""
        self._closing = True
        self.deselect()
        self.door.hang_ups.discard(self.hang_up)
        if self._timer is not None:
            self._timer.cancel()
        if self._line is not None and not self._line.done():
            self._line.set_result(None)
        self.resumeProducing()
        self.reader.clear()

    def hang_up(self, words: bytes) -> None:
        """Say BYE and close."""
        if not self._closing:
            self.send(b"* BYE %b\r\n" % words)
            self.flush()
            self.close()

    def close(self) -> None:
        """Close after what was written; nothing more is read."""
        self.flush()
        self._closing = True
        self.bridge.loseConnection()

    # -- time, always monotonic
    def callLater(self, period: float, func: Callable[..., object]) -> asyncio.TimerHandle:
        """Where Twisted's TimeoutMixin would reach for the reactor."""
        return self.loop.call_later(period, func)

    def _watch_time(self) -> None:
        """One timer per connection that looks at what happened since it was set."""
        if self.identity is None:
            due, words = self._born + self.limits.before_login, b"Sign in sooner"
        else:
            due, words = self._heard + self.limits.idle, b"Autologout after silence"
        if self._busy and not self.idling and self.identity is not None:
            due = max(due, self.loop.time() + 1.0)
        if self.loop.time() >= due:
            self.hang_up(words)
            return
        self._timer = self.loop.call_at(due, self._watch_time)

    # -- output
    def send(self, data: bytes) -> None:
        """Queue complete response lines."""
        self._out.append(data)
        self._out_size += len(data)
        if self._out_size >= WRITE:
            self.flush()

    def send_all(self, lines: list[bytes]) -> None:
        """Queue several lines."""
        for line in lines:
            self.send(line)

    def flush(self) -> None:
        """Write what is queued."""
        if self._out:
            data = b"".join(self._out)
            self._out, self._out_size = [], 0
            self.bridge.write(data)

    def pauseProducing(self) -> None:
        """The peer does not read."""
        self._choked = True

    def resumeProducing(self) -> None:
        """The peer reads again."""
        self._choked = False
        if self._flowing is not None and not self._flowing.done():
            self._flowing.set_result(None)
        if not self._closing:
            if self.idling:
                self.tell()
            if not self._busy:
                self._pump()

    async def breathe(self) -> bool:
        """Between slices of a long answer: write, wait for a slow peer, let others run. False when the peer is gone."""
        self.flush()
        if self._choked and not self._closing:
            self._flowing = self.loop.create_future()
            await self._flowing
            self._flowing = None
        else:
            await asyncio.sleep(0)
        return not self._closing

    # -- the queue: one command at a time, in order
    def _pump(self) -> None:
        for _ in range(BURST):
            if self._busy or self._choked or self._closing:
                break
            read = self.reader.command()
            if read is None:
                break
            if isinstance(read, Command):
                self._serve(read)
            elif isinstance(read, Invitation):
                self.send(b"+ Go ahead\r\n")
            else:
                self._refuse(read)
        else:
            self.loop.call_soon(self._again)
        self.flush()
        if not (self._busy or self._choked):
            self.bridge.hold(reading=True)

    def _again(self) -> None:
        if not self._busy:
            self._pump()

    def _serve(self, command: Command) -> None:
        self.command = command
        try:
            answer = self._dispatch(command)
        except Exception as error:
            answer = self._failed(command, error)
        if isinstance(answer, bytes):
            self._answer(command, answer)
        else:
            self._busy = True
            self.door.keep(self.loop.create_task(self._finish(command, answer)))

    async def _finish(self, command: Command, work: Coroutine[Any, Any, bytes]) -> None:
        try:
            answer = await work
        except Exception as error:
            answer = self._failed(command, error)
        self._busy = False
        if not self._closing:
            self._answer(command, answer)
            self._pump()

    def _dispatch(self, command: Command) -> Answer:
        arguments = Arguments(command, self.limits)
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
        if not allowed & self.phase:
            return b"BAD Already signed in" if allowed is Phase.STRANGER else _WRONG_PHASE[self.phase]
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

    def _refuse(self, refusal: Refusal) -> None:
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

    # -- lines that are no commands (AUTHENTICATE, IDLE)
    async def next_line(self) -> bytes | None:
        """The next line from the peer; None when it is gone or the line is unusable (then the session is closed)."""
        self.flush()
        self._line = self.loop.create_future()
        self.bridge.hold(reading=True)
        self._offer_line()
        try:
            return await self._line
        finally:
            self._line = None

    def _offer_line(self) -> None:
        waiting = self._line
        if waiting is None or waiting.done():
            return
        if self._closing:
            waiting.set_result(None)
            return
        line = self.reader.line()
        if isinstance(line, Refusal):
            self.send(b"* %b\r\n" % line.answer)
            waiting.set_result(None)
            self.hang_up(b"The input cannot be followed any more")
        elif line is not None:
            waiting.set_result(line)

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
        if view is None or self._choked:
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

    # -- capability and journal
    def capability_list(self) -> list[str]:
        """Capabilities right now; mixins add theirs to ``announces`` or extend this."""
        return list(self.announces)

    def capability_line(self) -> bytes:
        """``IMAP4rev1 …``"""
        return " ".join(self.capability_list()).encode("ascii")

    def note(self, kind: str, story: str, **facts: str | int | float | bool | list[str] | None) -> None:
        """One line of the audit trail: who, for which mailbox, from where, by which certificate."""
        identity = self.identity
        serial = self.tls.peer.serial if self.tls is not None else ""
        self.door.journal.note(
            kind, story, who=identity.who if identity else "", client=self.client,
            mailbox=str(identity.mailbox.address) if identity else "",
            certificate=serial or (identity.certificate if identity else ""), door=self.door.door, **facts)

    def note_messages(self, kind: str, view: View, uids: Sequence[int], **facts: str) -> None:
        """The audit line of something done to messages: which folder, which UIDs."""
        if uids:
            many = "message" if len(uids) == 1 else "messages"
            named = number_set(uids).decode("ascii")
            self.note(kind, f"{len(uids)} {many} {kind} in {view.folder.name}", folder=view.folder.name,
                      uids=named[:1000], count=len(uids), **facts)


def _nothing() -> None:
    """Nothing to stop."""


_WRONG_PHASE = {
    Phase.STRANGER: b"BAD Sign in first",
    Phase.SIGNED_IN: b"BAD Select a folder first",
}
