"""Delivery notices (RFC 3461, RFC 3464): what the sender is told of a message that failed, waits or arrived.

Texts are in French, then English; the machine-readable part is in between RFC 3464's fields only.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from enum import Enum

from simulator.mime.report import encode_report
from simulator.rules.letter import header_end

_REPLY = re.compile(r"[245]\d\d\b")
MAX_RETURNED = 1024 * 1024
"""Octets of an original message that are returned whole; of a larger one, only the header."""

NOTICE_ITSELF = 16 * 1024
"""Octets that a notice may have beside what it returns."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a message was accepted and yet comes back, for people; sentences without a final stop."""

    subject: str
    """Instead of the one that the fate has."""
    french: str
    french_remedy: str
    english: str
    english_remedy: str


class Fate(Enum):
    """What happened: (action of RFC 3464, subject, French sentence, English sentence)."""

    FAILED = (
        "failed",
        "Undelivered Mail Returned to Sender",
        "Message non distribué : votre message n'a pas pu être remis à {recipient}.",
        "Your message could not be delivered to {recipient}.",
    )
    DELAYED = (
        "delayed",
        "Delayed Mail (still being retried)",
        "Votre message pour {recipient} n'est pas encore remis ; l'envoi est retenté, vous n'avez rien à faire.",
        "Your message to {recipient} is not delivered yet; it is being retried, you need not do anything.",
    )
    DELIVERED = (
        "delivered",
        "Successful Mail Delivery Report",
        "Votre message a été remis dans la boîte {recipient}.",
        "Your message was delivered to the mailbox {recipient}.",
    )
    RELAYED = (
        "relayed",
        "Successful Mail Delivery Report",
        "Votre message pour {recipient} a été transmis à un opérateur qui n'annonce pas les accusés de remise.",
        "Your message to {recipient} was handed to an operator that announces no delivery notices.",
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a notice says."""

    fate: Fate
    host: str
    """The host that speaks: Reporting-MTA."""
    sender: str
    """Who is told."""
    recipient: str
    status: str
    """Enhanced status code, ``5.1.1``."""
    reason: str
    """The peer's reply or ours, one ASCII line."""
    at: datetime
    arrived: datetime
    original: bytes
    envid: str = ""
    """ENVID as it was sent, in xtext."""
    orcpt: str = ""
    """ORCPT as it was sent: a type, ``;``, an address in xtext."""
    headers_only: bool = False
    remote: str = ""
    """Host that said ``reason``, when it was another."""
    retry_until: datetime | None = None
    """A message that waits is given up then."""
    cause: Cause | None = None

    def encode(self) -> bytes:
        """The whole message, CRLF lines, ready to be stored or relayed with the null sender."""
        action, subject, french, english = self.fate.value
        whole = not (self.headers_only or self.fate is not Fate.FAILED or len(self.original) > MAX_RETURNED)
        return encode_report(
            host=self.host,
            at=self.at,
            kind="delivery-status",
            header=(
                f"From: Mail Delivery System <MAILER-DAEMON@{self.host}>",
                f"To: {self.sender}",
                f"Subject: {Header(self.cause.subject if self.cause is not None else subject).encode()}",
                f"Message-ID: <{secrets.token_hex(16)}@{self.host}>",
                "Auto-Submitted: auto-replied",
            ),
            text=self._text(french, english),
            fields=self._status(action),
            returned=self.original if whole else self.original[: header_end(self.original)],
            whole=whole,
        )

    def _text(self, french: str, english: str) -> str:
        reason = _plain(self.reason)
        reason_fr = f"\nMotif : {reason}\n" if reason else ""
        reason_en = f"\nReason: {reason}\n" if reason else ""
        if (cause := self.cause) is not None:
            reason_fr = f"\nCause : {cause.french}.\nQue faire : {cause.french_remedy}\n{reason_fr}"
            reason_en = f"\nCause: {cause.english}.\nWhat to do: {cause.english_remedy}.\n{reason_en}"
        return (
            f"{french.format(recipient=self.recipient)}\n{reason_fr}\n"
            f"{english.format(recipient=self.recipient)}\n{reason_en}\n-- \n{self.host} (simulateur MSSanté)\n"
        )

    def _status(self, action: str) -> list[str]:
        """Per-message fields, then per-recipient fields (RFC 3464 2.2, 2.3)."""
        fields = [f"Reporting-MTA: dns; {self.host}"]
        fields += [f"Original-Envelope-Id: {_from_xtext(self.envid)}"] if self.envid else []
        fields += [f"Arrival-Date: {format_datetime(self.arrived.astimezone(UTC))}", ""]
        fields += [f"Original-Recipient: {_from_xtext(self.orcpt)}"] if self.orcpt else []
        fields += [f"Final-Recipient: {_typed(self.recipient)}", f"Action: {action}", f"Status: {self.status}"]
        fields += [f"Remote-MTA: dns; {self.remote}"] if self.remote else []
        if self.reason and action != "delivered":
            # Only what a server answered is a code of SMTP; the rest are words of our own (RFC 3464 2.3.6).
            kind = "smtp" if _REPLY.match(self.reason) else "x-simulator"
            fields.append(f"Diagnostic-Code: {kind}; {_plain(self.reason)}")
        fields.append(f"Last-Attempt-Date: {format_datetime(self.at.astimezone(UTC))}")
        if self.retry_until is not None:
            fields.append(f"Will-Retry-Until: {format_datetime(self.retry_until.astimezone(UTC))}")
        return fields


def _typed(address: str) -> str:
    """An address with its type; one beyond ASCII in the form that fits into ASCII fields (RFC 6533 3)."""
    if address.isascii():
        return f"rfc822; {address}"
    return "utf-8; " + "".join(c if c.isascii() else f"\\x{{{ord(c):X}}}" for c in address)


def _plain(text: str) -> str:
    """The text as a header field may hold it: a peer's words never write fields or lines of their own."""
    return re.sub(r"[^ -~]", "?", text)[:900]


def _from_xtext(text: str) -> str:
    """An envelope parameter as it was meant (RFC 3461 4, 6.3)."""
    return _plain(re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), text))


def wants(options_notify: str, event: str) -> bool:
    """Whether the sender asked to be told of ``SUCCESS``, ``FAILURE`` or ``DELAY`` (RFC 3461 4.1).

    Without NOTIFY a failure is told, and a delay too, as operators do.
    """
    if not options_notify:
        return event in ("FAILURE", "DELAY")
    return event in options_notify.upper().split(",")
