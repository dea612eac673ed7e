"""The prescription of a doctor, and the note of the pharmacy that dispensed it."""

from __future__ import annotations

from datetime import date, timedelta

from simulator.letters.case import Case
from simulator.letters.content import Content, Delivered, Dispensed, Prescribed, Section, text
from simulator.letters.medicines import Treatment
from simulator.letters.typography import long_date

UNITS_IN_A_BOX = 30


def prescription(case: Case) -> Content:
    """*Ordonnance*: medicines by their international name, each with its posology."""
    longest = max(treatment.days * (1 + treatment.renewals) for treatment in case.scenario.treatments)
    weight = () if case.age >= 16 else (text("Poids", f"Poids au jour de la prescription : {2 * (case.age + 4)} kg."),)
    return Content(
        "Ordonnance",
        (*weight, Section("Prescription de médicaments", (Prescribed(case.scenario.treatments),))),
        valid_until=case.today + timedelta(days=max(longest, 90)),
        closing="Prescription en dénomination commune internationale.",
    )


def dispensing(case: Case) -> Content:
    """*Compte rendu de dispensation*: what was handed over, with lots and advice."""
    written = case.today - timedelta(days=case.chance.randint(0, 2))
    lines = tuple(_handed_over(case, treatment) for treatment in case.scenario.treatments)
    advice = [f"{line.treatment.medicine.substance.capitalize()} : {line.treatment.advice}." for line in lines
              if line.treatment.advice]
    substituted = any(line.substituted for line in lines)
    return Content(
        "Compte rendu de dispensation",
        (
            text("Prescription d’origine", f"Ordonnance de {case.prescriber}, datée du {long_date(written)}."),
            Section("Médicaments délivrés", (Delivered(lines),)),
            text("Conseils du pharmacien",
                 "Posologies expliquées et reportées sur les conditionnements.",
                 *advice,
                 "Substitution par un médicament générique acceptée." if substituted else "",
                 f"Historique des traitements consulté avec l’accord d{'e la patiente' if case.e else 'u patient'}, "
                 "aucune interaction à signaler."),
        ),
    )


def _handed_over(case: Case, treatment: Treatment) -> Dispensed:
    chance = case.chance
    swallowed = treatment.frequency * int(treatment.dose) * min(treatment.days, 30)
    by_the_piece = treatment.medicine.unit in ("comprimé", "gélule")
    return Dispensed(
        treatment,
        boxes=max(1, -(-swallowed // UNITS_IN_A_BOX)) if by_the_piece else 1,
        lot=f"{chance.choice('ABCDEFGHKLM')}{chance.randint(1000, 9999)}{chance.choice('ABCX')}",
        expires=date(case.today.year + chance.randint(1, 3), chance.randint(1, 12), 28),
        substituted=treatment.substitutable and by_the_piece and chance.random() < 0.6,
        note=treatment.advice or "posologie expliquée et reportée sur la boîte",
    )
