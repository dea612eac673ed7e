"""Listens at once, loads the web framework when somebody comes, and stops in time.

FastAPI, uvicorn and the models take longer to import than the whole space takes to start. So the socket accepts from
the beginning (the kernel keeps who comes), and the import happens in a thread when the first connection is there.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from simulator.controls.controls import Controls
from simulator.web.surroundings import Surroundings

if TYPE_CHECKING:
    from simulator.web.server import Server

_BACKLOG = 128


class WebDoor:
    """The ``http`` door. ``port`` is known after ``start``."""

    def __init__(self, controls: Controls, surroundings: Surroundings) -> None:
        self._controls = controls
        self._surroundings = surroundings
        self._socket: socket.socket | None = None
        self._serving: asyncio.Task[Server] | None = None
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Accept connections. Raises OSError when the address cannot be had."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        self._socket = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
        self._socket.setblocking(False)
        # Inherited by what is accepted: asyncio sets it only where the protocol number is given.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = int(self._socket.getsockname()[1])
        loop.add_reader(self._socket, self._somebody_comes)

    async def stop(self) -> None:
        """Accept no more, end what is held open, let the answers in hand go out; two seconds at most."""
        if self._socket is None:
            return
        if self._serving is None:
            asyncio.get_running_loop().remove_reader(self._socket)
        else:
            server = await self._serving
            await server.stop()
        self._socket.close()
        self._socket = None

    def _somebody_comes(self) -> None:
        assert self._socket is not None
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._socket)
        self._serving = loop.create_task(self._serve(self._socket))

    async def _serve(self, listening: socket.socket) -> Server:
        server = await asyncio.to_thread(self._load)
        await server.start(listening)
        return server

    def _load(self) -> Server:
        from simulator.web.server import Server
        from simulator.web.site import site

        doing = site(self._controls, self._surroundings)
        return Server(doing.app, doing.closing)
