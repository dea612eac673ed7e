"""What stands behind an IMAP door once somebody comes: the server, put together, and its sessions."""

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


class Serving:
    """Refuses to be made when an extension is incomplete (ValueError)."""

    def __init__(self, door: str, signin: SignIn, store: Store, journal: Journal, clock: Clock,
                 settings: ImapSettings, by_operator: Mapping[str, ImapSettings]) -> None:
        self._stalled = settings.stalled
        self._server = compose(settings.extensions)
        offers: dict[str | None, Offer] = {None: Offer(self._server, settings)}
        for operator, own in by_operator.items():
            offers[operator] = Offer(compose(own.extensions), own)
        self._here = Surroundings(door, signin, store, journal, clock, offers)

    def protocol(self) -> asyncio.Protocol:
        """One connection's protocol."""
        return Bridge(lambda bridge: self._server(self._here, bridge), stalled=self._stalled)

    async def close(self, words: str) -> None:
        """Say BYE to everyone, then wait for the commands in progress: what they acknowledge is safe (P18)."""
        for hang_up in tuple(self._here.hang_ups):
            hang_up(words.encode("ascii", "replace"))
        while self._here.work:
            await asyncio.wait(self._here.work)
