"""The relay client's end of a connection: lines out, lines in, TLS in between."""

from __future__ import annotations

import asyncio

from simulator.model.certificate import TlsFacts
from simulator.wire.channel import Channel
from simulator.wire.contexts import ClientTls
from simulator.wire.failure import TlsFailed
from simulator.wire.owner import Owner, Patience

_READ_AHEAD = 65_536
_INTAKE = 16_384


class Stream(asyncio.Protocol):
    """An open connection, read line by line by one task. Made by ``dial``."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._channel: Channel
        self._buffer = bytearray()
        self._reader: asyncio.Future[None] | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._closed = asyncio.Event()
        self._ended = False
        self._why: Exception | None = None

    @property
    def tls(self) -> TlsFacts | None:
        """The facts of the handshake, once there was one."""
        return self._channel.tls

    async def readline(self, limit: int = 4096, *, timeout: float = 60.0) -> bytes:
        """One line with its CRLF or LF, at most ``limit`` octets.

        Raises ConnectionError when the peer ends or the line is longer, TimeoutError after ``timeout`` seconds.
        """
        async with asyncio.timeout(timeout):
            searched = 0
            while (found := self._buffer.find(b"\n", searched, limit)) < 0:
                if len(self._buffer) >= limit:
                    raise ConnectionError(f"the peer sent a line longer than {limit} octets")
                searched = len(self._buffer)
                await self._more()
        line = bytes(self._buffer[:found + 1])
        del self._buffer[:found + 1]
        if len(self._buffer) < _READ_AHEAD:
            self._channel.resume_reading()
        return line

    def write(self, data: bytes) -> None:
        """Send; raises ConnectionError when the connection is gone."""
        if self._channel.is_closing():
            raise self._lost()
        self._channel.write(data)

    async def drain(self, *, timeout: float = 60.0) -> None:
        """Wait until the peer has taken enough. Raises ConnectionError, TimeoutError."""
        async with asyncio.timeout(timeout):
            await self._room.wait()
        if self._closed.is_set():
            raise self._lost()

    async def start_tls(self, tls: ClientTls, server_name: str) -> TlsFacts:
        """Go over to TLS; what the server's certificate is worth is in the facts, and the caller decides.

        Raises TlsFailed, also when the server sent more than its answer in clear (response injection).
        """
        early = len(self._buffer) + self._channel.buffered
        if early:
            self._channel.abort()
            raise TlsFailed(f"the server sent {early} octets in clear behind its answer to STARTTLS")
        return await self._channel.secure(tls.engine(self._host, self._port, server_name))

    def close(self) -> None:
        """Close after what was written has been sent."""
        self._channel.close()

    async def wait_closed(self) -> None:
        """Wait until the socket is closed; bounded by the patience given to ``dial``."""
        await self._closed.wait()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, Channel)
        self._channel = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) >= _READ_AHEAD:
            self._channel.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._ended = True
        self._wake()
        return True

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._why = exc
        self._room.set()
        self._closed.set()
        self._wake()

    async def _more(self) -> None:
        """Wait for more input."""
        if self._ended:
            raise self._lost()
        if self._channel.is_closing():
            raise self._lost()
        self._channel.resume_reading()
        self._reader = asyncio.get_running_loop().create_future()
        try:
            await self._reader
        finally:
            self._reader = None

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _lost(self) -> ConnectionError:
        if isinstance(self._why, ConnectionError):
            return self._why
        return ConnectionError(f"{self._host} port {self._port} closed the connection"
                               + (f": {self._why}" if self._why else ""))


async def dial(host: str, port: int, *, timeout: float = 30.0, patience: Patience | None = None) -> Stream:
    """Connect in clear. Raises OSError when nobody answers there, TimeoutError after ``timeout`` seconds."""
    stream = Stream(host, port)
    owner = Owner(lambda: stream, bytearray(_INTAKE), patience=patience or Patience())
    async with asyncio.timeout(timeout):
        await asyncio.get_running_loop().create_connection(lambda: Channel(owner), host, port)
    return stream
