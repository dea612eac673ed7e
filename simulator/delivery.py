"""Accepting a message: stamp it, sort its copies, commit, then say so.

What comes before, from greeting to text, is told in ``visit.py``; what follows for other operators, in ``outbox.py``.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from simulator import correspondence
from simulator.clock import Clock
from simulator.domains.patient import CLOSING_SUBJECT, PatientDomain
from simulator.journal import Journal
from simulator.model.address import Address
from simulator.model.certificate import TlsFacts, Worth
from simulator.model.mailbox import Identity, Kind
from simulator.model.reply import reply
from simulator.notices import Cause, wants
from simulator.outbox import Outbox
from simulator.routing import Routing, Sorted
from simulator.rules.book import Book
from simulator.rules.facts import INSIDE, Letter
from simulator.rules.verdict import Finding, Verdict
from simulator.signin import SignIn
from simulator.space import TrustSpace
from simulator.store.interface import ExchangeChange, NewLine, Store, StoreError, StoreFull

_PATIENTS = PatientDomain()
_FIRST_TRACE = re.compile(rb"\AReceived:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*")


@dataclass(frozen=True, slots=True)
class Client:
    """The other end of a connection."""

    address: str
    tls: TlsFacts | None = None
    hello: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that passed every rule, ready to be accepted."""

    door: str
    operator: str
    client: Client
    identity: Identity | None
    sender: Address | None
    recipients: tuple[tuple[Address, Mapping[str, str]], ...]
    options: Mapping[str, str]
    body: bytes
    letter: Letter
    returned: Mapping[Address, Finding] = field(default_factory=dict)
    """To whom it is not delivered but sent back, and why."""


class Office:
    """What every visit shares: the space, the book, the store, the journal."""

    def __init__(
        self,
        *,
        space: TrustSpace,
        book: Book,
        store: Store,
        journal: Journal,
        clock: Clock,
        sign_in: SignIn,
        routing: Routing,
        outbox: Outbox,
        most_recipients: int = 200,
        most_hops: int = 50,
        header_limit: int = 256 * 1024,
    ) -> None:
        self.space = space
        self.book = book
        self.journal = journal
        self.clock = clock
        self.sign_in = sign_in
        self.most_recipients = most_recipients
        self.most_hops = most_hops
        self.header_limit = header_limit
        self._store = store
        self._routing = routing
        self._outbox = outbox
        self._born = secrets.token_hex(4)
        self._count = 0
        self._exchange_watchers: list[Callable[[Sequence[ExchangeChange]], None]] = []

    def on_exchange(self, call: Callable[[Sequence[ExchangeChange]], None]) -> None:
        """Call this with the exchanges that an accepted message changed, once they are committed."""
        self._exchange_watchers.append(call)

    async def accept(self, taken: Taken) -> Verdict:
        """Stamp, sort, commit, then answer: 250 is said of what is on disk (P1)."""
        self._count += 1
        letter_id = f"{self._born}.{self._count:x}"
        body = self._received(taken, letter_id) + taken.body
        arrival = _transfer_id(taken)
        into = Sorted()
        returned: list[tuple[Address, Mapping[str, str], Finding]] = []
        for recipient, options in taken.recipients:
            if arrival is not None and self._store.arrived(arrival, recipient.key):
                # Neither the exchange nor the sender hears of the same transfer twice.
                self._already_here(letter_id, recipient.key)
                continue
            if (finding := taken.returned.get(recipient)) is not None:
                self._send_back(into, taken, recipient, options, body, finding)
                returned.append((recipient, options, finding))
                if arrival is not None:
                    into.sent_back.append((arrival, recipient.key))
                continue
            self._routing.sort(
                into,
                operator=self._holder(taken, recipient),
                sender=taken.sender,
                recipient=recipient,
                body=body,
                letter=taken.letter,
                options={**taken.options, **options},
                arrival=arrival,
            )
        # What leaves comes first: where the same operator serves both, what arrives has the last word.
        into.exchanges = [*self._departures(taken), *into.exchanges]
        into.lines += self._contacts(taken, into)
        try:
            done = await self._store.commit(into.batch())
        except StoreFull:
            return Verdict(reply(452, "4.3.1", "The disk of this operator is full, try again later"))
        except StoreError as problem:
            self.journal.note("store-error", f"the store refused a message: {problem}")
            return Verdict(reply(451, "4.3.0", "The message could not be stored, try again later"))
        self._tell(taken, letter_id, into, tuple(place.uid for place in done.placed))
        for recipient, options, finding in returned:
            self._tell_returned(taken, letter_id, recipient, options, finding)
        self._outbox.added(into.relays, done.relays)
        if into.exchanges:
            for call in self._exchange_watchers:
                call(into.exchanges)
        return Verdict(reply(250, "2.0.0", f"Stored as {letter_id}"))

    def _holder(self, taken: Taken, recipient: Address) -> str:
        """At the door between operators, whoever serves the recipient; at submission, the sender's operator."""
        if taken.door == "mx":
            return self.space.operator_of(recipient.domain) or taken.operator
        return taken.operator

    def _send_back(
        self,
        into: Sorted,
        taken: Taken,
        recipient: Address,
        options: Mapping[str, str],
        body: bytes,
        finding: Finding,
    ) -> None:
        """Return a copy that was accepted, by the rule that says how (``Severity.BOUNCE``)."""
        rule = self.book.rules[finding.rule]
        assert rule.bounce is not None
        self._routing.send_back(
            into,
            self._holder(taken, recipient),
            str(taken.sender or ""),
            str(recipient),
            body,
            {**taken.options, **options},
            status=rule.status,
            reason=f"{finding.what} [{finding.rule}]",
            cause=Cause(
                rule.bounce.subject, rule.bounce.cause_fr, rule.french.remedy, rule.bounce.cause, finding.remedy
            ),
        )

    def _departures(self, taken: Taken) -> list[ExchangeChange]:
        """What a patient's message opens, unless a program reports; and what [FIN] is about to end."""
        if taken.identity is None:
            return []
        author, now = taken.identity.mailbox, self.clock.timestamp()
        if author.kind is Kind.PATIENT:
            if taken.letter.report:
                return []
            known = self.space.exchanges(author).values()
            return [c for to, _ in taken.recipients for c in _PATIENTS.depart(author, to, now, known)]
        if taken.letter.subject != CLOSING_SUBJECT:
            return []
        boxes = [self.space.mailbox(to) for to, _ in taken.recipients]
        patients = [box for box in boxes if box is not None and box.kind is Kind.PATIENT]
        return [c for box in patients for c in _PATIENTS.ending(author.address, self.space.exchanges(box).values())]

    def _contacts(self, taken: Taken, into: Sorted) -> list[NewLine]:
        who = taken.identity.mailbox.address if taken.identity is not None else None
        return correspondence.lines(
            self.space,
            sender=taken.sender or who,
            recipients=[recipient for recipient, _ in taken.recipients],
            deposits=into.deposits,
            submitted=taken.door != "mx",
            letter=taken.letter,
            at=self.clock.timestamp(),
        )

    def _received(self, taken: Taken, letter_id: str) -> bytes:
        """The trace header (RFC 5321 4.4), with the facts of the handshake; what was made inside comes from nowhere."""
        operator = self.space.operators.get(taken.operator)
        host = "localhost" if operator is None else operator.mx_host if taken.door == "mx" else operator.client_host
        protocol = "ESMTPSA" if taken.identity is not None else "ESMTPS"
        if "SMTPUTF8" in taken.options:
            protocol = "UTF8SMTPSA" if taken.identity is not None else "UTF8SMTPS"
        secure = ""
        if taken.client.tls is not None:
            tls = taken.client.tls
            subject = tls.peer.subject if tls.peer.presented else None
            secure = _handshake(tls.version, tls.cipher, tls.peer.worth, subject)
        single = f"\r\n\tfor <{taken.recipients[0][0]}>" if len(taken.recipients) == 1 else ""
        origin = f"from {_word(taken.client.hello)} ([{taken.client.address}]){secure}\r\n\t"
        way = f" with {protocol}"
        if taken.door == INSIDE:
            origin = way = ""
        return (
            f"Received: {origin}by {host} (mssante-simulator){way} id {letter_id}{single};\r\n"
            f"\t{_date(int(self.clock.timestamp()))}\r\n"
        ).encode("utf-8" if "UTF8" in protocol else "ascii", "replace")

    def _tell(self, taken: Taken, letter_id: str, into: Sorted, uids: tuple[int, ...]) -> None:
        who = taken.identity.who if taken.identity is not None else str(taken.sender or "")
        certificate = taken.client.tls.peer.serial if taken.client.tls is not None else ""
        to = [str(recipient) for recipient, _ in taken.recipients]
        shown = ", ".join(to[:3]) + (f" and {len(to) - 3} more" if len(to) > 3 else "")
        self.journal.note(
            "accepted",
            f"{taken.operator} took a message from {who or 'the mail system'} to {shown} ({letter_id})",
            who=who,
            mailbox=str(taken.sender or ""),
            client=taken.client.address,
            certificate=certificate,
            door=taken.door,
            operator=taken.operator,
            id=letter_id,
            to=to,
            size=taken.letter.size,
            subject=taken.letter.subject,
            message_id=taken.letter.message_id,
        )
        for deposit, uid in zip(into.deposits, uids, strict=True):
            if uid:
                self.journal.note(
                    "delivered",
                    f"{letter_id} reached the mailbox {deposit.mailbox}",
                    who=who,
                    mailbox=deposit.mailbox,
                    id=letter_id,
                    uid=uid,
                    message_id=taken.letter.message_id,
                )
            else:
                self._already_here(letter_id, deposit.mailbox)

    def _tell_returned(
        self, taken: Taken, letter_id: str, recipient: Address, options: Mapping[str, str], finding: Finding
    ) -> None:
        operator = self._holder(taken, recipient)
        told = taken.sender is not None and wants(options.get("NOTIFY", ""), "FAILURE")
        fate = f"{operator} sent it back to {taken.sender}" if told else "nobody is told"
        self.journal.note(
            "bounced" if told else "dropped",
            f"{letter_id} does not reach {recipient}, {fate}: {finding.what} [{finding.rule}]",
            who=str(taken.sender or ""),
            mailbox=str(recipient),
            client=taken.client.address,
            door=taken.door,
            operator=operator,
            id=letter_id,
            rule=finding.rule,
            what=finding.what,
            remedy=finding.remedy,
            sender=str(taken.sender or ""),
            recipient=str(recipient),
            subject=taken.letter.subject,
            message_id=taken.letter.message_id,
            size=taken.letter.size,
        )

    def _already_here(self, letter_id: str, mailbox: str) -> None:
        story = f"{letter_id} had reached {mailbox} before, nothing was stored"
        self.journal.note("already-here", story, mailbox=mailbox, id=letter_id)


def _transfer_id(taken: Taken) -> str | None:
    """Names the transfer when an operator of this space brings a message: its DN and its own trace header.

    An operator that lost our 250 sends the same letter again; this is how we know it. The whole header counts, its date
    included: some servers use the numbers of their letters again.
    """
    if taken.door != "mx" or taken.client.tls is None or not taken.client.tls.peer.is_good:
        return None
    found = _FIRST_TRACE.match(taken.body[:4000])
    return f"{taken.client.tls.peer.subject} {sha256(found[0]).hexdigest()}" if found is not None else None


@lru_cache(maxsize=256)
def _handshake(version: str, cipher: str, worth: Worth, subject: str | None) -> str:
    """The line that tells how the letter came; ``subject`` is None without a certificate."""
    shown = "no client certificate" if subject is None else f"client certificate {worth}, {_comment(subject)}"
    return f"\r\n\t({version}, {cipher}, {shown})"


@lru_cache(maxsize=4)
def _date(second: int) -> str:
    """As RFC 5322 3.3 writes it."""
    return format_datetime(datetime.fromtimestamp(second, UTC))


@lru_cache(maxsize=1024)
def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.:\[\]_-]", "?", text)[:255] or "unknown"


def _comment(text: str) -> str:
    """Text that may stand inside a header comment."""
    return re.sub(r"[()\\\r\n]", " ", text)
