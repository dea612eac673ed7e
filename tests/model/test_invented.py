"""Invented identifiers are valid, and the same again for the same seed."""

from __future__ import annotations

import pytest

from simulator.model.identifiers import (
    adeli_problems,
    finess_problems,
    ins_problems,
    rpps_problems,
    siren_problems,
    siret_problems,
)
from simulator.model.invented import Inventor


def test_every_invented_number_passes_its_check() -> None:
    inventor = Inventor(7)
    for _ in range(200):
        assert rpps_problems(inventor.rpps()) == ()
        assert adeli_problems(inventor.adeli()) == ()
        assert finess_problems(inventor.finess()) == ()
        assert siren_problems(inventor.siren()) == ()
        assert siret_problems(inventor.siret()) == ()
        assert ins_problems(inventor.ins()) == ()


@pytest.mark.parametrize("department", ["2A", "2B"])
def test_an_invented_corsican_has_a_right_key(department: str) -> None:
    ins = Inventor(3).ins(born=(1981, 10), corsica=department)
    assert ins_problems(ins) == ()
    assert ins[1:7] == f"8110{department}"


def test_the_same_seed_invents_the_same_numbers() -> None:
    first, again, other = Inventor(1), Inventor(1), Inventor(2)
    assert [first.rpps() for _ in range(5)] == [again.rpps() for _ in range(5)]
    assert first.ins() != other.ins()
