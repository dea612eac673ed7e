"""People are found by the names that people use."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from simulator.config import load
from simulator.model.mailbox import Mailbox
from simulator.testing import names
from simulator.testing.failures import NoSuchName

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def everybody() -> tuple[Mailbox, ...]:
    """The default space."""
    return load(ROOT / "config.yaml", today=date(2026, 11, 22)).mailboxes


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("paul.vial@medecin.mssante.fr", "paul.vial@medecin.mssante.fr"),
        ("Paul.Vial", "paul.vial@medecin.mssante.fr"),
        ("vial", "paul.vial@medecin.mssante.fr"),
        ("Hélène Garnier", "helene.garnier@chu-lumiere.bfc.mssante.fr"),
        ("helene garnier", "helene.garnier@chu-lumiere.bfc.mssante.fr"),
        ("isabelle", "isabelle.fontaine@pharmacie.bfc.mssante.fr"),
        ("tilleuls", "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"),
        ("Pharmacie du Pont", "pharmacie.du.pont@pharmacie.bfc.mssante.fr"),
        ("lgo.tilleuls", "lgo.tilleuls@pharmacie.bfc.mssante.fr"),
        ("CHU Lumière", "cardiologie@chu-lumiere.bfc.mssante.fr"),
        ("275126322074974", "275126322074974@patient.mssante.fr"),
        ("pat-trois", "279035121518989@patient.mssante.fr"),
    ],
)
def test_a_name_leads_to_one_mailbox(everybody: tuple[Mailbox, ...], name: str, address: str) -> None:
    assert str(names.find(name, names.ANYBODY, everybody).address) == address


def test_a_pharmacy_without_a_team_is_reached_through_its_person(everybody: tuple[Mailbox, ...]) -> None:
    assert names.pharmacy("morel", everybody).address.local == "claire.morel"
    assert names.pharmacy("tilleuls", everybody).address.local == "pharmacie.des.tilleuls"


def test_an_unknown_name_tells_the_nearest(everybody: tuple[Mailbox, ...]) -> None:
    with pytest.raises(NoSuchName, match=r"no doctor is called 'vail'; the nearest: 'vial' \(paul\.vial@"):
        names.find("vail", names.DOCTORS, everybody)


def test_a_name_like_nobodys_lists_who_is_there(everybody: tuple[Mailbox, ...]) -> None:
    with pytest.raises(NoSuchName, match=r"no nurse is called 'zzz'; nurses here: nadia\.roux@"):
        names.find("zzz", names.NURSES, everybody)


def test_somebody_of_another_role_is_not_found(everybody: tuple[Mailbox, ...]) -> None:
    with pytest.raises(NoSuchName, match="no doctor is called 'roux'"):
        names.find("roux", names.DOCTORS, everybody)


def test_a_role_that_nobody_has_says_so() -> None:
    with pytest.raises(NoSuchName, match="there are no patients here"):
        names.find("adrun", names.PATIENTS, ())


def test_a_name_of_several_asks_for_more(everybody: tuple[Mailbox, ...]) -> None:
    people = names.Role("person", "people", lambda m: m.owner is not None)
    with pytest.raises(NoSuchName, match=r"'tilleuls' may be isabelle.* or karim.*: say more"):
        names.find("tilleuls", people, everybody)
