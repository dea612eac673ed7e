"""Letters as tests meet them: one that was found in a mailbox, and composing one to be sent."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from email.utils import format_datetime, make_msgid, parseaddr
from functools import cached_property
from pathlib import Path

from simulator import letters
from simulator.controls.message import MessageInfo
from simulator.letters import Document, MailForm
from simulator.model.mailbox import Mailbox
from simulator.xdm.archive import Archive

Attachable = Path | tuple[str, bytes | str]
"""A file, or a name and what it holds."""


@dataclass(frozen=True)
class Letter:
    """A letter in a mailbox."""

    info: MessageInfo
    raw: bytes

    def __repr__(self) -> str:
        return f"<letter {self.id} {self.subject!r} from {self.sender} in {self.info.mailbox}>"

    @property
    def id(self) -> str:
        """Number that ``mssim show`` takes."""
        return self.info.id

    @property
    def subject(self) -> str:
        """Decoded."""
        return self.info.subject

    @property
    def sender(self) -> str:
        """The address of the From field, without the name."""
        return parseaddr(self.info.from_)[1]

    @property
    def text(self) -> str:
        """The body's text, decoded, with ``\\n`` between lines."""
        return self.info.text.replace("\r\n", "\n")

    @property
    def flags(self) -> tuple[str, ...]:
        """IMAP flags at the time the letter was looked at, ``\\Seen`` for instance."""
        return self.info.flags

    @property
    def message_id(self) -> str:
        """With its angle brackets."""
        return self.info.message_id

    @cached_property
    def message(self) -> EmailMessage:
        """The whole letter for the standard library."""
        parsed = message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def header(self, name: str) -> str | None:
        """Value of the first header field of that name, decoded."""
        return next((value for field, value in self.info.headers if field.lower() == name.lower()), None)

    @property
    def attachments(self) -> dict[str, bytes]:
        """Name to content, transfer encoding undone."""
        return {
            part.get_filename() or "": _octets(part)
            for part in self.message.iter_attachments()
        }

    @cached_property
    def archive(self) -> Archive | None:
        """What its ``IHE_XDM.zip`` holds: ``archive.patient``, ``.documents``, ``.problems``. None without one."""
        from simulator.xdm import open_archive

        found = next((octets for name, octets in self.attachments.items() if name.lower() == "ihe_xdm.zip"), None)
        return None if found is None else open_archive(found)

    def asks_a_receipt(self) -> bool:
        """It has a Disposition-Notification-To field (RFC 8098)."""
        return self.header("Disposition-Notification-To") is not None


def compose(
    sender: Mailbox,
    *,
    to: Iterable[str],
    cc: Iterable[str] = (),
    subject: str | None,
    text: str,
    attach: Iterable[Attachable] = (),
    headers: Mapping[str, str],
    date: datetime,
) -> EmailMessage:
    """A letter as a decent program writes it; ``headers`` are added, or take the place of those made here."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"{sender.display_name}" <{sender.address}>'
    message["To"] = ", ".join(to)
    if copies := ", ".join(cc):
        message["Cc"] = copies
    if subject is not None:
        message["Subject"] = subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = make_msgid(domain=sender.address.domain)
    for name, value in headers.items():
        del message[name]
        message[name] = value
    message.set_content(text)
    for item in attach:
        _attach(message, item)
    return message


def of_care(
    sender: Mailbox,
    document: Document,
    *,
    to: Iterable[str],
    cc: Iterable[str] = (),
    subject: str | None,
    text: str,
    form: MailForm,
    attach: Iterable[Attachable] = (),
    headers: Mapping[str, str],
    date: datetime,
) -> EmailMessage:
    """A letter with a ready-made document and its archive, as the référentiel wants it; ``subject`` "" is its own."""
    added = {**({"Cc": ", ".join(cc)} if cc else {}), **({"Subject": subject} if subject else {}), **headers}
    message = letters.compose_mail(document, sender=sender, to=to, date=date, form=form, text=text, headers=added)
    if subject is None:
        del message["Subject"]
    for item in attach:
        _attach(message, item)
    return message


def answered(letter: Letter) -> dict[str, str]:
    """Header fields that tie an answer to a letter (RFC 5322 3.6.4)."""
    before = letter.header("References") or letter.header("In-Reply-To") or ""
    return {"In-Reply-To": letter.message_id, "References": f"{before} {letter.message_id}".strip()}


def _octets(part: Message) -> bytes:
    held = part.get_payload(decode=True)
    return held if isinstance(held, bytes) else b""


def _attach(message: EmailMessage, item: Attachable) -> None:
    name, content = (item.name, item.read_bytes()) if isinstance(item, Path) else item
    octets = content.encode() if isinstance(content, str) else content
    guessed, _ = mimetypes.guess_type(name)
    kind, _, detail = (guessed or "application/octet-stream").partition("/")
    message.add_attachment(octets, maintype=kind, subtype=detail, filename=name)
