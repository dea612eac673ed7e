"""What a session asks of the story behind it.

The session sees only these shapes: ``simulator.delivery`` fills them in the running simulator, a recorder in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from simulator.model.address import Address
from simulator.model.certificate import TlsFacts
from simulator.rules.verdict import Verdict
from simulator.signin import Attempt, Outcome


class Visit(Protocol):
    """One SMTP connection, from greeting to end."""

    @property
    def message_limit(self) -> int:
        """Octets of the largest message taken, announced with SIZE; may change with the sign-in."""

    @property
    def most_recipients(self) -> int:
        """Recipients taken per message, announced with LIMITS."""

    def greet(self, hello: str, extended: bool) -> None:
        """The client said EHLO (``extended``) or HELO; an open transaction is over."""

    def secured(self, tls: TlsFacts) -> Verdict:
        """The TLS handshake is done; a refusal bars every command but QUIT."""

    async def sign_in(self, attempt: Attempt) -> Outcome:
        """AUTH came with these proofs."""

    def mechanisms(self) -> tuple[str, ...]:
        """SASL mechanisms that may be offered now; none on the mx door and none in clear."""

    def salt(self, user: str) -> bytes:
        """What SCRAM mixes with the password of that account, known or not."""

    def sender(self, address: Address | None, options: Mapping[str, str]) -> Verdict:
        """MAIL FROM; None is the null reverse-path. Keys in upper case, values as sent."""

    def recipient(self, address: Address, options: Mapping[str, str]) -> Verdict:
        """RCPT TO, options as for sender()."""

    async def message(self, body: bytes) -> Verdict:
        """The text, dots removed, lines ended by CRLF. The reply is always set; 250 only after commit."""

    def reset(self) -> None:
        """The transaction is dropped."""

    def gone(self, why: str) -> None:
        """The connection has ended."""

    def protocol_breach(self, rule: str, what: str) -> None:
        """The door itself refused something; for the journal."""


class Office(Protocol):
    """Receives visitors."""

    def visit(self, door: str, client: str, operator: str | None) -> Visit:
        """A new connection from the address ``client``, on the door of one operator or of all (None)."""
