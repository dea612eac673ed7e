"""Who is behind an address: a patient, a professional or the mail system, by the kind of the domain (ECO.3.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.controls.header import people
from simulator.model.address import Address
from simulator.model.mailbox import Kind, Mailbox
from simulator.space import TrustSpace

_SYSTEM = frozenset({"mailer-daemon", "postmaster"})
LONGEST_NAME = 200
"""Characters of a name that are shown."""
MOST_NAMED = 100
"""People of one address field that are shown: a page of messages may not grow without bounds."""


class Sort(StrEnum):
    """Kinds of correspondent."""

    PATIENT = "patient"
    PROFESSIONAL = "professional"
    NOTICE = "notice"
    """The mail system itself: what could not be delivered, what waits."""
    STRANGER = "stranger"
    """A domain that no operator of the space serves."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What identifies a patient (ECO.3.1.2)."""

    ins: str
    birth_name: str
    given_name: str
    birth_date: str = ""
    """ISO date; empty when the space does not know the person."""
    sex: str = ""
    is_known: bool = True
    """False when only the message says so: its address and the label of From."""


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody in From, To or Cc."""

    name: str
    """For people; the address when nothing better is known."""
    address: Address | None
    sort: Sort
    traits: Traits | None = None
    """Of a patient."""
    where: str = ""
    """Structure or description of a professional."""


NOBODY = Correspondent("", None, Sort.STRANGER)


class Correspondents:
    """Recognises people by what the space knows, then by what the message says."""

    def __init__(self, space: TrustSpace) -> None:
        self._space = space

    def named_in(self, value: bytes) -> tuple[Correspondent, ...]:
        """Everybody in the value of an address field, the first ``MOST_NAMED``."""
        return tuple(self.recognise(name, address) for name, address in people(value)[:MOST_NAMED])

    def recognise(self, label: str, address: Address | None) -> Correspondent:
        """Whoever writes under this label from this address."""
        if address is None:
            return Correspondent(label, None, Sort.STRANGER)
        box = self._space.mailbox(address)
        sort = self._sort(address, box)
        if sort is Sort.PATIENT:
            traits = _traits(label, address, box)
            name = f"{traits.given_name} {traits.birth_name}".strip()
            return Correspondent(name or str(address), address, sort, traits)
        if sort is Sort.NOTICE:
            return Correspondent("Opérateur de messagerie", address, sort)
        if box is None:
            return Correspondent(_plain(label) or str(address), address, sort)
        where = box.structure.name if box.structure is not None and box.owner is not None else box.description
        title = f"{box.owner.title} " if box.owner is not None and box.owner.title else ""
        return Correspondent(f"{title}{box.display_name}", address, sort, where=where)

    def _sort(self, address: Address, box: Mailbox | None) -> Sort:
        if box is not None:
            return Sort.PATIENT if box.kind is Kind.PATIENT else Sort.PROFESSIONAL
        if address.local.lower() in _SYSTEM:
            return Sort.NOTICE
        kind = self._space.domain_kind(address.domain)
        if kind == "patient":
            return Sort.PATIENT
        return Sort.PROFESSIONAL if self._space.lists(address.domain) else Sort.STRANGER


def _traits(label: str, address: Address, box: Mailbox | None) -> Traits:
    """From the space; else from the address and the label, given name then family name (mssante-rules 3.1)."""
    person = box.patient if box is not None else None
    if person is not None:
        given = (person.given_names or person.given_name).partition(" ")[0]
        return Traits(person.ins, person.birth_name or person.family_name.upper(), given, person.birth_date, person.sex)
    given, _, family = _plain(label).partition(" ")
    return Traits(address.local.upper(), family.upper(), given, is_known=False)


def _plain(label: str) -> str:
    """A label as people write it: ECO.2.2.7 joins its parts by underscores."""
    words = "".join(c if c.isprintable() else " " for c in label).strip(' "').replace("_", " ").split()
    return " ".join(words)[:LONGEST_NAME]
