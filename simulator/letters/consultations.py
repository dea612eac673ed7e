"""What doctors write to each other: reports, referrals, letters at the end of a stay."""

from __future__ import annotations

from datetime import timedelta

from simulator.letters.case import Case
from simulator.letters.content import Content, Items, Paragraph, Section, text
from simulator.letters.typography import long_date, number

_GREETINGS = ("Cher confrère, chère consœur,", "Chère consœur, cher confrère,", "Mon cher confrère,")
_THANKS = ("Avec mes remerciements confraternels pour votre prise en charge.",
           "Je vous remercie de votre avis et vous adresse mes salutations confraternelles.",
           "Bien confraternellement.")


def consultation(case: Case) -> Content:
    """*Compte rendu de consultation*."""
    scenario = case.scenario
    return Content(
        "Compte rendu de consultation",
        (
            text("Motif", scenario.reason),
            text("Antécédents et mode de vie", scenario.history, _habits(case)),
            text("Examen clinique", _constants(case), scenario.findings),
            text("Conclusion", scenario.conclusion),
            Section("Conduite à tenir", (Paragraph(scenario.plan), *_treatment_list(case))),
        ),
    )


def referral(case: Case) -> Content:
    """*Lettre d’adressage* to a specialist."""
    scenario, chance = case.scenario, case.chance
    return Content(
        "Lettre d’adressage",
        (
            text("Demande", chance.choice(_GREETINGS),
                 f"Je vous adresse {case.patient_in_words}, pour {scenario.question}."),
            text("Contexte", scenario.history, _habits(case)),
            text("Éléments cliniques", scenario.reason, _constants(case), scenario.findings),
            Section("Traitement en cours", _treatment_list(case)),
            text("Formule de politesse", chance.choice(_THANKS)),
        ),
        addressee=f"Consultation de {scenario.specialist}",
    )


def discharge(case: Case) -> Content:
    """*Lettre de liaison* at the end of a hospital stay."""
    scenario, chance = case.scenario, case.chance
    nights = chance.randint(2, 6)
    arrived = case.today - timedelta(days=nights)
    return Content(
        "Lettre de liaison à la sortie",
        (
            text("Séjour", f"{case.patient_in_words}, hospitalisé{case.e} du {long_date(arrived)} au "
                           f"{long_date(case.today)} ({nights} nuits)."),
            text("Motif d’hospitalisation", scenario.reason),
            text("Synthèse médicale", scenario.history, _constants(case), scenario.findings),
            text("Conclusion", scenario.conclusion,
                 "Absence de bactérie multirésistante. Pas de transfusion ni d’événement indésirable."),
            Section("Traitement de sortie", _treatment_list(case)),
            text("Suites à donner", scenario.plan,
                 f"Consultation de contrôle prévue le {long_date(case.today + timedelta(days=30))}."),
        ),
        addressee=f"{case.prescriber}, médecin traitant",
    )


def _constants(case: Case) -> str:
    chance = case.chance
    if case.age < 16:
        weight = 2 * (case.age + 4) + chance.randint(-2, 3)
        return (f"Poids {weight} kg, température {number(chance.uniform(37.6, 39.2), 1)} °C, fréquence cardiaque "
                f"{chance.randint(85, 115)} bpm.")
    high, low = chance.randint(112, 148), chance.randint(66, 88)
    height = chance.randint(156, 172) if case.subject.female else chance.randint(168, 186)
    weight = round((height / 100) ** 2 * chance.uniform(21, 29))
    return (f"Pression artérielle {high}/{low} mmHg, fréquence cardiaque {chance.randint(58, 88)} bpm, "
            f"poids {weight} kg, taille {height} cm, IMC {number(weight / (height / 100) ** 2, 1)} kg/m².")


def _habits(case: Case) -> str:
    if case.age < 16:
        return "Scolarité sans particularité, vaccinations vérifiées sur le carnet de santé."
    smoking = case.chance.choice(("Pas de tabagisme.", "Tabagisme sevré depuis plus de dix ans.",
                                  "Tabagisme actif, conseil minimal donné."))
    return f"{smoking} {case.chance.choice(('Activité physique régulière.', 'Activité physique à encourager.'))}"


def _treatment_list(case: Case) -> tuple[Items]:
    return (Items(tuple(f"{one.medicine.name} : {one.posology}." for one in case.scenario.treatments)),)
