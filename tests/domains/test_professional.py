"""Domains of professionals and structures."""

from __future__ import annotations

import pytest

from simulator.domains.arrival import Arrival
from simulator.domains.professional import ProfessionalDomain
from simulator.model.mailbox import Kind
from simulator.rules.facts import Letter
from tests.builders import DOCTOR, PATIENT, address, the_mailbox

DOMAIN = ProfessionalDomain()


@pytest.mark.parametrize("local", [
    "paul.vial", "Paul.VIAL", "pharmacie.des.tilleuls", "serviceY_auto", "o'brien", "a", "1", "dr-house", "x.y-z_0"])
def test_a_name_of_a_person_or_a_structure_is_an_address(local: str) -> None:
    assert DOMAIN.problem_with(local) is None


@pytest.mark.parametrize("local", ["", ".a", "a.", "-a", "a b", "a@b", "paul+tag", "hélène", "a/b", "../x", "a\n"])
def test_anything_else_is_not(local: str) -> None:
    assert "prenom.nom" in (DOMAIN.problem_with(local) or "")


def test_every_kind_but_the_patients_lives_here() -> None:
    assert DOMAIN.mailbox_kinds == set(Kind) - {Kind.PATIENT}


def test_nothing_more_happens_on_arrival() -> None:
    arrival = Arrival(the_mailbox(DOCTOR), address(PATIENT), Letter(1, subject="[FIN]"), 0.0)
    assert DOMAIN.arrive(arrival) == ()
