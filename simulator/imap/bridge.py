"""The joint between asyncio and Twisted: a protocol towards the loop's transport, a transport towards Twisted.

No Twisted reactor takes part; ``twisted.internet.reactor`` must never be imported.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol, cast

from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import ITransport
from twisted.python.failure import Failure
from zope.interface import implementer

from simulator.imap.deflate import Deflate, Garbled
from simulator.model.certificate import TlsFacts

PIECE = 32 * 1024
"""Octets of compressed input that are unpacked in one turn of the loop."""


class Talker(Protocol):
    """The Twisted protocol as far as the bridge knows it; it is its own producer."""

    def makeConnection(self, transport: object) -> None: ...
    def dataReceived(self, data: bytes) -> None: ...
    def connectionLost(self, reason: Failure) -> None: ...
    def pauseProducing(self) -> None: ...
    def resumeProducing(self) -> None: ...
    def garbled(self) -> None:
        """The compressed input cannot be read: close."""


class SecurableTransport(Protocol):
    """What the TLS layer adds to an asyncio transport."""

    @property
    def buffered(self) -> int:
        """Octets received in clear and not delivered."""

    async def start_tls(self) -> TlsFacts:
        """Server side of the handshake."""


@implementer(ITransport)
class Bridge(asyncio.Protocol):
    """One connection. ``make`` gives the Twisted protocol that speaks on it."""

    disconnecting = False
    stalled = False
    """The peer was dropped because it did not read."""

    def __init__(self, make: Callable[[Bridge], Talker], *, stalled: float) -> None:
        self._make = make
        self._stalled_after = stalled
        self._stall: asyncio.TimerHandle | None = None
        self._producer: Talker | None = None
        self._reading = True
        self._deflate: Deflate | None = None
        self._unpacking: asyncio.Handle | None = None

    # -- asyncio's side
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A peer is there, on implicit TLS doors after the handshake."""
        self._loop = asyncio.get_running_loop()
        self._transport = cast(asyncio.Transport, transport)
        self._protocol = self._make(self)
        self._protocol.makeConnection(self)

    def data_received(self, data: bytes) -> None:
        """Octets from the peer."""
        if self.disconnecting:
            return
        if self._deflate is None:
            self._protocol.dataReceived(data)
        else:
            self._deflate.feed(data)
            self._unpack()

    def _unpack(self) -> None:
        """Hand over one piece of compressed input a turn; the peer waits while there are more."""
        deflate, self._unpacking = self._deflate, None
        if self.disconnecting or not self._reading or deflate is None:
            return
        try:
            piece = deflate.take(PIECE)
        except Garbled:
            self._protocol.garbled()
            return
        if piece:
            self._protocol.dataReceived(piece)
        self._set_reading()

    def eof_received(self) -> bool:
        """A peer that closed its side is not waited for."""
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """The end; told once."""
        self._calm()
        if self._unpacking is not None:
            self._unpacking.cancel()
        self.disconnecting = True
        why = ConnectionLost(str(error)) if error else ConnectionDone()
        self._protocol.connectionLost(Failure(why))  # type: ignore[no-untyped-call]

    def pause_writing(self) -> None:
        """The peer reads too slowly: stop producing, and let go of one that never reads (P16)."""
        self._calm()
        self._stall = self._loop.call_later(self._stalled_after, self._give_up)
        if self._producer is not None:
            self._producer.pauseProducing()

    def resume_writing(self) -> None:
        """The peer caught up."""
        self._calm()
        if self._producer is not None:
            self._producer.resumeProducing()

    def _give_up(self) -> None:
        self.stalled = True
        self.abortConnection()

    def _calm(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    # -- Twisted's side
    def write(self, data: bytes) -> None:
        """Send, unless the connection is going away."""
        if not self.disconnecting:
            self._transport.write(data if self._deflate is None else self._deflate.pack(data))

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Send pieces as one."""
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """Close after what was written is sent; no input counts from now on."""
        if not self.disconnecting:
            self.disconnecting = True
            self._stall = self._stall or self._loop.call_later(self._stalled_after, self._transport.abort)
            self._transport.close()

    def abortConnection(self) -> None:
        """Close now."""
        self.disconnecting = True
        self._transport.abort()

    def registerProducer(self, producer: Talker, streaming: bool) -> None:
        """The one to be told of back-pressure."""
        self._producer = producer

    def unregisterProducer(self) -> None:
        """Nobody to be told any more."""
        self._producer = None

    def getPeer(self) -> object:
        """Address of the peer, as asyncio has it."""
        return self._transport.get_extra_info("peername")

    def getHost(self) -> object:
        """Our address, as asyncio has it."""
        return self._transport.get_extra_info("sockname")

    # -- beyond Twisted's contract
    @property
    def client(self) -> str:
        """IP of the peer as text."""
        peer = self._transport.get_extra_info("peername")
        return str(peer[0]) if isinstance(peer, tuple) and peer else ""

    @property
    def tls(self) -> TlsFacts | None:
        """Facts of the handshake, None in clear."""
        facts = self._transport.get_extra_info("tls")
        return facts if isinstance(facts, TlsFacts) else None

    @property
    def securable(self) -> SecurableTransport | None:
        """The transport when it could start TLS now."""
        if self.tls is None and hasattr(self._transport, "start_tls"):
            return cast(SecurableTransport, self._transport)
        return None

    def hold(self, reading: bool) -> None:
        """Read from the peer, or let the kernel's buffers slow it down."""
        if reading != self._reading and not self.disconnecting:
            self._reading = reading
            self._set_reading()

    def compress(self) -> None:
        """From now on, both directions are DEFLATE (RFC 4978)."""
        self._deflate = Deflate()

    @property
    def compressed(self) -> bool:
        """Both directions are DEFLATE."""
        return self._deflate is not None

    def _set_reading(self) -> None:
        """The transport is read while the session wants it and nothing compressed waits before it."""
        if self.disconnecting:
            return
        waiting = self._deflate is not None and self._deflate.more
        if self._reading and not waiting:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()
        if self._reading and waiting and self._unpacking is None:
            self._unpacking = self._loop.call_soon(self._unpack)
