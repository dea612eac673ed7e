"""Everything a professional may do at the page, under one roof."""

from __future__ import annotations

from simulator.clock import Clock
from simulator.controls.sending import Sending
from simulator.controls.webmail.drafting import Drafting
from simulator.controls.webmail.filing import Filing
from simulator.controls.webmail.reading import Reading
from simulator.controls.webmail.records import Records
from simulator.controls.webmail.writing import Writing
from simulator.journal import Journal
from simulator.receipts import Receipts
from simulator.space import TrustSpace
from simulator.store.interface import Store


class Webmail:
    """The mailboxes of professionals, each for whoever has signed in."""

    def __init__(
        self, *, space: TrustSpace, store: Store, journal: Journal, clock: Clock, sending: Sending, receipts: Receipts
    ) -> None:
        self.records = Records(journal, space)
        self.reading = Reading(space, store, receipts, self.records)
        self.filing = Filing(self.reading, store, self.records)
        self.drafting = Drafting(self.reading, space)
        self.writing = Writing(reading=self.reading, drafting=self.drafting, sending=sending, receipts=receipts,
                               space=space, store=store, clock=clock)
