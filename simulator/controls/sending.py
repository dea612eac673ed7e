"""Sending from inside: a person's page or an automaton submits a message through the same rules as any program."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulator.controls.errors import ControlError, Invalid, Refused
from simulator.controls.message import message_id
from simulator.model.address import Address, AddressError
from simulator.model.mailbox import Identity, Mailbox
from simulator.rules.book import Book
from simulator.rules.verdict import Verdict
from simulator.store.interface import NewMessage, Store, StoreError
from simulator.visit import Reception

_EXPLAIN = re.compile(r"\(explain (\d+)\)")


class Sending:
    """Submits messages, and keeps a copy in the folder of sent mail."""

    def __init__(self, reception: Reception, book: Book, store: Store) -> None:
        self._reception = reception
        self._book = book
        self._store = store

    async def send(self, identity: Identity, to: Sequence[Address], body: bytes) -> str:
        """Accepted and safe when this returns; the id of the copy, empty when there is no folder for it.

        Raises Refused at the first rule that forbids it (then nothing was sent), StoreError."""
        visit = self._reception.inside(identity)
        self._check(visit.sender(identity.mailbox.address, {"SIZE": str(len(body))}))
        for address in to:
            self._check(visit.recipient(address, {}))
        self._check(await visit.message(body))
        return await self._keep(identity.mailbox, body)

    async def _keep(self, box: Mailbox, body: bytes) -> str:
        sent = next((f for f in self._store.folders(box.address.key) if f.special_use == "\\Sent"), None)
        if sent is None:
            return ""
        now = self._reception.office.clock.timestamp()
        (uid,) = await self._store.append(sent.id, [NewMessage(body, now, frozenset({"\\Seen"}))])
        return message_id(sent.id, uid)

    def _check(self, verdict: Verdict) -> None:
        if not verdict.refused:
            return
        assert verdict.reply is not None
        if not verdict.findings:
            raise StoreError(" ".join(verdict.reply.lines))
        finding = verdict.findings[-1]
        number = _EXPLAIN.search(verdict.reply.lines[-1])
        rule = self._book.rules.get(finding.rule)
        french = rule.french.told if rule is not None else ""
        raise Refused(finding.what, finding.remedy, rule=finding.rule, explain=int(number[1]) if number else 0,
                      french=french)


def address_of(text: str) -> Address:
    """An address as somebody typed it. Raises Invalid."""
    try:
        return Address.parse(text)
    except AddressError as problem:
        raise Invalid(f"{text[:80]!r} is no address: {problem}", "write it as local-part@domain") from None


def problem_of(error: ControlError) -> str:
    """What a page tells the person, in French where the rule has words for it."""
    return error.french if isinstance(error, Refused) and error.french else error.what
