"""Patients: their profiles, documents, pharmacies and messages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from simulator.controls.contents import Contents, File
from simulator.controls.patients.conversations import Conversation as Held
from simulator.controls.patients.documents import Document as Kept
from simulator.controls.patients.mails import Mail
from simulator.controls.patients.pharmacies import Pharmacy as Seen
from simulator.controls.patients.profiles import holder
from simulator.model.document import OF_THE_PATIENT
from simulator.model.mailbox import Mailbox
from simulator.web.shapes.base import Body, Given, Name, Taken, example, examples, moment
from simulator.web.shapes.messages import Octets, OneLine
from simulator.web.shapes.space import Line

ZOE = "275126322074974"
PHARMACY = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"
DOCTOR = "paul.vial@medecin.mssante.fr"
Id = Annotated[str, Field(min_length=1, max_length=40)]


class Patient(Given):
    """The holder of a space."""

    model_config = ConfigDict(json_schema_extra=example(
        ins=ZOE, name="Zoé ADRUN", address=f"{ZOE}@patient.mssante.fr", state="open", birth_date="1975-12-31",
        birth_name="ADRUN", given_names="ZOE", sex="F", birth_place="63220", oid="1.2.250.1.213.1.4.10", minor=False,
        caregivers=["Luc ADRUN"], notify_by="e-mail", contact="zoe.adrun@courriel.example", unread=1,
    ))

    ins: str = Field(description="Matricule of the INS with its key: 15 characters.")
    name: str
    address: str
    state: str = Field(description="open, not activated, closed, opposed or suspended.")
    birth_date: str
    birth_name: str
    given_names: str
    sex: str
    birth_place: str = Field(description="COG code.")
    oid: str = Field(description="Which authority gave the matricule.")
    minor: bool
    caregivers: list[str]
    notify_by: str = Field(description="e-mail, push or none.")
    contact: str = Field(description="Where notifications would go; nothing is ever sent there.")
    unread: int = Field(description="Messages that were not opened yet.")


class Patients(Given):
    """Every patient."""

    items: list[Patient]


class Notification(Given):
    """The patient was told of a new message; nothing really left."""

    model_config = ConfigDict(json_schema_extra=example(
        at="2026-11-24T06:40:00Z", by="e-mail", address="zoe.adrun@courriel.example", message_id="<1@x>"))

    at: datetime
    by: str
    address: str
    message_id: str


class Notifications(Given):
    """Oldest first."""

    items: list[Notification]


class Pharmacy(Given):
    """A pharmacy as the patient sees it."""

    model_config = ConfigDict(json_schema_extra=example(
        structure="tilleuls", name="Pharmacie des Tilleuls", national_id="1990000010", mailbox=PHARMACY, offered=True,
        why="offered", reason="Vous y avez fait délivrer des médicaments depuis moins d'un an.",
        last_dispensing="2026-11-10",
    ))

    structure: str
    name: str
    national_id: str
    mailbox: str | None = Field(description="Its organisational mailbox.")
    offered: bool = Field(description="The patient may write first (F12, F13).")
    why: str = Field(description="offered, never-dispensed, not-reimbursed, too-long-ago, no-organisational-mailbox, "
                     "mailbox-closed, not-published or domain-not-listed.")
    reason: str = Field(description="The same in French.")
    last_dispensing: date | None


class Pharmacies(Given):
    """Those that are offered first."""

    items: list[Pharmacy]


class PatientDocument(Given):
    """A document of the space."""

    model_config = ConfigDict(json_schema_extra=example(
        id="c0", title="Ordonnance", code="57833-6", kind="Prescription de produits de santé", author="Dr Paul Vial",
        name="ordonnance.pdf", type="application/pdf", date="2026-11-20", source="configuration", size=48213,
    ))

    id: str
    title: str
    code: str = Field(description="Type of document (JDV_J07).")
    kind: str = Field(description="The same for people.")
    author: str
    name: str = Field(description="File name.")
    type: str = Field(description="Media type.")
    date: str
    source: str = Field(description="configuration, patient or message.")
    size: int = Field(description="Octets.")


class PatientDocuments(Given):
    """Newest act first."""

    items: list[PatientDocument]


class DocumentToBe(Body):
    """A file that the patient puts in the space."""

    model_config = ConfigDict(json_schema_extra=examples(
        {"name": "ordonnance.jpg", "content": "/9j/4AAQSkZJRg==", "title": "Ordonnance manuscrite"}))

    name: Annotated[str, Field(min_length=1, max_length=200, description="pdf, txt, rtf, jpg, jpeg, tiff or tif.")]
    content: Octets = Field(description="The file in Base64, 5 MiB at most.")
    title: Line = ""
    code: Annotated[str, Field(max_length=40)] = OF_THE_PATIENT.code


class AttachedFile(Body):
    """A file that goes with a message."""

    name: Annotated[str, Field(min_length=1, max_length=200,
                               description="jpg, jpeg, tiff, png, txt, pdf, rtf or doc.")]
    content: Octets = Field(description="The file in Base64.")


class Writing(Body):
    """The three steps, or an answer. What is not given is prefilled."""

    model_config = ConfigDict(json_schema_extra=examples(
        {"to": PHARMACY, "documents": ["c0"]},
        {"to": PHARMACY, "subject": "Question", "body": "Avez-vous ce médicament en stock ?"}))

    to: Name | None = Field(None, description="Address of a pharmacy that is offered, or of somebody who wrote.")
    subject: OneLine | None = None
    body: Annotated[str, Field(max_length=100_000)] | None = None
    documents: list[Id] = Field([], max_length=50, description="Ids of documents of the space.")
    files: list[AttachedFile] = Field([], max_length=50)
    in_reply_to: Annotated[str, Field(min_length=1, max_length=998)] | None = Field(
        None, description="Id or Message-ID of the message that is answered.")
    reply_all: bool = False
    caregiver: Line | None = Field(None, description="Who writes in the patient's place.")

    @model_validator(mode="after")
    def goes_somewhere(self) -> Self:
        """Somebody is written to."""
        if self.to is None and self.in_reply_to is None:
            raise ValueError("nobody is written to: give to, or in_reply_to")
        return self


class Prefill(Taken):
    """What the third step is about."""

    to: Name | None = Field(None, description="Address of the pharmacy.", examples=[PHARMACY])
    documents: list[Id] = Field([], max_length=50, description="Ids of documents.", examples=[["c0"]])
    files: int = Field(0, ge=0, le=50, description="How many files from elsewhere go with it.", examples=[1])


class Draft(Given):
    """What the third step proposes."""

    model_config = ConfigDict(json_schema_extra=example(
        subject="Document de Zoé ADRUN", body="Bonjour,\n\nJe vous transmets le document ci-joint.", reminder=""))

    subject: str
    body: str
    reminder: str = Field(description="Told beside it, in French; empty when there is nothing to remember.")


class SentMessage(Given):
    """A message that left."""

    model_config = ConfigDict(json_schema_extra=example(
        id="31.2", message_id="<8f…@patient.mssante.fr>", to=[PHARMACY], subject="Document de Zoé ADRUN", reminder=""))

    id: str
    message_id: str
    to: list[str]
    subject: str
    reminder: str


class FileInMessage(Given):
    """An attached file."""

    place: int = Field(description="From 0: what the calls on files take.")
    name: str
    type: str
    size: int = Field(description="Octets.")
    is_xdm: bool = Field(description="An archive of health documents, which can be looked into.")


class PatientMessage(Given):
    """A message as the patient sees it."""

    model_config = ConfigDict(json_schema_extra=example(
        id="30.4", conversation="30.4", incoming=True, at="2026-11-24T06:40:00Z", author="Dr Paul Vial",
        address=DOCTOR, to=[f"{ZOE}@patient.mssante.fr"], subject="Compte rendu", message_id="<1@medecin.mssante.fr>",
        opened=False, asks_receipt=True, receipt_at=None, closes=False, can_answer=True, why_not="",
        others=[],
    ))

    id: str
    conversation: str = Field(description="Id of the conversation that it belongs to.")
    incoming: bool
    at: datetime
    author: str
    address: str | None
    to: list[str]
    subject: str
    message_id: str
    opened: bool
    asks_receipt: bool
    receipt_at: datetime | None = Field(description="When the receipt went out.")
    closes: bool = Field(description="It ended the exchange: [FIN].")
    can_answer: bool
    why_not: str = Field(description="Why it takes no answer, in French.")
    others: list[str] = Field(description="Who else an answer to all reaches: those who may be written to.")
    text: str | None = Field(None, description="Only when one message is asked for, or opened.")
    has_html: bool | None = None
    files: list[FileInMessage] | None = None
    receipt_to: str | None = Field(None, description="Who was told at this moment; only when it is opened.")


class PatientMessages(Given):
    """Oldest first."""

    items: list[PatientMessage]


class Conversation(Given):
    """A thread with one correspondent."""

    model_config = ConfigDict(json_schema_extra=example(
        id="30.4", subject="Compte rendu", name="Dr Paul Vial", correspondent=DOCTOR, state="open", ended_by="",
        answerable="30.4", unread=1, messages=[]))

    id: str
    subject: str
    name: str = Field(description="The correspondent, for people.")
    correspondent: str | None = Field(description="Where an answer goes.")
    state: str = Field(description="none, open, no reply or closed.")
    ended_by: str = Field(description="Who ended the exchange after the last message.")
    answerable: str | None = Field(description="Id of the newest message that takes an answer.")
    unread: int
    messages: list[PatientMessage]


class Conversations(Given):
    """The one with the newest message first."""

    items: list[Conversation]


class Saving(Body):
    """What to keep of an attached file."""

    model_config = ConfigDict(json_schema_extra=examples({}, {"document": 0}))

    document: int | None = Field(None, ge=0, le=1000, description="Of an archive: which document, from 0.")


def patient(box: Mailbox, unread: int) -> dict[str, Any]:
    """A profile as JSON values."""
    person = holder(box)
    named = ("ins", "birth_date", "birth_name", "given_names", "sex", "birth_place", "oid", "minor", "contact")
    return {
        **{name: getattr(person, name) for name in named}, "name": person.full_name, "address": str(box.address),
        "state": box.status.value, "caregivers": list(person.caregivers), "notify_by": person.notify_by.value,
        "unread": unread,
    }


def pharmacy(seen: Seen) -> dict[str, Any]:
    """A pharmacy as JSON values."""
    return {
        "structure": seen.structure.id, "name": seen.structure.name, "national_id": seen.structure.national_id,
        "mailbox": str(seen.mailbox) if seen.mailbox is not None else None, "offered": seen.offered,
        "why": seen.why.value, "reason": seen.reason, "last_dispensing": seen.last_dispensing,
    }


def document(kept: Kept) -> dict[str, Any]:
    """A document as JSON values."""
    about = kept.about
    return {
        "id": kept.id, "title": about.title, "code": about.code, "kind": kept.kind, "author": about.author,
        "name": about.name, "type": kept.type, "date": about.date, "source": about.source, "size": kept.size,
    }


def message(mail: Mail, conversation: str, held: Contents | None = None) -> dict[str, Any]:
    """A message as JSON values; with what it holds when it is given."""
    told: dict[str, Any] = {
        "id": mail.id, "conversation": conversation, "incoming": mail.incoming, "at": moment(mail.at),
        "author": mail.author, "address": str(mail.sender) if mail.sender is not None else None,
        "to": list(map(str, mail.to)), "subject": mail.subject, "message_id": mail.message_id, "opened": mail.opened,
        "asks_receipt": mail.asks_receipt,
        "receipt_at": moment(mail.receipt_at) if mail.receipt_at is not None else None, "closes": mail.closes,
        "can_answer": mail.can_answer, "why_not": mail.why_not,
        "others": list(map(str, mail.others)),
    }
    if held is not None:
        told |= {"text": held.text, "has_html": bool(held.html), "files": [file(one) for one in held.files]}
    return told


def file(one: File) -> dict[str, Any]:
    """An attached file as JSON values."""
    return {"place": one.place, "name": one.name, "type": one.type, "size": len(one.content), "is_xdm": one.is_xdm}


def conversation(held: Held) -> dict[str, Any]:
    """A conversation as JSON values."""
    return {
        "id": held.id, "subject": held.subject, "name": held.name, "state": held.state, "ended_by": held.ended_by,
        "correspondent": str(held.correspondent) if held.correspondent is not None else None,
        "answerable": held.answerable.id if held.answerable is not None else None, "unread": held.unread,
        "messages": [message(mail, held.id) for mail in held.mails],
    }
