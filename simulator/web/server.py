"""uvicorn inside our loop: no signal handlers, no log, no ticking, and limits on what a slow client may hold.

Slow clients (P16): a request must be complete within ``REQUEST_SECONDS``, an answer must not stand unread for
``STALLED_SECONDS``. What is held open on purpose (waits and streams) is told of the end through ``closing``.
"""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 60.0
STALLED_SECONDS = 30.0
MOST_CONNECTIONS = 200
MOST_HEADER_OCTETS = 64 * 1024
GRACE = 1
"""Seconds that answers in hand have, at the end."""


class Server:
    """Serves one ASGI application on a socket that listens already."""

    def __init__(self, app: ASGI3Application, closing: asyncio.Event) -> None:
        self._closing = closing
        self._config = uvicorn.Config(
            app,
            http=_Patient,
            ws="none",
            lifespan="off",
            loop="none",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            h11_max_incomplete_event_size=MOST_HEADER_OCTETS,
            timeout_graceful_shutdown=GRACE,
        )
        self._uvicorn = uvicorn.Server(self._config)

    async def start(self, listening: socket.socket) -> None:
        """Answer who is waiting, and who comes later."""
        self._config.load()
        self._uvicorn.lifespan = self._config.lifespan_class(self._config)
        await self._uvicorn.startup(sockets=[listening])
        self._socket = listening

    async def stop(self) -> None:
        """Close the socket, end the waits, give the answers in hand their moment, drop the rest."""
        self._closing.set()
        await self._uvicorn.shutdown(sockets=[self._socket])
        state = self._uvicorn.server_state
        for connection in list(state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        await asyncio.gather(*state.tasks, return_exceptions=True)


class _Patient(H11Protocol):
    """uvicorn's protocol with a limit on how long a client may take to ask and to read."""

    _asking: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget("_asking")
        self._forget("_stalled")
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        self._forget("_stalled")
        super().resume_writing()

    def _watch(self) -> None:
        """Between the first octet of a request and its last one the timer runs."""
        if self.cycle is not None and not self.cycle.more_body:
            self._forget("_asking")
        elif self._asking is None:
            self._asking = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _forget(self, name: str) -> None:
        timer: asyncio.TimerHandle | None = getattr(self, name)
        if timer is not None:
            timer.cancel()
        setattr(self, name, None)
