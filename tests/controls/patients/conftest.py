"""A patient's space, with everything real but doors and wires."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.controls.patients.patients import Patients
from tests.builders import DOCTOR, PATIENT, PHARMACY, address
from tests.controls.conftest import Ruled, ruled

ZOE = "275126322074974"
DOMINIQUE = "279035121518989"
CORSICAN = "781102A12500908"
NOT_ACTIVATED = "285029999900279"
CLOSED = "248059999900396"


@dataclass(slots=True)
class Space:
    """What tests of patients need at hand."""

    it: Ruled
    patients: Patients

    async def writes(self, author: str, *more: str, to: str = PATIENT, subject: str = "Compte rendu",
                     number: int = 1) -> None:
        """A professional's message reaches a patient."""
        person = "isabelle.fontaine@pharmacie.bfc.mssante.fr" if author == PHARMACY else author
        visit = await self.it.house.signed_in(person, author if author == PHARMACY else None)
        body = "\r\n".join([f"From: {author}", f"To: {to}", f"Subject: {subject}",
                            f"Message-ID: <{number}@test.example>", *more, "", "Bonjour.", ""]).encode()
        verdict = await self.it.house.send(visit, author, [to], body)
        assert not verdict.refused, verdict
        await self.it.house.outbox.settle()

    async def settle(self) -> None:
        """Nothing is on its way."""
        await self.it.house.outbox.settle()

    def inbox(self, mailbox: str) -> list[bytes]:
        """Messages in INBOX."""
        return self.it.house.inbox(mailbox)

    def exchange(self, correspondent: str = DOCTOR) -> str:
        """State between Zoé and somebody."""
        return self.it.house.space.exchange(self.patients.profiles.get(ZOE), address(correspondent))


@pytest.fixture
async def mes(tmp_path: Path) -> AsyncIterator[Space]:
    """The default space and its patients."""
    async with ruled(tmp_path) as it:
        yield Space(it, it.controls.patients)
