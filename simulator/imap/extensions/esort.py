"""ESORT (RFC 5267 3): SORT answers briefly, in the way of ESEARCH."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.extensions.esearch import Esearch
from simulator.imap.extensions.sort import Sort


class Esort(Sort, Esearch):
    """``SORT RETURN (COUNT MIN) (ARRIVAL) UTF-8 ALL``: MIN is the first in the order asked for."""

    announces: ClassVar[tuple[str, ...]] = ("ESORT",)
    needs = ("ESEARCH", "SORT")

    def sort_returns(self, args: Arguments) -> tuple[str, ...] | None:
        """RFC 5267 3.1"""
        return self.search_returns(args)
