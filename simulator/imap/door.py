"""The IMAP door: where the listener gets its protocols from.

Twisted and the server take as long to import as half of the space takes to start, and not every run reads mail. So the
door is made without them, and they are loaded for its first client, or by ``load`` before one comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.clock import Clock
from simulator.imap.extensions import check
from simulator.imap.settings import ImapSettings
from simulator.journal import Journal
from simulator.signin import SignIn
from simulator.store.interface import Store

if TYPE_CHECKING:
    from simulator.imap.serving import Serving


class ImapDoor:
    """``imap`` or ``imaps``. Refuses to be made when an extension is unknown (ValueError)."""

    def __init__(self, door: str, signin: SignIn, store: Store, journal: Journal, clock: Clock,
                 settings: ImapSettings | None = None, by_operator: Mapping[str, ImapSettings] | None = None) -> None:
        """``by_operator`` is for clients that named an operator's host (SNI), and for its mailboxes once signed in."""
        self.settings = settings or ImapSettings()
        self._by_operator = by_operator or {}
        for offered in (self.settings, *self._by_operator.values()):
            check(offered.extensions or ())
        self._around = (door, signin, store, journal, clock)
        self._serving: Serving | None = None

    def protocol(self) -> asyncio.Protocol:
        """One connection's protocol, for ``wire.Listener``."""
        if self._serving is None:
            self._serving = self._made()
        return self._serving.protocol()

    def load(self) -> None:
        """Import and put together what the first client needs, so that it is not kept waiting; from any thread."""
        self._made()  # the classes stay; what serves is made in the loop

    async def close(self, words: str = "The server is shutting down") -> None:
        """Say BYE to everyone, then wait for the commands in progress: what they acknowledge is safe (P18)."""
        if self._serving is not None:
            await self._serving.close(words)

    def _made(self) -> Serving:
        from simulator.imap.serving import Serving

        return Serving(*self._around, self.settings, self._by_operator)
