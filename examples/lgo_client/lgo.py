"""The mail part of a pharmacy's software (LGO, *logiciel de gestion d'officine*), reduced to what a first version does.

It reads the unread letters of the pharmacy's team mailbox, answers a patient, asks to be told when the answer is read,
and ends the exchange with a subject that is exactly ``[FIN]``. Nothing here knows that there is a simulator: give it
the addresses and secrets of a real operator and it does the same.
"""

from __future__ import annotations

import imaplib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import formatdate, make_msgid, parseaddr


@dataclass(frozen=True)
class Door:
    """Where to sign in, and how."""

    host: str
    port: int
    user: str
    password: Callable[[], str]
    """Asked for at every connection: the one-time code behind the password changes every half minute."""
    trust: ssl.SSLContext


class Lgo:
    """The software of one pharmacy."""

    def __init__(self, address: str, *, reading: Door, sending: Door) -> None:
        self.address = address
        self._reading = reading
        self._sending = sending

    def unread(self) -> list[EmailMessage]:
        """The letters that nobody has read yet, oldest first. They count as read afterwards."""
        door = self._reading
        with imaplib.IMAP4_SSL(door.host, door.port, ssl_context=door.trust) as imap:
            imap.login(door.user, door.password())
            imap.select("INBOX")
            _, (numbers,) = imap.search(None, "UNSEEN")
            return [_fetched(imap, number) for number in numbers.decode().split()]

    def answer(self, question: EmailMessage, text: str, *, receipt: bool = False) -> None:
        """Answer a letter; with ``receipt``, ask to be told when the patient opens it."""
        letter = self._letter_to(question, f"Re: {question['Subject']}", text)
        letter["In-Reply-To"] = question["Message-ID"]
        letter["References"] = question["Message-ID"]
        if receipt:
            letter["Disposition-Notification-To"] = self.address
        self._send(letter)

    def end_exchange(self, question: EmailMessage) -> None:
        """Tell Mon espace santé that the patient may answer no more."""
        self._send(self._letter_to(question, "[FIN]", "Cet échange est terminé.\n"))

    def _letter_to(self, question: EmailMessage, subject: str, text: str) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["From"] = self.address
        letter["To"] = parseaddr(question["From"])[1]
        letter["Subject"] = subject
        letter["Date"] = formatdate()
        letter["Message-ID"] = make_msgid(domain=self.address.partition("@")[2])
        letter.set_content(text)
        return letter

    def _send(self, letter: EmailMessage) -> None:
        door = self._sending
        with smtplib.SMTP(door.host, door.port) as smtp:
            smtp.starttls(context=door.trust)
            smtp.login(door.user, door.password())
            smtp.send_message(letter)


def _fetched(imap: imaplib.IMAP4, number: str) -> EmailMessage:
    _, parts = imap.fetch(number, "(BODY[])")
    octets = next(part[1] for part in parts if isinstance(part, tuple))
    letter = message_from_bytes(octets, policy=default)
    assert isinstance(letter, EmailMessage)
    return letter
