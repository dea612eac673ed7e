"""Signing in, for sending and reading alike: proofs are checked here, the rule book says whether they are enough."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

import pyotp

from simulator.clock import Clock
from simulator.journal import Event, Journal
from simulator.model.address import Address, AddressError
from simulator.model.certificate import NO_CERTIFICATE, Certificate, TlsFacts
from simulator.model.mailbox import Factor, Identity, Kind, Mailbox, Secrets
from simulator.model.reply import reply
from simulator.rules.book import Book
from simulator.rules.facts import INSIDE, SigningIn
from simulator.rules.verdict import Verdict
from simulator.scram import Proof, derive
from simulator.space import TrustSpace

CODE_DIGITS = 6
CODE_SECONDS = 30
_NO_CODES = "A" * 32
"""An account without one-time codes is measured against these, so that it takes as long to refuse."""
MAX_NAME = 600
"""Characters of a name as typed that the journal keeps: two addresses and more."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in, as the door understood it."""

    door: str
    client: str
    """Address of the peer."""
    tls: TlsFacts | None
    mechanism: str
    user: str = ""
    """Name as typed: an address, or ``ORG-address*member-address``; empty for EXTERNAL."""
    acting_for: str = ""
    """SASL authorization identity; empty when none was given."""
    secret: str = field(default="", repr=False)
    """Password, with the one-time code behind it where one is used."""
    failures: int = 0
    """Earlier failures on this connection."""
    scram: Proof | None = field(default=None, repr=False)
    """What stands for the secret with SCRAM-SHA-256."""

    @property
    def is_private(self) -> bool:
        """Nobody on the way could read the secret: it came inside TLS, or never travelled."""
        return self.tls is not None or self.door == INSIDE


@dataclass(frozen=True, slots=True)
class Outcome:
    """Signed in when ``identity`` is set; else ``verdict`` refuses, and the door hangs up when told to."""

    identity: Identity | None
    verdict: Verdict
    hang_up: bool = False
    proof: bytes = b""
    """SCRAM: the server's own proof. The client is told it, and only signed in once it has answered nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """What failures cost (P10)."""

    failures_per_session: int = 3
    first_delay: float = 1.0
    """Seconds before the answer to a first failure; doubles with each."""
    longest_delay: float = 15.0
    tries_per_minute: int = 20
    """Failed tries of one peer address within a minute; more are not looked at."""


@dataclass(slots=True)
class _Failures:
    """Failed tries of one peer address, as loop times within the last minute."""

    times: deque[float] = field(default_factory=deque)

    def recent(self, now: float) -> int:
        while self.times and self.times[0] < now - 60:
            self.times.popleft()
        return len(self.times)


class SignIn:
    """Checks proofs against the accounts of the trust space."""

    def __init__(
        self,
        space: TrustSpace,
        book: Book,
        journal: Journal,
        clock: Clock,
        *,
        patience: Patience | None = None,
        second_factor_for_persons: bool = False,
        code_window: int = 1,
    ) -> None:
        self._space = space
        self._book = book
        self._journal = journal
        self._clock = clock
        self._patience = patience or Patience()
        self._second_factor_for_persons = second_factor_for_persons
        self._code_window = code_window
        self._failures: dict[str, _Failures] = {}
        self._salting = secrets.token_bytes(32)

    def mechanisms(self, tls: TlsFacts | None) -> tuple[str, ...]:
        """SASL mechanisms offered on this connection: none in clear, EXTERNAL only beside a certificate."""
        if tls is None:
            return ()
        offered = ("SCRAM-SHA-256", "PLAIN", "LOGIN")
        return (*offered, "EXTERNAL") if tls.peer.presented else offered

    def salt(self, user: str) -> bytes:
        """What SCRAM mixes with the password: the same for a name each time, and made alike for unknown names."""
        account, _ = _names(user, "")
        return hmac.digest(self._salting, account.strip().lower().encode(), "sha256")[:16]

    async def attempt(self, attempt: Attempt) -> Outcome:
        """Judge one try. A refusal takes longer with each failure of the same peer address."""
        if self._recent(attempt.client) >= self._patience.tries_per_minute:
            too_many = Verdict(reply(454, "4.7.0", "Too many failures from your address, wait a minute"))
            told = self._note(attempt, too_many, "too many failures from this address, the try was not looked at")
            return Outcome(None, too_many.explained_by(told.seq), hang_up=True)
        by_scram, answer = await self._scram(attempt)
        facts, certificate = self._examine(attempt, by_scram)
        verdict = self._book.judge(facts)
        if verdict.refused or facts.mailbox is None or facts.account is None:
            return await self._refuse(attempt, facts, verdict)
        self._failures.pop(attempt.client, None)
        used = certificate.serial if Factor.CERTIFICATE in facts.proven else ""
        identity = Identity(facts.mailbox, facts.account, facts.proven, used)
        self._journal.note(
            "sign-in",
            f"{identity.who} signed in at {attempt.door} by {' and '.join(sorted(facts.proven))}",
            who=identity.who,
            mailbox=str(facts.mailbox.address),
            client=attempt.client,
            certificate=certificate.serial,
            door=attempt.door,
            factors=sorted(facts.proven),
        )
        return Outcome(identity, verdict, proof=answer)

    async def _refuse(self, attempt: Attempt, facts: SigningIn, verdict: Verdict) -> Outcome:
        rule = verdict.findings[-1] if verdict.findings else None
        told = self._note(attempt, verdict, rule.what if rule else "refused", rule.rule if rule else "")
        verdict = verdict.explained_by(told.seq)
        if not attempt.is_private:
            # Nothing was looked at, so nothing was guessed.
            return Outcome(None, verdict)
        before = self._recent(attempt.client)
        self._count_failure(attempt.client)
        await asyncio.sleep(min(self._patience.first_delay * 2**before, self._patience.longest_delay))
        return Outcome(None, verdict, hang_up=attempt.failures + 1 >= self._patience.failures_per_session)

    def _recent(self, client: str) -> int:
        """Failed tries of an address within the last minute."""
        failures = self._failures.get(client)
        return failures.recent(asyncio.get_running_loop().time()) if failures is not None else 0

    def _count_failure(self, client: str) -> None:
        """One more. Addresses whose last failure is a minute old are forgotten, so that memory stays bounded."""
        now = asyncio.get_running_loop().time()
        failures = self._failures.pop(client, None) or _Failures()
        failures.times.append(now)
        self._failures[client] = failures  # newest last
        while not self._failures[oldest := next(iter(self._failures))].recent(now):
            del self._failures[oldest]

    def _note(self, attempt: Attempt, verdict: Verdict, why: str, rule: str = "") -> Event:
        certificate = attempt.tls.peer.serial if attempt.tls is not None else ""
        user, acting_for = attempt.user[:MAX_NAME], attempt.acting_for[:MAX_NAME]
        named = user or acting_for or "a certificate"
        return self._journal.note(
            "sign-in-refused",
            f"{named} could not sign in at {attempt.door}: {why}",
            who=user,
            mailbox=acting_for,
            client=attempt.client,
            certificate=certificate,
            door=attempt.door,
            mechanism=attempt.mechanism,
            rule=rule,
            what=why,
            reply=verdict.reply.head if verdict.reply is not None else "",
        )

    # -- proofs
    def _examine(self, attempt: Attempt, by_scram: set[Factor]) -> tuple[SigningIn, Certificate]:
        """The facts of a try: which account, which mailbox, which proofs hold."""
        certificate = attempt.tls.peer if attempt.tls is not None else NO_CERTIFICATE
        user, acting_for = _names(attempt.user, attempt.acting_for)
        proven: set[Factor] = set()
        account: Mailbox | None = None
        if not attempt.is_private:
            pass
        elif attempt.mechanism == "EXTERNAL":
            account = self._holder(certificate, acting_for)
            proven = {Factor.CERTIFICATE} if account is not None else set()
        else:
            account = self._find(user)
            proven = by_scram if attempt.scram is not None else self._proofs(account, attempt.secret)
            if proven and account is not None and self._holds(account, certificate):
                proven.add(Factor.CERTIFICATE)
        mailbox = self._find(acting_for) if acting_for else account
        facts = SigningIn(
            space=self._space,
            door=attempt.door,
            client=attempt.client,
            tls=attempt.tls,
            mechanism=attempt.mechanism,
            operator=mailbox.operator if mailbox is not None else None,
            mailbox=mailbox,
            account=account if proven else None,
            proven=frozenset(proven),
            second_factor_for_persons=self._second_factor_for_persons,
        )
        return facts, certificate

    def _find(self, address: str) -> Mailbox | None:
        try:
            return self._space.mailbox(Address.parse(address.strip()))
        except AddressError:
            return None

    def _proofs(self, account: Mailbox | None, secret: str) -> set[Factor]:
        """Which factors the typed secret proves. Unknown accounts cost the same comparisons as known ones (P10)."""
        known = _secrets(account)
        password = known.password if known is not None else "no such account"
        alone = _same(secret, password)
        head, code = secret[:-CODE_DIGITS], secret[-CODE_DIGITS:]
        with_code = _same(head, password) and self._code_fits(known.totp if known is not None else "", code)
        if known is None:
            return set()
        if with_code:
            return {Factor.PASSWORD, Factor.ONE_TIME_CODE}
        return {Factor.PASSWORD} if alone else set()

    async def _scram(self, attempt: Attempt) -> tuple[set[Factor], bytes]:
        """Which factors a SCRAM proof proves, and our own proof in answer.

        The password is not sent, so it is tried alone and with every code that is good now. Unknown accounts and
        accounts without codes cost the same.
        """
        proof = attempt.scram
        if proof is None or attempt.tls is None:
            return set(), b""
        account = _secrets(self._find(_names(attempt.user, attempt.acting_for)[0]))
        known = account or Secrets("no such account")
        totp = pyotp.TOTP(known.totp or _NO_CODES, digits=CODE_DIGITS, interval=CODE_SECONDS)
        now = self._clock.now()
        step = timedelta(seconds=CODE_SECONDS)
        codes = (totp.at(now + n * step) for n in range(-self._code_window, self._code_window + 1))
        typed = (known.password, *(known.password + code for code in codes))
        keys = await asyncio.to_thread(lambda: [derive(each, proof.salt) for each in typed])
        fitting = [number for number, each in enumerate(keys) if proof.fits(each)]
        if not fitting or account is None or (fitting[0] and not known.totp):
            return set(), b""
        factors = {Factor.PASSWORD, Factor.ONE_TIME_CODE} if fitting[0] else {Factor.PASSWORD}
        return factors, proof.answer(keys[fitting[0]])

    def _code_fits(self, secret: str, code: str) -> bool:
        """A code of this half minute, or of the ``code_window`` ones before and after (RFC 6238 5.2)."""
        # An account without a secret is measured against a throw-away one, so that it takes as long to refuse.
        totp = pyotp.TOTP(secret or _NO_CODES, digits=CODE_DIGITS, interval=CODE_SECONDS)
        return totp.verify(code, for_time=self._clock.now(), valid_window=self._code_window) and secret != ""

    def _holds(self, account: Mailbox, certificate: Certificate) -> bool:
        return (
            certificate.is_good
            and account.owner is not None
            and certificate.national_id != ""
            and certificate.national_id == account.owner.national_id
        )

    def _holder(self, certificate: Certificate, acting_for: str) -> Mailbox | None:
        """The account that a certificate proves: the person's own, or the structure's application mailbox."""
        if not certificate.is_good:
            return None
        held = (
            self._space.accounts_of(certificate.national_id)
            if certificate.national_id
            else self._space.applications_of(certificate.structure_id)
        )
        return self._choose(held, self._find(acting_for) if acting_for else None)

    @staticmethod
    def _choose(held: list[Mailbox], wanted: Mailbox | None) -> Mailbox | None:
        """Among the accounts of one holder: the one asked for, the team member, or the only one."""
        if wanted is not None and wanted in held:
            return wanted
        if wanted is not None and wanted.kind is Kind.ORG:
            return next((box for box in held if box.address in wanted.members), held[0] if held else None)
        return held[0] if held and (wanted is None or len(held) == 1) else None


def _names(user: str, acting_for: str) -> tuple[str, str]:
    """The account and the mailbox to act for. ``ORG*member`` serves programs that have no authorization identity.

    SASL libraries (GNU, Cyrus) repeat the user name as authorization identity: the member behind the star is cut there.
    """
    mailbox, star, member = user.partition("*")
    acting_for = acting_for.partition("*")[0] or acting_for
    return (member, acting_for or mailbox) if star else (user, acting_for)


def _secrets(account: Mailbox | None) -> Secrets | None:
    return account.secrets if account is not None and account.secrets.password else None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
