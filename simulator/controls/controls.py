"""All controls of one simulator, under one roof."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from simulator.clock import Clock
from simulator.closing import Closings
from simulator.controls.certificates import Certificates, Holder, Papers
from simulator.controls.dispensings import Dispensings
from simulator.controls.explain import Explain
from simulator.controls.formula import Formula
from simulator.controls.indicators import Indicators
from simulator.controls.letters import Letters
from simulator.controls.looking import Looking
from simulator.controls.mailboxes import Mailboxes
from simulator.controls.messages import Messages
from simulator.controls.patients.documents import MakeDocument
from simulator.controls.patients.patients import Patients
from simulator.controls.people import People
from simulator.controls.pharmacies import Pharmacies
from simulator.controls.sending import Sending
from simulator.controls.states import ConfiguredState, States
from simulator.controls.time import Time
from simulator.controls.webmail.webmail import Webmail
from simulator.controls.whitelist import Whitelist
from simulator.journal import Journal
from simulator.model.mailbox import Structure
from simulator.outbox import Outbox
from simulator.pki.authority import Authority
from simulator.receipts import Receipts
from simulator.rules.book import Book
from simulator.space import TrustSpace
from simulator.store.interface import Store
from simulator.visit import Reception


class Controls:
    """Everything that may be done to a running simulator. The journal is read and followed as it is."""

    def __init__(
        self,
        *,
        space: TrustSpace,
        store: Store,
        journal: Journal,
        clock: Clock,
        outbox: Outbox,
        closings: Closings,
        authority: Authority,
        book: Book,
        requests: Callable[[Holder], Papers | None],
        configured: Callable[[], ConfiguredState],
        data: Path,
        structures: Mapping[str, Structure] | None = None,
        quota: int = 1 << 30,
        renew: Callable[[], Awaitable[None]] | None = None,
        reception: Reception,
        receipts: Receipts,
        make_document: MakeDocument,
        formula: Formula | None = None,
    ) -> None:
        """``requests`` gives slot and request of a holder's certificate, None when it has none. ``configured`` is the
        state that reset goes back to. ``structures`` are those of the configuration by name, ``quota`` the octets of a
        mailbox that names none. ``data`` and ``renew``: see States. ``make_document`` writes the ready-made letters of
        patients' spaces, ``formula`` is that of the pharmacies' counter."""
        looking = Looking(space, store)
        self.journal = journal
        self.messages = Messages(looking, journal, clock)
        self.mailboxes = Mailboxes(space, looking, journal, structures=structures or {}, quota=quota)
        self.certificates = Certificates(authority, space, journal, requests)
        self.whitelist = Whitelist(space, journal, self.certificates.subject_of)
        self.time = Time(clock, outbox, closings, authority, journal)
        self.explain = Explain(journal, book, store)
        self.people = People(reception.office.sign_in, space, book)
        pharmacies = Pharmacies(space, structures or {})
        self.sending = Sending(reception, book, store)
        self.patients = Patients(
            space=space, store=store, journal=journal, clock=clock, sending=self.sending, receipts=receipts,
            officines=pharmacies, make_document=make_document,
        )
        self.webmail = Webmail(space=space, store=store, journal=journal, clock=clock, sending=self.sending,
                               receipts=receipts)
        self.letters = Letters(space, looking, self.patients.profiles, self.sending, clock)
        self.states = States(
            space=space, store=store, journal=journal, clock=clock, outbox=outbox, closings=closings,
            configured=configured, data=data, renew=renew,
        )
        self.dispensings = Dispensings(space, store, journal, self.patients.profiles, pharmacies)
        self.dispensings.on_dispensing(closings.dispensed)
        self.states.on_change(self.dispensings.take_up)
        self.indicators = Indicators(space, store, pharmacies, formula or Formula())
