"""What tests build from: the default trust space in memory, certificates of any worth, facts of a moment, an office."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pyotp

from simulator.clock import Clock
from simulator.closing import Closings
from simulator.config import Configuration, load
from simulator.delivery import Office
from simulator.journal import Journal
from simulator.model.address import Address
from simulator.model.certificate import NO_CERTIFICATE, Certificate, TlsFacts, Worth
from simulator.model.mailbox import Dispensing, Factor, Identity, Kind, Mailbox
from simulator.outbox import CannotReach, Connect, Handed, Handover, Outbox, RelaySettings
from simulator.receipts import Receipts
from simulator.routing import Routing
from simulator.rules.book import Book
from simulator.rules.catalogue import CATALOGUE
from simulator.rules.facts import FromSender, Letter, ToRecipient, WithMessage
from simulator.rules.letter import read_letter
from simulator.rules.verdict import Severity, Verdict
from simulator.signin import Attempt, Patience, SignIn
from simulator.space import TrustSpace
from simulator.store.interface import Batch, ExchangeChange, QueuedRelay, Store
from simulator.store.memory import MemoryStore
from simulator.visit import Reception, Visit

ROOT = Path(__file__).parents[1]
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""When every test begins, unless it says otherwise."""
NO_WAIT = Patience(first_delay=0.0, longest_delay=0.0)

DOCTOR = "paul.vial@medecin.mssante.fr"
NURSE = "nadia.roux@infirmier.mssante.fr"
PHARMACIST = "isabelle.fontaine@pharmacie.bfc.mssante.fr"
COLLEAGUE = "karim.benali@pharmacie.bfc.mssante.fr"
PHARMACY = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"
OTHER_PHARMACY = "pharmacie.du.pont@pharmacie.bfc.mssante.fr"
LONE_PHARMACIST = "claire.morel@pharmacie.bfc.mssante.fr"
SOFTWARE = "lgo.tilleuls@pharmacie.bfc.mssante.fr"
HOSPITAL = "cardiologie@chu-lumiere.bfc.mssante.fr"
PATIENT = "275126322074974@patient.mssante.fr"
OTHER_PATIENT = "279035121518989@patient.mssante.fr"
STRANGER = "someone@courriel.example"

T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits, such as those of the memory store."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("it waited")


# -- the space
@cache
def the_configuration() -> Configuration:
    """The configuration that ships, read on the day when tests begin."""
    return load(ROOT / "config.yaml", today=START.date())


def address(text: str) -> Address:
    """Short for Address.parse."""
    return Address.parse(text)


def a_clock() -> Clock:
    """A clock that moves only when told."""
    return Clock(START, frozen=True)


def a_store(mailboxes: Iterable[Mailbox] | None = None) -> MemoryStore:
    """An open store with an INBOX for every mailbox."""
    store = MemoryStore()
    at_once(store.open())
    for box in the_configuration().mailboxes if mailboxes is None else mailboxes:
        at_once(store.ensure_mailbox(box.address.key, (("INBOX", None),)))
    return store


def dn_of(operator: str) -> str:
    """The subject of the operator's certificate, as the whitelist writes it."""
    o = next(o for o in the_configuration().operators if o.name == operator)
    return f"CN={o.mx_host},OU={o.structure_id},O={o.organization},ST={o.department},C=FR"


def a_space(
    *,
    store: Store | None = None,
    clock: Clock | None = None,
    exchanges: Mapping[tuple[str, str], str] | None = None,
    history: Sequence[Dispensing] | None = None,
    change: Mapping[str, Mapping[str, Any]] | None = None,
) -> TrustSpace:
    """The default trust space, frozen at START.

    ``exchanges`` are states by (patient, correspondent); ``history`` replaces the dispensings of PATIENT; ``change``
    replaces fields of mailboxes, by address.
    """
    mailboxes = [
        replace(box, **(change or {}).get(str(box.address), {})) for box in the_configuration().mailboxes
    ]
    if history is not None:
        mailboxes = [_with_history(box, history) if str(box.address) == PATIENT else box for box in mailboxes]
    store = store if store is not None else a_store(mailboxes)
    if exchanges:
        put_exchanges(store, exchanges)
    listed = {d.name: (dn_of(o.name),) for o in the_configuration().operators for d in o.domains if d.listed}
    return TrustSpace(
        the_configuration().operators, mailboxes, store=store, clock=clock or a_clock(), listed=listed
    )


def _with_history(box: Mailbox, history: Sequence[Dispensing]) -> Mailbox:
    assert box.patient is not None
    return replace(box, patient=replace(box.patient, dispensings=tuple(history)))


def put_exchanges(store: Store, exchanges: Mapping[tuple[str, str], str]) -> None:
    """Set states of exchanges, by (patient, correspondent), in a memory store."""
    changes = [ExchangeChange(p.lower(), m.lower(), state, START.timestamp()) for (p, m), state in exchanges.items()]
    at_once(store.commit(Batch(exchanges=changes)))


def the_mailbox(text: str) -> Mailbox:
    """A mailbox of the default configuration."""
    return next(box for box in the_configuration().mailboxes if str(box.address) == text)


# -- certificates and handshakes
def a_peer(operator: str, worth: Worth = Worth.GOOD, reason: str = "") -> Certificate:
    """The certificate of an operator."""
    o = next(o for o in the_configuration().operators if o.name == operator)
    return Certificate(
        worth, reason, dn_of(operator), f"0{len(operator)}", f"f{operator}", o.mx_host, o.structure_id,
        names=(o.mx_host, o.client_host),
    )


def a_card(account: str, worth: Worth = Worth.GOOD) -> Certificate:
    """The certificate of a person, or of the structure behind an application."""
    box = the_mailbox(account)
    if box.owner is not None:
        return Certificate(
            worth, subject=f"CN={box.owner.national_id},OU=TEST,C=FR", serial="ca7d", common_name=box.owner.national_id,
            national_id=box.owner.national_id,
        )
    assert box.structure is not None
    return Certificate(
        worth, subject=f"CN={box.address.local},OU={box.structure.national_id},O={box.structure.name},C=FR",
        serial="5eaf", common_name=box.address.local, structure_id=box.structure.national_id,
    )


def tls(peer: Certificate = NO_CERTIFICATE, *, operator: str | None = None) -> TlsFacts:
    """A finished handshake; ``operator`` is whose identity answered."""
    return TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", None, operator, peer)


def an_identity(account: str, mailbox: str | None = None) -> Identity:
    """Signed in with all that is needed, for ``mailbox`` or the account itself."""
    proofs = frozenset({Factor.PASSWORD, Factor.ONE_TIME_CODE})
    return Identity(the_mailbox(mailbox or account), the_mailbox(account), proofs)


def a_code(account: str, at: datetime = START) -> str:
    """The one-time code of the account."""
    return pyotp.TOTP(the_mailbox(account).secrets.totp).at(at)


# -- facts, by moment
ENCRYPTED = tls()


def from_(
    sender: str | None, *, space: TrustSpace | None = None, identity: Identity | None = None, door: str = "submission",
    shake: TlsFacts | None = ENCRYPTED, operator: str | None = None, size: int | None = None,
) -> FromSender:
    """Facts of MAIL FROM; ``None`` is the null sender."""
    return FromSender(
        space=space or a_space(), door=door, client="127.0.0.1", tls=shake, operator=operator, identity=identity,
        sender=address(sender) if sender else None, declared_size=size,
    )


def to(
    recipient: str, *, sender: str | None = DOCTOR, space: TrustSpace | None = None, identity: Identity | None = None,
    door: str = "submission", operator: str | None = None, size: int | None = None, already: int = 0, most: int = 200,
) -> ToRecipient:
    """Facts of RCPT TO."""
    return ToRecipient(
        space=space or a_space(), door=door, client="127.0.0.1", tls=tls(), operator=operator, identity=identity,
        sender=address(sender) if sender else None, declared_size=size, recipient=address(recipient), already=already,
        most=most,
    )


def carrying(
    what: str | bytes | Letter, *, sender: str | None = DOCTOR, recipients: Sequence[str] = (PHARMACY,),
    space: TrustSpace | None = None, identity: Identity | None = None, door: str = "submission",
    operator: str | None = None, most_hops: int = 50,
) -> WithMessage:
    """Facts after DATA. ``what`` is a letter, a whole message, header lines, or the name of a fixture in messages/."""
    letter = what if isinstance(what, Letter) else read_letter(a_body(what))
    return WithMessage(
        space=space or a_space(), door=door, client="127.0.0.1", tls=tls(), operator=operator, identity=identity,
        sender=address(sender) if sender else None, recipients=tuple(map(address, recipients)), letter=letter,
        most_hops=most_hops,
    )


def a_body(what: str | bytes) -> bytes:
    """A whole message: as given, of a file in fixtures/messages, or of header lines and a short text."""
    if isinstance(what, bytes):
        return what
    if what.endswith(".eml") and "\n" not in what:
        return (ROOT / "fixtures" / "messages" / what).read_bytes()
    return ("\r\n".join(what.strip("\n").splitlines()) + "\r\n\r\nBonjour.\r\n").encode()


def a_letter(author: str = DOCTOR, *more: str, text: str = "Bonjour.") -> bytes:
    """A plain letter by ``author`` with further header lines."""
    lines = [f"From: {author}", "Subject: Compte rendu", "Message-ID: <1@test.example>", *more, "", text, ""]
    return "\r\n".join(lines).encode()


# -- an office: everything of one running simulator but its doors and wires
@dataclass(slots=True)
class NextDoor:
    """A session with the mx door of the same office, with no wire between: what an operator finds at another."""

    house: House
    operator: str
    domain: str
    sessions: int = 0

    async def hand_over(self, relay: QueuedRelay, body: bytes) -> Handed:
        """MAIL, RCPT and the text."""
        space = self.house.space
        visit = self.house.at_mx(self.operator, space.operator_of(self.domain))
        mail = {k: v for k, v in relay.options.items() if k in ("RET", "ENVID", "BODY", "SMTPUTF8")}
        rcpt = {k: v for k, v in relay.options.items() if k in ("NOTIFY", "ORCPT")}
        host = space.operators[space.operator_of(self.domain) or ""].mx_host
        for verdict in (
            visit.sender(address(relay.sender) if relay.sender else None, mail),
            visit.recipient(address(relay.recipient), rcpt),
        ):
            if verdict.reply is not None:
                return Handed(verdict.reply, host)
        reply = (await visit.message(body)).reply
        assert reply is not None
        return Handed(reply, host)

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(slots=True)
class House:
    """An office and all that it leans on."""

    clock: Clock
    store: Store
    space: TrustSpace
    journal: Journal
    book: Book
    sign_in: SignIn
    routing: Routing
    outbox: Outbox
    office: Office
    receipts: Receipts
    closings: Closings
    handed: list[QueuedRelay] = field(default_factory=list)

    def visit(self, door: str = "submission", operator: str | None = None) -> Visit:
        """A connection, still in clear."""
        return Reception(self.office).visit(door, "127.0.0.1", operator)

    def at_mx(self, peer: str, operator: str | None = None, worth: Worth = Worth.GOOD) -> Visit:
        """A connection between operators, after the handshake and EHLO; ``peer`` is the one that calls."""
        visit = self.visit("mx")
        visit.secured(tls(a_peer(peer, worth), operator=operator))
        visit.greet(f"mx.{peer}.test", True)
        return visit

    async def signed_in(self, account: str, mailbox: str | None = None) -> Visit:
        """A connection of a program that has signed in: by certificate for an application, else password and code."""
        box = self.space.mailboxes[account.lower()]
        software = box.kind is Kind.APP
        facts = tls(a_card(account)) if software else tls()
        visit = self.visit()
        visit.secured(facts)
        visit.greet("client.test", True)
        code = a_code(account, self.clock.now()) if box.secrets.totp else ""
        mechanism, user = ("EXTERNAL", "") if software else ("PLAIN", account)
        outcome = await visit.sign_in(
            Attempt("submission", "127.0.0.1", facts, mechanism, user, mailbox or "", box.secrets.password + code)
        )
        assert outcome.identity is not None, outcome.verdict
        return visit

    async def send(self, visit: Visit, sender: str | None, recipients: Sequence[str], body: bytes,
                   mail: Mapping[str, str] | None = None, rcpt: Mapping[str, str] | None = None) -> Verdict:
        """A whole transaction: the first refusal, or the answer to the text."""
        said = visit.sender(address(sender) if sender else None, mail or {})
        for recipient in recipients:
            if not said.refused:
                said = visit.recipient(address(recipient), rcpt or {})
        return said if said.refused else await visit.message(body)

    def inbox(self, mailbox: str) -> list[bytes]:
        """The messages in a mailbox's INBOX, byte for byte, oldest first."""
        folder = self.store.folder(mailbox.lower(), "INBOX")
        assert folder is not None
        return [body for _, body in self.store.bodies(folder.id, [m.uid for m in self.store.messages(folder.id)])]

    def exchange(self, patient: str, correspondent: str) -> str:
        """State of the exchange between the two."""
        return self.space.exchange(self.space.mailboxes[patient.lower()], address(correspondent))

    def noted(self, kind: str) -> list[Mapping[str, object]]:
        """The journal's events of one kind, as data."""
        return [event.as_data() for event in self.journal.events(kind=kind)]


@asynccontextmanager
async def an_office(
    *,
    space: TrustSpace | None = None,
    store: Store | None = None,
    clock: Clock | None = None,
    severities: Mapping[str, Severity] | None = None,
    connect: Connect | None = None,
    patience: Patience = NO_WAIT,
    second_factor_for_persons: bool = False,
    most_recipients: int = 200,
    most_hops: int = 50,
    settings: RelaySettings | None = None,
) -> AsyncIterator[House]:
    """An office at work. ``store`` must be the one of ``space``; ``connect`` None lets operators reach each other."""
    clock = clock or a_clock()
    store = store if store is not None else a_store()
    space = space or a_space(store=store, clock=clock)
    journal = Journal(clock)
    book = Book(CATALOGUE, severities)
    sign_in = SignIn(
        space, book, journal, clock, patience=patience, second_factor_for_persons=second_factor_for_persons
    )
    routing = Routing(space, clock)

    async def reach(operator: str, domain: str) -> Handover:
        if space.operator_of(domain) is None:
            raise CannotReach(f"no host takes mail for {domain}", permanent=True)
        return NextDoor(house, operator, domain)

    outbox = Outbox(
        store=store, clock=clock, journal=journal, routing=routing, connect=connect or reach,
        settings=settings or RelaySettings(),
    )
    office = Office(
        space=space, book=book, store=store, journal=journal, clock=clock, sign_in=sign_in, routing=routing,
        outbox=outbox, most_recipients=most_recipients, most_hops=most_hops,
    )
    receipts = Receipts(space=space, store=store, routing=routing, outbox=outbox, journal=journal, clock=clock)
    closings = Closings(
        space=space, store=store, clock=clock, journal=journal, reception=Reception(office), outbox=outbox
    )
    house = House(
        clock, store, space, journal, book, sign_in, routing, outbox, office, receipts, closings
    )
    await outbox.start()
    await closings.start()
    try:
        yield house
    finally:
        await closings.stop()
        await outbox.stop()
