"""Where a message goes next: into a mailbox of the operator that holds it, or into the queue toward another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.clock import Clock
from simulator.domains.arrival import Arrival
from simulator.model.address import Address, AddressError
from simulator.notices import NOTICE_ITSELF, Cause, Fate, Notice, wants
from simulator.rules.facts import Letter
from simulator.rules.letter import header_end, read_letter
from simulator.space import TrustSpace
from simulator.store.interface import Batch, Deposit, ExchangeChange, NewLine, NewMessage, QueuedRelay


@dataclass(slots=True)
class Sorted:
    """A batch being made up."""

    deposits: list[Deposit] = field(default_factory=list)
    relays: list[QueuedRelay] = field(default_factory=list)
    relayed: list[int] = field(default_factory=list)
    exchanges: list[ExchangeChange] = field(default_factory=list)
    sent_back: list[tuple[str, str]] = field(default_factory=list)
    """Transfers that went back to their sender, as (arrival, mailbox)."""
    lines: list[NewLine] = field(default_factory=list)
    _returned: tuple[bytes, bytes, bytes] | None = None

    def returned(self, sender: Address | None, body: bytes) -> bytes:
        """``body`` as it is delivered, under its Return-Path: one copy in memory, however many recipients it has."""
        line = f"Return-Path: <{sender or ''}>\r\n".encode()
        if self._returned is None or self._returned[0] is not body or self._returned[1] != line:
            self._returned = (body, line, line + without_return_path(body))
        return self._returned[2]

    def batch(self) -> Batch:
        """What the store commits."""
        return Batch(self.deposits, self.relays, self.relayed, self.exchanges, self.sent_back, self.lines)


class Routing:
    """Sorts copies of messages between mailboxes and the relay queue."""

    def __init__(self, space: TrustSpace, clock: Clock) -> None:
        self._space = space
        self._clock = clock

    def sort(
        self,
        into: Sorted,
        *,
        operator: str,
        sender: Address | None,
        recipient: Address,
        body: bytes,
        letter: Letter,
        options: Mapping[str, str],
        arrival: str | None = None,
    ) -> None:
        """Add one copy: a deposit when ``operator`` serves the recipient, else a relay in its name."""
        now = self._clock.timestamp()
        box = self._space.mailbox(recipient)
        if self._space.operator_of(recipient.domain) != operator:
            into.relays.append(
                QueuedRelay(0, operator, str(sender or ""), str(recipient), body, created=now, due=now, options=options)
            )
            return
        if box is None:
            # Reached only when the rule that refuses or returns it is not in force.
            reason = f"550 5.1.1 There is no mailbox {recipient}"
            self.send_back(
                into, operator, str(sender or ""), str(recipient), body, options, status="5.1.1", reason=reason
            )
            return
        into.deposits.append(
            Deposit(box.address.key, NewMessage(into.returned(sender, body), now), arrival=arrival)
        )
        kind = self._space.kind_of(recipient.domain)
        known = self._space.exchanges(box) if kind.name == "patient" and sender is not None else {}
        into.exchanges += kind.arrive(Arrival(box, sender, letter, now, known))
        if sender is not None and wants(options.get("NOTIFY", ""), "SUCCESS"):
            self.notify(
                into,
                Fate.DELIVERED,
                operator=operator,
                sender=str(sender),
                recipient=str(recipient),
                status="2.0.0",
                reason="",
                body=body,
                created=now,
                options=options,
            )

    def send_back(
        self,
        into: Sorted,
        operator: str,
        sender: str,
        recipient: str,
        body: bytes,
        options: Mapping[str, str],
        *,
        status: str,
        reason: str,
        cause: Cause | None = None,
    ) -> None:
        """A message of ours to handle that reaches nobody returns to its sender, unless NOTIFY says otherwise."""
        if wants(options.get("NOTIFY", ""), "FAILURE"):
            self.notify(
                into,
                Fate.FAILED,
                operator=operator,
                sender=sender,
                recipient=recipient,
                status=status,
                reason=reason,
                body=body,
                created=self._clock.timestamp(),
                options=options,
                cause=cause,
            )

    def notify(
        self,
        into: Sorted,
        fate: Fate,
        *,
        operator: str,
        sender: str,
        recipient: str,
        status: str,
        reason: str,
        body: bytes,
        created: float,
        options: Mapping[str, str],
        remote: str = "",
        retry_until: float | None = None,
        cause: Cause | None = None,
    ) -> None:
        """Add a notice to ``sender``. There is none for a notice: the null sender is told nothing (RFC 5321 6.1)."""
        try:
            told = Address.parse(sender)
        except AddressError:
            return
        now = self._clock.now()
        guarded = "REQUIRETLS" in options
        notice = Notice(
            fate,
            self._space.operators[operator].mx_host,
            sender,
            recipient,
            status,
            reason,
            now,
            now.fromtimestamp(created, now.tzinfo),
            body,
            options.get("ENVID", ""),
            options.get("ORCPT", ""),
            # What demanded TLS all the way comes back guarded as well, and never whole (RFC 8689 5).
            guarded or options.get("RET", "").upper() == "HDRS" or self._is_too_large_for(told, body),
            remote,
            now.fromtimestamp(retry_until, now.tzinfo) if retry_until is not None else None,
            cause,
        ).encode()
        needs = {"REQUIRETLS": guarded, "SMTPUTF8": not sender.isascii()}
        self.sort(
            into,
            operator=operator,
            sender=None,
            recipient=told,
            body=notice,
            letter=read_letter(notice),
            options={name: "" for name, needed in needs.items() if needed},
        )

    def _is_too_large_for(self, told: Address, body: bytes) -> bool:
        """The sender's operator would not take it back whole."""
        operator = self._space.operator_of(told.domain)
        return operator is not None and len(body) + NOTICE_ITSELF > self._space.message_limit(operator)


def without_return_path(body: bytes) -> bytes:
    """The message without the Return-Path fields it came with: only the last operator writes one (RFC 5321 4.4)."""
    end = header_end(body)
    if b"return-path:" not in body[:end].lower():
        return body
    kept: list[bytes] = []
    dropping = False
    for line in body[:end].splitlines(keepends=True):
        if not line.startswith((b" ", b"\t")):
            dropping = line.lower().startswith(b"return-path:")
        if not dropping:
            kept.append(line)
    return b"".join(kept) + body[end:]
