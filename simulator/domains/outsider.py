"""Ordinary mail domains: declared only to show how the space refuses them."""

from __future__ import annotations

from simulator.domains.arrival import Arrival
from simulator.model.mailbox import Kind
from simulator.store.interface import ExchangeChange


class OutsiderDomain:
    """Any address is possible, no mailbox lives here."""

    name = "outsider"
    mailbox_kinds: frozenset[Kind] = frozenset()

    def problem_with(self, local: str) -> str | None:
        """Nothing is known of addresses outside."""
        return None

    def arrive(self, arrival: Arrival) -> tuple[ExchangeChange, ...]:
        """Nothing arrives: the whitelist refuses first."""
        return ()
