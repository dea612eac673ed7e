"""The IMAP door: where the listener gets its protocols from."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from simulator.clock import Clock
from simulator.imap.bridge import Bridge
from simulator.imap.compose import compose
from simulator.imap.settings import ImapSettings
from simulator.imap.surroundings import Offer, Surroundings
from simulator.journal import Journal
from simulator.signin import SignIn
from simulator.store.interface import Store


class ImapDoor:
    """``imap`` or ``imaps``. Refuses to be made when an extension is unknown or incomplete (ValueError)."""

    def __init__(self, door: str, signin: SignIn, store: Store, journal: Journal, clock: Clock,
                 settings: ImapSettings | None = None, by_operator: Mapping[str, ImapSettings] | None = None) -> None:
        """``by_operator`` is for clients that named an operator's host (SNI), and for its mailboxes once signed in."""
        self.settings = settings or ImapSettings()
        self._server = compose(self.settings.extensions)
        offers: dict[str | None, Offer] = {None: Offer(self._server, self.settings)}
        for operator, own in (by_operator or {}).items():
            offers[operator] = Offer(compose(own.extensions), own)
        self._here = Surroundings(door, signin, store, journal, clock, offers)

    def protocol(self) -> asyncio.Protocol:
        """One connection's protocol, for ``wire.Listener``."""
        return Bridge(lambda bridge: self._server(self._here, bridge), stalled=self.settings.stalled)

    async def close(self, words: str = "The server is shutting down") -> None:
        """Say BYE to everyone, then wait for the commands in progress: what they acknowledge is safe (P18)."""
        for hang_up in tuple(self._here.hang_ups):
            hang_up(words.encode("ascii", "replace"))
        while self._here.work:
            await asyncio.wait(self._here.work)
