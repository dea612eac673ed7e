"""A Visit that remembers what it was told and answers what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.model.address import Address
from simulator.model.certificate import TlsFacts
from simulator.model.mailbox import Factor, Identity, Kind, Mailbox
from simulator.model.reply import reply
from simulator.rules.verdict import PASSED, Verdict
from simulator.scram import derive
from simulator.signin import Attempt, Outcome

PASSWORD = "correct horse"
NOT_LISTED = Verdict(reply(550, "5.7.1", "Not on the whitelist"))
WRONG = Verdict(reply(535, "5.7.8", "Wrong name or proof"))


def identity(user: str) -> Identity:
    box = Mailbox(Address.parse(user), Kind.PER, "alpha", 1000)
    return Identity(box, box, frozenset({Factor.PASSWORD}))


@dataclass
class RecordingVisit:
    """Takes everything except recipients in ``outside.example``; signs in anyone who knows PASSWORD."""

    client: str
    message_limit: int = 100_000
    told: list[tuple[object, ...]] = field(default_factory=list)
    breaches: list[tuple[str, str]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    most_recipients: int = 200
    tls: TlsFacts | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""
    signing_takes_mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN")
    secured_verdict: Verdict = PASSED
    failing: str = ""
    """Name of the call that breaks."""
    waiting: str = ""
    """Name of the call that waits for ``let_go``."""

    def greet(self, hello: str, extended: bool) -> None:
        self._note("greet", hello, extended)

    def secured(self, tls: TlsFacts) -> Verdict:
        self.tls = tls
        self._note("secured", tls.operator)
        return self.secured_verdict

    async def sign_in(self, attempt: Attempt) -> Outcome:
        self.attempts.append(attempt)
        self._note("sign_in", attempt.mechanism)
        await self._wait("sign_in")
        if attempt.scram is not None and attempt.scram.fits(keys := derive(PASSWORD, attempt.scram.salt)):
            return Outcome(identity(attempt.user), PASSED, proof=attempt.scram.answer(keys))
        if attempt.mechanism == "EXTERNAL" or attempt.secret == PASSWORD:
            return Outcome(identity(attempt.user or "someone@alpha.example"), PASSED)
        return Outcome(None, WRONG, hang_up=len(self.attempts) >= 3)

    def mechanisms(self) -> tuple[str, ...]:
        if self.tls is None:
            return ()
        external = ("EXTERNAL",) if self.tls.peer.presented else ()
        return self.signing_takes_mechanisms + external

    def salt(self, user: str) -> bytes:
        return b"salt of " + user.encode()

    def sender(self, address: Address | None, options: Mapping[str, str]) -> Verdict:
        self._note("sender", None if address is None else str(address), dict(options))
        return PASSED

    def recipient(self, address: Address, options: Mapping[str, str]) -> Verdict:
        self._note("recipient", str(address), dict(options))
        return NOT_LISTED if address.domain == "outside.example" else PASSED

    async def message(self, body: bytes) -> Verdict:
        self._note("message", len(body))
        await self._wait("message")
        self.messages.append(body)
        return Verdict(reply(250, "2.0.0", f"Stored as {len(self.messages)}"))

    def reset(self) -> None:
        self._note("reset")

    def gone(self, why: str) -> None:
        self.why = why
        self.ended.set()

    def protocol_breach(self, rule: str, what: str) -> None:
        if self.failing == "journal":
            raise LookupError("a broken journal")
        self.breaches.append((rule, what))

    def calls(self, name: str) -> list[tuple[object, ...]]:
        return [call[1:] for call in self.told if call[0] == name]

    @property
    def rules(self) -> list[str]:
        return [rule for rule, _ in self.breaches]

    def _note(self, *call: object) -> None:
        self.told.append(call)
        if self.failing == call[0]:
            raise LookupError(f"a broken {call[0]} with {PASSWORD}")

    async def _wait(self, name: str) -> None:
        self.entered.set()
        if self.waiting == name:
            await self.let_go.wait()


@dataclass
class RecordingOffice:
    """Hands out visits; ``wishes`` are set on each new one."""

    wishes: dict[str, object] = field(default_factory=dict)
    visits: list[RecordingVisit] = field(default_factory=list)
    doors: list[tuple[str, str | None]] = field(default_factory=list)

    def visit(self, door: str, client: str, operator: str | None) -> RecordingVisit:
        self.doors.append((door, operator))
        visit = RecordingVisit(client)
        for name, value in self.wishes.items():
            setattr(visit, name, value)
        self.visits.append(visit)
        return visit

    @property
    def first(self) -> RecordingVisit:
        return self.visits[0]
