"""Finding a mailbox by the name people use for it: an address, a local part, a structure, a family name.

Case, accents and the difference between space, dot, dash and underscore do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from simulator.model.mailbox import Kind, Mailbox
from simulator.testing.failures import NoSuchName

DOCTOR, PHARMACIST, NURSE = "10", "21", "60"
"""Codes of TRE_G15-ProfessionSante."""


@dataclass(frozen=True, slots=True)
class Role:
    """Who may be meant."""

    one: str
    many: str
    holds: Callable[[Mailbox], bool]


def _practises(profession: str) -> Callable[[Mailbox], bool]:
    return lambda m: m.kind is Kind.PER and m.owner is not None and m.owner.profession == profession


def _of_a_pharmacy(mailbox: Mailbox) -> bool:
    return mailbox.structure is not None and mailbox.structure.is_pharmacy


ANYBODY = Role("mailbox", "mailboxes", lambda m: True)
DOCTORS = Role("doctor", "doctors", _practises(DOCTOR))
NURSES = Role("nurse", "nurses", _practises(NURSE))
PHARMACISTS = Role("pharmacist", "pharmacists", _practises(PHARMACIST))
PATIENTS = Role("patient", "patients", lambda m: m.kind is Kind.PATIENT)
TEAMS = Role("team", "teams", lambda m: m.kind is Kind.ORG)
APPLICATIONS = Role("application", "applications", lambda m: m.kind is Kind.APP)
PHARMACIES = Role("pharmacy", "pharmacies", lambda m: m.kind is Kind.ORG and _of_a_pharmacy(m))
WITHOUT_A_TEAM = Role("pharmacy", "pharmacies", lambda m: m.kind is Kind.PER and _of_a_pharmacy(m))
"""A pharmacy without an organisational mailbox is reached through a person's (F7)."""


def find(name: str, role: Role, mailboxes: Iterable[Mailbox]) -> Mailbox:
    """The one mailbox of that role and name. Raises NoSuchName, which tells the nearest, or those that may be meant."""
    candidates = [m for m in mailboxes if role.holds(m)]
    wanted = plain(name)
    for names in (_addresses, _structures, _people):
        found = [m for m in candidates if wanted in {plain(n) for n in names(m)}]
        teams = [m for m in found if m.kind is Kind.ORG]
        if len(found) == 1 or len(teams) == 1:
            return (teams or found)[0]
        if found:
            raise NoSuchName(f"{name!r} may be {_listed(found, ' or ')}: say more")
    raise NoSuchName(_unknown(name, role, candidates))


def pharmacy(name: str, mailboxes: Sequence[Mailbox]) -> Mailbox:
    """The pharmacy's team, or its only person's mailbox when it has no team."""
    teams = [m for m in mailboxes if PHARMACIES.holds(m)]
    with_team = {m.structure.id for m in teams if m.structure is not None}
    alone = [m for m in mailboxes if WITHOUT_A_TEAM.holds(m) and m.structure and m.structure.id not in with_team]
    return find(name, Role("pharmacy", "pharmacies", lambda m: True), (*teams, *alone))


def plain(text: str) -> str:
    """Lower case, without accents, ``-`` between words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\s._-]+", "-", bare.strip())


def _addresses(mailbox: Mailbox) -> Iterator[str]:
    yield str(mailbox.address)
    yield mailbox.address.local


def _structures(mailbox: Mailbox) -> Iterator[str]:
    if mailbox.structure is not None:
        yield from (mailbox.structure.id, mailbox.structure.name)


def _people(mailbox: Mailbox) -> Iterator[str]:
    person = mailbox.owner or mailbox.patient
    if person is not None:
        yield from (person.family_name, person.full_name, person.given_name)


def _unknown(name: str, role: Role, candidates: Sequence[Mailbox]) -> str:
    known: dict[str, Mailbox] = {}
    for mailbox in sorted(candidates, key=lambda m: m.kind is not Kind.ORG):
        for word in (*_people(mailbox), *_structures(mailbox), *_addresses(mailbox)):
            known.setdefault(plain(word), mailbox)
    near = get_close_matches(plain(name), known, n=3, cutoff=0.6)
    if near:
        told = {known[word].address.key: f"{word!r} ({known[word].address})" for word in reversed(near)}
        return f"no {role.one} is called {name!r}; the nearest: {', '.join(reversed(told.values()))}"
    if not candidates:
        return f"no {role.one} is called {name!r}: there are no {role.many} here"
    return f"no {role.one} is called {name!r}; {role.many} here: {_listed(candidates)}"


def _listed(mailboxes: Iterable[Mailbox], between: str = ", ") -> str:
    return between.join(f"{m.address} ({m.display_name})" for m in mailboxes)
