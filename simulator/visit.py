"""The life of one connection, told forward: greet, sign in, sender, recipient, message.

Each step builds the facts of its moment, asks the rule book, writes the journal and returns a value. Nothing here
knows a socket; nothing here decides what is allowed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from simulator.delivery import Client, Office, Taken
from simulator.model.address import Address
from simulator.model.certificate import NO_CERTIFICATE, TlsFacts
from simulator.model.mailbox import Identity
from simulator.rules.enclosed import archives, may_enclose
from simulator.rules.facts import INSIDE, FromSender, Letter, ToRecipient, WithMessage
from simulator.rules.letter import read_letter
from simulator.rules.verdict import PASSED, Finding, Severity, Verdict
from simulator.signin import Attempt, Outcome

if TYPE_CHECKING:
    from simulator.xdm import Archive


@dataclass(frozen=True, slots=True)
class Reception:
    """Receives every connection of the SMTP doors."""

    office: Office

    def visit(self, door: str, client: str, operator: str | None = None) -> Visit:
        """A new connection at ``door``; ``operator`` when the door belongs to one."""
        return Visit(self.office, door, client, operator)

    def inside(self, identity: Identity) -> Visit:
        """The door of the operator's own pages and automata: no wire, so neither TLS nor a sign-in; all else is judged.

        Whoever calls has recognised ``identity``. EHLO is not needed: sender, recipients and message may follow.
        """
        visit = Visit(self.office, INSIDE, "inside", identity.mailbox.operator)
        visit.preset(identity)
        return visit


@dataclass(slots=True)
class Visit:
    """One connection, from greeting to goodbye."""

    office: Office
    door: str
    client: str
    operator: str | None = None
    _hello: str = ""
    _tls: TlsFacts | None = None
    _identity: Identity | None = None
    _failures: int = 0
    _sender: Address | None = None
    _options: Mapping[str, str] = field(default_factory=dict)
    _recipients: list[tuple[Address, Mapping[str, str]]] = field(default_factory=list)
    _returned: dict[Address, Finding] = field(default_factory=dict)
    """To whom the message will be accepted and then sent back, and why."""

    @property
    def message_limit(self) -> int:
        """Octets to announce as SIZE: of the operator known so far, else the largest any takes."""
        if self.operator is not None:
            return self.office.space.message_limit(self.operator)
        return max(o.message_limit for o in self.office.space.operators.values())

    @property
    def most_recipients(self) -> int:
        """Recipients taken per message."""
        return self.office.most_recipients

    def mechanisms(self) -> tuple[str, ...]:
        """SASL mechanisms to announce now."""
        return () if self.door in ("mx", INSIDE) else self.office.sign_in.mechanisms(self._tls)

    def salt(self, user: str) -> bytes:
        """What SCRAM mixes with the password of an account."""
        return self.office.sign_in.salt(user)

    def greet(self, hello: str, extended: bool) -> None:
        """HELO or EHLO; a transaction in hand is given up (RFC 5321 4.1.4)."""
        self._hello = hello
        self.reset()

    def secured(self, tls: TlsFacts) -> Verdict:
        """The handshake ended; what was said before it is forgotten (RFC 3207 4.2)."""
        self._tls = tls
        self._identity = None
        self._hello = ""
        if tls.operator is not None:
            self.operator = tls.operator
        self.reset()
        return PASSED

    def preset(self, identity: Identity) -> None:
        """What a sign-in would prove is known beforehand; only the inside door does this."""
        self._identity = identity

    async def sign_in(self, attempt: Attempt) -> Outcome:
        """AUTH. On success the operator is the mailbox's."""
        outcome = await self.office.sign_in.attempt(replace(attempt, failures=self._failures))
        if outcome.identity is None:
            self._failures += 1
        else:
            self._identity = outcome.identity
            self.operator = outcome.identity.mailbox.operator
        return outcome

    def sender(self, address: Address | None, options: Mapping[str, str]) -> Verdict:
        """MAIL FROM. ``None`` is the null sender."""
        self._look_again()
        size = options.get("SIZE", "")
        verdict = self.office.book.judge(
            FromSender(
                **self._moment(),
                identity=self._identity,
                sender=address,
                declared_size=int(size) if size.isdecimal() else None,
            )
        )
        if verdict.refused:
            return self._refused(verdict, sender=address)
        self._remark(verdict, sender=address)
        self._sender = address
        self._options = options
        self._recipients = []
        self._returned = {}
        return verdict

    def recipient(self, address: Address, options: Mapping[str, str]) -> Verdict:
        """RCPT TO."""
        size = self._options.get("SIZE", "")
        verdict = self.office.book.judge(
            ToRecipient(
                **self._moment(),
                identity=self._identity,
                sender=self._sender,
                recipient=address,
                declared_size=int(size) if size.isdecimal() else None,
                already=len(self._recipients),
                most=self.most_recipients,
            )
        )
        if verdict.refused:
            return self._refused(verdict, sender=self._sender, recipient=address)
        self._remark(verdict, sender=self._sender, recipient=address)
        if verdict.returned is not None:
            self._returned.setdefault(address, verdict.returned)
        self._recipients.append((address, options))
        return verdict

    async def message(self, body: bytes) -> Verdict:
        """The message after DATA. Always answers with a reply."""
        letter = read_letter(body, self.office.header_limit)
        enclosed = await self._enclosed(body)
        verdict = self.office.book.judge(
            WithMessage(
                **{**self._moment(), "operator": self._operator_in_hand() or None},
                identity=self._identity,
                sender=self._sender,
                letter=letter,
                archives=enclosed,
                most_hops=self.office.most_hops,
                recipients=tuple(address for address, _ in self._recipients),
            )
        )
        if verdict.refused:
            refused = self._refused(verdict, sender=self._sender, letter=letter)
            self.reset()
            return refused
        self._remark(verdict, sender=self._sender, letter=letter)
        if verdict.returned is not None:
            for address in verdict.returned.recipients or [address for address, _ in self._recipients]:
                self._returned.setdefault(address, verdict.returned)
        taken = Taken(
            self.door,
            self._operator_in_hand(),
            Client(self.client, self._tls, self._hello),
            self._identity,
            self._sender,
            tuple(self._recipients),
            self._options,
            body,
            letter,
            self._returned,
        )
        self.reset()
        return await self.office.accept(taken)

    async def _enclosed(self, body: bytes) -> tuple[Archive, ...] | None:
        """Archives are opened once: where a message enters the space."""
        if self.door == "mx" and self._sender is not None and self.office.space.operator_of(self._sender.domain):
            return None
        return await asyncio.to_thread(archives, body) if may_enclose(body) else ()

    def reset(self) -> None:
        """RSET: the transaction is forgotten, the login stays."""
        self._sender = None
        self._options = {}
        self._recipients = []
        self._returned = {}

    def gone(self, why: str) -> None:
        """The connection ended."""
        self.reset()

    def protocol_breach(self, rule: str, what: str) -> None:
        """The door itself refused something the protocol forbids."""
        self.office.journal.note(
            "protocol",
            f"{self._who() or self.client} at {self.door}: {what}",
            who=self._who(),
            client=self.client,
            certificate=self._certificate(),
            door=self.door,
            rule=rule,
        )

    # -- what the steps share
    def _moment(self) -> dict[str, Any]:
        return {
            "space": self.office.space,
            "door": self.door,
            "client": self.client,
            "tls": self._tls,
            "operator": self.operator,
        }

    def _operator_in_hand(self) -> str:
        """The operator that takes the message; without a server name, whoever serves the first recipient."""
        if self.operator is not None:
            return self.operator
        return self.office.space.operator_of(self._recipients[0][0].domain) or ""

    def _look_again(self) -> None:
        """What the login proved stays; mailbox and account themselves may have changed since."""
        if (known := self._identity) is None:
            return
        mailbox = self.office.space.mailbox(known.mailbox.address) or known.mailbox
        account = self.office.space.mailbox(known.account.address) or known.account
        if mailbox is not known.mailbox or account is not known.account:
            self._identity = replace(known, mailbox=mailbox, account=account)

    def _who(self) -> str:
        return self._identity.who if self._identity is not None else ""

    def _certificate(self) -> str:
        return self._tls.peer.serial if self._tls is not None else ""

    def _refused(
        self,
        verdict: Verdict,
        *,
        sender: Address | None,
        recipient: Address | None = None,
        letter: Letter | None = None,
    ) -> Verdict:
        finding = verdict.findings[-1]
        target = f" to {recipient}" if recipient is not None else ""
        peer = self._tls.peer if self._tls is not None else NO_CERTIFICATE
        event = self.office.journal.note(
            "refusal",
            f"refused at {self.door}: {sender or 'no sender'}{target}: {finding.what} [{finding.rule}]",
            who=self._who() or str(sender or ""),
            mailbox=str(recipient or sender or ""),
            client=self.client,
            certificate=self._certificate(),
            door=self.door,
            rule=finding.rule,
            what=finding.what,
            remedy=finding.remedy,
            subject=letter.subject if letter is not None else "",
            operator=self.operator or "",
            sender=str(sender or ""),
            recipient=str(recipient or ""),
            certificate_subject=peer.subject,
            certificate_worth=peer.worth,
            reply=verdict.reply.head if verdict.reply is not None else "",
        )
        return verdict.explained_by(event.seq)

    def _remark(
        self,
        verdict: Verdict,
        *,
        sender: Address | None,
        recipient: Address | None = None,
        letter: Letter | None = None,
    ) -> None:
        """Note what was let pass with a warning. What goes back is told when it does."""
        target = f" to {recipient}" if recipient is not None else ""
        for finding in verdict.findings:
            if finding.severity is Severity.BOUNCE:
                continue
            self.office.journal.note(
                "remark",
                f"remark on a message of {self._who() or sender}{target}: {finding.what} [{finding.rule}]",
                who=self._who() or str(sender or ""),
                mailbox=str(recipient or sender or ""),
                client=self.client,
                rule=finding.rule,
                what=finding.what,
                remedy=finding.remedy,
                subject=letter.subject if letter is not None else "",
                message_id=letter.message_id if letter is not None else "",
            )
