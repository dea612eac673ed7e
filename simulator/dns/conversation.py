"""The two ways in: datagrams, and connections that carry several queries (RFC 7766)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Answerer = Callable[[bytes, str, bool], bytes | None]
"""Octets of a query, address of the client, True for a datagram; None when no reply is due."""

_LENGTH = 2


class Datagrams(asyncio.DatagramProtocol):
    """Answers datagrams; drops them while the socket cannot send."""

    def __init__(self, answer: Answerer) -> None:
        self._answer = answer
        self._full = False
        self._transport: asyncio.DatagramTransport | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        if self._full or self._transport is None:
            return
        reply = self._answer(data, str(addr[0]), True)
        if reply is not None:
            self._transport.sendto(reply, addr)

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)


class Conversation(asyncio.Protocol):
    """One TCP connection. Closed when ``patience`` seconds pass without a whole query, or without the client
    reading its replies, and at the first octets that cannot be answered."""

    def __init__(self, answer: Answerer, patience: float, opened: Callable[[Conversation], None],
                 active: Callable[[Conversation], None], ended: Callable[[Conversation], None]) -> None:
        self._answer = answer
        self._patience = patience
        self._opened, self._active, self._ended = opened, active, ended
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._client = ""
        self._received = bytearray()
        self._full = False
        self._paused = False
        self._scheduled = False
        self._timer: asyncio.TimerHandle | None = None
        self.closed: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if peer else ""
        self._restart_timer()
        self._opened(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._serve()

    def pause_writing(self) -> None:
        self._full = True
        self._pause_reading()

    def resume_writing(self) -> None:
        self._full = False
        self._restart_timer()
        self._serve_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._transport = None
        self._received.clear()
        self._ended(self)
        if not self.closed.done():
            self.closed.set_result(None)

    def abort(self) -> None:
        """Close at once, without sending what is left."""
        if self._transport is not None:
            self._transport.abort()

    def _serve(self) -> None:
        """Answer one query. Reading waits while another may be left, which bounds the buffer, and other
        connections have their turn in between."""
        self._scheduled = False
        if self._full or self._transport is None or self._transport.is_closing():
            return
        query = self._next_query()
        if query is None:
            self._resume_reading()
            return
        self._restart_timer()
        self._active(self)
        self._write_reply(self._transport, query)
        if self._received:
            self._pause_reading()
            self._serve_soon()
        elif not self._full:
            self._resume_reading()

    def _serve_soon(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._serve)

    def _next_query(self) -> bytes | None:
        if len(self._received) < _LENGTH:
            return None
        end = _LENGTH + int.from_bytes(self._received[:_LENGTH], "big")
        if len(self._received) < end:
            return None
        query = bytes(self._received[_LENGTH:end])
        del self._received[:end]
        return query

    def _write_reply(self, transport: asyncio.Transport, query: bytes) -> None:
        reply = self._answer(query, self._client, False)
        if reply is None:
            transport.close()
        else:
            transport.write(len(reply).to_bytes(_LENGTH, "big") + reply)

    def _pause_reading(self) -> None:
        if not self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()

    def _restart_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(self._patience, self.abort)
