"""The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without sockets and without accounts.

A door reads the opening, asks for the salt of the account and says ``Exchange.first``; what comes back becomes a
``Proof``, which whoever knows the passwords holds against their ``Keys``. Channel binding is not offered.
"""

from __future__ import annotations

import binascii
import hmac
import re
import secrets
import stringprep
import unicodedata
from base64 import b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import pbkdf2_hmac, sha256
from typing import Final

ITERATIONS: Final = 4096
"""The least that RFC 7677 4 allows: the passwords stand in a configuration file anyway."""
MAX_NAME: Final = 1024
"""Octets of a name or nonce that is looked at."""

_NAME: Final = r"(?:[^\x00,=]|=2C|=3D)+"
_PRINTABLE: Final = r"[!-+\--~]+"
# Further attributes may follow; one that must be understood (m=) is none of them.
_MORE: Final = r"(?:,[A-Za-ln-z]=[^\x00,]+)*"
_OPENING: Final = re.compile(rf"([ny],(?:a=({_NAME}))?,)(n=({_NAME}),r=({_PRINTABLE}){_MORE})")
_FINAL: Final = re.compile(rf"(c=([A-Za-z0-9+/=]+),r=({_PRINTABLE}){_MORE}),p=([A-Za-z0-9+/=]+)")
_PROHIBITED: Final = (
    stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3, stringprep.in_table_c4,
    stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8,
    stringprep.in_table_c9,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """The client-first-message (RFC 5802 7)."""

    binding: str
    """The gs2-header as it came; the final message repeats it."""
    acting_for: str
    """Authorization identity, empty when none was given."""
    user: str
    nonce: str
    bare: str


@dataclass(frozen=True, slots=True)
class Keys:
    """What a password comes to under one salt (RFC 5802 3). Enough to check a proof, not to make one."""

    stored: bytes = field(repr=False)
    server: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """The client-final-message: a proof over everything said before it."""

    said: bytes
    """AuthMessage."""
    signed: bytes = field(repr=False)
    """ClientProof."""
    salt: bytes

    def fits(self, keys: Keys) -> bool:
        """Whether the client knows the password; takes as long either way."""
        signature = hmac.digest(keys.stored, self.said, "sha256")
        key = bytes(a ^ b for a, b in zip(self.signed, signature, strict=True))
        return hmac.compare_digest(sha256(key).digest(), keys.stored)

    def answer(self, keys: Keys) -> bytes:
        """The server-final-message: the server knows the password too."""
        return b"v=" + b64encode(hmac.digest(keys.server, self.said, "sha256"))


class Exchange:
    """One exchange, past the client's opening."""

    def __init__(self, opening: Opening, salt: bytes, *, nonce: str = "") -> None:
        """``nonce`` is the server's part; left out, it is drawn."""
        self._opening = opening
        self._salt = salt
        self._nonce = opening.nonce + (nonce or secrets.token_urlsafe(18))
        self.first = f"r={self._nonce},s={b64encode(salt).decode()},i={ITERATIONS}".encode()
        """The server-first-message."""

    def read_final(self, message: bytes) -> Proof | None:
        """The client-final-message; None when it is none, or does not belong to what was said before."""
        found = _matched(_FINAL, message)
        if found is None:
            return None
        binding, signed = _from_base64(found[2]), _from_base64(found[4])
        if binding != self._opening.binding.encode() or found[3] != self._nonce:
            return None
        if signed is None or len(signed) != sha256().digest_size:
            return None
        said = b",".join((self._opening.bare.encode(), self.first, found[1].encode()))
        return Proof(said, signed, self._salt)


def read_opening(message: bytes) -> Opening | None:
    """The client-first-message; None when it is none, or wants channel binding or an extension we do not know."""
    found = _matched(_OPENING, message)
    if found is None or any(len(part or "") > MAX_NAME for part in (found[2], found[4], found[5])):
        return None
    acting_for, user = _name(found[2] or ""), _name(found[4])
    if acting_for is None or not user:
        return None
    return Opening(found[1], acting_for, user, found[5], found[3])


@lru_cache(maxsize=1024)
def derive(password: str, salt: bytes, iterations: int = ITERATIONS) -> Keys:
    """Keys of a password. Takes milliseconds the first time; safe to call in a thread."""
    prepared = prepare(password)
    salted = pbkdf2_hmac("sha256", (password if prepared is None else prepared).encode(), salt, iterations)
    client = hmac.digest(salted, b"Client Key", "sha256")
    return Keys(sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256"))


def prepare(text: str) -> str | None:
    """The text in the one form that both sides hash (SASLprep, RFC 4013); None when it holds what it must not."""
    mapped = "".join(" " if stringprep.in_table_c12(c) else c for c in text if not stringprep.in_table_b1(c))
    prepared = unicodedata.normalize("NFKC", mapped)
    if any(prohibited(c) for c in prepared for prohibited in _PROHIBITED):
        return None
    if any(map(stringprep.in_table_d1, prepared)):
        ends = prepared[0], prepared[-1]
        if any(map(stringprep.in_table_d2, prepared)) or not all(map(stringprep.in_table_d1, ends)):
            return None
    return prepared


def _matched(pattern: re.Pattern[str], message: bytes) -> re.Match[str] | None:
    try:
        return pattern.fullmatch(message.decode())
    except UnicodeDecodeError:
        return None


def _name(coded: str) -> str | None:
    """A saslname as it was meant (RFC 5802 5.1)."""
    return prepare(coded.replace("=2C", ",").replace("=3D", "="))


def _from_base64(text: str) -> bytes | None:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        return None
