"""The whole letter around documents, as a program that follows the référentiel writes it (ECO.2.1.3 to 2.4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from simulator.letters.document import Document, Form, archive, invented_oid, patient_in_subject
from simulator.letters.typography import long_date
from simulator.model.document import ARCHIVE_NAME, XDM_PREFIX
from simulator.model.mailbox import Kind, Mailbox

LONGEST_LABEL = 40
NIL = "SIMU0001"
"""X-MSS-NIL: the reference number of a product. Real ones come from convergence.esante.gouv.fr."""

UNFOLDED = SMTP.clone(max_line_length=200)
"""The standard library breaks a subject of 79 characters before its first word, and readers then see a blank there."""

MailForm = Form | Literal["pdf"]


def mail(
    documents: Document | Sequence[Document],
    *,
    sender: Mailbox,
    to: Iterable[str],
    date: datetime,
    form: MailForm = "n1",
    text: str = "",
    headers: dict[str, str] | None = None,
) -> bytes:
    """The message, with CRLF. ``form`` ``pdf`` leaves the archive out, and what belongs to it.

    ``headers`` are added, or take the place of those made here; the same arguments give the same octets.
    Raises ValueError for no document or several patients."""
    return compose_mail(documents, sender=sender, to=to, date=date, form=form, text=text, headers=headers).as_bytes()


def compose_mail(
    documents: Document | Sequence[Document],
    *,
    sender: Mailbox,
    to: Iterable[str],
    date: datetime,
    form: MailForm = "n1",
    text: str = "",
    headers: dict[str, str] | None = None,
) -> EmailMessage:
    """Like ``mail``, for the standard library."""
    several = [documents] if isinstance(documents, Document) else list(documents)
    recipients = list(to)
    packed = None if form == "pdf" else archive(several, form)
    subject = plain_subject(several) if packed is None else archive_subject(several)
    digest = _digest(several, recipients, date, form)
    message = EmailMessage(policy=UNFOLDED if subject.isascii() else SMTP)
    message["From"] = Address(display_name(sender), addr_spec=str(sender.address))
    message["To"] = ", ".join(recipients)
    message["Subject"] = subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{digest}@{sender.address.domain}>"
    if packed is not None:
        message["X-MSS-CODECDA"] = ",".join(one.code for one in several)
        message["X-MSS-INS"] = "O" if all(one.case.subject.identity.qualified for one in several) else "N"
    message["X-MSS-NIL"] = NIL
    for name, value in (headers or {}).items():
        del message[name]
        message[name] = value
    message.set_content(text or _text(several), cte="quoted-printable")
    if packed is not None:
        message.add_attachment(packed, maintype="application", subtype="zip", filename=ARCHIVE_NAME)
    for one in several:
        message.add_attachment(one.pdf, maintype="application", subtype="pdf", filename=one.file_name)
    message.set_boundary(f"----=_{digest}")
    return message


def display_name(sender: Mailbox) -> str:
    """``Dr_Paul_VIAL_Cabinet`` for a person, the name of the team for others (ECO.2.2.7)."""
    person = sender.owner
    if sender.kind not in (Kind.PER, Kind.CAB) or person is None:
        return sender.description or sender.display_name
    entity = sender.structure.name if sender.structure else ""
    parts = (person.title.rstrip("."), person.given_name, person.family_name.upper(), entity)
    return "_".join(part for part in parts if part)


def archive_subject(documents: Sequence[Document]) -> str:
    """``XDM/1.0/DDM+Note de vaccination ADRUN Zoe 31/12/1975`` (ECO.2.1.3)."""
    label = documents[0].label[:LONGEST_LABEL].strip() if len(documents) == 1 else f"{len(documents)} documents"
    return f"{XDM_PREFIX}{label} {patient_in_subject(documents[0])}"


def plain_subject(documents: Sequence[Document]) -> str:
    """``Ordonnance – Zoé ADRUN``."""
    subject = documents[0].case.subject
    return f"{' et '.join(one.title for one in documents)} – {subject.given_name} {subject.family_name}"


def _text(documents: Sequence[Document]) -> str:
    first = documents[0]
    subject = first.case.subject
    names = "\n".join(f"- {one.title} du {long_date(one.written.date())}" for one in documents)
    here = "le document suivant" if len(documents) == 1 else "les documents suivants"
    return (f"Bonjour,\n\nVeuillez trouver ci-joint {here} concernant {subject.civility} {subject.given_name} "
            f"{subject.family_name} :\n{names}\n\nCordialement,\n{first.author}\n{first.case.writer.structure.name}\n\n"
            "Message fictif envoyé par un simulateur MSSanté.\n")


def _digest(documents: Sequence[Document], to: Sequence[str], date: datetime, form: str) -> str:
    """Differs when anything about the letter does."""
    about = [f"{one.code} {one.case.subject.identity.matricule} {one.case.seed} {one.written}" for one in documents]
    return invented_oid(" ".join((*about, *to, date.isoformat(), form))).rpartition(".")[2]
