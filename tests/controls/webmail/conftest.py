"""The team's mailbox of a pharmacy, with everything real but doors and wires."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from simulator.controls.webmail.reading import Mail, Page
from simulator.controls.webmail.webmail import Webmail
from simulator.model.mailbox import Identity
from tests.builders import DOCTOR, PHARMACY, an_identity
from tests.controls.conftest import Ruled, ruled

ISABELLE = "isabelle.fontaine@pharmacie.bfc.mssante.fr"
KARIM = "karim.benali@pharmacie.bfc.mssante.fr"
ZOE = "275126322074974"


@dataclass(slots=True)
class Counter:
    """What tests of the webmail need at hand."""

    it: Ruled
    mail: Webmail
    who: Identity
    """Isabelle, for the pharmacy."""
    karim: Identity
    doctor: Identity

    async def gets(self, *header: str, text: str = "Bonjour.", author: str = DOCTOR, into: str = PHARMACY) -> Mail:
        """A message lies in the mailbox, past all rules."""
        named = {line.partition(":")[0] for line in header}
        usual = (f"From: {author}", f"To: {into}", "Subject: Compte rendu", "Message-ID: <1@x.example>")
        given = [line for line in usual if line.partition(":")[0] not in named]
        raw = "\r\n".join([*given, *header, "", text, ""]).encode()
        info = await self.it.controls.messages.inject(into, raw)
        who = self.doctor if into == DOCTOR else self.who
        return await self.mail.reading.mail(who, info.id)

    async def from_zoe(self, subject: str = "Question", body: str = "En stock ?") -> Mail:
        """Zoé writes to the pharmacy."""
        await self.it.controls.patients.journey.send(ZOE, to=PHARMACY, subject=subject, body=body)
        await self.it.house.outbox.settle()
        return (await self.page()).items[0]

    async def page(self, folder: str = "INBOX", words: str = "", start: int = 0, limit: int = 30) -> Page:
        """A page of the pharmacy."""
        return await self.mail.reading.page(self.who, folder, words=words, start=start, limit=limit)

    async def settle(self) -> None:
        """Nothing is on its way."""
        await self.it.house.outbox.settle()

    def arrived(self, mailbox: str) -> list[EmailMessage]:
        """What lies in somebody's INBOX."""
        return [message_from_bytes(raw, policy=default) for raw in self.it.house.inbox(mailbox)]

    def exchange(self) -> str:
        """Between Zoé and the pharmacy."""
        space = self.it.house.space
        return space.exchange(self.it.controls.patients.profiles.get(ZOE), self.who.mailbox.address)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Counter]:
    """The default space, seen from a pharmacy."""
    async with ruled(tmp_path) as it:
        yield Counter(it, it.controls.webmail, an_identity(ISABELLE, PHARMACY), an_identity(KARIM, PHARMACY),
                      an_identity(DOCTOR))
