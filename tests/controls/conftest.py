"""Controls of a trust space with everything real but doors and wires: SQLite, authority, outbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.app import identities
from simulator.clock import Clock
from simulator.controls.controls import Controls
from simulator.controls.patients.documents import MadeDocument
from simulator.controls.states import ConfiguredState
from simulator.model.document import ConfiguredDocument
from simulator.model.mailbox import Mailbox
from simulator.outbox import Connect, RelaySettings
from simulator.pki.authority import Authority
from simulator.pki.keys import KeyType
from simulator.store.interface import Store
from simulator.store.sqlite import SqliteStore
from simulator.visit import Reception
from tests.builders import House, a_clock, a_space, an_office, dn_of, the_configuration


def a_letter_of(box: Mailbox, wanted: ConfiguredDocument) -> MadeDocument:
    """A ready-made letter, quickly made."""
    return MadeDocument(wanted.letter.title(), "57833-6", wanted.author, f"{wanted.letter}.pdf", "application/pdf",
                        b"%PDF-1.7 " + wanted.letter.encode())


@dataclass(slots=True)
class Ruled:
    """Controls, and the house they rule."""

    controls: Controls
    house: House
    authority: Authority
    renewed: list[str]
    """Grows with every renewal of certificates."""

    @property
    def store(self) -> Store:
        """Where the mail is."""
        return self.house.store


@asynccontextmanager
async def ruled(
    data: Path, *, clock: Clock | None = None, connect: Connect | None = None, settings: RelaySettings | None = None
) -> AsyncIterator[Ruled]:
    """The default space at work on a data folder."""
    configuration = the_configuration()
    clock = clock or a_clock()
    store = SqliteStore(data / "mail.sqlite3")
    await store.open()
    space = a_space(store=store, clock=clock)
    await asyncio.gather(*(
        store.ensure_mailbox(key, space.operators[box.operator].folders) for key, box in space.mailboxes.items()))
    authority = Authority.open(data / "pki", clock.now, KeyType.ECDSA_P256)
    renewed: list[str] = []

    async def renew() -> None:
        renewed.append("renewed")

    def configured() -> ConfiguredState:
        listed = {d.name: (dn_of(o.name),) for o in configuration.operators for d in o.domains if d.listed}
        return ConfiguredState(configuration.mailboxes, listed)

    async with an_office(space=space, store=store, clock=clock, connect=connect, settings=settings) as house:
        controls = Controls(
            space=space, store=store, journal=house.journal, clock=clock, outbox=house.outbox,
            closings=house.closings, authority=authority, book=house.book,
            requests=lambda holder: identities.papers(holder, space.operators),
            configured=configured, data=data, structures=configuration.structures, quota=1000, renew=renew,
            reception=Reception(house.office), receipts=house.receipts, make_document=a_letter_of,
        )
        yield Ruled(controls, house, authority, renewed)
    await store.close()


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Ruled]:
    """The default space, frozen at the start of every test."""
    async with ruled(tmp_path) as space:
        yield space
