"""Messages: which are meant, how they are told, how one is put in."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from simulator.controls.message import MessageInfo
from simulator.controls.query import Query
from simulator.web.shapes.base import Body, Cursor, Given, Name, Seconds, Taken, example, examples, moment

TEAM = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"
DOCTOR = "paul.vial@medecin.mssante.fr"
Part = Annotated[str, Field(max_length=1000)]
OneLine = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]



def _decoded(value: object) -> object:
    """Strict, but for line breaks: a letter that was cut is not taken for a shorter one."""
    if not isinstance(value, str):
        raise ValueError("expected Base64 text")
    try:
        octets = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not Base64 (RFC 4648 4)") from None
    if not octets:
        raise ValueError("holds nothing, expected a whole message")
    return octets


Octets = Annotated[bytes, BeforeValidator(_decoded),
                   WithJsonSchema({"type": "string", "contentEncoding": "base64", "minLength": 4})]


class Filter(Taken):
    """Which messages are meant. Every condition given must hold; texts compare without regard to case."""

    mailbox: Name | None = Field(None, description="Address of the mailbox; every mailbox when absent.",
                                 examples=[TEAM])
    folder: Name | None = Field(None, description="Name of the folder. Absent: every folder when looking, INBOX when "
                                "waiting.", examples=["INBOX"])
    from_: Part | None = Field(None, alias="from", description="Part of the From field.", examples=[DOCTOR])
    to: Part | None = Field(None, description="Part of the To or Cc fields.", examples=[TEAM])
    subject: Part | None = Field(None, description="Part of the subject.", examples=["Bonjour"])
    subject_is: Part | None = Field(None, description="The whole subject, exactly.", examples=["Bonjour"])
    header: Part | None = Field(None, description="Name of a header field, a colon, and a part of its value; the name "
                                "alone asks for the field.", examples=["From: paul.vial"])
    attachment: Part | None = Field(None, description="Part of the name of an attachment.", examples=[".pdf"])
    text: Part | None = Field(None, description="Part of the text.", examples=["ordonnance"])
    unseen: bool | None = Field(None, description="true: not read yet; false: read.", examples=[True])
    after: Cursor | None = Field(None, description="Only what came later: the cursor of an answer, or the id of a "
                                 "message, which counts in its own folder.", examples=["12.0"])

    def query(self, *, limit: int = 50) -> Query:
        """For the controls."""
        name, _, value = (self.header or "").partition(":")
        return Query(
            mailbox=self.mailbox, folder=self.folder, from_=self.from_, to=self.to, subject=self.subject,
            subject_is=self.subject_is, header=(name.strip(), value.strip()) if self.header else None,
            attachment=self.attachment, text=self.text, unseen=self.unseen, after=self.after, limit=limit,
        )


class Look(Filter):
    """A page of messages."""

    since: Cursor | None = Field(None, description="Another word for after.", examples=["12.0"])
    limit: int = Field(50, ge=1, le=500, description="Messages in a page.", examples=[50])

    def query(self, *, limit: int = 50) -> Query:
        """For the controls."""
        wanted = self.model_copy(update={"after": self.after if self.after is not None else self.since})
        return Filter.query(wanted, limit=limit)


class Wait(Filter):
    """Messages that must come."""

    count: int = Field(1, ge=1, le=1000, description="How many must be there.", examples=[1])
    timeout: Seconds = Field(10.0, description="Real seconds to wait.", examples=[10])


class Nothing(Filter):
    """Messages that must not come."""

    within: Seconds = Field(1.0, description="Real seconds to watch.", examples=[0.1])


class Take(Filter):
    """The message to wait for and to remove."""

    model_config = ConfigDict(strict=True, json_schema_extra=example(mailbox=TEAM, subject="Bonjour", timeout=0.1))

    timeout: Seconds = Field(10.0, description="Real seconds to wait.")


class Which(Taken):
    """Whose messages."""

    mailbox: Name | None = Field(None, description="Address of the mailbox; every mailbox when absent.",
                                 examples=[DOCTOR])


class PutIn(Body):
    """A message to be put in a mailbox, past all rules: either its bytes or its parts."""

    model_config = ConfigDict(json_schema_extra=examples(
        {"from": DOCTOR, "to": TEAM, "subject": "Bonjour", "text": "L'ordonnance suit."},
        {"mailbox": TEAM, "raw": "U3ViamVjdDogQm9uam91cg0KDQpMJ29yZG9ubmFuY2Ugc3VpdC4NCg=="},
    ))

    mailbox: Name | None = Field(None, description="Address of the mailbox; the first of `to` when absent.")
    folder: Name = Field("INBOX", description="Name of the folder.")
    flags: list[Annotated[str, Field(max_length=100)]] = Field([], max_length=50,
                                                               description="IMAP flags, such as \\Seen.")
    raw: Octets | None = Field(None, description="The whole message in Base64 (RFC 5322).")
    from_: OneLine | None = Field(None, alias="from", description="An address, with or without a name before it.")
    to: OneLine | Annotated[list[OneLine], Field(max_length=1000)] | None = Field(
        None, description="One address or several.")
    subject: OneLine = ""
    text: str = Field("", description="Plain text.")

    @model_validator(mode="after")
    def is_one_or_the_other(self) -> Self:
        """Bytes or parts, and a mailbox to put them in."""
        parts = self.model_fields_set & {"from_", "to", "subject", "text"}
        if self.raw is not None and (parts or self.mailbox is None):
            raise ValueError("raw goes with mailbox, and without from, to, subject and text")
        if self.raw is None and (self.from_ is None or not self.to):
            raise ValueError("a message without raw needs from and to")
        return self


class Attachment(Given):
    """A part that is not the text."""

    name: str = Field(examples=["ordonnance.pdf"])
    type: str = Field(examples=["application/pdf"])
    size: int = Field(description="Octets.", examples=[48213])


class HeaderField(Given):
    """One header field."""

    name: str
    value: str = Field(description="Decoded.")


class Message(Given):
    """One stored message."""

    model_config = ConfigDict(json_schema_extra=example(
        id="12.3", mailbox=TEAM, folder="INBOX", uid=3, received=1795500000.0, received_at="2026-11-24T06:40:00Z",
        size=1432, flags=[], **{"from": f"Paul VIAL <{DOCTOR}>"}, to=[TEAM], cc=[], subject="Bonjour",
        message_id="<1@medecin.mssante.fr>", date="Tue, 24 Nov 2026 06:39:59 +0000", attachments=[],
        text="L'ordonnance suit.", headers=[{"name": "Subject", "value": "Bonjour"}],
    ))

    id: str
    mailbox: str
    folder: str
    uid: int
    received: float = Field(description="Simulated seconds since 1970.")
    received_at: datetime
    size: int = Field(description="Octets.")
    flags: list[str]
    from_: str = Field(alias="from")
    to: list[str]
    cc: list[str]
    subject: str
    message_id: str
    date: str
    attachments: list[Attachment]
    text: str = Field(description="The plain text, else the HTML as it is; at most 64 KiB.")
    headers: list[HeaderField]
    raw: str | None = Field(None, description="The whole message in Base64, only where it was taken out.")


class Messages(Given):
    """Some messages, oldest first."""

    items: list[Message]


class MessagePage(Messages):
    """A page of messages."""

    cursor: str | None = Field(None, description="Give it as `after` to get what comes next, also what comes later.",
                               examples=["12.3"])


class Removed(Given):
    """How much went."""

    removed: int = Field(examples=[3])


def told(info: MessageInfo) -> dict[str, Any]:
    """A message as JSON values."""
    return {
        **brief(info), "folder": info.folder, "uid": info.uid, "received": info.received, "size": info.size,
        "flags": list(info.flags), "to": list(info.to), "cc": list(info.cc), "message_id": info.message_id,
        "date": info.date, "text": info.text, "received_at": moment(info.received),
        "attachments": [{"name": a.name, "type": a.type, "size": a.size} for a in info.attachments],
        "headers": [{"name": name, "value": value} for name, value in info.headers],
    }


def brief(info: MessageInfo) -> dict[str, Any]:
    """A message in a line, for problems."""
    return {"id": info.id, "mailbox": info.mailbox, "from": info.from_, "subject": info.subject}
