"""Patients, professionals and the mail system are told apart by the kind of the domain (ECO.3.1.1, 3.1.2)."""

from __future__ import annotations

import pytest

from simulator.controls.webmail.correspondents import Correspondents, Sort
from tests.builders import DOCTOR, PATIENT, PHARMACY, a_space


@pytest.mark.parametrize(("written", "sort", "name"), [
    (f"Zoe Adrun <{PATIENT}>", Sort.PATIENT, "ZOE ADRUN"),
    ("Leo Dupond <123456789012345@patient.mssante.fr>", Sort.PATIENT, "Leo DUPOND"),
    ("123456789012345@patient.mssante.fr", Sort.PATIENT, "123456789012345@patient.mssante.fr"),
    (f"Somebody else <{DOCTOR}>", Sort.PROFESSIONAL, "Dr Paul Vial"),
    (PHARMACY, Sort.PROFESSIONAL, "Pharmacie des Tilleuls"),
    ("Dr_Marie_MARTIN_Cabinet <marie.martin@medecin.mssante.fr>", Sort.PROFESSIONAL, "Dr Marie MARTIN Cabinet"),
    ("Mail Delivery System <MAILER-DAEMON@mx.bfc.mssante.fr>", Sort.NOTICE, "Opérateur de messagerie"),
    ("Zoé <zoe@courriel.example>", Sort.STRANGER, "Zoé"),
    ("Trick <a b@c>", Sort.STRANGER, "Trick"),
])
def test_who_is_behind_an_address(written: str, sort: Sort, name: str) -> None:
    (found,) = Correspondents(a_space()).named_in(written.encode())
    assert (found.sort, found.name) == (sort, name)


def test_the_traits_of_a_known_patient_are_those_of_the_space_whatever_the_label_says() -> None:
    (zoe,) = Correspondents(a_space()).named_in(f"Leo Dupond <{PATIENT}>".encode())
    assert zoe.traits is not None and zoe.traits.is_known
    assert (zoe.traits.birth_name, zoe.traits.given_name, zoe.traits.ins, zoe.traits.birth_date) == (
        "ADRUN", "ZOE", "275126322074974", "1975-12-31")


def test_a_patient_nobody_knows_is_told_from_the_message_and_marked_so() -> None:
    (leo,) = Correspondents(a_space()).named_in(b"Leo Dupond <123456789012345@patient.mssante.fr>")
    assert leo.traits is not None and not leo.traits.is_known
    assert (leo.traits.ins, leo.traits.birth_name, leo.traits.given_name) == ("123456789012345", "DUPOND", "Leo")


def test_a_name_holds_no_control_characters_and_an_end() -> None:
    (found,) = Correspondents(a_space()).named_in(
        b"=?utf-8?q?A=00=0D=0ABcc=3A?= " + b"x" * 5000 + b" <a@medecin.mssante.fr>")
    assert found.name.isprintable() and len(found.name) <= 200
