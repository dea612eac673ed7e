"""One connection: its life, its time, its output, and the queue that hands over one command at a time.

It is a Twisted ``IMAP4Server`` so that Twisted's protocol contract holds (makeConnection, dataReceived,
connectionLost, producer calls), but none of the inherited reader, parser or handlers is used: they execute
what was sent before STARTTLS, mix pipelined commands and know nothing of other sessions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from twisted.mail.imap4 import IMAP4Server
from twisted.python.failure import Failure

from simulator.imap.bridge import Bridge
from simulator.imap.reader import Command, Invitation, Reader, Refusal
from simulator.imap.surroundings import Surroundings
from simulator.model.mailbox import Identity

WRITE = 64 * 1024
"""Octets joined before they are written."""
BURST = 0.01
"""Seconds of pipelined commands after which other connections get their turn."""


def _no_scheduler(work: object) -> None:
    raise AssertionError("Twisted's own FETCH must not run")


class Connection(IMAP4Server):
    """What lies below the commands. ``door`` is what it shares with the others."""

    def __init__(self, door: Surroundings, bridge: Bridge) -> None:
        super().__init__(scheduler=_no_scheduler)  # type: ignore[no-untyped-call]
        self.door, self.bridge = door, bridge
        self.limits = door.offer(None).settings
        self.loop = asyncio.get_running_loop()
        self.reader = Reader(self.limits)
        self.identity: Identity | None = None
        """Set at sign-in."""
        self.busy = self.choked = self.closing = self.idling = False
        self._out: list[bytes] = []
        self._out_size = 0
        self._line: asyncio.Future[bytes | None] | None = None
        self._flowing: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    # -- for the session above
    def greeting(self) -> bytes:
        """The first line."""
        raise NotImplementedError

    def configure(self) -> None:
        """For mixins: set the reader up."""
        self.reader.non_synchronizing = self.reader.binary = False

    def become(self, operator: str | None) -> None:
        """From now on, be what this operator offers: its commands, its capabilities, its limits."""
        offer = self.door.offer(operator)
        self.__class__ = offer.server  # type: ignore[assignment]
        self.limits = self.reader.limits = offer.settings
        self.configure()

    def serve(self, command: Command) -> None:
        """Answer at once, or set ``busy`` and start the work that will."""
        raise NotImplementedError

    def refuse(self, refusal: Refusal) -> None:
        """Answer input that is no command."""
        raise NotImplementedError

    def tell(self) -> None:
        """The peer reads again while idling."""
        raise NotImplementedError

    def ended(self) -> None:
        """The connection is gone."""
        raise NotImplementedError

    # -- life
    def connectionMade(self) -> None:
        """Greet and start the clock of the connection."""
        self.client, self.tls = self.bridge.client, self.bridge.tls
        self._born = self._heard = self.loop.time()
        self.door.hang_ups.add(self.hang_up)
        self.bridge.registerProducer(self, True)
        self.become(self.tls.operator if self.tls is not None else None)
        self.watch_time()
        self.send(self.greeting())
        self.flush()

    def dataReceived(self, data: bytes) -> None:
        """Octets from the peer: a line somebody waits for, or commands."""
        self._heard = self.loop.time()
        self.reader.feed(data)
        if self._line is not None:
            self._offer_line()
        elif not self.busy:
            self.pump()
        if (self.busy or self.choked) and self.reader.buffered > self.limits.backlog:
            self.bridge.hold(reading=False)

    def connectionLost(self, reason: Failure | None = None) -> None:
        """Let go of everything. A command that is writing finishes: its effect may be on disk already."""
        self.closing = True
        self.ended()
        self.door.hang_ups.discard(self.hang_up)
        if self._timer is not None:
            self._timer.cancel()
        if self._line is not None and not self._line.done():
            self._line.set_result(None)
        self.resumeProducing()
        self.reader.clear()

    def hang_up(self, words: bytes) -> None:
        """Say BYE and close."""
        if not self.closing:
            self.send(b"* BYE %b\r\n" % words)
            self.flush()
            self.close()

    def garbled(self) -> None:
        """What comes is not what was agreed on."""
        self.hang_up(b"The compressed input cannot be read")

    def close(self) -> None:
        """Close after what was written; nothing more is read."""
        self.flush()
        self.closing = True
        self.bridge.loseConnection()

    # -- time, always monotonic
    def callLater(self, period: float, func: Callable[..., object]) -> asyncio.TimerHandle:
        """Where Twisted's TimeoutMixin would reach for the reactor."""
        return self.loop.call_later(period, func)

    def watch_time(self) -> None:
        """One timer per connection that looks at what happened since it was set."""
        if self._timer is not None:
            self._timer.cancel()
        if self.identity is None:
            due, words = self._born + self.limits.before_login, b"Sign in sooner"
        else:
            due, words = self._heard + self.limits.idle, b"Autologout after silence"
        if self.loop.time() >= due and self.busy and not self.idling and self.identity is not None:
            due = self.loop.time() + 1.0
        if self.loop.time() >= due:
            self.hang_up(words)
            return
        self._timer = self.loop.call_at(due, self.watch_time)

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
        self.choked = True

    def resumeProducing(self) -> None:
        """The peer reads again."""
        self.choked = False
        if self._flowing is not None and not self._flowing.done():
            self._flowing.set_result(None)
        if not self.closing:
            if self.idling:
                self.tell()
                self.flush()
            if not self.busy:
                self.pump()

    async def breathe(self) -> bool:
        """Between slices of a long answer: write, wait for a slow peer, let others run. False when the peer is gone."""
        self.flush()
        if self.choked and not self.closing:
            self._flowing = self.loop.create_future()
            await self._flowing
            self._flowing = None
        else:
            await asyncio.sleep(0)
        return not self.closing

    # -- the queue: one command at a time, in order
    def pump(self) -> None:
        """Serve what can be served now."""
        until = self.loop.time() + BURST
        while not (self.busy or self.choked or self.closing):
            read = self.reader.command()
            if read is None:
                break
            if isinstance(read, Command):
                self.serve(read)
            elif isinstance(read, Invitation):
                self.send(b"+ Go ahead\r\n")
            else:
                self.refuse(read)
            if self.loop.time() > until:
                self.loop.call_soon(self._again)
                break
        self.flush()
        if not (self.busy or self.choked):
            self.bridge.hold(reading=True)

    def _again(self) -> None:
        if not self.busy:
            self.pump()

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
        if self.closing:
            waiting.set_result(None)
            return
        line = self.reader.line()
        if isinstance(line, Refusal):
            self.send(b"* %b\r\n" % line.answer)
            waiting.set_result(None)
            self.hang_up(b"The input cannot be followed any more")
        elif line is not None:
            waiting.set_result(line)
