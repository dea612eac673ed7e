"""What a rule may look at. The type of the facts is the moment the rule runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from simulator.model.address import Address
from simulator.model.certificate import TlsFacts
from simulator.model.mailbox import Factor, Identity, Mailbox

if TYPE_CHECKING:
    from simulator.xdm import Archive

INSIDE = "inside"
"""The door of the operator's own pages and automata: what passes it never travelled."""


class Exchange:
    """States of the exchange between one patient and one mailbox (mssante-rules §3.9)."""

    NONE = "none"
    OPEN = "open"
    NO_REPLY = "no reply"
    CLOSED = "closed"


class World(Protocol):
    """The questions that rules ask of the trust space; every answer is what is true right now."""

    def now(self) -> datetime: ...
    def lists(self, domain: str) -> bool:
        """The domain is on the whitelist."""

    def operator_of(self, domain: str) -> str | None:
        """The configured operator that serves the domain."""

    def domain_kind(self, domain: str) -> str | None:
        """``professional``, ``patient`` or ``outsider``; None for a domain nobody declared."""

    def listed_dns(self, domain: str) -> Sequence[str]:
        """Certificate DNs that the whitelist gives for the domain."""

    def is_listed_dn(self, dn: str) -> bool:
        """The whitelist gives this DN for at least one domain."""

    def problem_with(self, address: Address) -> str | None:
        """Why the kind of its domain knows no such address; None when it may exist."""

    def mailbox(self, address: Address) -> Mailbox | None: ...
    def usage(self, mailbox: Mailbox) -> int:
        """Octets stored."""

    def message_limit(self, operator: str) -> int:
        """Octets of the largest message that the operator takes."""

    def domain_limit(self, domain: str) -> int | None:
        """Octets of the largest message to a mailbox of the domain; None when only the operator's limit holds."""

    def exchange(self, patient: Mailbox, correspondent: Address) -> str:
        """One of the states in Exchange."""

    def dispensed_within_a_year(self, patient: Mailbox, structure: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is known at every moment of a session."""

    space: World
    door: str
    """``mx``, ``submission``, ``smtps``, ``imap``, ``imaps`` or ``inside``."""
    client: str
    """Address of the peer, as text."""
    tls: TlsFacts | None
    """None before the handshake."""
    operator: str | None = None
    """The operator addressed: by server name at the handshake, or by the login; None when neither tells."""

    @property
    def is_transfer(self) -> bool:
        """True at the door where operators meet."""
        return self.door == "mx"

    @property
    def is_inside(self) -> bool:
        """True for the operator's own pages and automata, which no wire separates from it."""
        return self.door == INSIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Moment):
    """The TLS handshake ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIn(Moment):
    """AUTH or LOGIN was tried; the proofs were checked, the rules say whether they are enough."""

    mechanism: str
    mailbox: Mailbox | None
    """The mailbox to act for; None when nobody has that address."""
    account: Mailbox | None
    """The account that signs in."""
    proven: frozenset[Factor] = frozenset()
    second_factor_for_persons: bool = False
    """The configuration demands two factors for PER mailboxes too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromSender(Moment):
    """MAIL FROM was given."""

    identity: Identity | None
    sender: Address | None
    """None is the null sender of a bounce."""
    declared_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRecipient(FromSender):
    """One RCPT TO was given."""

    recipient: Address
    already: int = 0
    """Recipients accepted before this one."""
    most: int = 200
    """Recipients taken per message."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a rule may read of a message: its size and decoded header fields."""

    size: int
    from_: tuple[Address, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    """Unfolded and decoded (RFC 2047), with no blanks removed."""
    message_id: str = ""
    mss_mes: str = ""
    """Value of ``X-MSS-MES``."""
    hops: int = 0
    """``Received`` fields it came with."""
    mss_codecda: str = ""
    """Value of ``X-MSS-CODECDA``."""
    mss_ins: str = ""
    """Value of ``X-MSS-INS``."""
    receipt_to: str = ""
    """Value of ``Disposition-Notification-To``."""
    report: str = ""
    """The kind of report of a program (RFC 6522), in lower case: ``disposition-notification``, ``delivery-status``."""
    defects: tuple[str, ...] = field(default=())
    """What could not be read, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithMessage(FromSender):
    """The message was received, before it is accepted."""

    recipients: tuple[Address, ...]
    letter: Letter
    archives: tuple[Archive, ...] | None = None
    """What its ``IHE_XDM.zip`` hold, opened; None when nobody looked, because it was looked at before."""
    most_hops: int = 50
    """Received fields that a message may come with."""
