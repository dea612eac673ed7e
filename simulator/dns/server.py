"""The ``dns`` door: an authoritative server over UDP and TCP. It never asks another server.

It listens at once; dnspython is imported, and zones are made, for the first query or by ``load``.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.dns.conversation import Conversation, Datagrams

if TYPE_CHECKING:
    from dns.name import Name
    from dns.rcode import Rcode

    from simulator.dns.zones import Zones

OnQuery = Callable[[str, str, str, str], None]
"""Name, type and rcode as text, address of the client; name and type are empty when the question was not read."""

OVERRIDES = ("SERVFAIL", "NXDOMAIN", "REFUSED")
"""What the server can be told to answer instead of the truth."""
_TRIES = 20


class DnsServer:
    """Answers from zones, which may be replaced at any time; the next query sees the new ones."""

    def __init__(self, zones: Zones | Callable[[], Zones], *, on_query: OnQuery | None = None,
                 max_connections: int = 100, idle_timeout: float = 10.0) -> None:
        """``zones`` may be a function that makes them, called when they are first needed."""
        self._zones = zones
        self._on_query = on_query
        self._max_connections = max_connections
        self._idle_timeout = idle_timeout
        self._overrides: dict[Name, Rcode] = {}
        self._datagrams: tuple[asyncio.DatagramTransport, Datagrams] | None = None
        self._listener: asyncio.Server | None = None
        self._open: dict[Conversation, None] = {}
        """Longest silent first."""
        self._port = 0
        self._stopping = False

    @property
    def port(self) -> int:
        """The port of UDP and TCP; 0 before start() and after stop()."""
        return self._port

    @property
    def zones(self) -> Zones:
        """What is answered from."""
        if callable(self._zones):
            self._zones = self._zones()
        return self._zones

    @zones.setter
    def zones(self, zones: Zones | Callable[[], Zones]) -> None:
        self._zones = zones

    def load(self) -> None:
        """Import what the first query needs, so that it is not kept waiting; from any thread.

        The modules of dnspython lean on each other in circles, which two threads may not enter at two places: whoever
        needs them comes through here first.
        """
        import simulator.dns.lookup
        import simulator.dns.reply  # noqa: F401

    def override(self, name: str, rcode: str) -> None:
        """Answer ``rcode``, one of OVERRIDES, for the name and all names below it. Raises ValueError."""
        self.load()
        from dns.rcode import Rcode

        from simulator.dns.records import absolute

        if rcode not in OVERRIDES:
            raise ValueError(f"{rcode} is not one of {', '.join(OVERRIDES)}")
        self._overrides[absolute(name)] = Rcode[rcode]

    def clear(self, name: str | None = None) -> None:
        """Answer the truth again, for one name that was overridden or for all."""
        self.load()
        from simulator.dns.records import absolute

        if name is None:
            self._overrides.clear()
        else:
            self._overrides.pop(absolute(name), None)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on one address, UDP and TCP on the same port; 0 lets the system choose one that is free on both.

        Raises OSError when the port is in use, RuntimeError when the server already listens.
        """
        if self._datagrams is not None:
            raise RuntimeError("the DNS server already listens")
        self._stopping = False
        for tries_left in reversed(range(_TRIES)):
            try:
                await self._bind(host, port)
                return
            except OSError:
                if port or not tries_left:
                    raise

    async def stop(self) -> None:
        """Close the sockets and every connection; does nothing when the server does not listen."""
        self._stopping = True
        datagrams, listener = self._datagrams, self._listener
        self._datagrams = self._listener = None
        self._port = 0
        if datagrams is not None:
            datagrams[0].close()
            await datagrams[1].closed
        if listener is not None:
            listener.close()
            left = list(self._open)
            for conversation in left:
                conversation.abort()
            await asyncio.gather(*(conversation.closed for conversation in left))
            await listener.wait_closed()

    async def _bind(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        # A name may stand for several addresses: both protocols take the first.
        family, _, _, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM))[0]
        udp = socket.socket(family, socket.SOCK_DGRAM)
        try:
            udp.setblocking(False)
            udp.bind(address)
            transport, protocol = await loop.create_datagram_endpoint(lambda: Datagrams(self._answer), sock=udp)
        except BaseException:
            udp.close()
            raise
        chosen: int = udp.getsockname()[1]
        try:
            self._listener = await loop.create_server(self._converse, str(address[0]), chosen)
        except OSError:
            transport.close()
            await protocol.closed
            raise
        self._datagrams = (transport, protocol)
        self._port = chosen

    def _converse(self) -> Conversation:
        return Conversation(self._answer, self._idle_timeout, self._opened, self._active, self._ended)

    def _opened(self, conversation: Conversation) -> None:
        if self._stopping:
            conversation.abort()
            return
        # Silent clients must not keep others out, so the longest silent one gives its place.
        if len(self._open) >= self._max_connections:
            oldest = next(iter(self._open))
            del self._open[oldest]
            oldest.abort()
        self._open[conversation] = None

    def _active(self, conversation: Conversation) -> None:
        if self._open.pop(conversation, ...) is None:
            self._open[conversation] = None

    def _ended(self, conversation: Conversation) -> None:
        self._open.pop(conversation, None)

    def _answer(self, octets: bytes, client: str, datagram: bool) -> bytes | None:
        self.load()
        from simulator.dns.reply import reply_to

        reply = reply_to(octets, self.zones, self._overrides, datagram=datagram)
        if reply is None:
            return None
        if self._on_query is not None:
            self._on_query(reply.name, reply.rdtype, reply.rcode, client)
        return reply.octets
