"""What all sessions of one door share: the world they serve, and who is here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.clock import Clock
from simulator.imap.search.headers import Headers
from simulator.imap.settings import ImapSettings
from simulator.imap.shelves import Shelves
from simulator.imap.view import Recents
from simulator.journal import Journal
from simulator.signin import SignIn
from simulator.store.interface import Store


@dataclass(frozen=True, slots=True)
class Offer:
    """What the clients of one operator meet."""

    server: type[object]
    """The session's class, put together from the extensions that the operator has."""
    settings: ImapSettings


@dataclass(slots=True)
class Surroundings:
    """Given to every session."""

    door: str
    """``imap`` or ``imaps``."""
    signin: SignIn
    store: Store
    journal: Journal
    clock: Clock
    offers: Mapping[str | None, Offer]
    """By operator; None is for those who are not named."""
    recents: Recents = field(default_factory=Recents)
    shelves: Shelves = field(init=False)
    headers: Headers = field(default_factory=Headers)
    hang_ups: set[Callable[[bytes], None]] = field(default_factory=set)
    """One per open session: says BYE and closes."""
    work: set[asyncio.Task[None]] = field(default_factory=set)
    """Commands in progress."""

    def __post_init__(self) -> None:
        self.shelves = Shelves(self.store)

    def offer(self, operator: str | None) -> Offer:
        """What this operator offers."""
        return self.offers.get(operator) or self.offers[None]

    def keep(self, task: asyncio.Task[None]) -> None:
        """Hold on to a command until it is done, also when its session goes away."""
        self.work.add(task)
        task.add_done_callback(self.work.discard)
