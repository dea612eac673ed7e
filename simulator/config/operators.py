"""Operators, their domains, and the structures that mailboxes belong to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from simulator.config.mistakes import KeyPath, did_you_mean, one_of, shown
from simulator.config.proofreader import Proofreader
from simulator.config.shapes import OperatorShape, StructureNumber, StructureShape
from simulator.model.document import MESSAGE_LIMIT
from simulator.model.identifiers import finess_problems, siret_problems, structure_id
from simulator.model.mailbox import Kind, Structure
from simulator.model.operator import Domain, Operator

DOMAIN_KINDS: Mapping[str, Collection[Kind]] = {
    "professional": frozenset({Kind.PER, Kind.ORG, Kind.APP, Kind.CAB}),
    "patient": frozenset({Kind.PATIENT}),
    "outsider": frozenset(),
}
"""Which mailboxes may live in which kind of domain, unless the caller knows other kinds."""


@dataclass(frozen=True, slots=True)
class Land:
    """Where mailboxes may live."""

    operators: tuple[Operator, ...]
    domains: Mapping[str, Domain]
    """Only those of operators without a mistake."""
    declared: frozenset[str]
    """Names of all domains written in the file, so that one mistake does not cause others."""
    domain_kinds: Mapping[str, Collection[Kind]]

    def of_kind(self, kind: Kind) -> list[Domain]:
        """The domains where mailboxes of this kind may live."""
        return [d for d in self.domains.values() if kind in self.domain_kinds.get(d.kind, ())]


@dataclass(frozen=True, slots=True)
class Structures:
    """Those without a mistake, and the names of all."""

    good: dict[str, Structure] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()


def read_operators(proof: Proofreader, value: object, domain_kinds: Mapping[str, Collection[Kind]],
                   imap_extensions: Collection[str] = ()) -> Land:
    """Every operator with its domains; no two share a domain, a host or a port.

    ``imap_extensions`` are the names that may stand under ``imap.without`` (empty: any).
    """
    entries = proof.entries(value, ("operators",))
    if not entries:
        proof.wrong(("operators",), "missing, expected at least one operator")
    operators: list[Operator] = []
    taken: dict[str, str] = {}
    declared: set[str] = set()
    for name, entry in entries.items():
        here: KeyPath = ("operators", name)
        if isinstance(entry, dict) and isinstance(entry.get("domains"), dict):
            declared |= {str(domain).lower() for domain in entry["domains"]}
        shape = proof.read(OperatorShape, entry, here)
        if shape is None:
            continue
        _check_number(proof, here, shape)
        _claim(proof, (*here, "mx_host"), f"host {shape.mx_host}", name, taken)
        for door, port in shape.listen.items():
            if port:
                _claim(proof, (*here, "listen", door), f"port {port}", name, taken)
        _check_extensions(proof, (*here, "imap", "without"), shape.imap.without, imap_extensions)
        _check_extensions(proof, (*here, "imap", "also"), shape.imap.also, imap_extensions)
        operators.append(_operator(proof, name, shape, domain_kinds, taken))
    domains: dict[str, Domain] = {}
    for operator in operators:
        for domain in operator.domains:
            domains.setdefault(domain.name, domain)
    return Land(tuple(operators), MappingProxyType(domains), frozenset(declared), domain_kinds)


def _operator(proof: Proofreader, name: str, shape: OperatorShape, kinds: Mapping[str, Collection[Kind]],
              taken: dict[str, str]) -> Operator:
    domains = []
    for domain, about in shape.domains.items():
        here: KeyPath = ("operators", name, "domains", domain)
        _claim(proof, here, f"domain {domain}", name, taken)
        if about.kind not in kinds:
            proof.wrong((*here, "kind"), f"{shown(about.kind)} is not a kind of domain, expected {one_of(kinds)}"
                                         f"{did_you_mean(about.kind, list(kinds))}")
        elif about.message_size is not None and Kind.PATIENT not in kinds[about.kind]:
            proof.wrong((*here, "message_size"), "is for domains of patients, expected it at the operator only")
        limit = about.message_size
        if limit is None and Kind.PATIENT in kinds.get(about.kind, ()):
            limit = MESSAGE_LIMIT
        domains.append(Domain(domain, about.kind, name, about.listed, about.description, limit))
    listen = {str(door): port for door, port in shape.listen.items()}
    return Operator(
        name=name, organization=shape.organization, structure_id=structure_id(finess=shape.finess, siret=shape.siret),
        department=shape.department, mx_host=shape.mx_host, client_host=shape.client_host,
        message_limit=shape.message_size, domains=tuple(domains), listen=MappingProxyType(listen),
        imap_without=frozenset(name.upper() for name in shape.imap.without),
        imap_also=frozenset(name.upper() for name in shape.imap.also),
        folder_names=MappingProxyType({str(use): name for use, name in shape.imap.folders.items()}),
    )


def _check_extensions(proof: Proofreader, here: KeyPath, names: Collection[str], known: Collection[str]) -> None:
    for place, name in enumerate(names):
        if known and name.upper() not in known:
            proof.wrong((*here, place), f"{shown(name)} is not an IMAP extension that is known here, expected one that "
                                        f"CAPABILITY lists{did_you_mean(name, list(known))}")


def _claim(proof: Proofreader, here: KeyPath, what: str, owner: str, taken: dict[str, str]) -> None:
    if what in taken:
        proof.wrong(here, f"{what} is taken by operator {taken[what]!r} already, expected one that is free")
    taken.setdefault(what, owner)


def read_structures(proof: Proofreader, value: object) -> Structures:
    """Every structure; no two share a national number."""
    entries = proof.entries(value, ("structures",))
    good: dict[str, Structure] = {}
    by_number: dict[str, str] = {}
    for name, entry in entries.items():
        here: KeyPath = ("structures", name)
        shape = proof.read(StructureShape, entry, here)
        if shape is None:
            continue
        _check_number(proof, here, shape)
        number = structure_id(finess=shape.finess, siret=shape.siret)
        if (first := by_number.setdefault(number, name)) != name:
            proof.wrong(here, f"has the national number of {first!r}, expected one of its own")
        good[name] = Structure(name, shape.name, number, shape.sector)
    return Structures(good, frozenset(entries))


def _check_number(proof: Proofreader, here: KeyPath, shape: StructureNumber) -> None:
    if shape.finess is not None:
        proof.identifier((*here, "finess"), shape.finess, finess_problems(shape.finess))
    if shape.siret is not None:
        proof.identifier((*here, "siret"), shape.siret, siret_problems(shape.siret))
