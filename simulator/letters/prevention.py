"""Vaccinations and blood tests."""

from __future__ import annotations

from datetime import date

from simulator.letters.case import Case
from simulator.letters.content import Content, Section, Table, text
from simulator.letters.typography import number, short_date

_VACCINES = (
    (0, 17, "Vaccin diphtérie, tétanos, coqueluche, poliomyélite (DTCaP)", "rappel", "J07CA02"),
    (11, 19, "Vaccin papillomavirus humain 9-valent", "1re dose", "J07BM03"),
    (18, 110, "Vaccin diphtérie, tétanos, poliomyélite (dTP)", "rappel", "J07CA01"),
    (18, 110, "Vaccin grippal inactivé à virion fragmenté", "dose annuelle", "J07BB02"),
    (65, 110, "Vaccin pneumococcique conjugué 20-valent", "dose unique", "J07AL02"),
    (65, 110, "Vaccin zona recombinant avec adjuvant", "1re dose", "J07BK03"),
)

_TESTS = (
    ("Hémoglobine", "g/dL", 12.0, 16.0, 1), ("Leucocytes", "G/L", 4.0, 10.0, 1), ("Plaquettes", "G/L", 150, 400, 0),
    ("Glycémie à jeun", "g/L", 0.70, 1.10, 2), ("HbA1c", "%", 4.0, 6.0, 1), ("Créatininémie", "µmol/L", 49, 90, 0),
    ("DFG estimé (CKD-EPI)", "mL/min/1,73 m²", 60, 120, 0), ("Potassium", "mmol/L", 3.5, 5.1, 1),
    ("TSH", "mUI/L", 0.40, 4.00, 2), ("CRP", "mg/L", 0, 5, 0), ("LDL-cholestérol", "g/L", 0.50, 1.60, 2),
)


def vaccination(case: Case) -> Content:
    """*Note de vaccination*."""
    chance = case.chance
    fitting = [one for one in _VACCINES if one[0] <= case.age <= one[1]]
    _, _, name, rank, atc = chance.choice(fitting)
    arm = chance.choice(("bras gauche, deltoïde", "bras droit, deltoïde"))
    row = (short_date(case.today), name, rank, f"{chance.choice('ABCDEFGH')}{chance.randint(10000, 99999)}",
           short_date(date(case.today.year + 1, chance.randint(1, 12), 28)), arm)
    heads = ("Date", "Vaccin", "Rang", "Lot", "Péremption", "Site")
    return Content(
        "Note de vaccination",
        (
            Section("Vaccination réalisée", (Table(heads, (row,), (13, 34, 13, 12, 14, 14)),)),
            text("Entretien préalable",
                 "Absence de contre-indication, pas de fièvre ce jour, pas d’allergie connue à un vaccin.",
                 f"Classe ATC du vaccin : {atc}."),
            text("Surveillance", "Surveillance de 15 minutes après l’injection, sans réaction immédiate.",
                 "Conseils remis sur les réactions locales et la fièvre."),
        ),
    )


def biology(case: Case) -> Content:
    """*Compte rendu d’examens biologiques*."""
    chance = case.chance
    chosen = sorted(chance.sample(range(len(_TESTS)), 7))
    rows = []
    for name, unit, low, high, decimals in (_TESTS[n] for n in chosen):
        value = chance.uniform(low, high) * chance.choice((1, 1, 1, 1, 1.15))
        mark = " *" if round(value, decimals) > high else ""
        reference = f"{number(low, decimals)} – {number(high, decimals)}"
        rows.append((name, f"{number(value, decimals)}{mark}", unit, reference))
    outside = any("*" in row[1] for row in rows)
    return Content(
        "Compte rendu d’examens biologiques",
        (
            text("Prélèvement", f"Sang veineux prélevé le {short_date(case.today)}, à jeun.",
                 f"Prescripteur : {case.prescriber}."),
            Section("Résultats", (Table(("Examen", "Résultat", "Unité", "Valeurs de référence"), tuple(rows),
                                        (38, 18, 22, 22)),)),
            text("Commentaire", "* Valeur hors de l’intervalle de référence, à interpréter selon le contexte clinique."
                 if outside else "Résultats dans les intervalles de référence."),
        ),
    )
