"""The kinds of document that can be made. A new one is a function that writes its content, and its line in KINDS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from simulator.letters import consultations, pharmacists, prescriptions, prevention
from simulator.letters.case import Case
from simulator.letters.content import Content
from simulator.xdm.values import Code

DOCTOR, PHARMACIST, NURSE = "10", "21", "60"
"""TRE_G15-ProfessionSante."""

LOINC = "2.16.840.1.113883.6.1"
_CLASSES = "1.2.250.1.213.1.1.4.1"
REPORT = Code("10", _CLASSES, "Compte rendu")
PRESCRIPTION = Code("42", _CLASSES, "Prescription")
DISPENSING = Code("43", _CLASSES, "Dispensation")
"""classCode (TRE_A03). That letters and vaccinations are reports is assumed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document."""

    name: str
    """As commands and tests call it."""
    code: str
    """LOINC code of JDV_J07."""
    label: str
    """Its displayName there: what the subject of a letter says, cut at 40 characters."""
    title: str
    """What people call it."""
    class_code: Code
    professions: tuple[str, ...]
    """Who writes such a thing."""
    content: Callable[[Case], Content]
    structured: bool = False
    """There is a model with entries (level 3) that is followed here."""

    @property
    def type_code(self) -> Code:
        """The LOINC code with its label."""
        return Code(self.code, LOINC, self.label)


KINDS = (
    Kind("prescription", "57833-6", "Prescription de produits de santé", "Ordonnance", PRESCRIPTION, (DOCTOR,),
         prescriptions.prescription, structured=True),
    Kind("dispensing", "60593-1", "Dispensation médicamenteuse", "Compte rendu de dispensation", DISPENSING,
         (PHARMACIST,), prescriptions.dispensing, structured=True),
    Kind("consultation", "11488-4", "CR ou fiche de consultation ou de visite", "Compte rendu de consultation", REPORT,
         (DOCTOR,), consultations.consultation),
    Kind("referral", "96349-6", "Lettre d'adressage", "Lettre d’adressage", REPORT, (DOCTOR,), consultations.referral),
    Kind("discharge", "11490-0", "Lettre de liaison à la sortie d'un établissement de soins",
         "Lettre de liaison à la sortie", REPORT, (DOCTOR,), consultations.discharge),
    Kind("vaccination", "87273-9", "Note de vaccination", "Note de vaccination", REPORT,
         (DOCTOR, PHARMACIST, NURSE), prevention.vaccination),
    Kind("interview", "78601-2", "CR d'entretien pharmaceutique", "Compte rendu d’entretien pharmaceutique", REPORT,
         (PHARMACIST,), pharmacists.interview),
    Kind("review", "56445-0", "Bilan médicamenteux (Officine)", "Bilan partagé de médication", REPORT, (PHARMACIST,),
         pharmacists.review),
    Kind("biology", "11502-2", "CR d'examens biologiques", "Compte rendu d’examens biologiques", REPORT,
         (DOCTOR, PHARMACIST), prevention.biology),
)


def find(name: str | Kind) -> Kind:
    """The kind of that name or LOINC code. Raises ValueError, which names them all."""
    if isinstance(name, Kind):
        return name
    for kind in KINDS:
        if name in (kind.name, kind.code):
            return kind
    names = [kind.name for kind in KINDS]
    near = get_close_matches(name, names, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise ValueError(f"no kind of document is called {name!r}; {meant}there are {', '.join(names)}")
