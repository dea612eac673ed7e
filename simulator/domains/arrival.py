"""A message that reached a mailbox, as a kind of domain sees it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.model.address import Address
from simulator.model.mailbox import Mailbox
from simulator.rules.facts import Letter


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message for one mailbox."""

    mailbox: Mailbox
    sender: Address | None
    """Envelope sender; None for a notice."""
    letter: Letter
    exchange: str
    """State of the exchange with ``correspondent`` before this message."""
    at: float

    @property
    def correspondent(self) -> Address | None:
        """Who an answer would go to: Reply-To moves the right to answer (ENS v1.3 9)."""
        if self.letter.reply_to:
            return self.letter.reply_to[0]
        return self.sender
