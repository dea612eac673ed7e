"""The patients' domain (*messagerie citoyenne*): addresses are INS numbers, messages open and close exchanges."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from simulator.domains.arrival import Arrival
from simulator.model.address import Address
from simulator.model.mailbox import Kind, Mailbox
from simulator.rules.facts import Exchange
from simulator.store.interface import ExchangeChange

_MATRICULE = re.compile(r"[1278]\d{4}(?:\d{2}|2[AB])\d{8}", re.IGNORECASE | re.ASCII)

CLOSING_SUBJECT = "[FIN]"
CLOSING_HEADER = "FIN"


class PatientDomain:
    """``<INS>@``: fifteen characters, key included (F10); one mailbox per person."""

    name = "patient"
    mailbox_kinds = frozenset({Kind.PATIENT})

    def problem_with(self, local: str) -> str | None:
        """Why ``local`` cannot be a matricule. The key is not enforced: official samples break it."""
        if _MATRICULE.fullmatch(local):
            return None
        return "a patient's address is the 15 characters of the INS matricule with its key"

    def arrive(self, arrival: Arrival) -> tuple[ExchangeChange, ...]:
        """What a professional's message does to the exchange (mssante-rules 3.7 to 3.9).

        The subject exactly ``[FIN]`` closes, also what the sender's Reply-To opened elsewhere. ``X-MSS-MES: FIN`` asks
        for no answer to this one message, which does not take back what an open exchange allowed. A report, such as the
        receipt of a mail program, is nobody's message and changes nothing. Any other message opens, or opens again.
        """
        if arrival.sender is None or arrival.correspondent is None:
            return ()
        patient, author, at = arrival.mailbox.address.key, arrival.sender.key, arrival.at
        if arrival.letter.subject == CLOSING_SUBJECT:
            ended = {author, *(known.mailbox for known in _opened_by(author, arrival.exchanges.values()))}
            return tuple(ExchangeChange(patient, key, Exchange.CLOSED, at, author, author) for key in sorted(ended))
        if arrival.letter.report:
            return ()
        answers_to = arrival.correspondent.key
        before = arrival.exchanges.get(answers_to)
        was_open = before is not None and before.state == Exchange.OPEN
        opener = author
        if before is not None and was_open and (before.opened_by == answers_to or _wants_no_answer(arrival)):
            # A right given in the own name stays; so does one that this message does not renew.
            opener = before.opened_by
        state = Exchange.NO_REPLY if _wants_no_answer(arrival) and not was_open else Exchange.OPEN
        return (ExchangeChange(patient, answers_to, state, at, opener, author),)

    def depart(
        self, patient: Mailbox, recipient: Address, at: float, known: Iterable[ExchangeChange] = ()
    ) -> tuple[ExchangeChange, ...]:
        """A patient's accepted message opens the exchange: only toward a pharmacy may it be the first."""
        key = patient.address.key
        opener = next((k.opened_by for k in known if k.mailbox == recipient.key and k.state == Exchange.OPEN), "")
        return (ExchangeChange(key, recipient.key, Exchange.OPEN, at, opener, key),)

    def ending(self, author: Address, known: Iterable[ExchangeChange]) -> tuple[ExchangeChange, ...]:
        """What ``[FIN]`` from ``author`` is about to close, from the moment it leaves."""
        about = (k for k in known if author.key in (k.mailbox, k.opened_by) and k.state == Exchange.OPEN)
        return tuple(replace(k, ending=True) for k in about)


def _opened_by(author: str, known: Iterable[ExchangeChange]) -> Iterable[ExchangeChange]:
    return (k for k in known if k.opened_by == author and k.state == Exchange.OPEN)


def _wants_no_answer(arrival: Arrival) -> bool:
    return arrival.letter.mss_mes == CLOSING_HEADER
