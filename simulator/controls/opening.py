"""The checks of opening a mailbox: national ids, kinds, domains, people in charge (F3 to F6)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyotp

from simulator.controls.errors import Conflict, Invalid, NotFound, nearest
from simulator.controls.structures import known_structures
from simulator.model.address import Address, AddressError
from simulator.model.identifiers import (
    Problems,
    adeli_problems,
    finess_problems,
    person_id,
    rpps_problems,
    siret_problems,
    structure_id,
)
from simulator.model.mailbox import Kind, Mailbox, Person, Secrets, Status, Structure
from simulator.space import TrustSpace

KINDS = (Kind.PER, Kind.ORG, Kind.APP, Kind.CAB)
"""What can be opened while running; a patient's space comes from the configuration."""
_UNFIT = frozenset(',=+<>#;"\\')
"""Cannot stand in a certificate."""
_NAMES = 'give a name without , = + < > # ; " \\'


@dataclass(frozen=True, slots=True)
class NewStructure:
    """A structure that the space does not know yet; exactly one of ``finess`` and ``siret`` (F5)."""

    name: str
    finess: str | None = None
    siret: str | None = None
    sector: str = ""
    """Code of TRE_R02: SA33 is a pharmacy."""


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody who wants a mailbox writes down; which fields count follows from the kind."""

    kind: str
    address: str
    given_name: str = ""
    family_name: str = ""
    title: str = ""
    profession: str = ""
    rpps: str | None = None
    adeli: str | None = None
    structure: str | NewStructure | None = None
    responsible: str | None = None
    members: Sequence[str] = ()
    password: str | None = None
    totp: str | None = None
    quota: int | None = None
    red_list: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """Turns an application into a mailbox. ``remark`` hears of oddities that stop nothing, such as a check digit."""

    space: TrustSpace
    structures: Mapping[str, Structure]
    """Those of the configuration, by their name there."""
    quota: int
    remark: Callable[[str], None]

    def mailbox(self, form: Application) -> Mailbox:
        """The mailbox, not registered yet. Raises Invalid, NotFound, Conflict."""
        kind = self._kind(form.kind)
        address = self._address(form.address, kind)
        owner: Person | None = None
        responsible: Address | None = None
        private = Secrets()
        if kind is Kind.PER:
            owner = self._person(form)
            private = Secrets(form.password or secrets.token_urlsafe(9), _base32(form.totp))
            self._nobody_else(form)
        else:
            if form.password is not None or form.totp is not None:
                raise Invalid(f"{kind} mailboxes have no password of their own", _HOW[kind])
            holder = self.nominative(form.responsible, "the person in charge" if kind is not Kind.CAB else "the holder")
            responsible, owner = holder.address, holder.owner if kind is Kind.CAB else None
        if kind in (Kind.ORG, Kind.APP) and form.structure is None:
            raise Invalid(f"{kind} mailboxes belong to a structure (F5)", "give structure")
        if form.quota is not None and form.quota < 1:
            raise Invalid(f"a quota of {form.quota} octets leaves no room", "give 1 or more, or none")
        return Mailbox(
            address=address, kind=kind, operator=self.space.domains[address.domain].operator,
            quota=form.quota or self.quota, owner=owner, structure=self._structure(form.structure),
            responsible=responsible, members=self._members(form, kind), secrets=private, red_list=form.red_list,
            description=form.description,
        )

    def nominative(self, text: str | None, role: str) -> Mailbox:
        """The open PER mailbox of somebody who acts for others: only such accounts may (F6)."""
        persons = [str(box.address) for box in self.space.mailboxes.values() if box.kind is Kind.PER]
        if not text:
            raise Invalid(f"{role} is missing", "give the address of a PER mailbox")
        box = self.space.mailboxes.get(text.strip().lower())
        if box is None:
            raise NotFound(f"there is no mailbox {text} for {role}", nearest(text, persons))
        if box.kind is not Kind.PER:
            raise Invalid(f"{role} cannot be {text}, a mailbox of kind {box.kind} (F6)", "give a PER mailbox")
        if box.status is not Status.OPEN:
            raise Conflict(f"{role} cannot be {text}, which is {box.status}", "open it again first")
        return box

    def _kind(self, text: str) -> Kind:
        if text not in KINDS:
            near = nearest(text, KINDS)
            raise Invalid(f"{text!r} is not a kind of mailbox that can be opened", near or "give PER, ORG, APP or CAB")
        return Kind(text)

    def _address(self, text: str, kind: Kind) -> Address:
        try:
            address = Address.parse(text.strip())
        except AddressError as problem:
            raise Invalid(f"{text[:260]!r} is not an address: {problem}", "give one such as prenom.nom@…") from problem
        places = [d for d in self.space.domains if kind in self.space.kind_of(d).mailbox_kinds]
        if address.domain not in self.space.domains:
            raise NotFound(f"no operator here serves {address.domain}", nearest(address.domain, places))
        domain = self.space.kind_of(address.domain)
        if kind not in domain.mailbox_kinds:
            raise Invalid(f"{kind} mailboxes do not live in the {domain.name} domain {address.domain}",
                          f"they live in {', '.join(places)}")
        if (wrong := domain.problem_with(address.local)) is not None:
            raise Invalid(f"{address.local!r} cannot be a mailbox of {address.domain}: {wrong}")
        known = self.space.mailbox(address)
        if known is not None:
            raise Conflict(f"there is a mailbox {known.address} already, {known.status}", "choose another address")
        return address

    def _person(self, form: Application) -> Person:
        for name, value in (("given_name", form.given_name), ("family_name", form.family_name)):
            if not value.strip() or not value.isprintable() or _UNFIT & set(value):
                raise Invalid(f"{name} {value[:80]!r} is no name for a certificate", _NAMES)
        if (form.rpps is None) == (form.adeli is None):
            raise Invalid("a nominative mailbox is tied to one national id (F3)", "give either rpps or adeli")
        problems = rpps_problems(form.rpps) if form.rpps is not None else adeli_problems(form.adeli or "")
        self._look_at(form.rpps or form.adeli or "", problems)
        number = person_id(rpps=form.rpps, adeli=form.adeli)
        return Person(form.given_name, form.family_name, number, form.profession, form.title)

    def _nobody_else(self, form: Application) -> None:
        if form.responsible or form.members:
            raise Invalid("a PER mailbox has neither a person in charge nor members (F4)", "open ORG for a team")

    def _members(self, form: Application, kind: Kind) -> tuple[Address, ...]:
        if kind in (Kind.ORG, Kind.CAB):
            members = tuple(self.nominative(text, "a member").address for text in form.members)
            if len(set(members)) != len(members):
                raise Invalid("a member is named twice", "name each once")
            if kind is Kind.ORG and not members:
                raise Invalid("an ORG mailbox is used by a team (F6)", "give at least one member")
            return members
        if form.members:
            raise Invalid(f"{kind} mailboxes have no members", _HOW[kind])
        return ()

    def _structure(self, wanted: str | NewStructure | None) -> Structure | None:
        if wanted is None:
            return None
        known = known_structures(self.space, self.structures)
        if isinstance(wanted, NewStructure):
            return self._new_structure(wanted, known)
        by_number = {s.national_id: s for s in known.values()}
        found = known.get(wanted) or by_number.get(wanted)
        if found is None:
            near = nearest(wanted, known) or "describe a new one: its name and its FINESS or SIRET number"
            raise NotFound(f"there is no structure {wanted!r}", near)
        return found

    def _new_structure(self, wanted: NewStructure, known: Mapping[str, Structure]) -> Structure:
        if not wanted.name.strip() or not wanted.name.isprintable() or _UNFIT & set(wanted.name):
            raise Invalid(f"{wanted.name[:80]!r} is no name for a structure", _NAMES)
        if (wanted.finess is None) == (wanted.siret is None):
            raise Invalid("a structure is tied to one national number (F5)", "give either finess or siret")
        problems = finess_problems(wanted.finess) if wanted.finess is not None else siret_problems(wanted.siret or "")
        self._look_at(wanted.finess or wanted.siret or "", problems)
        number = structure_id(finess=wanted.finess, siret=wanted.siret)
        for same in known.values():
            if same.national_id == number:
                if same.name == wanted.name:
                    return same
                raise Conflict(f"the number {number} belongs to {same.name!r}", f"give structure {same.id!r}")
        return Structure(number, wanted.name, number, wanted.sector)

    def _look_at(self, number: str, problems: Problems) -> None:
        for problem in problems:
            if problem.is_error:
                raise Invalid(f"{number[:40]!r} {problem.what}")
            self.remark(f"{number} {problem.what}")


_HOW = {
    Kind.ORG: "its members sign in with their own accounts (F6)",
    Kind.APP: "it signs in with the certificate of its structure",
    Kind.CAB: "its holder and members sign in with their own accounts",
}


def _base32(secret: str | None) -> str:
    """The secret of one-time codes, made up when there is none."""
    if secret is None:
        return pyotp.random_base32()
    written = secret.replace(" ", "").rstrip("=").upper()
    if written and (not set(written) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") or len(written) < 24):
        raise Invalid("the secret of the one-time codes cannot be read", "give 24 or more characters of Base32, A to Z "
                                                                       "and 2 to 7, or an empty text for no codes")
    return written
