"""The pharmacy's counter in a space at work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.controls.errors import Invalid, NotFound
from simulator.controls.formula import Formula
from simulator.controls.indicators import Indicator, Indicators, Sides
from simulator.controls.pharmacies import Pharmacies
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    LONE_PHARMACIST,
    OTHER_PATIENT,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    SOFTWARE,
    a_letter,
    the_configuration,
)
from tests.controls.conftest import Ruled
from tests.controls.test_mailboxes import FINESS, ORG, PERSON, TEAM

DAY = 86400.0


async def sent(it: Ruled, account: str, to: list[str], number: int, mailbox: str | None = None,
               subject: str = "Compte rendu") -> None:
    """Submitted and arrived."""
    author = mailbox or account
    body = a_letter(author).replace(b"<1@", b"<%d@" % number).replace(b"Compte rendu", subject.encode())
    said = await it.house.send(await it.house.signed_in(account, mailbox), author, to, body)
    assert not said.refused, said.reply
    await it.house.outbox.settle()


def counted(it: Ruled, formula: Formula, pharmacy: str = "tilleuls") -> Indicator:
    """With another formula."""
    pharmacies = Pharmacies(it.house.space, the_configuration().structures)
    return Indicators(it.house.space, it.store, pharmacies, formula).of(pharmacy)


async def test_without_mail_the_rate_is_nought(it: Ruled) -> None:
    found = it.controls.indicators.of(PHARMACY)
    assert (found.structure.id, str(found.period)) == ("tilleuls", "l'année 2026")
    assert [line.dispensed.name for line in found.lines] == ["Dominique PAT-TROIS", "Tom PETIT", "Zoé ADRUN"]
    assert (found.dispensings, found.numerator, found.rate, found.reached, found.due) == (3, 0, 0.0, False, 0.0)
    assert found.mailboxes == (PHARMACIST, COLLEAGUE, PHARMACY, SOFTWARE)


async def test_an_exchange_with_a_patient_reaches_the_threshold(it: Ruled) -> None:
    await sent(it, PATIENT, [PHARMACY], 1)
    await sent(it, PHARMACIST, [PATIENT], 2, PHARMACY)
    found = it.controls.indicators.of("tilleuls")
    assert (found.with_patients, found.with_professionals, found.numerator) == (1, 0, 1)
    assert (found.rate, found.reached, found.due) == (33.33, True, 240.0)
    assert (found.messages, found.conversations) == (Sides(2, 0), Sides(1, 0))
    zoe = found.lines[-1]
    assert zoe.counts and zoe.why == "compte : message reçu le 2026-11-02 avec le patient"
    assert it.controls.indicators.of("pont").exchanges == ()


async def test_a_letter_between_operators_counts_once_and_once_for_each_pharmacy(it: Ruled) -> None:
    await sent(it, DOCTOR, [PHARMACY, PHARMACIST, COLLEAGUE], 1)
    found = it.controls.indicators.of("tilleuls")
    assert len(found.exchanges) == 3 and found.messages == Sides(0, 1)
    assert (found.with_professionals, found.numerator) == (1, 1)
    await sent(it, PHARMACIST, [LONE_PHARMACIST], 2)
    assert it.controls.indicators.of("tilleuls").messages == Sides(0, 2)
    assert it.controls.indicators.of("morel").messages == Sides(0, 1)


async def test_closings_do_not_count_unless_asked_for(it: Ruled) -> None:
    await sent(it, PHARMACIST, [PATIENT], 1, PHARMACY, "[FIN]")
    assert it.controls.indicators.of("tilleuls").numerator == 0
    assert counted(it, Formula(closings=True)).numerator == 1


async def test_the_numerator_may_be_messages_or_conversations(it: Ruled) -> None:
    for number in range(4):
        await sent(it, DOCTOR, [PHARMACY], number)
    assert counted(it, Formula(numerator="messages")).rate == 133.33
    assert counted(it, Formula(numerator="conversations")).rate == 33.33


async def test_the_exact_rate_is_compared_with_the_threshold(it: Ruled) -> None:
    await sent(it, DOCTOR, [PHARMACY], 1)
    assert counted(it, Formula(threshold=33.3)).reached
    assert not counted(it, Formula(threshold=33.334)).reached
    assert counted(it, Formula(threshold=0.0)).reached
    assert not counted(it, Formula(threshold=0.0, period="month")).reached, "nothing was dispensed this month"


async def test_the_period_may_be_named(it: Ruled) -> None:
    await sent(it, PATIENT, [PHARMACY], 1)
    indicators = it.controls.indicators
    assert indicators.of("tilleuls", since="2026-10-21", until="2026-10-21").rate == 100.0
    assert indicators.of("tilleuls", until="2026-04-16").dispensings == 1
    nothing = indicators.of("tilleuls", since="2027-01-01")
    assert (nothing.rate, nothing.reached, nothing.lines, nothing.exchanges) == (None, False, (), ())
    with pytest.raises(Invalid, match="is after"):
        indicators.all(since="2026-10-21", until="2026-10-20")


async def test_a_dispensing_at_run_time_is_counted_at_once(it: Ruled) -> None:
    await it.controls.dispensings.record(OTHER_PATIENT, "morel")
    await it.controls.dispensings.record(OTHER_PATIENT, "morel", reimbursed=False)
    found = it.controls.indicators.of(LONE_PHARMACIST)
    assert (found.dispensings, len(found.lines)) == (2, 3)
    assert counted(it, replace(found.formula, reimbursed_only=False), "morel").dispensings == 3


async def test_a_message_is_not_counted_again_in_another_year(it: Ruled) -> None:
    await it.controls.dispensings.record(PATIENT, "morel", "2025-12-30")
    await it.controls.dispensings.record(PATIENT, "morel", "2026-01-03")
    await it.controls.time.advance(62 * DAY)
    await it.controls.dispensings.record(OTHER_PATIENT, "morel", "2026-12-30")
    await it.controls.dispensings.record(PATIENT, "morel", "2027-01-02")
    await sent(it, DOCTOR, [LONE_PHARMACIST], 1)
    assert str(it.controls.indicators.of("morel").period) == "l'année 2027"
    counts = [it.controls.indicators.of("morel", f"{year}-01-01", f"{year}-12-31").numerator for year in (2026, 2027)]
    assert sum(counts) == 1


async def test_the_counter_follows_states(it: Ruled) -> None:
    await sent(it, DOCTOR, [PHARMACY], 1)
    await it.controls.states.snapshot("one")
    await it.controls.states.reset()
    assert it.controls.indicators.of("tilleuls").exchanges == ()
    await it.controls.states.restore("one")
    assert it.controls.indicators.of("tilleuls").numerator == 1


async def test_every_pharmacy_has_a_counter_a_new_one_too(it: Ruled) -> None:
    assert [each.structure.id for each in it.controls.indicators.all()] == ["tilleuls", "pont", "morel"]
    opened = await it.controls.mailboxes.open(**{**PERSON, "structure": "tilleuls"})
    assert str(opened.address) in it.controls.indicators.of("tilleuls").mailboxes
    await it.controls.mailboxes.open(**ORG)
    assert it.controls.indicators.all()[-1].structure.name == "Pharmacie Neuve"
    await it.controls.dispensings.record(PATIENT, FINESS)
    assert it.controls.indicators.of(TEAM).dispensings == 1


@pytest.mark.parametrize("name", ["tilleuls", "TILLEULS", "1990000010", "990000010", PHARMACY.upper(), SOFTWARE])
async def test_a_pharmacy_goes_by_many_names(it: Ruled, name: str) -> None:
    assert it.controls.indicators.of(name).structure.id == "tilleuls"


async def test_what_is_no_pharmacy_is_told(it: Ruled) -> None:
    with pytest.raises(Invalid, match="is no pharmacy; these are: tilleuls, pont, morel"):
        it.controls.indicators.of(DOCTOR)
    with pytest.raises(Invalid, match="is no pharmacy"):
        it.controls.indicators.of("chu-lumiere")
    with pytest.raises(NotFound, match=f"did you mean {PHARMACY}"):
        it.controls.indicators.of(PHARMACY.replace("tilleuls", "tilleul"))
