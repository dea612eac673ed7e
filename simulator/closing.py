"""Exchanges with patients that end by themselves (F19): the operator writes ``[FIN]`` in the name of the mailbox.

Nothing is remembered here. What is to be ended, and when, follows from the mailboxes and from what the store knows of
the exchanges, so a restart, a reset or a changed mailbox needs no more than another look.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from email.utils import format_datetime

from simulator.clock import Clock
from simulator.domains.patient import CLOSING_SUBJECT
from simulator.journal import Journal
from simulator.model.address import Address
from simulator.model.mailbox import Closing, Identity, Mailbox
from simulator.outbox import Outbox
from simulator.rules.facts import Exchange
from simulator.rules.verdict import Verdict
from simulator.space import TrustSpace
from simulator.store.interface import ExchangeChange, Store, StoreError
from simulator.visit import Reception

_TRY_AGAIN = 60.0
"""Seconds after the operator could not take its own message for the moment."""

_Pair = tuple[str, str]
"""Keys of patient and correspondent."""


class Closings:
    """Ends what is due on the simulated clock, never twice: from its departure a ``[FIN]`` is marked in the store."""

    def __init__(
        self,
        *,
        space: TrustSpace,
        store: Store,
        clock: Clock,
        journal: Journal,
        reception: Reception,
        outbox: Outbox,
    ) -> None:
        self._space = space
        self._store = store
        self._clock = clock
        self._journal = journal
        self._reception = reception
        self._outbox = outbox
        self._closing: Mapping[str, Closing] = {}
        self._due: dict[_Pair, float] = {}
        self._looked_at = 0
        """How many exchanges were due so far."""
        self._changed = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None
        reception.office.on_exchange(self._heard)
        space.on_mailbox_change(self._mailboxes_changed)

    # -- life
    async def start(self) -> None:
        """Look at every exchange that the store remembers, from an earlier run or another state."""
        self._closing = {}
        self._timer = asyncio.create_task(self._wake_the_due(), name="closing timer")
        self._mailboxes_changed()

    async def stop(self) -> None:
        """Finish the message in hand; what is due later is found again at the next start."""
        if self._timer is None:
            return
        async with self._one_at_a_time:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
            self._timer = None
            self._due.clear()

    async def settle(self) -> None:
        """Return when no mail is under way and nothing is due now: a reply on its way may lead to a closing."""
        before = -1
        while before != self._looked_at or self._next() is not None:
            await self._end_the_due()
            before = self._looked_at
            await self._outbox.settle()

    async def dispensed(self, patient: Mailbox, structure: str) -> int:
        """A dispensing of this pharmacy (``Structure.id``) was recorded; ends what its mailboxes want ended then.

        Returns how many closing messages left.
        """
        async with self._one_at_a_time:
            ended: set[str] = set()
            for known in self._store.exchanges_in_full(patient.address.key):
                for key in _sides(known):
                    box = self._space.mailboxes.get(key)
                    if box is None or not box.closing.after_dispensing or key in ended or not _is_to_end(known):
                        continue
                    if box.structure is not None and box.structure.id == structure:
                        ended.add(key)
                        await self._end(known, box, f"{box.structure.name} dispensed to the patient")
            return len(ended)

    # -- what is due
    def _heard(self, changes: Iterable[ExchangeChange]) -> None:
        """These exchanges were just committed."""
        if self._closing and self._timer is not None:
            self._put(changes)

    def _mailboxes_changed(self) -> None:
        automatic = {key: box.closing for key, box in self._space.mailboxes.items() if box.closing.is_automatic}
        if automatic == self._closing or self._timer is None:
            return
        self._closing = automatic
        self._due.clear()
        self._put(self._store.exchanges_in_full())

    def _put(self, exchanges: Iterable[ExchangeChange]) -> None:
        for known in exchanges:
            self._due.pop((known.patient, known.mailbox), None)
            if (found := self._first(known)) is not None:
                self._due[known.patient, known.mailbox] = found[0]
        self._changed.set()

    def _first(self, known: ExchangeChange) -> tuple[float, str, str] | None:
        """When the exchange ends by itself, which mailbox ends it, and why."""
        if not _is_to_end(known):
            return None
        found: list[tuple[float, str, str]] = []
        for key in _sides(known):
            closing = self._closing.get(key, Closing())
            if closing.every_reply and known.last == key:
                found.append((known.at, key, "each message of this mailbox ends the exchange"))
            if closing.after is not None:
                found.append((known.at + closing.after, key, f"nobody wrote for {_told(closing.after)}"))
        return min(found, default=None)

    async def _wake_the_due(self) -> None:
        while True:
            self._changed.clear()
            await self._end_the_due()
            waits: set[asyncio.Task[object]] = {asyncio.create_task(self._changed.wait())}
            if self._due:
                waits.add(asyncio.create_task(self._clock.sleep_until(min(self._due.values()))))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
                await asyncio.gather(*waits, return_exceptions=True)

    # -- ending
    async def _end_the_due(self) -> None:
        async with self._one_at_a_time:
            while pair := self._next():
                del self._due[pair]
                self._looked_at += 1
                try:
                    known = {k.mailbox: k for k in self._store.exchanges_in_full(pair[0])}.get(pair[1])
                    found = self._first(known) if known is not None else None
                    if known is not None and found is not None and found[0] <= self._clock.timestamp():
                        await self._end(known, self._space.mailboxes[found[1]], found[2])
                except StoreError as problem:
                    self._journal.note("store-error", f"an exchange could not be ended: {problem}", mailbox=pair[1])
                    self._due[pair] = self._clock.timestamp() + _TRY_AGAIN

    def _next(self) -> _Pair | None:
        pair = min(self._due, key=self._due.__getitem__, default=None)
        return pair if pair is not None and self._due[pair] <= self._clock.timestamp() else None

    async def _end(self, known: ExchangeChange, box: Mailbox, why: str) -> None:
        """Write ``[FIN]`` as any message is written: rules, queue, the other operator."""
        space = self._space.mailboxes.get(known.patient)
        patient = space.address if space is not None else Address.parse(known.patient)
        facts = {"who": str(box.address), "mailbox": str(patient), "correspondent": known.mailbox, "why": why}
        verdict = await self._write(box, patient)
        if not verdict.refused:
            story = f"{box.address} ends the exchange with {patient} by itself: {why}"
            self._journal.note("closing", story, operator=box.operator, **facts)
            return
        said = str(verdict.reply)
        self._journal.note("closing-refused", f"{box.address} could not end the exchange with {patient}: {said}",
                           operator=box.operator, reason=said, **facts)
        if verdict.reply is not None and verdict.reply.is_transient:
            self._due[known.patient, known.mailbox] = self._clock.timestamp() + _TRY_AGAIN
            self._changed.set()

    async def _write(self, box: Mailbox, patient: Address) -> Verdict:
        visit = self._reception.inside(Identity(box, box, frozenset()))
        verdict = visit.sender(box.address, {})
        if not verdict.refused:
            verdict = visit.recipient(patient, {})
        return verdict if verdict.refused else await visit.message(self._letter(box, patient))

    def _letter(self, box: Mailbox, patient: Address) -> bytes:
        host = self._space.operators[box.operator].client_host
        return "\r\n".join((
            f"Date: {format_datetime(self._clock.now())}",
            f"From: {box.address}",
            f"To: {patient}",
            f"Subject: {CLOSING_SUBJECT}",
            f"Message-ID: <{secrets.token_hex(16)}@{host}>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "Cet =C3=A9change est termin=C3=A9.",
            "",
        )).encode("ascii")


def _sides(known: ExchangeChange) -> tuple[str, ...]:
    """The mailboxes whose ``[FIN]`` ends it: the one that gave the right to answer first."""
    return tuple(dict.fromkeys(key for key in (known.opened_by, known.mailbox) if key))


def _is_to_end(known: ExchangeChange) -> bool:
    return known.state == Exchange.OPEN and not known.ending


def _told(seconds: float) -> str:
    """``7 d``, ``90 min``."""
    size, name = next((pair for pair in ((86400, "d"), (3600, "h"), (60, "min")) if seconds % pair[0] == 0), (1, "s"))
    return f"{seconds / size:g} {name}"
