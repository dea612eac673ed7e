"""One line of the list of messages: read once from the bytes, which never change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.controls.header import references
from simulator.controls.webmail.correspondents import NOBODY, Correspondent, Correspondents, Sort
from simulator.domains.patient import CLOSING_HEADER, CLOSING_SUBJECT
from simulator.mime.files import is_attached, leaves
from simulator.mime.headers import fields
from simulator.mime.part import Part
from simulator.mime.tree import parse_tree
from simulator.mime.words import decode_raw, decode_words
from simulator.model.address import Address
from simulator.model.document import XDM_PREFIX
from simulator.receipts import asked_by
from simulator.rules.letter import header_end

LONGEST_SUBJECT = 500
"""Characters of a subject that are shown."""
MOST_REFERENCES = 20
_HEADER = 256 * 1024


class Nature(StrEnum):
    """What a message is for."""

    MESSAGE = "message"
    RECEIPT = "receipt"
    """Somebody opened a message, or a program took it (RFC 8098)."""
    BOUNCE = "bounce"
    """A message could not be delivered, or waits (RFC 3464)."""
    END = "end"
    """It ends an exchange: its subject is ``[FIN]``."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the header of a message says, and whether files go with it."""

    author: Correspondent
    to: tuple[Correspondent, ...]
    cc: tuple[Correspondent, ...]
    answers_to: tuple[Correspondent, ...]
    """Reply-To, when it is there."""
    subject: str
    """Without the prefix of archives; empty when there is none."""
    raw_subject: str
    nature: Nature
    message_id: str
    references: tuple[str, ...]
    """Message-IDs of In-Reply-To and References."""
    receipt_to: Address | None
    """Who asked to be told when it is opened."""
    takes_no_answer: bool
    """``X-MSS-MES: FIN``."""
    has_files: bool


def summarise(body: bytes, correspondents: Correspondents) -> Summary:
    """Read it; never raises. Large hostile messages take their time: use a thread."""
    header: dict[bytes, bytes] = {}
    raw_subject = ""
    for field in fields(body[: min(header_end(body), _HEADER)]):
        if field.name == b"subject" and b"subject" not in header:
            raw_subject = decode_words(field.text)
        if field.name:
            header.setdefault(field.name, field.value)
    root = parse_tree(body)
    authors = correspondents.named_in(header.get(b"from", b""))
    author = authors[0] if authors else NOBODY
    return Summary(
        author=author, to=correspondents.named_in(header.get(b"to", b"")),
        cc=correspondents.named_in(header.get(b"cc", b"")),
        answers_to=correspondents.named_in(header.get(b"reply-to", b"")),
        subject=_line(raw_subject.removeprefix(XDM_PREFIX)), raw_subject=_line(raw_subject),
        nature=_nature(root, author, raw_subject), message_id=decode_raw(header.get(b"message-id", b"")),
        references=references(header, MOST_REFERENCES),
        receipt_to=asked_by(decode_raw(header.get(b"disposition-notification-to", b""))),
        takes_no_answer=decode_raw(header.get(b"x-mss-mes", b"")) == CLOSING_HEADER,
        has_files=any(is_attached(part) and part.content.type != b"message" for part in leaves(root)),
    )


def _nature(root: Part, author: Correspondent, subject: str) -> Nature:
    kind = (root.content.param(b"report-type") or b"").lower() if root.content.subtype == b"report" else b""
    if kind == b"disposition-notification":
        return Nature.RECEIPT
    if kind == b"delivery-status" or author.sort is Sort.NOTICE:
        return Nature.BOUNCE
    return Nature.END if subject == CLOSING_SUBJECT else Nature.MESSAGE


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:LONGEST_SUBJECT]
