"""Read receipts (RFC 8098): what an author who asked for it is told when the message is opened."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.header import Header
from email.utils import formataddr
from hashlib import sha256

from simulator.clock import Clock
from simulator.journal import Journal
from simulator.mime.addresses import addresses
from simulator.mime.report import encode_report
from simulator.model.address import Address, AddressError
from simulator.model.mailbox import Mailbox
from simulator.outbox import Outbox
from simulator.routing import Routing, Sorted
from simulator.rules.facts import Letter
from simulator.rules.letter import header_end, read_letter
from simulator.space import TrustSpace
from simulator.store.interface import NewLine, Store

TOPIC = "receipt"
"""Of the lines in the store's ledger that remember which receipts went out."""
AGENT = "Mon espace sante; mssante-simulator"
OPENED = "manual-action/MDN-sent-automatically; displayed"
"""Somebody opened it; the receipt goes by itself, because a patient cannot refuse it (mssante-rules 3.5, 9)."""
BY_HAND = "manual-action/MDN-sent-manually; displayed"
"""Somebody opened it, and decided to tell the author (ECO.3.1.6, RFC 8098 3.2.6)."""

_RETURN_PATH = re.compile(rb"Return-Path:[ \t]*<([^>\r\n]*)>", re.IGNORECASE)


def asked_by(value: str) -> Address | None:
    """The one address of a Disposition-Notification-To field; None when it names nobody, or several."""
    named = [a for a in addresses(value.encode("utf-8", "replace")) if a.host]
    if len(named) != 1:
        return None
    written = (b"%b@%b" % (named[0].local or b"", named[0].host or b"")).decode("utf-8", "replace")
    if written not in value:  # not in one piece: the next reader may read another address
        return None
    try:
        return Address.parse(written)
    except AddressError:
        return None


def asked_by_the_author(body: bytes, letter: Letter) -> Address | None:
    """Who may be told without anybody's consent: the author, asking for himself (RFC 8098 2.1), of what is no report.

    The author is the Return-Path under which the message was delivered; From, where it has none."""
    to = asked_by(letter.receipt_to) if letter.receipt_to and not letter.report else None
    if to is None:
        return None
    came = _RETURN_PATH.match(body)
    authors = {came[1].decode("utf-8", "replace").lower()} if came else {str(one).lower() for one in letter.from_}
    return to if str(to).lower() in authors else None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that one receipt says."""

    host: str
    """The host that speaks."""
    reader_name: str
    reader: Address
    to: Address
    subject: str
    """Of the original."""
    message_id: str
    """Of the original."""
    original: bytes
    at: datetime
    disposition: str = OPENED
    agent: str = AGENT

    def encode(self) -> bytes:
        """The whole message, CRLF lines, ready to be relayed with the null sender (RFC 8098 2.1)."""
        return encode_report(
            host=self.host, at=self.at, kind="disposition-notification",
            header=(
                f"From: {formataddr((self.reader_name, str(self.reader)))}",
                f"To: {self.to}",
                f"Subject: {self._subject()}",
                f"Message-ID: <{secrets.token_hex(16)}@{self.reader.domain}>",
                *self._thread(),
                "Auto-Submitted: auto-replied (MDN)",
            ),
            text=self._text(),
            fields=(
                f"Reporting-UA: {self.host}; {self.agent}",
                f"Original-Recipient: rfc822;{self.reader}",
                f"Final-Recipient: rfc822;{self.reader}",
                *([f"Original-Message-ID: {_plain(self.message_id)}"] if self.message_id else []),
                f"Disposition: {self.disposition}",
            ),
            returned=self.original[: header_end(self.original)],
        )

    def _subject(self) -> str:
        words = "".join(c if c.isprintable() else " " for c in f"Accusé de lecture : {self.subject}")
        return Header(words[:200], "utf-8", header_name="Subject").encode(linesep="\r\n")

    def _thread(self) -> list[str]:
        known = _plain(self.message_id)
        return [f"In-Reply-To: {known}", f"References: {known}"] if known else []

    def _text(self) -> str:
        day = self.at.strftime("%d/%m/%Y à %H:%M")
        return (
            f"Le message « {self.subject} » a été ouvert par {self.reader_name} le {day} (UTC).\n"
            "Cela ne dit pas qu'il a été compris.\n\n"
            f"The message was opened by {self.reader_name}. This does not say that it was understood.\n"
        )


def _plain(text: str) -> str:
    """The text as a header field may hold it."""
    return re.sub(r"[^!-~]", "", text)[:900]


class Receipts:
    """Gives each receipt once: the message that carries it and the memory of it are one commit."""

    def __init__(
        self, *, space: TrustSpace, store: Store, routing: Routing, outbox: Outbox, journal: Journal, clock: Clock
    ) -> None:
        self._space = space
        self._store = store
        self._routing = routing
        self._outbox = outbox
        self._journal = journal
        self._clock = clock
        self._in_hand: set[tuple[str, str]] = set()

    def given(self, box: Mailbox) -> dict[str, float]:
        """Receipts that this mailbox gave: the fingerprint of each message, and when (simulated seconds since 1970)."""
        lines = self._store.ledger(TOPIC, box.address.key)
        return {str(json.loads(line.data)["message"]): line.at for line in lines}

    async def give(
        self, box: Mailbox, body: bytes, *, who: str = "", disposition: str = OPENED, agent: str = AGENT
    ) -> Address | None:
        """The message was opened in ``box``: tell its author, when asked to and not told before. Who was told.

        ``who`` is the person of the audit trail when it is not the mailbox itself. Raises StoreError; then nothing was
        told."""
        letter = read_letter(body)
        to = asked_by(letter.receipt_to) if letter.receipt_to else None
        mark = fingerprint(body)
        if to is None or (box.address.key, mark) in self._in_hand or mark in self.given(box):
            return None
        why_not = "" if self._space.lists(to.domain) else "outside the trust space"
        if disposition == OPENED and not why_not and asked_by_the_author(body, letter) is None:
            why_not = "which is a receipt itself" if letter.report else "who is not its author"
        if why_not:
            self._journal.note("remark", f"{box.address} opened a message whose receipt was to go to {to}, {why_not}: "
                               "none was sent", mailbox=str(box.address), message_id=letter.message_id)
            return None
        self._in_hand.add((box.address.key, mark))
        try:
            said = Receipt(
                self._space.operators[box.operator].mx_host, box.display_name, box.address, to, letter.subject,
                letter.message_id, body, self._clock.now().astimezone(UTC), disposition, agent)
            await self._send(box, said, mark, who or str(box.address))
        finally:
            self._in_hand.discard((box.address.key, mark))
        return to

    async def _send(self, box: Mailbox, said: Receipt, mark: str, who: str) -> None:
        receipt, to = said.encode(), said.to
        into = Sorted()
        self._routing.sort(into, operator=box.operator, sender=None, recipient=to, body=receipt,
                           letter=read_letter(receipt), options={})
        remembered = NewLine(TOPIC, box.address.key, self._clock.timestamp(),
                             json.dumps({"message": mark, "to": str(to)}))
        batch = into.batch()
        done = await self._store.commit(replace(batch, lines=(*batch.lines, remembered)))
        self._outbox.added(into.relays, done.relays)
        self._journal.note("receipt", f"{box.address} opened {said.subject!r}: {to} is told", who=who,
                           mailbox=str(to), subject=said.subject, message_id=said.message_id)


def fingerprint(body: bytes) -> str:
    """Names a stored message, copies included, whatever folder it lies in."""
    return sha256(body).hexdigest()
