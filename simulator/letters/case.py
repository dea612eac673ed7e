"""One occasion to write: who, about whom, when, and what is the matter. Chance is seeded, so that it repeats."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime

from simulator.letters.people import Subject, Writer, colleague
from simulator.letters.scenarios import SCENARIOS, Scenario
from simulator.letters.typography import long_date


@dataclass(frozen=True)
class Case:
    """All that a writer of documents looks at."""

    subject: Subject
    writer: Writer
    written: datetime
    """On a French clock."""
    seed: int
    scenario: Scenario
    """The same for every document about a patient with the same seed."""
    prescriber: str
    """Who wrote the prescription that a pharmacy dispenses."""
    chance: random.Random = field(default_factory=random.Random, repr=False)

    @property
    def today(self) -> date:
        """The day of writing."""
        return self.written.date()

    @property
    def age(self) -> int:
        """The patient's."""
        return self.subject.age(self.today)

    @property
    def e(self) -> str:
        """The feminine ending, where there is one."""
        return "e" if self.subject.female else ""

    @property
    def patient_in_words(self) -> str:
        """``Madame Zoé ADRUN, 50 ans, née le 31 décembre 1975``."""
        name = f"{self.subject.civility} {self.subject.given_name} {self.subject.family_name}, {self.age} ans"
        born = self.subject.birth_date
        return name if born is None else f"{name}, né{self.e} le {long_date(born)}"


def occasion(kind: str, subject: Subject, writer: Writer, written: datetime, seed: int, prescriber: str = "") -> Case:
    """The story follows from patient and seed alone; the details of a document from its kind too."""
    story = random.Random(f"{subject.identity.matricule} {seed}")
    age = subject.age(written.date())
    fitting = [one for one in SCENARIOS if one.fits(age, female=subject.female)]
    scenario = story.choice(fitting or list(SCENARIOS))
    doctor = prescriber or colleague(story)
    chance = random.Random(f"{kind} {subject.identity.matricule} {seed}")
    return Case(subject, writer, written, seed, scenario, doctor, chance)
