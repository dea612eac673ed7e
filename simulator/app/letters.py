"""The ready-made letters that the configuration puts in patients' spaces."""

from __future__ import annotations

from datetime import date

from simulator.controls.letters import author_of, written_on
from simulator.controls.patients.documents import MadeDocument
from simulator.model.address import Address
from simulator.model.document import ConfiguredDocument
from simulator.model.mailbox import Mailbox
from simulator.space import TrustSpace


def document(space: TrustSpace, box: Mailbox, wanted: ConfiguredDocument) -> MadeDocument:
    """Write the letter, always the same one for the same day and seed."""
    from simulator import letters

    assert box.patient is not None
    mailbox = space.mailbox(Address.parse(wanted.author))
    made = letters.compose(
        wanted.letter, patient=box.patient, author=author_of(space, mailbox),
        structure=mailbox.structure if mailbox is not None else None, seed=wanted.seed or 1,
        now=written_on(date.fromisoformat(wanted.date)),
    )
    return MadeDocument(made.title, made.code, made.author, made.file_name, "application/pdf", made.pdf)
