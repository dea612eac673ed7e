"""Everything a patient may do, under one roof."""

from __future__ import annotations

from simulator.clock import Clock
from simulator.controls.patients.conversations import Conversations
from simulator.controls.patients.documents import Documents, MakeDocument
from simulator.controls.patients.journey import Journey
from simulator.controls.patients.opening import Opening
from simulator.controls.patients.pharmacies import Pharmacies
from simulator.controls.patients.profiles import Profiles
from simulator.controls.pharmacies import Pharmacies as Officines
from simulator.controls.sending import Sending
from simulator.journal import Journal
from simulator.receipts import Receipts
from simulator.space import TrustSpace
from simulator.store.interface import Store


class Patients:
    """Mon espace santé, for every patient of the space."""

    def __init__(
        self, *, space: TrustSpace, store: Store, journal: Journal, clock: Clock, sending: Sending, receipts: Receipts,
        officines: Officines, make_document: MakeDocument,
    ) -> None:
        self.profiles = Profiles(space, journal)
        self.documents = Documents(self.profiles, store, clock, journal, make_document)
        self.pharmacies = Pharmacies(self.profiles, space, officines)
        self.conversations = Conversations(self.profiles, space, store, receipts)
        self.journey = Journey(
            profiles=self.profiles, documents=self.documents, conversations=self.conversations, sending=sending,
            space=space, journal=journal, clock=clock,
        )
        self.opening = Opening(
            profiles=self.profiles, conversations=self.conversations, documents=self.documents, receipts=receipts,
            store=store, journal=journal,
        )
