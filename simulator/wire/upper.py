"""The protocol above a channel: made when it is needed, called so that its mistakes stay its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Upper:
    """Passes events on; an exception goes to ``broke`` instead of into the event loop."""

    def __init__(self, make: Callable[[], asyncio.Protocol], broke: Callable[[Exception], None]) -> None:
        self._make = make
        self._broke = broke
        self.protocol: asyncio.Protocol | None = None

    def attach(self, transport: asyncio.Transport) -> None:
        """Make the protocol and give it its transport."""
        try:
            self.protocol = self._make()
            self.protocol.connection_made(transport)
        except Exception as exc:
            self._broke(exc)

    def received(self, data: bytes) -> None:
        if self.protocol is not None:
            self._call(self.protocol.data_received, data)

    def ended(self) -> bool:
        """Tell that the peer sends no more; True when the protocol keeps its own side open."""
        if self.protocol is None:
            return False
        try:
            return bool(self.protocol.eof_received())
        except Exception as exc:
            self._broke(exc)
            return False

    def choked(self, choked: bool) -> None:
        """Tell that writing should stop, or may go on."""
        if self.protocol is not None:
            self._call(self.protocol.pause_writing if choked else self.protocol.resume_writing)

    def lost(self, exc: Exception | None) -> None:
        if self.protocol is not None:
            self._call(self.protocol.connection_lost, exc)

    def _call(self, what: Callable[..., None], *about: object) -> None:
        try:
            what(*about)
        except Exception as exc:
            self._broke(exc)
