"""Keys and order for SORT (RFC 5256)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from simulator.mime.addresses import addresses
from simulator.mime.dates import sent
from simulator.mime.headers import fields
from simulator.mime.subject import base_subject
from simulator.mime.words import decode_words

Criterion = Literal["ARRIVAL", "CC", "DATE", "FROM", "SIZE", "SUBJECT", "TO"]

MAX_REFERENCES = 1_000  # the nearest are kept

_MESSAGE_ID = re.compile(rb"<([^<>\s]++)>")


@dataclass(frozen=True, slots=True)
class Sortable:
    """What SORT and THREAD compare. `number` is whatever the caller wants back; times are seconds of UTC.

    Texts are upper case, as i;unicode-casemap compares (RFC 5051, nearly): `[` sorts after letters.
    `subject` is the base subject; `sender`, `to` and `cc` the mailbox of the first address, or empty.
    """

    number: int
    arrival: float
    sent: float
    size: int
    subject: str
    is_reply: bool
    sender: str
    to: str
    cc: str
    message_id: bytes
    references: tuple[bytes, ...]


def sortable(number: int, arrival: float, size: int, header: bytes) -> Sortable:
    """Read the keys from a header block; a message without a Date counts as sent on arrival (RFC 5256 2.2)."""
    found: dict[bytes, bytes] = {}
    for field in fields(header):
        found.setdefault(field.name, field.value)
    when = sent(found.get(b"date"))
    subject = base_subject(found.get(b"subject", b""))
    own_id = _MESSAGE_ID.search(found.get(b"message-id", b""))
    return Sortable(
        number=number,
        arrival=arrival,
        sent=arrival if when is None else when.timestamp,
        size=size,
        subject=subject.text.upper(),
        is_reply=subject.is_reply,
        sender=_mailbox(found.get(b"from")),
        to=_mailbox(found.get(b"to")),
        cc=_mailbox(found.get(b"cc")),
        message_id=own_id[1] if own_id else b"",
        references=_references(found),
    )


def order(messages: Sequence[Sortable], program: Sequence[tuple[Criterion, bool]]) -> list[int]:
    """Numbers in the order of `program`, pairs of criterion and whether it is reversed; ties keep the given order."""
    row = list(messages)
    for criterion, is_reversed in reversed(program):
        row.sort(key=_KEYS[criterion], reverse=is_reversed)
    return [message.number for message in row]


_KEYS: dict[Criterion, Callable[[Sortable], float | str]] = {
    "ARRIVAL": lambda message: message.arrival,
    "CC": lambda message: message.cc,
    "DATE": lambda message: message.sent,
    "FROM": lambda message: message.sender,
    "SIZE": lambda message: message.size,
    "SUBJECT": lambda message: message.subject,
    "TO": lambda message: message.to,
}


def _mailbox(value: bytes | None) -> str:
    people = addresses(value) if value else []
    return decode_words(people[0].local or b"").upper() if people else ""


def _references(found: dict[bytes, bytes]) -> tuple[bytes, ...]:
    """Ids of References, or else the first of In-Reply-To (RFC 5256 3)."""
    ids = _MESSAGE_ID.findall(found.get(b"references", b""))
    return tuple(ids[-MAX_REFERENCES:] or _MESSAGE_ID.findall(found.get(b"in-reply-to", b""))[:1])
