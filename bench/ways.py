"""What servers and generators agree on: the accounts, and how a door is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a mailbox, who signs in with the address."""

    address: str
    password: str


@dataclass(frozen=True, slots=True)
class Way:
    """How one door is reached; with ``certificate`` and ``key`` (PEM files) the client presents them."""

    port: int
    tls: Literal["implicit", "starttls"]
    certificate: str = ""
    key: str = ""


DOMAINS = {"alpha": "alpha.mssante.fr", "beta": "beta.mssante.fr"}
"""Operator to its only domain."""
ALPHA = tuple(Account(f"bench{n}@{DOMAINS['alpha']}", f"bench-password-{n}") for n in range(1, 5))
BETA = tuple(Account(f"bench{n}@{DOMAINS['beta']}", f"bench-password-{n}") for n in range(5, 9))
