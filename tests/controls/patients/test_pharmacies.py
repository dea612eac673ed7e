"""The pharmacies that are offered, and for each other one the reason it is not (F7, F12, F13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from simulator.controls.patients.pharmacies import Why
from simulator.model.mailbox import Dispensing, Status
from tests.builders import PHARMACY, START, address
from tests.controls.patients.conftest import CORSICAN, DOMINIQUE, ZOE, Space


def seen(mes: Space, ins: str = ZOE) -> dict[str, Why]:
    return {pharmacy.structure.id: pharmacy.why for pharmacy in mes.patients.pharmacies.list(ins)}


def test_each_pharmacy_is_offered_or_tells_why_not(mes: Space) -> None:
    assert seen(mes) == {"tilleuls": Why.OFFERED, "morel": Why.NO_TEAM_MAILBOX, "pont": Why.NEVER_DISPENSED}
    assert seen(mes, DOMINIQUE) == {
        "tilleuls": Why.OFFERED, "pont": Why.OFFERED, "morel": Why.NEVER_DISPENSED}
    assert seen(mes, CORSICAN)["pont"] is Why.TOO_LONG_AGO


def test_the_offered_ones_come_first_with_their_mailbox_and_a_french_sentence(mes: Space) -> None:
    first, *others = mes.patients.pharmacies.list(ZOE)
    assert str(first.mailbox) == PHARMACY and first.offered
    assert first.last_dispensing == START.date() - timedelta(days=12)
    assert all(not other.offered and other.reason.endswith(".") for other in others)


def test_a_pharmacy_is_no_longer_offered_a_year_later(mes: Space) -> None:
    mes.it.house.clock.advance(354 * 86400)
    assert seen(mes)["tilleuls"] is Why.TOO_LONG_AGO


@pytest.mark.parametrize(("change", "why"), [
    ({"status": Status.SUSPENDED}, Why.TEAM_MAILBOX_CLOSED), ({"red_list": True}, Why.NOT_PUBLISHED),
])
def test_a_team_mailbox_must_be_open_and_published(mes: Space, change: dict[str, object], why: Why) -> None:
    space = mes.it.house.space
    box = space.mailbox(address(PHARMACY))
    assert box is not None
    space.register(replace(box, **change))  # type: ignore[arg-type]
    assert seen(mes)["tilleuls"] is why


def test_a_domain_off_the_whitelist_is_not_offered(mes: Space) -> None:
    mes.it.house.space.withdraw("pharmacie.bfc.mssante.fr")
    assert seen(mes)["tilleuls"] is Why.NOT_LISTED


def test_what_was_not_reimbursed_does_not_count(mes: Space) -> None:
    space, box = mes.it.house.space, mes.patients.profiles.get(ZOE)
    assert box.patient is not None
    unpaid = Dispensing("pont", START.date().isoformat(), reimbursed=False)
    space.register(replace(box, patient=replace(box.patient, dispensings=(unpaid,))))
    assert seen(mes)["pont"] is Why.NOT_REIMBURSED
