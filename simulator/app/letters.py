"""The ready-made letters that the configuration puts in patients' spaces."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from simulator.controls.patients.documents import MadeDocument
from simulator.model.address import Address
from simulator.model.document import ConfiguredDocument
from simulator.model.mailbox import Mailbox, Person
from simulator.space import TrustSpace

_SURGERY = time(9, 30)
"""When letters of a day are written; in France."""


def document(space: TrustSpace, box: Mailbox, wanted: ConfiguredDocument) -> MadeDocument:
    """Write the letter, always the same one for the same day and seed."""
    from simulator import letters

    assert box.patient is not None
    mailbox = space.mailbox(Address.parse(wanted.author))
    made = letters.compose(
        wanted.letter, patient=box.patient, author=_author(space, mailbox),
        structure=mailbox.structure if mailbox is not None else None, seed=wanted.seed or 1,
        now=datetime.combine(date.fromisoformat(wanted.date), _SURGERY, ZoneInfo("Europe/Paris")),
    )
    return MadeDocument(made.title, made.code, made.author, made.file_name, "application/pdf", made.pdf)


def _author(space: TrustSpace, mailbox: Mailbox | None) -> Person:
    """The holder, or who is responsible for a team; somebody invented when the mailbox went meanwhile."""
    if mailbox is not None and mailbox.owner is not None:
        return mailbox.owner
    responsible = space.mailbox(mailbox.responsible) if mailbox is not None and mailbox.responsible else None
    if responsible is not None and responsible.owner is not None:
        return responsible.owner
    return Person("Camille", "Durand", "899700999991", "10", "Dr")
