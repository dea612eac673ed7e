"""A stored message as people and tests want to see it: decoded, bounded, with its attachments named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.mime.addresses import addresses
from simulator.mime.files import is_attached, leaves, part_name, part_octets, part_type
from simulator.mime.headers import Field, fields
from simulator.mime.part import Part
from simulator.mime.text import part_text, written_address
from simulator.mime.tree import parse_tree
from simulator.mime.words import decode_raw, decode_words
from simulator.store.interface import Folder, Message

TEXT_LIMIT = 64 * 1024
"""Octets of body text shown."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text of the message."""

    name: str
    """Decoded; empty when it has none."""
    type: str
    """``application/pdf``, in lower case."""
    size: int
    """Octets, transfer encoding undone."""


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """One stored message."""

    id: str
    """``<folder number>.<UID>``: never given to another message, also after a reset."""
    mailbox: str
    folder: str
    uid: int
    received: float
    """Simulated seconds since 1970 (IMAP's internal date)."""
    size: int
    flags: tuple[str, ...]
    from_: str
    """As written, encoded words decoded."""
    to: tuple[str, ...]
    """``name <local@host>`` or ``local@host``, one each."""
    cc: tuple[str, ...]
    subject: str
    message_id: str
    date: str
    """The Date field, as written."""
    attachments: tuple[Attachment, ...]
    text: str = field(repr=False)
    """The plain text (else the HTML) decoded, at most TEXT_LIMIT octets."""
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    """Every header field in order: name as written, value decoded."""
    raw: bytes = field(repr=False, default=b"")
    """The whole message; only ``Messages.take`` fills it."""


def message_id(folder: int, uid: int) -> str:
    """The id of a message."""
    return f"{folder}.{uid}"


def read_message(folder: Folder, message: Message, body: bytes, *, keep_raw: bool = False) -> MessageInfo:
    """The MessageInfo of a stored message; never raises, whatever the bytes."""
    root = parse_tree(body)
    header = [found for found in fields(body[: root.body]) if found.name]
    parts = list(leaves(root))
    return MessageInfo(
        id=message_id(folder.id, message.uid),
        mailbox=folder.mailbox,
        folder=folder.name,
        uid=message.uid,
        received=message.internal_date,
        size=message.size,
        flags=tuple(sorted(message.flags)),
        from_=decode_words(_first(header, b"from")),
        to=_named(header, b"to"),
        cc=_named(header, b"cc"),
        # With the blanks at its end: they make a mark such as [FIN] another text.
        subject=next((decode_words(found.text) for found in header if found.name == b"subject"), ""),
        message_id=decode_raw(_first(header, b"message-id")),
        date=decode_raw(_first(header, b"date")),
        attachments=tuple(_attachment(part, body) for part in parts if is_attached(part)),
        text=_text([part for part in parts if not is_attached(part)], body),
        headers=tuple((_spelled(found), decode_words(found.value)) for found in header),
        raw=body if keep_raw else b"",
    )


def _spelled(found: Field) -> str:
    return decode_raw(found.raw.partition(b":")[0]).strip()


def _first(header: Sequence[Field], name: bytes) -> bytes:
    return next((found.value for found in header if found.name == name), b"")


def _named(header: Sequence[Field], name: bytes) -> tuple[str, ...]:
    """Everybody in the fields of that name; groups by their members."""
    everybody = (a for found in header if found.name == name for a in addresses(found.value))
    return tuple(written_address(a) for a in everybody if a.host is not None)


def _attachment(part: Part, body: bytes) -> Attachment:
    return Attachment(part_name(part), part_type(part), len(part_octets(part, body)))


def _text(parts: Sequence[Part], body: bytes) -> str:
    plain = [part for part in parts if part.content.subtype == b"plain"] or parts
    text = "\n".join(part_text(part, body[: part.body + 16 * TEXT_LIMIT]) for part in plain[:20])
    return text.encode("utf-8", "replace")[:TEXT_LIMIT].decode("utf-8", "ignore")
