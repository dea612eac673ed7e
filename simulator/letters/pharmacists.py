"""What pharmacists write: the interview about a treatment, and the review of all of them."""

from __future__ import annotations

from datetime import timedelta

from simulator.letters.case import Case
from simulator.letters.content import Content, Items, Section, Table, text
from simulator.letters.typography import long_date

_UNDERSTANDING = ("connaît le nom et l’utilité de chacun de ses médicaments",
                  "connaît l’utilité de ses médicaments mais hésite sur les horaires de prise",
                  "distingue bien le traitement de fond du traitement à la demande")
_FORGETTING = ("Aucun oubli déclaré au cours du dernier mois.", "Un à deux oublis par mois, surtout le week-end.",
               "Oublis plus fréquents de la prise du soir, liés à des horaires de travail décalés.")


def interview(case: Case) -> Content:
    """*Compte rendu d’entretien pharmaceutique*."""
    chance, first = case.chance, case.scenario.treatments[0]
    purpose = "Entretien d’accompagnement" if case.scenario.chronic else "Entretien de première dispensation"
    who = "La patiente" if case.e else "Le patient"
    return Content(
        "Compte rendu d’entretien pharmaceutique",
        (
            text("Objet", f"{purpose} portant sur le traitement par {first.medicine.substance}.",
                 "Entretien mené dans l’espace de confidentialité de l’officine, "
                 f"durée {chance.randint(20, 40)} minutes."),
            text("Connaissance du traitement", f"{who} {chance.choice(_UNDERSTANDING)}.", chance.choice(_FORGETTING)),
            Section("Points abordés", (Items((
                f"modalités de prise : {first.posology}",
                "conduite à tenir en cas d’oubli",
                "effets indésirables à signaler et signes d’alerte",
                "interactions, y compris avec l’automédication et la phytothérapie",
            )),)),
            text("Conclusion",
                 f"Bonne implication d{'e la patiente' if case.e else 'u patient'}. Plan de prise remis et commenté."),
            text("Suite", f"Prochain entretien proposé le {long_date(case.today + timedelta(days=91))}."),
        ),
        addressee=f"{case.prescriber}, médecin traitant",
    )


def review(case: Case) -> Content:
    """*Bilan partagé de médication*."""
    rows = tuple((one.medicine.name, one.posology, one.advice or "sans particularité")
                 for one in case.scenario.treatments)
    return Content(
        "Bilan partagé de médication",
        (
            text("Contexte", f"{case.patient_in_words}.", case.scenario.history),
            Section("Traitements analysés", (Table(("Médicament", "Posologie", "Observation"), rows, (36, 38, 26)),)),
            Section("Analyse pharmaceutique", (Items((
                "indications, doses et durées conformes aux recommandations",
                "pas de redondance ni d’interaction contre-indiquée",
                case.chance.choice(("fonction rénale datant de plus d’un an : contrôle suggéré",
                                    "statut vaccinal à compléter avant l’hiver",
                                    "automédication par anti-inflammatoire à éviter")),
            )),)),
            text("Observance", case.chance.choice(_FORGETTING)),
            text("Propositions au médecin traitant",
                 "Maintien des traitements en cours, sous réserve de votre avis sur le point signalé ci-dessus."),
        ),
        addressee=f"{case.prescriber}, médecin traitant",
    )
