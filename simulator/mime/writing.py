"""A new message as bytes: text, HTML beside it, files attached. Lines end in CRLF, every octet is ASCII.

``email`` is loaded with the first message written: starting needs none of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.headerregistry import Address as Mailto


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a message."""

    name: str
    type: str
    """``application/pdf``."""
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a message says. Addresses are written ``local@domain``."""

    author: str
    """Name shown in From."""
    sender: str
    to: Sequence[str]
    subject: str
    text: str
    at: datetime
    message_id: str
    cc: Sequence[str] = ()
    html: str = ""
    """Beside the text; made from it when empty."""
    attached: Sequence[Attached] = ()
    in_reply_to: str = ""
    references: Sequence[str] = ()
    """Message-IDs of the thread, oldest first."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further header fields."""


def new_message_id(domain: str) -> str:
    """``<unique@domain>``."""
    return f"<{secrets.token_hex(16)}@{domain}>"


def write(draft: Draft) -> bytes:
    """``multipart/mixed`` with ``multipart/alternative`` and the files. Raises ValueError for what no header holds."""
    from email.message import EmailMessage
    from email.policy import SMTP

    said = (draft.author, draft.subject, draft.message_id, draft.in_reply_to, *draft.references,
            *draft.headers.values(), *(file.name for file in draft.attached))
    if any(not text.isprintable() for text in said):
        raise ValueError("a header field holds a line break or a control character")
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = _mailto(draft.author, draft.sender)
    message["To"] = [_mailto("", address) for address in draft.to]
    if draft.cc:
        message["Cc"] = [_mailto("", address) for address in draft.cc]
    message["Subject"] = draft.subject
    message["Date"] = draft.at
    message["Message-ID"] = draft.message_id
    if draft.in_reply_to:
        message["In-Reply-To"] = draft.in_reply_to
    if draft.references:
        message["References"] = " ".join(draft.references)
    for name, value in draft.headers.items():
        message[name] = value
    message.set_content(draft.text)
    message.add_alternative(draft.html or as_html(draft.text), subtype="html")
    message.make_mixed()
    for file in draft.attached:
        main, _, sub = file.type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message.as_bytes()


def headed(mark: str, subject: str) -> str:
    """The subject behind ``Re:`` or ``Tr:``, once."""
    return subject if subject.casefold().startswith(f"{mark.casefold()}:") else f"{mark}: {subject}"


def as_html(text: str) -> str:
    """Plain text as a small HTML page: a paragraph for each block between empty lines."""
    from html import escape

    blocks = [escape(block, quote=False).replace("\n", "<br>\n") for block in text.strip().split("\n\n")]
    paragraphs = "\n".join(f"<p>{block}</p>" for block in blocks)
    return f'<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8"></head><body>\n{paragraphs}\n</body></html>\n'


def _mailto(name: str, address: str) -> Mailto:
    from email.headerregistry import Address as Mailto

    local, _, domain = address.rpartition("@")
    return Mailto(name, local, domain)
