"""The patients' domain (*messagerie citoyenne*): addresses are INS numbers, messages open and close exchanges."""

from __future__ import annotations

import re

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

        The subject exactly ``[FIN]`` closes. ``X-MSS-MES: FIN`` asks for no answer to this one message, which does not
        take back what an open exchange allowed. Any other message opens, or opens again.
        """
        if arrival.sender is None or arrival.correspondent is None:
            return ()
        if arrival.letter.subject == CLOSING_SUBJECT:
            return (_change(arrival.mailbox, arrival.sender, Exchange.CLOSED, arrival.at),)
        if arrival.letter.mss_mes == CLOSING_HEADER:
            if arrival.exchange == Exchange.OPEN:
                return ()
            return (_change(arrival.mailbox, arrival.correspondent, Exchange.NO_REPLY, arrival.at),)
        return (_change(arrival.mailbox, arrival.correspondent, Exchange.OPEN, arrival.at),)

    def depart(self, patient: Mailbox, recipient: Address, at: float) -> tuple[ExchangeChange, ...]:
        """A patient's accepted message opens the exchange: only toward a pharmacy may it be the first."""
        return (_change(patient, recipient, Exchange.OPEN, at),)


def _change(patient: Mailbox, correspondent: Address, state: str, at: float) -> ExchangeChange:
    return ExchangeChange(patient.address.key, correspondent.key, state, at)
