"""Certificates: list, issue (good or faulty on purpose), revoke."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from simulator.controls.errors import Conflict, Invalid, NotFound, nearest
from simulator.journal import Journal
from simulator.model.mailbox import Mailbox
from simulator.model.operator import Operator
from simulator.pki.authority import Authority, Entry, Status, UnknownSerial
from simulator.pki.keys import KeyType
from simulator.pki.leaves import Issued
from simulator.pki.profiles import Purpose
from simulator.pki.requests import Request, ServerRequest
from simulator.space import TrustSpace

Holder = Mailbox | Operator
Papers = tuple[str, Request]
"""Slot in the authority's index, and what stands in the certificate."""
_YEAR = timedelta(days=365)


class Certificates:
    """What the test authority has issued, and asking it for more."""

    def __init__(
        self, authority: Authority, space: TrustSpace, journal: Journal, requests: Callable[[Holder], Papers | None]
    ) -> None:
        self._authority = authority
        self._space = space
        self._journal = journal
        self._requests = requests

    def list(self) -> Sequence[Entry]:
        """Every certificate, oldest first."""
        return tuple(self._authority.listed())

    def subject_of(self, operator: str) -> str | None:
        """The DN that an operator's newest good certificate has."""
        papers = self._requests(self._space.operators[operator])
        slot = papers[0] if papers is not None else None
        good = [e.subject for e in self._authority.listed() if e.slot == slot and e.status is Status.GOOD]
        return good[-1] if good else None

    async def issue(
        self,
        name: str,
        *,
        expired: bool = False,
        not_yet_valid: bool = False,
        wrong_use: bool = False,
        weak: bool = False,
    ) -> Issued:
        """A fresh certificate for an operator (its name) or an account (its address); older ones stay valid.

        The faults are made on purpose: dates of the past or of the future by the simulated clock, an extended usage
        that its owner has no use for, an RSA key of 1024 bits. Raises NotFound for nobody, Conflict for those who have
        no certificate (ORG, CAB, patients), Invalid for ``expired`` with ``not_yet_valid``."""
        if expired and not_yet_valid:
            raise Invalid("a certificate cannot be expired and not yet valid", "choose one of the two")
        holder = self._holder(name)
        papers = self._requests(holder)
        if papers is None:
            kind = f"{holder.kind} mailboxes" if isinstance(holder, Mailbox) else "operators outside the space"
            raise Conflict(f"{name} has no certificate: {kind} hold none")
        slot, request = papers
        now = self._space.now()
        not_before, not_after = _dates(now, expired, not_yet_valid)
        issued = await asyncio.to_thread(
            self._authority.issue, request, not_before=not_before, not_after=not_after,
            key_type=KeyType.RSA_1024 if weak else None, slot=slot, purposes=_unfit(request) if wrong_use else None,
        )
        given = {"expired": expired, "not yet valid": not_yet_valid, "wrong use": wrong_use, "weak": weak}
        faults = [fault for fault, wanted in given.items() if wanted]
        self._journal.note(
            "certificate", f"{name} was issued a certificate{': ' + ', '.join(faults) if faults else ''}",
            certificate=issued.serial, action="issued", subject=issued.subject, faults=faults,
        )
        return issued

    async def revoke(self, serial: str) -> Entry:
        """Revoke; refused from the next handshake on. Again changes nothing. Raises NotFound."""
        try:
            entry = await asyncio.to_thread(self._authority.revoke, serial)
        except UnknownSerial as problem:
            near = nearest(serial, (known.serial for known in self.list()))
            raise NotFound(str(problem), near or "list() tells the serials") from problem
        self._journal.note("certificate", f"the certificate {entry.serial} was revoked", certificate=entry.serial,
                           action="revoked", subject=entry.subject)
        return entry

    def _holder(self, name: str) -> Holder:
        operator = self._space.operators.get(name.strip())
        if operator is not None:
            return operator
        mailbox = self._space.mailboxes.get(name.strip().lower())
        if mailbox is None:
            known = (*self._space.operators, *(str(box.address) for box in self._space.mailboxes.values()))
            raise NotFound(f"there is no operator and no mailbox {name}", nearest(name, known))
        return mailbox


def _dates(now: datetime, expired: bool, not_yet_valid: bool) -> tuple[datetime | None, datetime | None]:
    if expired:
        return now - 2 * _YEAR, now - timedelta(days=1)
    if not_yet_valid:
        return now + timedelta(days=1), now + _YEAR
    return None, None


def _unfit(request: Request) -> Sequence[Purpose]:
    """A usage that neither door nor client may present: a server's is for mail, a client's for servers."""
    return (Purpose.EMAIL,) if isinstance(request, ServerRequest) else (Purpose.SERVER,)
