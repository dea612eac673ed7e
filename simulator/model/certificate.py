"""What a peer's certificate was worth, recorded at the handshake and judged later by rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Worth(StrEnum):
    """The outcome of looking at a presented certificate. Only GOOD proves anything."""

    NONE = "none"
    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    REVOKED = "revoked"
    UNKNOWN_AUTHORITY = "unknown authority"
    WRONG_USE = "wrong use"
    WEAK = "weak"


class Use(StrEnum):
    """The side of the handshake that presents the certificate (extended key usage)."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A presented certificate, reduced to what rules and the journal need."""

    worth: Worth
    reason: str = ""
    """One ASCII sentence saying why the worth is not GOOD."""
    subject: str = ""
    """The DN in the whitelist's writing: ``CN=…,OU=…,O=…,ST=…,C=FR``."""
    serial: str = ""
    """Lower-case hexadecimal, as ``mssim certs list`` prints it."""
    fingerprint: str = ""
    """SHA-256 of the DER form, lower-case hexadecimal."""
    common_name: str = ""
    structure_id: str = ""
    """The OU of a structure's certificate: prefix 1 + FINESS or 3 + SIRET."""
    national_id: str = ""
    """The CN of a person's certificate: 8 + RPPS or 0 + ADELI; empty for a structure."""
    names: tuple[str, ...] = ()
    """DNS names of the subject alternative name."""
    not_after: datetime | None = None

    @property
    def is_good(self) -> bool:
        """True when the certificate proves its subject."""
        return self.worth is Worth.GOOD

    @property
    def presented(self) -> bool:
        """True when the peer sent any certificate at all."""
        return self.worth is not Worth.NONE


NO_CERTIFICATE = Certificate(Worth.NONE, "no certificate was presented")

Judge = Callable[[Sequence[bytes], Use], Certificate]
"""Tells what a presented chain is worth now: DER certificates, leaf first, as the peer sent them.

An empty sequence gives NO_CERTIFICATE. Must be cheap when asked again about the same chain."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one side presents in a handshake: PEM chain (leaf first) and PEM private key."""

    chain: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """One finished handshake."""

    version: str
    """``TLSv1.2`` or ``TLSv1.3``."""
    cipher: str
    """OpenSSL's name of the suite."""
    server_name: str | None
    """The name the client asked for (SNI), in lower case."""
    operator: str | None
    """The operator whose identity answered; None for the host's own certificate."""
    peer: Certificate
    resumed: bool = False
