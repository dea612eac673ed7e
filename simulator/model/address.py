"""A mail address, checked once where it enters, compared without regard to case afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

# Written as what is left out: ranges up to U+10FFFF take ten milliseconds to compile.
_ATEXT = r"""[^\x00-\x20"(),.:;<>@\[\\\]\x7f]+"""
_DOT_ATOM = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_LETTER_DIGIT = r"[^\x00-/:-`{-\x7f]"
_OR_HYPHEN = r"[^\x00-,./:-`{-\x7f]"
_LABEL = re.compile(rf"{_LETTER_DIGIT}(?:{_OR_HYPHEN}*{_LETTER_DIGIT})?")

MAX_LOCAL = 64
"""Octets of a local part (RFC 5321 4.5.3.1.1)."""
MAX_ADDRESS = 254
"""Octets of a whole address (RFC 5321 4.5.3.1.3, without the angle brackets)."""


class AddressError(ValueError):
    """The text is not an address that the trust space can carry."""


@dataclass(frozen=True)
class Address:
    """``local@domain``; the domain is kept in lower case, the local part as it was written."""

    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``local@domain`` (dot-atom local part, RFC 5321 4.1.2; no quoted strings, no literals).

        Raises AddressError with a sentence that can be shown to the sender.
        """
        return _parsed(text)

    @cached_property
    def key(self) -> str:
        """What identifies the mailbox: the address in lower case."""
        return f"{self.local.lower()}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """False when the address may only travel with SMTPUTF8 (RFC 6531)."""
        return self.local.isascii() and self.domain.isascii()

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Address:
    """The same few addresses come with every letter."""
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise AddressError("an address is written local-part@domain")
    if len(local.encode()) > MAX_LOCAL or len(text.encode()) > MAX_ADDRESS:
        raise AddressError(f"an address has at most {MAX_LOCAL} octets before the @ and {MAX_ADDRESS} in all")
    if not _DOT_ATOM.fullmatch(local):
        raise AddressError("the local part holds a character that the trust space does not carry")
    domain = domain.lower()
    if not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        raise AddressError("the domain is not a host name")
    return Address(local, domain)
