"""The other side of a patient's page: the pharmacy's software, by real IMAP and SMTP, in a thread."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from lgo import Door, Lgo
from simulator.app import Simulator
from tests.builders import a_code
from tests.web.conftest import DOCTOR, ISABELLE, TEAM

ZOE = "275126322074974"
PATIENT = f"{ZOE}@patient.mssante.fr"


def trust(sim: Simulator) -> ssl.SSLContext:
    """A client's context that knows the authority of the space."""
    return ssl.create_default_context(cadata=b"".join(sim.authority.authorities).decode("ascii"))


class Officine:
    """The pharmacy des Tilleuls, through the account of one member with a one-time code."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim
        self._trust = trust(sim)
        self._lgo = Lgo(TEAM, reading=self._door("imaps"), sending=self._door("submission"))

    def _door(self, name: str) -> Door:
        return Door("localhost", self._sim.ports[name], f"{TEAM}*{ISABELLE}", self._password, self._trust)

    def _password(self) -> str:
        return "fontaine-tilleuls" + a_code(ISABELLE, self._sim.clock.now())

    async def unread(self) -> list[EmailMessage]:
        """What arrived, by IMAP; it counts as read afterwards."""
        await self._sim.settle()
        return await asyncio.to_thread(self._lgo.unread)

    async def answers(self, question: EmailMessage, text: str) -> None:
        """By SMTP, asking to be told when it is read."""
        await asyncio.to_thread(self._lgo.answer, question, text, receipt=True)
        await self._sim.settle()

    async def ends(self, question: EmailMessage) -> None:
        """With the subject ``[FIN]``."""
        await asyncio.to_thread(self._lgo.end_exchange, question)
        await self._sim.settle()

    async def writes(self, letter: EmailMessage) -> None:
        """A letter of its own."""
        await submit(self._sim, letter, f"{TEAM}*{ISABELLE}", self._password())


def letter(sender: str, subject: str, text: str, *, html: str = "", to: Sequence[str] = (PATIENT,)) -> EmailMessage:
    """To Zoé, unless told otherwise."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, ", ".join(to), subject
    made["Message-ID"] = make_msgid(domain="mssante.example")
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


async def submit(sim: Simulator, message: EmailMessage, user: str = DOCTOR, password: str = "vial-medecin") -> None:
    """Through the submission door, as any mail program does; back when it has reached its mailboxes."""

    def send() -> None:
        with smtplib.SMTP("localhost", sim.ports["submission"], timeout=20) as smtp:
            smtp.starttls(context=trust(sim))
            smtp.login(user, password)
            smtp.send_message(message)

    await asyncio.to_thread(send)
    await sim.settle()
