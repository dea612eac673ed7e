"""The AUTH command: when it may be given, its exchange of lines, and the question put to the Visit (RFC 4954)."""

from __future__ import annotations

from aiosmtpd.smtp import Session as Facts

from simulator.model.certificate import TlsFacts
from simulator.model.reply import Reply
from simulator.signin import Attempt
from simulator.smtp import replies, sasl
from simulator.smtp.tally import Answer, Tally
from simulator.smtp.visit import Visit


class Signing:
    """Signing in on one connection."""

    def __init__(self, door: str, visit: Visit, facts: Facts, tally: Tally) -> None:
        self.exchange: sasl.Exchange | sasl.Farewell | None = None
        """Set while the next line answers a challenge."""
        self._door = door
        self._visit = visit
        self._facts = facts
        self._tally = tally
        self._tls: TlsFacts | None = None

    def begin(self, argument: str, tls: TlsFacts | None, in_transaction: bool) -> Answer:
        """``AUTH mechanism [initial-response]``."""
        words = argument.split(" ")
        refusal = self._out_of_place(tls, in_transaction) or self._unfit(words)
        if refusal is not None:
            return self._tally.refuse(refusal)
        self._tls = tls
        self.exchange = exchange = sasl.Exchange(words[0].upper(), self._visit.salt)
        return self._go_on(exchange, exchange.begin(words[1].encode() if len(words) > 1 else b""))

    def line(self, line: bytes, exchange: sasl.Exchange | sasl.Farewell) -> Answer:
        """The answer to the last challenge."""
        if isinstance(exchange, sasl.Exchange):
            return self._go_on(exchange, exchange.line(line))
        self.exchange = None
        if not exchange.line(line):
            # The story has already noted the sign-in: nothing may be done with it.
            return self._tally.hang_up(replies.DISTRUSTED, "sign-in-distrusted")
        self._facts.authenticated = True
        return replies.SIGNED_IN

    def give_up(self) -> bool:
        """End an exchange; True when the connection must end with it, because the client is half signed in."""
        half, self.exchange = isinstance(self.exchange, sasl.Farewell), None
        return half

    def _out_of_place(self, tls: TlsFacts | None, in_transaction: bool) -> Reply | None:
        if self._door == "mx":
            return replies.NOT_PROVIDED
        if tls is None:
            return replies.TLS_FIRST
        if not self._facts.extended_smtp:
            return replies.HELLO_FIRST
        if self._facts.authenticated:
            return replies.SIGNED_IN_ALREADY
        return replies.NOT_NOW if in_transaction else None

    def _unfit(self, words: list[str]) -> Reply | None:
        if not words[0] or len(words) > 2:
            return replies.AUTH_SYNTAX
        mechanism = words[0].upper()
        known = mechanism in self._visit.mechanisms() and mechanism in sasl.MECHANISMS
        return None if known else replies.UNKNOWN_MECHANISM

    def _go_on(self, exchange: sasl.Exchange, said: bytes | sasl.Proofs | Reply) -> Answer:
        if isinstance(said, bytes):
            return said
        self.exchange = None
        return self._tally.refuse(said) if isinstance(said, Reply) else self._ask(exchange.mechanism, said)

    async def _ask(self, mechanism: str, proofs: sasl.Proofs) -> bytes:
        client = self._facts.peer[0] if self._facts.peer else ""
        outcome = await self._visit.sign_in(
            Attempt(self._door, client, self._tls, mechanism, proofs.user, proofs.acting_for, proofs.secret,
                    scram=proofs.scram))
        if outcome.identity is not None:
            if outcome.proof:
                self.exchange = sasl.Farewell()
                return sasl.challenge(outcome.proof)
            self._facts.authenticated = True
            return replies.SIGNED_IN
        refused = self._tally.refused(outcome.verdict)
        self._tally.ending |= outcome.hang_up
        return refused
