"""A client connection with little cost of its own: reads into one buffer, wakes its waiter once per answer."""

from __future__ import annotations

import asyncio
import ssl
from typing import cast

from bench.processes import HOST
from bench.ways import Way

_ROOM = 256 * 1024
_TAIL = 2048
"""Longest line that ends an answer."""


class Wrong(Exception):
    """A server answered something else than the scenario needs."""


def tls_context(way: Way) -> ssl.SSLContext:
    """Certificates are presented but not checked: the same cost beside every server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if way.certificate:
        context.load_cert_chain(way.certificate, way.key)
    return context


class Connection(asyncio.BufferedProtocol):
    """Shared by SMTP and IMAP; ``ends`` says when an answer is whole."""

    def __init__(self) -> None:
        self._room = memoryview(bytearray(_ROOM))
        self._parts: list[bytes] = []
        self._tail = b""
        self._waiter: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport
        self._lost = False

    async def connect(self, way: Way, context: ssl.SSLContext) -> None:
        """TCP, and TLS when the door wants it at once."""
        tls = context if way.tls == "implicit" else None
        name = "localhost" if tls else None
        await asyncio.get_running_loop().create_connection(lambda: self, HOST, way.port, ssl=tls, server_hostname=name)

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """After the server said that it is ready."""
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self._transport, self, context, server_hostname="localhost")
        assert transport is not None
        self._transport = transport

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    def write(self, data: bytes) -> None:
        """Send."""
        self._transport.write(data)

    def answer(self) -> asyncio.Future[bytes]:
        """All that comes until ``ends``. Raises Wrong when the connection ends first."""
        if self._lost:
            raise Wrong("the connection is closed")
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        self._look()
        return waiter

    def ends(self, tail: bytes) -> bool:
        """``tail``, which ends with CRLF, ends an answer."""
        raise NotImplementedError

    def _look(self) -> None:
        if self._waiter is not None and self._tail.endswith(b"\r\n") and self.ends(self._tail):
            waiter, self._waiter = self._waiter, None
            answer = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts, self._tail = [], b""
            if not waiter.done():
                waiter.set_result(answer)

    # -- called by the loop
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._room[:nbytes])
        self._parts.append(data)
        self._tail = data[-_TAIL:] if nbytes >= _TAIL else (self._tail + data)[-_TAIL:]
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(Wrong(f"the server closed the connection: {exc or 'no reason'}"))
