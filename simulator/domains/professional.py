"""Domains of professionals and their structures."""

from __future__ import annotations

import re

from simulator.domains.arrival import Arrival
from simulator.model.mailbox import Kind
from simulator.store.interface import ExchangeChange

_LOCAL = re.compile(r"[a-z0-9](?:[a-z0-9._'-]*[a-z0-9])?", re.IGNORECASE)


class ProfessionalDomain:
    """``prenom.nom`` and names of structures; PER, ORG, APP and CAB mailboxes."""

    name = "professional"
    mailbox_kinds = frozenset({Kind.PER, Kind.ORG, Kind.APP, Kind.CAB})

    def problem_with(self, local: str) -> str | None:
        """Why ``local`` cannot be a mailbox here, or None."""
        if _LOCAL.fullmatch(local):
            return None
        return "a mailbox is named with letters, digits, dots, dashes and underscores, such as prenom.nom"

    def arrive(self, arrival: Arrival) -> tuple[ExchangeChange, ...]:
        """Nothing more happens when mail reaches a professional."""
        return ()
