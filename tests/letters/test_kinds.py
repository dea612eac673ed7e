"""Kinds are found by name or code; every patient has a story that fits; texts are typeset as French is."""

from __future__ import annotations

from datetime import date

import pytest

from simulator.letters import KINDS, find
from simulator.letters.medicines import METFORMIN, SALBUTAMOL, Treatment
from simulator.letters.people import place, subject
from simulator.letters.scenarios import SCENARIOS
from simulator.letters.typography import french, in_france, joined, long_date, number, unaccented
from simulator.model.document import LABELS, LETTERS
from simulator.model.mailbox import Patient
from tests.letters.samples import NAMES, NOW, TOM, ZOE, a_document


def test_a_kind_is_found_by_name_or_code() -> None:
    for kind in KINDS:
        assert find(kind.name) is find(kind.code) is find(kind) is kind
    assert len({kind.code for kind in KINDS}) == len(KINDS) == len(set(NAMES))


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"'prescripton'; did you mean prescription\? there are prescription, disp"):
        find("prescripton")


@pytest.mark.parametrize("age", range(1, 105))
@pytest.mark.parametrize("female", [True, False])
def test_every_age_has_several_stories_or_one(age: int, female: bool) -> None:
    fitting = [one for one in SCENARIOS if one.fits(age, female=female)]
    assert len(fitting) >= (1 if age < 12 else 2)


def test_a_child_is_not_treated_as_an_adult() -> None:
    for seed in range(20):
        assert a_document("prescription", TOM, seed).case.scenario.name == "otitis"
        assert a_document("vaccination", TOM, seed).case.age == 10


@pytest.mark.parametrize("kind", NAMES)
def test_agreement_follows_the_sex(kind: str) -> None:
    his = str(a_document(kind, Patient("148059999900396", "Jean", "LAMY", "1948-05-02")).content)
    assert "La patiente" not in his and "Madame" not in his and "hospitalisée" not in his


@pytest.mark.parametrize("kind", NAMES)
def test_texts_have_no_ascii_apostrophe_or_double_blank(kind: str) -> None:
    for seed in range(5):
        blocks = [block for section in a_document(kind, seed=seed).content.sections for block in section.blocks]
        texts = [text for block in blocks for text in (getattr(block, "text", ""), *getattr(block, "texts", ()))]
        assert not [text for text in texts if "  " in text or "'" in text or text != text.strip()]


def test_posology_is_a_sentence() -> None:
    twice = Treatment(METFORMIN, "1", ("matin", "soir"), 90)
    assert twice.posology == "1 comprimé le matin et le soir, pendant 3 mois"
    assert twice.medicine.name == "METFORMINE 1000 mg, comprimé pelliculé"
    asked = Treatment(SALBUTAMOL, "2", (), 30, when="en cas de gêne", per_day=4)
    assert asked.posology == "2 bouffées en cas de gêne, pendant 30 jours"
    assert (twice.frequency, asked.frequency) == (2, 4)
    assert Treatment(METFORMIN, "1", ("matin", "midi", "soir"), 1).posology == (
        "1 comprimé le matin, à midi et le soir, en une prise unique")


def test_french_typography() -> None:
    hard = "\N{NO-BREAK SPACE}"
    assert french("Poids : 28 kg ; n° 3 « oui » ?").replace(hard, "_") == "Poids_: 28_kg_; n°_3 «_oui_»_?"
    assert long_date(date(2026, 8, 1)) == "1er août 2026"
    assert joined(("a",)) == "a" and joined(("a", "b", "c")) == "a, b et c"
    assert number(1.25, 1) == "1,2" and number(3, 0) == "3"
    assert unaccented("Zoé Œuvré d’Ÿ") == "Zoe OEuvre d'Y"
    assert in_france(NOW).isoformat() in ("2026-11-02T10:30:00+01:00", "2026-11-02T09:30:00+00:00")


def test_people_have_the_same_address_everywhere() -> None:
    assert place("a") == place("a") != place("b")
    assert place("a").postal_code.startswith("99")
    assert place("a").telephone.startswith("+3319900")
    zoe = subject(ZOE)
    assert (zoe.identity.sex, zoe.identity.birth_place, zoe.identity.first_name) == ("F", "63220", "ZOE")
    assert zoe.age(date(2026, 12, 30)) == 50 and zoe.age(date(2026, 12, 31)) == 51


def test_the_configuration_knows_every_kind_and_spaces_a_label_for_each() -> None:
    assert tuple(kind.name for kind in KINDS) == LETTERS
    assert {kind.code for kind in KINDS} <= LABELS.keys()
