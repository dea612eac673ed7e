"""Mailboxes of professionals and structures: PER, ORG, APP, CAB (F3 to F6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.config.mistakes import KeyPath, did_you_mean, one_of, shown
from simulator.config.operators import Land, Structures
from simulator.config.proofreader import Proofreader
from simulator.config.shapes import MAILBOX_SHAPES, ApplicationShape, PersonShape, PracticeShape, TeamShape
from simulator.model.address import Address, AddressError
from simulator.model.identifiers import adeli_problems, person_id, rpps_problems
from simulator.model.mailbox import Closing, Kind, Mailbox, Person, Secrets, Status

AnyShape = PersonShape | TeamShape | ApplicationShape | PracticeShape
_SHARED = {"ORG": "its members sign in with their own accounts (F6)", "APP": "it signs in with a certificate",
           "CAB": "its holder and members sign in with their own accounts"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One mailbox of the file whose shape and address are right."""

    here: KeyPath
    address: Address
    shape: AnyShape


def read_mailboxes(proof: Proofreader, value: object, land: Land, structures: Structures,
                   quota: int) -> list[Mailbox]:
    """Every mailbox, with what it refers to. ``quota`` is in octets, for those that name none."""
    entries: list[_Entry] = []
    written: dict[str, str] = {}
    persons: set[str] = set()
    for text, raw in proof.entries(value, ("mailboxes",)).items():
        here: KeyPath = ("mailboxes", text)
        address = _address(proof, here, text, land)
        if isinstance(raw, dict) and raw.get("kind") not in _SHARED:
            persons.add(text.lower())
        if (first := written.setdefault(text.lower(), text)) != text:
            proof.wrong(here, f"is the mailbox {first} again, expected each once (case does not count)")
        shape = _shape(proof, here, raw)
        if shape is not None and address is not None:
            entries.append(_Entry(here, address, shape))
    makers = _Makers(proof, land, structures, quota, persons, _owners(proof, entries))
    return [makers.mailbox(entry) for entry in entries]


def _address(proof: Proofreader, here: KeyPath, text: str, land: Land) -> Address | None:
    try:
        address = Address.parse(text)
    except AddressError as error:
        proof.wrong(here, f"is not an address ({error}), expected one such as prenom.nom@medecin.mssante.fr")
        return None
    if not proof.reference(here, address.domain, land.declared, "domain"):
        return None
    return address


def _shape(proof: Proofreader, here: KeyPath, raw: object) -> AnyShape | None:
    kinds = list(MAILBOX_SHAPES)
    if not isinstance(raw, dict):
        proof.wrong(here, f"{shown(raw)} is wrong, expected keys with values")
        return None
    kind = raw.get("kind")
    if not isinstance(kind, str):
        proof.wrong((*here, "kind"), f"missing, expected {one_of(kinds)}")
        return None
    if kind not in MAILBOX_SHAPES:
        proof.wrong((*here, "kind"), f"{shown(kind)} is not a kind of mailbox, expected {one_of(kinds)}"
                                     f"{did_you_mean(kind, kinds)}")
        return None
    fitting = dict(raw)
    for secret in ("password", "totp"):
        if kind in _SHARED and fitting.pop(secret, None) is not None:
            proof.wrong((*here, secret), f"{kind} mailboxes have no secret of their own, expected none: "
                                         f"{_SHARED[kind]}")
    return proof.read(MAILBOX_SHAPES[kind], fitting, here)


def _owners(proof: Proofreader, entries: list[_Entry]) -> dict[str, Person]:
    """The persons of all PER mailboxes, by the key of their address."""
    owners: dict[str, Person] = {}
    for entry in entries:
        shape = entry.shape
        if not isinstance(shape, PersonShape):
            continue
        if shape.rpps is not None:
            proof.identifier((*entry.here, "rpps"), shape.rpps, rpps_problems(shape.rpps))
        if shape.adeli is not None:
            proof.identifier((*entry.here, "adeli"), shape.adeli, adeli_problems(shape.adeli))
        number = person_id(rpps=shape.rpps, adeli=shape.adeli)
        owners[entry.address.key] = Person(shape.given_name, shape.family_name, number, shape.profession, shape.title)
    return owners


@dataclass(frozen=True, slots=True)
class _Makers:
    """Turns entries into mailboxes, checking what they refer to."""

    proof: Proofreader
    land: Land
    structures: Structures
    quota: int
    persons: set[str]
    """Addresses, in lower case, of what is or may be meant as PER, even those with a mistake."""
    owners: Mapping[str, Person]

    def mailbox(self, entry: _Entry) -> Mailbox:
        shape = entry.shape
        kind = Kind(shape.kind)
        operator = self._operator(entry, kind)
        owner: Person | None = None
        responsible: Address | None = None
        members: tuple[Address, ...] = ()
        secrets = Secrets()
        match shape:
            case PersonShape():
                owner = self.owners[entry.address.key]
                secrets = Secrets(shape.password, shape.totp or "")
            case TeamShape():
                responsible = self._person(entry, shape.responsible, "responsible")
                members = self._members(entry, shape.members)
            case ApplicationShape():
                responsible = self._person(entry, shape.responsible, "responsible")
            case PracticeShape():
                responsible = self._person(entry, shape.holder, "holder")
                members = self._members(entry, shape.members)
                owner = self.owners.get(responsible.key) if responsible is not None else None
        if shape.structure is not None:
            self.proof.reference((*entry.here, "structure"), shape.structure, self.structures.declared, "structure")
        structure = self.structures.good.get(shape.structure or "")
        if shape.closing.after_dispensing and not (structure is not None and structure.is_pharmacy):
            self.proof.wrong((*entry.here, "closing", "after_dispensing"), "only pharmacies dispense, expected a "
                                                                           "mailbox with the structure of one")
        return Mailbox(
            address=entry.address, kind=kind, operator=operator, quota=shape.quota or self.quota,
            status=Status(shape.state), owner=owner, structure=structure,
            responsible=responsible, members=members, secrets=secrets, red_list=shape.red_list,
            description=shape.description, closing=Closing(**shape.closing.model_dump()),
        )

    def _operator(self, entry: _Entry, kind: Kind) -> str:
        domain = self.land.domains.get(entry.address.domain)
        if domain is None:
            return ""
        allowed = self.land.domain_kinds.get(domain.kind)
        if allowed is not None and kind not in allowed:
            places = [d.name for d in self.land.of_kind(kind)]
            self.proof.wrong(entry.here, f"{kind} mailboxes do not live in the {domain.kind} domain {domain.name}, "
                                         f"expected one of {one_of(places) or 'a kind that takes them'}")
        return domain.operator

    def _members(self, entry: _Entry, texts: tuple[str, ...]) -> tuple[Address, ...]:
        members: list[Address] = []
        for place, text in enumerate(texts):
            member = self._person(entry, text, "members", place)
            if member is not None and member in members:
                self.proof.wrong((*entry.here, "members", place), f"{text} is a member already, expected each once")
            elif member is not None:
                members.append(member)
        return tuple(members)

    def _person(self, entry: _Entry, text: str, *keys: str | int) -> Address | None:
        """The PER mailbox that somebody is named by: only nominative accounts act for others (F6)."""
        if not self.proof.reference((*entry.here, *keys), text.lower(), self.persons, "PER mailbox"):
            return None
        try:
            address = Address.parse(text)
        except AddressError:
            return None
        return address
