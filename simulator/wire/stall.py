"""Watches that a peer takes what is written to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class StallWatch:
    """Calls ``on_stall`` when the socket has taken no octet for ``seconds`` while being watched.

    A peer that takes something, however little, is left alone: what waits for it is bounded by back-pressure.
    """

    def __init__(self, raw: asyncio.WriteTransport, seconds: float, on_stall: Callable[[], None]) -> None:
        self._raw = raw
        self._seconds = seconds
        self._on_stall = on_stall
        self._timer: asyncio.TimerHandle | None = None
        self._taken = 0
        self.handed = 0
        """Octets given to the socket's transport so far; the owner counts them."""

    def start(self) -> None:
        """Watch from now on; nothing changes when already watching."""
        if self._timer is None:
            self._arm()

    def stop(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self._taken = self.handed - self._raw.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        if self.handed - self._raw.get_write_buffer_size() > self._taken:
            self._arm()
        else:
            self._on_stall()
