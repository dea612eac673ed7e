"""One message of a space, read from its bytes, and which messages belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from simulator.controls.header import people, references
from simulator.controls.message import message_id
from simulator.domains.patient import CLOSING_HEADER, CLOSING_SUBJECT
from simulator.mime.addresses import addresses
from simulator.mime.headers import fields
from simulator.mime.words import decode_words
from simulator.model.address import Address
from simulator.receipts import asked_by_the_author, fingerprint
from simulator.rules.facts import Letter
from simulator.rules.letter import header_end, read_letter
from simulator.store.interface import Folder, Message

MOST_REFERENCES = 100


@dataclass(frozen=True, slots=True)
class Mail:
    """One message of a conversation."""

    id: str
    """As everywhere: ``<folder number>.<UID>``."""
    folder: int
    uid: int
    incoming: bool
    at: float
    """Simulated seconds since 1970."""
    author: str
    """Name of whoever wrote it: a patient sees names, not addresses (mssante-rules 3.3)."""
    sender: Address | None
    answers_to: Address | None
    """Where an answer goes: Reply-To moves it (mssante-rules 3.8)."""
    to: tuple[Address, ...]
    """To and Cc."""
    subject: str
    message_id: str
    references: tuple[str, ...]
    opened: bool
    asks_receipt: bool
    receipt_at: float | None
    """When the receipt went out."""
    closes: bool
    """It is the message that ended the exchange."""
    no_answer: bool
    """``X-MSS-MES: FIN``: this message takes no answer."""
    size: int
    fingerprint: str = field(repr=False)
    """Of its bytes: what a receipt is remembered by."""
    why_not: str = ""
    """Why it cannot be answered, in French; empty when it can, or when the patient wrote it."""
    others: tuple[Address, ...] = ()
    """Who else an answer to all reaches: those who may be written to, for being copied gives no right (F11)."""

    @property
    def can_answer(self) -> bool:
        """True for a professional's message that takes an answer."""
        return self.incoming and not self.why_not


def mail_of(folder: Folder, message: Message, incoming: bool, body: bytes) -> Mail:
    """What never changes of a message."""
    letter = read_letter(body)
    header = {f.name: f.value for f in fields(body[: min(header_end(body), 256 * 1024)]) if f.name}
    sender = letter.from_[0] if letter.from_ else None
    return Mail(
        id=message_id(folder.id, message.uid), folder=folder.id, uid=message.uid, incoming=incoming,
        at=message.internal_date, author=_author(header.get(b"from", b"")), sender=sender,
        answers_to=letter.reply_to[0] if letter.reply_to else sender,
        to=(*_known(header.get(b"to", b"")), *_known(header.get(b"cc", b""))), subject=letter.subject,
        message_id=letter.message_id.strip(), references=references(header, MOST_REFERENCES),
        opened=False, receipt_at=None,
        asks_receipt=incoming and asked_by_the_author(body, letter) is not None,
        closes=incoming and _closes(letter), no_answer=letter.mss_mes == CLOSING_HEADER, size=message.size,
        fingerprint=fingerprint(body),
    )


def _closes(letter: Letter) -> bool:
    return letter.subject == CLOSING_SUBJECT


def _author(value: bytes) -> str:
    """The name in From, as people write it (ECO.2.2.7 joins its parts by underscores); empty when there is none."""
    named = (decode_words(written.name) for written in addresses(value) if written.host and written.name)
    return " ".join(next(named, "").strip(' "').replace("_", " ").split())


def _known(value: bytes) -> tuple[Address, ...]:
    return tuple(address for _, address in people(value) if address is not None)


def threads(mails: Sequence[Mail]) -> list[list[Mail]]:
    """Messages that name each other, oldest first; a message that names nobody known begins a thread."""
    thread_of: dict[str, list[Mail]] = {}
    threads: list[list[Mail]] = []
    for mail in mails:
        thread = next((thread_of[name] for name in reversed(mail.references) if name in thread_of), None)
        if thread is None:
            thread = []
            threads.append(thread)
        thread.append(mail)
        for name in (mail.message_id, *mail.references):
            if name:
                thread_of.setdefault(name, thread)
    return threads


Closings = Mapping[str, Sequence[Mail]]
"""Messages that ended the exchange, by sender, oldest first."""


def by_sender(closings: Iterable[Mail]) -> Closings:
    """Of what is given oldest first."""
    found: dict[str, list[Mail]] = {}
    for closing in closings:
        if closing.sender is not None:
            found.setdefault(closing.sender.key, []).append(closing)
    return found


Lasts = Mapping[str, tuple[Mail, ...]]
"""By sender, the messages that ended the exchange last: by their place in the folder, and by the clock."""


def lasts_of(closings: Closings) -> Lasts:
    """What it takes to know whether one of them is behind a message."""
    return {key: (max(found, key=lambda mail: (mail.folder, mail.uid)), found[-1]) for key, found in closings.items()}


def ending_of(mail: Mail, lasts: Lasts) -> Mail | None:
    """The other side of the message ended the exchange behind it: its author, where its answers go, or who got it."""
    sides = (mail.sender, mail.answers_to) if mail.incoming else mail.to
    found = (closing for side in sides if side for closing in lasts.get(side.key, ()))
    # Within a folder the UID tells what came before: a restart takes back what the clock was advanced.
    return next((closing for closing in found if (
        closing.uid > mail.uid if closing.folder == mail.folder else order(closing) > order(mail))), None)


def order(mail: Mail) -> tuple[float, int, int]:
    """Oldest first, whatever the folder."""
    return mail.at, mail.folder, mail.uid
