"""Any state and not authenticated: CAPABILITY, NOOP, LOGOUT, STARTTLS, AUTHENTICATE, LOGIN (RFC 3501 6.1, 6.2)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.outcomes import no_sign_in
from simulator.imap.reader import Command
from simulator.imap.session import Answer, Phase, Session
from simulator.scram import Exchange, Proof, read_opening
from simulator.signin import Attempt

_PRIVACY = b"NO [PRIVACYREQUIRED] Start TLS before signing in"
_CANCELLED = b"BAD Authentication cancelled"
_NOT_BASE64 = b"BAD That is no base64"
_NO_SCRAM = b"BAD That is no SCRAM-SHA-256, or belongs to another exchange"
_SIGNED_IN_BY = ("SCRAM-SHA-256", "PLAIN", "LOGIN", "EXTERNAL")


@dataclass(frozen=True, slots=True)
class _Proof:
    """What a SASL exchange brought."""

    user: str = ""
    acting_for: str = ""
    secret: str = ""
    scram: Proof | None = None


class Auth(Session):
    """Getting in and out."""

    commands: ClassVar[dict[str, Phase]] = {
        "CAPABILITY": Phase.ANY, "NOOP": Phase.ANY, "LOGOUT": Phase.ANY,
        "STARTTLS": Phase.STRANGER, "AUTHENTICATE": Phase.STRANGER, "LOGIN": Phase.STRANGER,
    }
    announces = ("IMAP4rev1",)
    _failures = 0
    initial_response = False
    """AUTHENTICATE may carry the first response (SASL-IR)."""

    def capability_list(self) -> list[str]:
        """STARTTLS and the mechanisms are said only while they can be used."""
        names = super().capability_list()
        if self.identity is None:
            if self.bridge.securable is not None:
                names.append("STARTTLS")
            offered = self.mechanisms()
            names += [f"AUTH={name}" for name in offered] or ["LOGINDISABLED"]
        return names

    def mechanisms(self) -> tuple[str, ...]:
        """SASL mechanisms for this connection; none before TLS (P7)."""
        if self.tls is None and not self.limits.clear_is_private:
            return ()
        return tuple(name for name in self.door.signin.mechanisms(self.tls) if name in _SIGNED_IN_BY)

    def command_capability(self, args: Arguments) -> Answer:
        """RFC 3501 6.1.1"""
        args.end()
        self.send(b"* CAPABILITY %b\r\n" % self.capability_line())
        return b"OK That is all"

    def command_noop(self, args: Arguments) -> Answer:
        """RFC 3501 6.1.2"""
        args.end()
        return b"OK Nothing done"

    def command_logout(self, args: Arguments) -> Answer:
        """RFC 3501 6.1.3"""
        args.end()
        assert self.command is not None
        self.send(b"* BYE Goodbye\r\n%b OK Logged out\r\n" % self.command.tag)
        self.close()
        return b""

    def command_starttls(self, args: Arguments) -> Answer:
        """RFC 3501 6.2.1. Octets behind the command end the session: they may be an attacker's (CVE-2011-0411)."""
        args.end()
        transport = self.bridge.securable
        if transport is None:
            return b"BAD TLS is on already" if self.tls else b"BAD TLS is not offered here"
        if self.reader.buffered or transport.buffered:
            self.note("refusal", "IMAP: something was sent behind STARTTLS, session closed",
                      rule="nothing-behind-starttls")
            self.hang_up(b"Nothing may be sent behind STARTTLS before TLS")
            return b""
        assert self.command is not None
        return self._secure(self.command)

    async def _secure(self, command: Command) -> bytes:
        transport = self.bridge.securable
        assert transport is not None
        self.send(b"%b OK Begin TLS now\r\n" % command.tag)
        self.flush()
        # Cleared before the handshake: what arrives with its last flight is already inside TLS.
        self.reader.clear()
        try:
            self.tls = await transport.start_tls()
            self.become(self.tls.operator)
        except (ConnectionError, OSError, RuntimeError):
            # The TLS layer closed the connection and noted why.
            self.close()
        return b""

    def command_login(self, args: Arguments) -> Answer:
        """RFC 3501 6.2.3"""
        args.space()
        user = args.login_name().decode("utf-8", "replace")
        args.space()
        secret = args.login_name().decode("utf-8", "replace")
        args.end()
        if "LOGIN" not in self.mechanisms():
            return _PRIVACY
        return self.sign_in("LOGIN", _Proof(user=user, secret=secret))

    def command_authenticate(self, args: Arguments) -> Answer:
        """RFC 3501 6.2.2, RFC 4959"""
        args.space()
        mechanism = args.word("a mechanism")
        first: bytes | None = None
        if not args.done and self.initial_response:
            args.space()
            first = args.text[args.at:]
        else:
            args.end()
        if not self.mechanisms():
            return _PRIVACY
        if mechanism not in self.mechanisms():
            return b"NO [CANNOT] This mechanism is not offered here"
        return self._authenticate(mechanism, first)

    async def _authenticate(self, mechanism: str, first: bytes | None) -> bytes:
        if mechanism == "LOGIN":
            proof = await self._ask_login(first)
        elif mechanism == "SCRAM-SHA-256":
            proof = await self._ask_scram(first)
        else:
            said = _decoded(first) if first is not None else await self._challenge(b"")
            proof = said if isinstance(said, bytes | None) else _READERS[mechanism](said.data)
        if proof is None:
            return b""
        return await self.sign_in(mechanism, proof) if isinstance(proof, _Proof) else proof

    async def _challenge(self, words: bytes) -> _Said | bytes | None:
        """One step of a SASL exchange: what was said, or the refusal, or None when the peer is gone."""
        self.send(b"+ %b\r\n" % base64.b64encode(words))
        line = await self.next_line()
        if line is None:
            return None
        return _CANCELLED if line == b"*" else _decoded(line)

    async def _ask_login(self, first: bytes | None) -> _Proof | bytes | None:
        user = _decoded(first) if first is not None else await self._challenge(b"User Name\0")
        if not isinstance(user, _Said):
            return user
        secret = await self._challenge(b"Password\0")
        if not isinstance(secret, _Said):
            return secret
        return _Proof(user=user.text, secret=secret.text)

    async def _ask_scram(self, first: bytes | None) -> _Proof | bytes | None:
        """RFC 5802 5: name and nonce, then the proof of a password that is never sent."""
        said = _decoded(first) if first is not None else await self._challenge(b"")
        if not isinstance(said, _Said):
            return said
        opening = read_opening(said.data)
        if opening is None:
            return _NO_SCRAM
        exchange = Exchange(opening, self.door.signin.salt(opening.user))
        final = await self._challenge(exchange.first)
        if not isinstance(final, _Said):
            return final
        proof = exchange.read_final(final.data)
        return _NO_SCRAM if proof is None else _Proof(opening.user, opening.acting_for, scram=proof)

    async def sign_in(self, mechanism: str, proof: _Proof) -> bytes:
        """Ask the rules; inside afterwards, or refused with the rule's words."""
        outcome = await self.door.signin.attempt(Attempt(
            door=self.door.door, client=self.client, tls=self.tls, mechanism=mechanism,
            user=proof.user, acting_for=proof.acting_for, secret=proof.secret, failures=self._failures,
            scram=proof.scram))
        if outcome.identity is None:
            self._failures += 1
            answer = no_sign_in(outcome.verdict)
            if outcome.hang_up:
                assert self.command is not None
                self.send(b"%b %b\r\n" % (self.command.tag, answer))
                self.hang_up(b"Too many failed sign-ins")
                return b""
            return answer
        if outcome.proof:
            # Only a client that takes the server's own proof, by saying nothing more, is inside.
            said = await self._challenge(outcome.proof)
            if not isinstance(said, _Said) or said.data:
                return _CANCELLED if said is not None else b""
        mailbox = outcome.identity.mailbox
        self.become(mailbox.operator)
        await self.store.ensure_mailbox(mailbox.address.key, self.limits.folder_names)
        self.identity = outcome.identity
        self.reader.signed_in = True
        self.watch_time()
        return b"OK [CAPABILITY %b] Signed in" % self.capability_line()


@dataclass(frozen=True, slots=True)
class _Said:
    """A decoded SASL response."""

    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


def _decoded(line: bytes) -> _Said | bytes:
    if line == b"=":
        return _Said(b"")
    try:
        return _Said(base64.b64decode(line, validate=True))
    except binascii.Error:
        return _NOT_BASE64


def _plain(data: bytes) -> _Proof | bytes:
    """RFC 4616: authzid NUL authcid NUL password."""
    parts = data.split(b"\0")
    if len(parts) != 3:
        return b"BAD PLAIN is authzid, NUL, authcid, NUL, password"
    acting_for, user, secret = (part.decode("utf-8", "replace") for part in parts)
    return _Proof(user=user, acting_for=acting_for, secret=secret)


def _external(data: bytes) -> _Proof | bytes:
    """RFC 4422 A: the authzid, or nothing."""
    return _Proof(acting_for=data.decode("utf-8", "replace"))


_READERS = {"PLAIN": _plain, "EXTERNAL": _external}
