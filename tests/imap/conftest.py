"""An IMAP door on loopback before a real store, with a porter instead of the whole sign-in."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.clock import Clock
from simulator.imap.door import ImapDoor
from simulator.imap.settings import ImapSettings
from simulator.journal import Journal
from simulator.model.address import Address
from simulator.model.certificate import TlsFacts
from simulator.model.mailbox import Factor, Identity, Kind, Mailbox
from simulator.model.reply import reply
from simulator.rules.verdict import PASSED, Verdict
from simulator.signin import Attempt, Outcome, SignIn
from simulator.store.interface import Store
from simulator.store.memory import MemoryStore
from simulator.store.sqlite import SqliteStore
from simulator.wire import Gate, Listener, ServerTls
from tests.imap.dialogue import Client, talk

PASSWORD = "correct horse"
QUOTA = 50 * 1024 * 1024
WRONG = Verdict(reply(535, "5.7.8", "Wrong user name or password [proof-is-right]"))
ALONE = Verdict(reply(534, "5.7.9", "A second factor is needed [org-needs-two-factors]"))


class Porter(SignIn):
    """Lets in whoever knows the one password; keeps what it was asked. Fails like the real one, without its delays."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.offered: tuple[str, ...] = ("PLAIN", "LOGIN", "EXTERNAL")

    def mechanisms(self, tls: TlsFacts | None) -> tuple[str, ...]:
        return self.offered

    async def attempt(self, attempt: Attempt) -> Outcome:
        self.attempts.append(attempt)
        user = attempt.user or attempt.acting_for
        box, _, member = user.rpartition("*")
        acting_for = attempt.acting_for or box or member
        if attempt.secret == "alone":
            return Outcome(None, ALONE)
        if attempt.mechanism != "EXTERNAL" and attempt.secret != PASSWORD:
            return Outcome(None, WRONG, hang_up=attempt.failures >= 2)
        boxes = [Mailbox(Address.parse(a), Kind.PER, "mailiz", QUOTA) for a in (acting_for, member)]
        return Outcome(Identity(boxes[0], boxes[1], frozenset({Factor.PASSWORD})), PASSED)


@dataclass
class House:
    """A running door and everything around it."""

    door: ImapDoor
    listener: Listener
    store: Store
    journal: Journal
    clock: Clock
    porter: Porter
    _clients: list[Client] = field(default_factory=list)

    async def stranger(self) -> Client:
        """A greeted connection, not signed in."""
        client = await Client.connect(self.listener.port)
        self._clients.append(client)
        return client

    async def client(self, user: str = "paul.vial@medecin.mssante.fr") -> Client:
        """A signed-in connection."""
        client = await self.stranger()
        await client.sign_in(user)
        return client

    async def talk(self, script: str, *, clients: int = 1) -> list[Client]:
        """Play a script over fresh signed-in connections to one mailbox."""
        speakers = [await self.client() for _ in range(clients)]
        await talk(speakers, script)
        return speakers

    async def leave(self) -> None:
        """Close all clients."""
        for client in self._clients:
            await client.close()


OpenHouse = Callable[..., "contextlib.AbstractAsyncContextManager[House]"]


@contextlib.asynccontextmanager
async def a_house(store: Store, *, settings: ImapSettings | None = None, tls: ServerTls | None = None,
                  implicit: bool = False, mailiz: ImapSettings | None = None) -> AsyncIterator[House]:
    """A door that lets sign in without TLS unless it is given TLS. ``mailiz`` are settings of that operator."""
    clock = Clock(datetime(2026, 11, 22, 20, 0, tzinfo=UTC), frozen=True)
    journal, porter = Journal(clock), Porter()
    settings = settings or ImapSettings(clear_is_private=tls is None)
    door = ImapDoor("imaps" if implicit else "imap", porter, store, journal, clock, settings,
                    {"mailiz": mailiz} if mailiz else None)
    gate = Gate(max_per_address=500)
    async with Listener("127.0.0.1", 0, door.protocol, tls, gate=gate, implicit=implicit) as listener:
        house = House(door, listener, store, journal, clock, porter)
        yield house
        await house.leave()
        await door.close()


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store of each kind."""
    made: Store = SqliteStore(tmp_path / "mail.db") if request.param == "sqlite" else MemoryStore()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def memory() -> AsyncIterator[Store]:
    """An open store in memory, for tests that look at the door alone."""
    made = MemoryStore()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    """A door before each kind of store."""
    async with a_house(store) as made:
        yield made


@pytest.fixture
async def quick_house(memory: Store) -> AsyncIterator[House]:
    """A door before the store in memory."""
    async with a_house(memory) as made:
        yield made
