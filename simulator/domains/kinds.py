"""The kinds of mail domain, in one tuple."""

from __future__ import annotations

from simulator.domains.outsider import OutsiderDomain
from simulator.domains.patient import PatientDomain
from simulator.domains.professional import ProfessionalDomain

DomainKind = ProfessionalDomain | PatientDomain | OutsiderDomain

KINDS: tuple[DomainKind, ...] = (ProfessionalDomain(), PatientDomain(), OutsiderDomain())


def kind_named(name: str) -> DomainKind:
    """The kind called ``name``; KeyError for a name that no kind has."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise KeyError(name)
