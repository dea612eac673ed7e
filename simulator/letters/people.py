"""The people of a document, with what the configuration does not tell about them: addresses and telephones.

What is made up is the same in every document about the same person. Postal codes beginning with 99 and the telephone
numbers are of ranges that belong to nobody (ARCEP decision 2018-0881 for numbers of fiction).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date

from simulator.letters.typography import unaccented
from simulator.model.mailbox import INS_TEST, Patient, Person, Structure
from simulator.model.professions import profession_label
from simulator.xdm.identity import Identity

PROVISIONAL = "1.2.250.1.213.1.4.9"
"""OID of provisional matricules (NIA). None is published for tests, so this is the one there is."""

_STREETS = ("rue des Tilleuls", "avenue de la Gare", "rue du Four-à-Chaux", "place de l’Église", "chemin des Vignes",
            "rue Marie-Curie", "boulevard des Alliés", "impasse du Lavoir", "rue de la Fontaine", "quai des Brumes")
_TOWNS = ("99120 Saint-Aubin-les-Sources", "99300 Valmont-sur-Orne", "99410 Clairefontaine", "99550 Bois-le-Comte",
          "99680 La Roche-Bénite", "99770 Montreval")
_GENERAL = ("Dr Claire DUBREUIL", "Dr Mehdi LAMRANI", "Dr Anne-Sophie CHÊNE", "Dr Thomas PERRIN")
DEFAULT_SECTOR = {"10": "SA07", "21": "SA33", "60": "SA07"}
"""Sector of a professional without structure, by profession."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address with a telephone."""

    number: str
    street: str
    postal_code: str
    city: str
    telephone: str
    """``+33199001234``."""

    @property
    def line(self) -> str:
        """On one line."""
        return f"{self.number} {self.street}, {self.postal_code} {self.city}"

    @property
    def shown_telephone(self) -> str:
        """``01 99 00 12 34``."""
        national = f"0{self.telephone[3:]}"
        return " ".join(national[n:n + 2] for n in range(0, len(national), 2))


@dataclass(frozen=True, slots=True)
class Subject:
    """The patient."""

    identity: Identity
    given_name: str
    family_name: str
    birth_date: date | None
    place: Place

    @property
    def female(self) -> bool:
        """By the first digit of the matricule."""
        return self.identity.sex == "F"

    @property
    def civility(self) -> str:
        """How the patient is addressed."""
        return "Madame" if self.female else "Monsieur"

    def age(self, on: date) -> int:
        """Whole years; 40 where the birth date is not known."""
        born = self.birth_date
        if born is None:
            return 40
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Writer:
    """The author, and where they work."""

    person: Person
    structure: Structure
    place: Place

    @property
    def signature(self) -> str:
        """``Dr Paul VIAL``."""
        return f"{self.person.title} {self.person.given_name} {self.person.family_name.upper()}".strip()

    @property
    def profession(self) -> str:
        """In words."""
        return profession_label(self.person.profession)


def subject(patient: Patient) -> Subject:
    """The patient with an identity that qualifies: sex and birthplace are read in the matricule."""
    given = unaccented(patient.given_name).upper()
    first_name = re.split(r"[ ,]+", given)[0]
    birth_name = unaccented(patient.family_name).upper()
    identity = Identity(
        matricule=patient.ins,
        authority=PROVISIONAL if patient.ins[:1] in "78" else INS_TEST,
        birth_name=birth_name,
        first_name=first_name,
        given_names=given,
        used_name=birth_name,
        used_first_name=first_name,
        birth_date=patient.birth_date,
        sex="M" if patient.ins[:1] in "17" else "F",
        birth_place=patient.ins[5:10],
    )
    born = date.fromisoformat(patient.birth_date) if patient.birth_date else None
    return Subject(identity, patient.given_name, patient.family_name.upper(), born, place(f"patient {patient.ins}"))


def writer(person: Person, structure: Structure | None) -> Writer:
    """The author; one without a structure has a practice of their own."""
    if structure is None:
        name = f"Cabinet du {person.title} {person.family_name}" if person.title == "Dr" else (
            f"Cabinet {person.family_name}")
        sector = DEFAULT_SECTOR.get(person.profession, "SA07")
        structure = Structure("", name, f"4{person.national_id[1:]}0001", sector)
    return Writer(person, structure, place(f"structure {structure.national_id}"))


def place(of: str) -> Place:
    """Always the same one for the same name."""
    chance = random.Random(of)
    postal_code, _, city = chance.choice(_TOWNS).partition(" ")
    return Place(str(chance.randint(1, 98)), chance.choice(_STREETS), postal_code, city,
                 f"+3319900{chance.randint(0, 9999):04}")


def colleague(chance: random.Random) -> str:
    """A doctor who is not in the configuration."""
    return chance.choice(_GENERAL)
