"""Patients are found by matricule, told of new messages as they chose, and act only in a space that is theirs."""

from __future__ import annotations

import pytest

from simulator.controls.errors import Conflict, NotFound
from tests.builders import DOCTOR
from tests.controls.patients.conftest import CLOSED, DOMINIQUE, NOT_ACTIVATED, ZOE, Space


def test_a_patient_is_found_by_matricule_or_address(mes: Space) -> None:
    profiles = mes.patients.profiles
    assert profiles.get(ZOE) is profiles.get(f"{ZOE}@patient.mssante.fr")
    assert profiles.get("781102a12500908").display_name == "Ange CASTELLI"
    with pytest.raises(NotFound, match="did you mean 275126322074974"):
        profiles.get("275126322074975")


async def test_a_space_is_activated_once_and_a_closed_one_is_not(mes: Space) -> None:
    profiles = mes.patients.profiles
    with pytest.raises(Conflict, match="has not been activated"):
        profiles.active(NOT_ACTIVATED)
    await profiles.activate(NOT_ACTIVATED)
    assert profiles.active(NOT_ACTIVATED).status == "open"
    with pytest.raises(Conflict, match="closed"):
        await profiles.activate(CLOSED)


async def test_a_patient_is_told_of_a_new_message_the_way_they_chose(mes: Space) -> None:
    await mes.writes(DOCTOR)
    await mes.writes(DOCTOR, to=f"{DOMINIQUE}@patient.mssante.fr", number=2)
    (told,) = mes.patients.profiles.notifications(ZOE)
    assert (told.by, told.address, told.message_id) == ("e-mail", "zoe.adrun@courriel.example", "<1@test.example>")
    assert [n.by for n in mes.patients.profiles.notifications(DOMINIQUE)] == ["push"]


async def test_who_wants_no_notification_gets_none(mes: Space) -> None:
    await mes.writes(DOCTOR, to=f"{NOT_ACTIVATED}@patient.mssante.fr")
    assert mes.patients.profiles.notifications(NOT_ACTIVATED) == []
