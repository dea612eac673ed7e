"""The ready-made letters that the configuration puts in patients' spaces."""

from __future__ import annotations

from simulator.controls.patients.documents import MadeDocument
from simulator.model.document import ConfiguredDocument
from simulator.model.mailbox import Mailbox


def document(box: Mailbox, wanted: ConfiguredDocument) -> MadeDocument:
    """Write the letter, always the same one for the same seed."""
    name = f"{wanted.letter}.pdf"
    return MadeDocument(wanted.letter, "57833-6", wanted.author, name, "application/pdf", b"%PDF-1.4 x")
