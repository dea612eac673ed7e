"""Ready-made letters of the people in the space: made on demand, or sent in somebody's name (F20)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from simulator.clock import Clock
from simulator.controls.errors import Invalid, NotFound, nearest
from simulator.controls.looking import Looking
from simulator.controls.patients.profiles import Profiles, holder
from simulator.controls.sending import Sending, address_of
from simulator.model.document import ARCHIVE_NAME, LETTERS
from simulator.model.mailbox import Factor, Identity, Kind, Mailbox, Person
from simulator.space import TrustSpace

if TYPE_CHECKING:
    from simulator.letters import Document

Form = Literal["pdf", "cda", "xdm", "eml"]
_TYPES = {"pdf": "application/pdf", "cda": "application/xml", "xdm": "application/zip", "eml": "message/rfc822"}
_SURGERY = time(9, 30)
"""When a letter of an earlier day was written; in France."""


@dataclass(frozen=True, slots=True)
class MadeLetter:
    """A letter as a file."""

    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that left."""

    message_id: str
    subject: str
    to: tuple[str, ...]


class Letters:
    """Writes what a professional would write about a patient. The same seed tells the same story again."""

    def __init__(self, space: TrustSpace, looking: Looking, profiles: Profiles, sending: Sending, clock: Clock) -> None:
        self._space = space
        self._looking = looking
        self._profiles = profiles
        self._sending = sending
        self._clock = clock

    def kinds(self) -> Sequence[str]:
        """What can be made."""
        return LETTERS

    async def make(
        self, kind: str, *, patient: str, author: str, seed: int = 1, form: Form = "pdf", structured: bool = False,
        day: date | None = None, to: Sequence[str] = (),
    ) -> MadeLetter:
        """One letter as a file: the PDF/A, its CDA (``structured``: level 3), the archive, or the whole mail.

        ``patient`` is an INS, ``author`` a professional's address, ``to`` whom the mail names (else the patient).
        Raises NotFound, Invalid."""
        sender, about = self._looking.mailbox(author), self._profiles.get(patient)
        document = self._document(kind, about, sender, seed, day)
        level: Literal["n1", "n3"] = "n3" if structured else "n1"
        if level not in document.forms and form != "pdf":
            raise Invalid(f"{kind} has no structured form", "ask without structured")
        content = await asyncio.to_thread(self._octets, document, form, level, sender, to or [str(about.address)])
        stem = document.file_name.removesuffix(".pdf")
        names = {"pdf": f"{stem}.pdf", "cda": f"{stem}.xml", "xdm": ARCHIVE_NAME, "eml": f"{stem}.eml"}
        return MadeLetter(names[form], _TYPES[form], content)

    async def send(
        self, kind: str, *, patient: str, author: str, to: Sequence[str], seed: int = 1, archive: bool = True,
        structured: bool = False,
    ) -> SentLetter:
        """Send one in the name of ``author``, with the archive and the PDF beside it, or the PDF alone.

        It leaves through the rules and the relay like any mail. Raises Refused, NotFound, Invalid, StoreError."""
        from simulator import letters
        from simulator.rules.letter import read_letter

        sender, about = self._looking.mailbox(author), self._profiles.get(patient)
        recipients = [address_of(one) for one in to]
        document = self._document(kind, about, sender, seed, None)
        form: letters.MailForm = ("n3" if structured else "n1") if archive else "pdf"
        if form not in ("pdf", *document.forms):
            raise Invalid(f"{kind} has no structured form", "ask without structured")
        body = await asyncio.to_thread(
            letters.mail, document, sender=sender, to=list(map(str, recipients)), date=self._clock.now(), form=form)
        await self._sending.send(self._identity(sender), recipients, body)
        told = read_letter(body)
        return SentLetter(told.message_id, told.subject, tuple(map(str, recipients)))

    def _document(self, kind: str, about: Mailbox, sender: Mailbox, seed: int, day: date | None) -> Document:
        from simulator import letters

        if kind not in LETTERS:
            known = f"known are {', '.join(LETTERS)}"
            raise NotFound(f"there is no letter {kind[:40]}", nearest(kind, LETTERS) or known)
        if sender.kind is Kind.PATIENT:
            raise Invalid(f"{sender.address} is a patient's", "a professional writes letters")
        moment = self._clock.now().replace(microsecond=0) if day is None else written_on(day)
        return letters.compose(kind, patient=holder(about), author=author_of(self._space, sender),
                               structure=sender.structure, seed=seed, now=moment)

    @staticmethod
    def _octets(
        document: Document, form: Form, level: Literal["n1", "n3"], sender: Mailbox, to: Sequence[str]
    ) -> bytes:
        from simulator import letters

        if form == "pdf":
            return document.pdf
        if form == "cda":
            return document.cda(level)
        if form == "xdm":
            return document.archive(level)
        return letters.mail(document, sender=sender, to=to, date=document.written, form=level)

    def _identity(self, sender: Mailbox) -> Identity:
        """Whoever acts for the mailbox: its holder, or a team's first member."""
        account = self._space.mailbox(sender.members[0]) if sender.members else sender
        return Identity(sender, account or sender, frozenset({Factor.PASSWORD, Factor.ONE_TIME_CODE}))


def author_of(space: TrustSpace, mailbox: Mailbox | None) -> Person:
    """Who signs what a mailbox sends: its holder, or who is responsible for a team; somebody invented else."""
    if mailbox is not None and mailbox.owner is not None:
        return mailbox.owner
    signs = space.mailbox(mailbox.responsible) if mailbox is not None and mailbox.responsible is not None else None
    if signs is not None and signs.owner is not None:
        return signs.owner
    return Person("Camille", "Durand", "899700999991", "10", "Dr")


def written_on(day: date) -> datetime:
    """The moment of a letter of that day."""
    return datetime.combine(day, _SURGERY, ZoneInfo("Europe/Paris"))
