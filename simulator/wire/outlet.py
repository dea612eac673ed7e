"""What goes out on a connection: gathered into one piece, sealed, handed to the socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.wire.engine import Engine
from simulator.wire.failure import TlsFailed
from simulator.wire.records import Octets
from simulator.wire.stall import StallWatch

_PILE = 65_536
"""Gathered octets after which they are sent without waiting for more."""


class Outlet:
    """Sends in clear until ``engine`` is set. While ``gathering`` or ``locked``, writes wait for ``flush``."""

    def __init__(self, raw: asyncio.Transport, watch: StallWatch, failed: Callable[[TlsFailed], None]) -> None:
        self._raw = raw
        self._watch = watch
        self._failed = failed
        self._pile: list[bytes] = []
        self._piled = 0
        self.engine: Engine | None = None
        self.gathering = False
        self.locked = False
        """True during a handshake: nothing of the upper protocol may leave."""

    @property
    def size(self) -> int:
        """Octets not yet taken by the kernel."""
        return self._raw.get_write_buffer_size() + self._piled

    def write(self, data: Octets) -> None:
        """Send, now or with the next ``flush``."""
        if not (self.gathering or self.locked):
            self._send(data)
            return
        self._pile.append(bytes(data))
        self._piled += len(data)
        if self._piled >= _PILE:
            self.flush()

    def flush(self) -> None:
        """Send what was gathered, unless locked."""
        if self._pile and not self.locked:
            data = b"".join(self._pile)
            self.drop()
            self._send(data)

    def drop(self) -> None:
        """Forget what was gathered."""
        self._pile.clear()
        self._piled = 0

    def push(self) -> None:
        """Send what the engine itself has to say: handshake, alerts, close_notify."""
        if self.engine is not None:
            self._hand(self.engine.output())

    def _send(self, data: Octets) -> None:
        if self.engine is None:
            self._hand(data)
            return
        try:
            pieces = self.engine.seal(data)
        except TlsFailed as failure:
            self._failed(failure)
            return
        for piece in pieces:
            self._hand(piece)

    def _hand(self, data: Octets) -> None:
        if data and not self._raw.is_closing():
            self._watch.handed += len(data)
            self._raw.write(data)
