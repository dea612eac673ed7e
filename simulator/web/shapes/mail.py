"""What the page of a professional's mailbox sends and is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from simulator.controls.webmail.correspondents import Correspondent
from simulator.controls.webmail.drafting import How, Prefilled
from simulator.controls.webmail.reading import Mail, Opened, Shelf
from simulator.controls.webmail.records import Record
from simulator.controls.webmail.writing import MOST_FILES, MOST_RECIPIENTS, Written
from simulator.mime.writing import Attached
from simulator.model.document import XDM_PREFIX
from simulator.web.shapes import archives
from simulator.web.shapes.base import Body, Name, Taken, moment
from simulator.web.shapes.messages import Octets
from simulator.web.shapes.patients import file
from simulator.xdm import Archive

__all__ = ["Asked", "End", "Marks", "Moving", "ToWrite", "archive", "mail", "opened", "people", "prefilled", "record",
           "shelf"]

_LABELS = {
    "INBOX": "Réception", "\\Sent": "Envoyés", "\\Drafts": "Brouillons", "\\Archive": "Archives",
    "\\Junk": "Indésirables", "\\Trash": "Corbeille",
}


class Asked(Taken):
    """Which page of a folder."""

    folder: Annotated[str, Field(max_length=100)] = "INBOX"
    words: Annotated[str, Field(max_length=200)] = ""
    start: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(30, ge=1, le=100)


class Marks(Body):
    """What changes; the rest stays."""

    seen: bool | None = None
    flagged: bool | None = None


class Moving(Body):
    """Where to."""

    to: Annotated[str, Field(min_length=1, max_length=100)]


class End(Body):
    """Whose exchange ends."""

    patient: Name
    answers: Annotated[str, Field(max_length=40)] = ""


class AttachedFile(Body):
    """A file of the person's own machine."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    content: Octets


class ToWrite(Body):
    """A message as typed."""

    to: list[Name] = Field(max_length=MOST_RECIPIENTS)
    cc: list[Name] = Field([], max_length=MOST_RECIPIENTS)
    subject: Annotated[str, Field(max_length=900)] = ""
    text: Annotated[str, Field(max_length=500_000)] = ""
    files: list[AttachedFile] = Field([], max_length=MOST_FILES)
    answers: Annotated[str, Field(max_length=40)] = ""
    how: Annotated[How, Field(strict=False)] = How.REPLY
    kept_files: list[int] = Field([], max_length=MOST_FILES)
    wants_receipt: bool = False
    takes_no_answer: bool = False

    def written(self) -> Written:
        """For the controls."""
        return Written(
            self.to, self.subject, self.text, self.cc, [Attached(one.name, "", one.content) for one in self.files],
            self.answers, self.how, self.kept_files, self.wants_receipt, self.takes_no_answer)


def shelf(found: Shelf) -> dict[str, Any]:
    """A folder."""
    folder = found.folder
    use = "INBOX" if folder.name == "INBOX" else folder.special_use or ""
    return {"id": str(folder.id), "name": folder.name, "use": use, "label": _LABELS.get(use, folder.name),
            "messages": found.messages, "unseen": found.unseen}


def person(found: Correspondent) -> dict[str, Any]:
    """Somebody."""
    told: dict[str, Any] = {"name": found.name, "address": str(found.address) if found.address is not None else None,
                            "sort": found.sort.value, "where": found.where}
    if found.traits is not None:
        traits = found.traits
        told["patient"] = {"ins": traits.ins, "birth_name": traits.birth_name, "given_name": traits.given_name,
                           "birth_date": traits.birth_date, "sex": traits.sex, "is_known": traits.is_known}
    return told


def people(found: Iterable[Correspondent]) -> list[dict[str, Any]]:
    """Several."""
    return [person(one) for one in found]


def mail(found: Mail) -> dict[str, Any]:
    """A line of the list."""
    said, flags = found.summary, found.message.flags
    return {
        "id": found.id, "folder": str(found.folder.id), "at": moment(found.message.internal_date),
        "size": found.message.size, "author": person(said.author), "to": people(said.to), "cc": people(said.cc),
        "subject": said.subject, "raw_subject": said.raw_subject, "nature": said.nature.value,
        "unread": "\\Seen" not in flags, "flagged": "\\Flagged" in flags, "answered": "\\Answered" in flags,
        "has_files": said.has_files, "receipt_to": str(said.receipt_to) if said.receipt_to is not None else None,
        "takes_no_answer": said.takes_no_answer, "message_id": said.message_id,
    }


def opened(found: Opened) -> dict[str, Any]:
    """An opened message."""
    held = found.contents
    return {
        **mail(found.mail), "text": held.text, "has_html": bool(held.html), "files": [file(one) for one in held.files],
        "exchange": found.exchange, "receipt_at": moment(found.receipt_at) if found.receipt_at is not None else None,
        "opened_by": [{"name": name, "at": moment(at)} for name, at in found.opened_by],
    }


def prefilled(found: Prefilled) -> dict[str, Any]:
    """What the composer begins with."""
    return {"to": people(found.to), "cc": people(found.cc), "subject": found.subject, "text": found.text,
            "files": [file(one) for one in found.files]}



def record(found: Record) -> dict[str, Any]:
    """A line of the audit trail."""
    event = found.event
    return {"seq": event.seq, "at": moment(event.at), "kind": event.kind, "person": found.person,
            "address": found.address, "what": found.what, "story": event.story,
            "subject": str(event.facts.get("subject") or "").removeprefix(XDM_PREFIX),
            "door": str(event.facts.get("door") or ""),
            "folder": str(event.facts.get("folder") or "")}


def archive(shown: Archive) -> dict[str, Any]:
    """An opened archive, with the traits of its patient."""
    about = shown.patient
    return {**archives.archive(shown), "patient": None if about is None else {
        "ins": about.matricule, "birth_name": about.birth_name, "given_name": about.first_name,
        "birth_date": about.birth_date, "sex": about.sex, "is_known": True}}
