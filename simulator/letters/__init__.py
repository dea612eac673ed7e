"""Documents of a patient's care on demand: realistic, invented, and the same again for the same seed (F20).

``compose`` gives a document in all its forms: PDF/A, CDA level 1 and 3, archive; ``mail`` the letter around it.
The libraries for PDF and XML are loaded when a form is first asked for.
"""

from __future__ import annotations

from datetime import datetime

from simulator.letters.case import occasion
from simulator.letters.document import FORMS, Document, Form, archive
from simulator.letters.kinds import KINDS, Kind, find
from simulator.letters.mail import MailForm, compose_mail, mail
from simulator.letters.people import subject, writer
from simulator.letters.typography import in_france
from simulator.model.mailbox import Patient, Person, Structure

__all__ = [
    "FORMS", "KINDS", "Document", "Form", "Kind", "MailForm", "archive", "compose", "compose_mail", "find", "mail",
]


def compose(
    kind: str | Kind,
    *,
    patient: Patient,
    author: Person,
    structure: Structure | None = None,
    seed: int = 1,
    now: datetime,
    prescriber: str = "",
) -> Document:
    """A document of that kind: a name of ``KINDS`` or its LOINC code.

    With the same patient and seed, all kinds tell the same story: what is prescribed is dispensed. ``structure`` is
    where the author works; without one they have a practice of their own. ``prescriber`` is who prescribed what a
    pharmacy dispenses, invented unless given. Raises ValueError for a kind that does not exist."""
    chosen = find(kind)
    case = occasion(chosen.name, subject(patient), writer(author, structure), in_france(now), seed, prescriber)
    return Document(chosen, case)
