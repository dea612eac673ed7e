"""A message that reached a mailbox, as a kind of domain sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.model.address import Address
from simulator.model.mailbox import Mailbox
from simulator.rules.facts import Letter
from simulator.store.interface import ExchangeChange


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message for one mailbox."""

    mailbox: Mailbox
    sender: Address | None
    """Envelope sender; None for a notice."""
    letter: Letter
    at: float
    exchanges: Mapping[str, ExchangeChange] = field(default_factory=dict)
    """Of a patient's mailbox: every exchange as it was before this message, by the key of the correspondent."""

    @property
    def correspondent(self) -> Address | None:
        """Who an answer would go to: Reply-To moves the right to answer (ENS v1.3 9)."""
        if self.letter.reply_to:
            return self.letter.reply_to[0]
        return self.sender
