"""Which dispensings and messages count, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from simulator.controls.counting import Days, Dispensed, Exchanged, Judged, conversations, judge, sift
from simulator.controls.formula import Formula
from simulator.correspondence import Contact

ZOE, DOMINIQUE, VIAL = "1@patient", "2@patient", "vial@medecin"
FIRST = date(2026, 3, 1)
FORMULA = Formula(around=10 * 86400.0)


def day(number: int) -> date:
    """So many days after the first of March."""
    return FIRST + timedelta(days=number)


def given(patient: str, number: int, reimbursed: bool = True) -> Dispensed:
    """A dispensing on that day."""
    return Dispensed(patient, patient, day(number), reimbursed)


def mail(other: str, number: int, *, id: str | None = None, form: str = "message", direction: str = "sent",
         mailbox: str = "team@p") -> tuple[float, str, Contact]:
    """A message on that day."""
    at = datetime.combine(day(number), datetime.min.time(), UTC).timestamp() + 3600
    kind = "patient" if other.endswith("@patient") else "professional"
    return at, mailbox, Contact("p", direction, other, kind, form, f"<{other}{number}>" if id is None else id)


def judged(dispensings: list[Dispensed], found: list[tuple[float, str, Contact]],
           formula: Formula = FORMULA) -> list[Judged]:
    """The outcome."""
    return judge(formula, dispensings, sift(formula, found))


def whys(exchanged: list[Exchanged]) -> list[str]:
    """In words."""
    return [e.why for e in exchanged]


@pytest.mark.parametrize(("number", "counts"), [(-11, False), (-10, True), (0, True), (10, True), (11, False)])
def test_an_exchange_with_the_patient_counts_within_so_many_days(number: int, counts: bool) -> None:
    (one,) = judged([given(ZOE, 0)], [mail(ZOE, number)])
    assert (one.counts, one.with_patient, one.with_professional) == (counts, counts, False)


def test_one_exchange_with_the_patient_is_enough_for_all_dispensings_around_it() -> None:
    found = judged([given(ZOE, 0), given(ZOE, 5), given(ZOE, 50), given(DOMINIQUE, 0)], [mail(ZOE, 2)])
    assert [(d.dispensed.patient, d.counts) for d in found] == [
        (ZOE, True), (DOMINIQUE, False), (ZOE, True), (ZOE, False)]


def test_the_letters_of_an_address_may_be_large_or_small() -> None:
    assert judged([given(ZOE, 0)], [mail("1@PATIENT", 0), mail(ZOE.upper().replace("PATIENT", "patient"), 1)])[0].counts


def test_a_message_between_professionals_counts_for_one_dispensing_the_nearest() -> None:
    found = judged([given(ZOE, 0), given(DOMINIQUE, 6), given(ZOE, 9)], [mail(VIAL, 7)])
    assert [d.with_professional for d in found] == [False, True, False]
    found = judged([given(ZOE, 0), given(DOMINIQUE, 6), given(ZOE, 9)], [mail(VIAL, 7), mail(VIAL, 8)])
    assert [d.with_professional for d in found] == [False, True, True]


def test_of_two_days_as_near_the_earlier_one_is_taken() -> None:
    found = judged([given(ZOE, 0), given(DOMINIQUE, 4)], [mail(VIAL, 2)])
    assert [d.with_professional for d in found] == [True, False]


def test_a_message_between_professionals_is_not_spent_on_what_counts_already() -> None:
    found = judged([given(ZOE, 0), given(DOMINIQUE, 3)], [mail(ZOE, 0), mail(VIAL, 0)])
    assert [(d.with_patient, d.with_professional) for d in found] == [(True, False), (False, True)]


def test_a_message_between_professionals_that_is_too_far_away_counts_for_nothing() -> None:
    assert not judged([given(ZOE, 0)], [mail(VIAL, 11), mail(VIAL, 11, id="")])[0].counts


def test_what_is_not_reimbursed_is_outside_unless_it_is_asked_for() -> None:
    dispensings = [given(ZOE, 0, reimbursed=False), given(DOMINIQUE, 1)]
    outside, other = judged(dispensings, [mail(ZOE, 0), mail(VIAL, 0)])
    assert (outside.is_counted, outside.counts, outside.why) == (False, False, "hors du compte : non remboursée")
    assert other.with_professional, "the message is not spent on it"
    inside, _ = judged(dispensings, [mail(ZOE, 0)], replace(FORMULA, reimbursed_only=False))
    assert inside.counts


def test_the_reason_says_which_message_it_was() -> None:
    found = judged([given(ZOE, 0), given(DOMINIQUE, 1), given(ZOE, 40)],
                   [mail(ZOE, 2, direction="received"), mail(ZOE, 9), mail(VIAL, 1)])
    assert [d.why for d in found] == [
        "compte : message reçu le 2026-03-03 avec le patient",
        f"compte : message envoyé le 2026-03-02 avec {VIAL}",
        "ne compte pas : aucun échange à 10 jours près",
    ]


def test_a_message_to_several_mailboxes_of_the_pharmacy_is_one() -> None:
    found = sift(FORMULA, [mail(VIAL, 0, id="<1>", mailbox="a@p"), mail(VIAL, 0, id="<1>", mailbox="b@p"),
                           mail(VIAL, 1, id="<1>", direction="received"), mail("roux@infirmier", 0, id="<1>")])
    assert [e.counts for e in found] == [True, False, True, True]
    assert found[1].why == "déjà compté : le même message"


def test_messages_without_an_id_are_all_different() -> None:
    assert [e.counts for e in sift(FORMULA, [mail(VIAL, 0, id=""), mail(VIAL, 0, id="")])] == [True, True]


def test_receipts_and_closings_count_only_where_asked_for() -> None:
    found = [mail(ZOE, 0, form="receipt"), mail(ZOE, 1, form="closing"), mail(ZOE, 2)]
    assert whys(sift(FORMULA, found)) == [
        "ne compte pas : accusé de lecture", "ne compte pas : clôture [FIN]", "compte"]
    assert whys(sift(replace(FORMULA, receipts=True), found))[0] == "compte"
    assert whys(sift(replace(FORMULA, closings=True), found))[1] == "compte"


def test_one_side_may_be_left_out() -> None:
    found = [mail(ZOE, 0), mail(VIAL, 0)]
    assert [e.counts for e in sift(replace(FORMULA, counts=("patients",)), found)] == [True, False]
    assert whys(sift(replace(FORMULA, counts=("professionals",)), found))[0] == (
        "ne compte pas : échange avec un patient")


def test_a_conversation_ends_with_a_long_pause() -> None:
    found = sift(FORMULA, [mail(VIAL, 0), mail(VIAL, 10), mail(ZOE, 12), mail(VIAL, 20), mail(VIAL, 31)])
    begun = conversations(FORMULA.within, found)
    assert [(e.contact.correspondent, e.day) for e in begun] == [(VIAL, day(0)), (ZOE, day(12)), (VIAL, day(31))]


def test_days_give_each_thing_once() -> None:
    days = Days(timedelta(days=1))
    days.put(day(0), 1)
    days.put(day(0), 2)
    assert [days.take(day(n)) for n in (5, 1, 0, 0, 5)] == [None, 1, 2, None, None]


def test_the_message_of_the_nearest_day_is_named_the_earlier_of_two_as_near() -> None:
    found = [mail(ZOE, number) for number in (-9, -4, -4, 4, 6, 6, 30)]
    told = {number: judged([given(ZOE, number)], found)[0].why for number in (-12, -7, -5, 0, 1, 5, 7, 33)}
    nearest = {-12: -9, -7: -9, -5: -4, 0: -4, 1: 4, 5: 4, 7: 6, 33: 30}
    assert all(str(day(nearest[number])) in why for number, why in told.items()), told
