"""The exchanges of SCRAM, PLAIN, LOGIN and EXTERNAL: what is said, not what it is worth (RFC 4954, 4422, 4616, 5802).

Each mechanism is a generator: it yields challenges, is sent responses, and returns the proofs.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Final

from simulator.model.reply import Reply
from simulator.scram import Exchange as ScramExchange
from simulator.scram import Proof, read_opening
from simulator.smtp import replies


@dataclass(frozen=True, slots=True)
class Proofs:
    """What the client said about itself."""

    user: str = ""
    acting_for: str = ""
    secret: str = field(default="", repr=False)
    scram: Proof | None = field(default=None, repr=False)


Salt = Callable[[str], bytes]
"""What SCRAM mixes with the password of an account."""
Steps = Generator[bytes, bytes, Proofs | None]
"""Challenges out, responses in; None at the end when a response does not fit the mechanism."""


def scram(salt: Salt) -> Steps:
    """Name and nonce, then the proof of a password that is never sent (RFC 5802 3)."""
    opening = read_opening((yield b""))
    if opening is None:
        return None
    exchange = ScramExchange(opening, salt(opening.user))
    proof = exchange.read_final((yield exchange.first))
    return None if proof is None else Proofs(opening.user, opening.acting_for, scram=proof)


def plain(_: Salt) -> Steps:
    """``authzid NUL authcid NUL password`` in one response (RFC 4616 2)."""
    parts = _texts((yield b"").split(b"\0"))
    if parts is None or len(parts) != 3 or not parts[1] or not parts[2]:
        return None
    return Proofs(parts[1], parts[0], parts[2])


def login(_: Salt) -> Steps:
    """User name, then password; an initial response is the user name."""
    user = yield b"Username:"
    secret = yield b"Password:"
    parts = _texts([user, secret])
    if parts is None or not all(parts):
        return None
    return Proofs(parts[0], "", parts[1])


def external(_: Salt) -> Steps:
    """The identity to act for, or nothing; the proof is in the TLS handshake."""
    parts = _texts([(yield b"")])
    return None if parts is None else Proofs(acting_for=parts[0])


MECHANISMS: Final[Mapping[str, Callable[[Salt], Steps]]] = {
    "SCRAM-SHA-256": scram, "PLAIN": plain, "LOGIN": login, "EXTERNAL": external}


class Exchange:
    """One AUTH command under way: lines in, the next line or the proofs out."""

    def __init__(self, mechanism: str, salt: Salt) -> None:
        self.mechanism = mechanism
        self._steps = MECHANISMS[mechanism](salt)
        self._first = next(self._steps)

    def begin(self, initial: bytes) -> bytes | Proofs | Reply:
        """Start with the initial response of the AUTH line, ``b""`` when there is none, ``b"="`` for an empty one."""
        if not initial:
            return challenge(self._first)
        return self._respond(b"" if initial == b"=" else initial)

    def line(self, line: bytes) -> bytes | Proofs | Reply:
        """The answer to a challenge; ``*`` gives up."""
        return replies.CANCELLED if line == b"*" else self._respond(line)

    def _respond(self, encoded: bytes) -> bytes | Proofs | Reply:
        try:
            response = binascii.a2b_base64(encoded, strict_mode=True)
        except binascii.Error:
            return replies.NOT_BASE64
        try:
            return challenge(self._steps.send(response))
        except StopIteration as done:
            return done.value if isinstance(done.value, Proofs) else replies.BAD_RESPONSE


class Farewell:
    """The server has proved itself in its turn; the client says nothing more, or that it does not believe it."""

    mechanism = ""

    def line(self, line: bytes) -> bool:
        """Whether the answer to the server's proof is the empty one."""
        return line in (b"", b"=")


def challenge(text: bytes) -> bytes:
    """A reply that asks for a response."""
    return b"334 " + binascii.b2a_base64(text, newline=False) + b"\r\n"


def _texts(parts: list[bytes]) -> list[str] | None:
    """The parts as text; None when one is not UTF-8 or holds a control character."""
    try:
        texts = [part.decode() for part in parts]
    except UnicodeDecodeError:
        return None
    return texts if all(text.isprintable() for text in texts) else None
