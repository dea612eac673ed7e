"""The patients' domain: which addresses exist, and what each message does to an exchange."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from simulator.domains.arrival import Arrival
from simulator.domains.patient import PatientDomain
from simulator.model.mailbox import Kind
from simulator.rules.facts import Exchange
from simulator.rules.letter import read_letter
from simulator.store.interface import ExchangeChange
from tests.builders import DOCTOR, NURSE, PATIENT, PHARMACY, a_body, address, the_mailbox

DOMAIN = PatientDomain()
NONE, OPEN, NO_REPLY, CLOSED = Exchange.NONE, Exchange.OPEN, Exchange.NO_REPLY, Exchange.CLOSED
STATES = (NONE, OPEN, NO_REPLY, CLOSED)


def a_state(mailbox: str, state: str, opened_by: str = "", last: str = "") -> ExchangeChange:
    """An exchange as it was before."""
    return ExchangeChange(PATIENT, mailbox, state, 1.0, opened_by or mailbox, last or mailbox)


def arrived(*header: str, sender: str | None = DOCTOR, before: Sequence[ExchangeChange] = ()) -> list[ExchangeChange]:
    """What a message with these header lines changes."""
    letter = read_letter(a_body("\n".join(("From: x@y.example", *header))))
    known = {state.mailbox: state for state in before}
    return list(DOMAIN.arrive(Arrival(the_mailbox(PATIENT), address(sender) if sender else None, letter, 5.0, known)))


def after(state: str, *header: str, sender: str | None = DOCTOR) -> dict[str, str]:
    """New states by correspondent; ``state`` is the one with the doctor before and, in his name, with the nurse."""
    before = [a_state(DOCTOR, state), a_state(NURSE, state, DOCTOR, DOCTOR)] if state != NONE else []
    changes = arrived(*header, sender=sender, before=before)
    assert all(change.patient == PATIENT and change.at == 5.0 and not change.ending for change in changes)
    return {change.mailbox: change.state for change in changes}


@pytest.mark.parametrize("local", [
    "275126322074974", "279035121518989", "146026322000196",  # keys that are right
    "288091234567823", "253097812634581",  # published samples with a wrong key
    "781102A12500908", "781102a12500908", "151022B12345678",
    "248059999900396", "800000000000000",
])
def test_fifteen_characters_of_a_matricule_are_an_address(local: str) -> None:
    assert DOMAIN.problem_with(local) is None


@pytest.mark.parametrize("local", [
    "", "27512632207497", "2751263220749741", "2751263220749", "paul.vial", "375126322074974", "075126322074974",
    "781102C12500908", "7811A2112500908", "27512632207497A", "2A5126322074974", "275126322074974 ", "275-26322074974",
    "٢75126322074974", "2٧5126322074974",
])
def test_anything_else_is_not(local: str) -> None:
    assert DOMAIN.problem_with(local)


def test_a_patient_has_one_kind_of_mailbox() -> None:
    assert DOMAIN.mailbox_kinds == {Kind.PATIENT}


ORDINARY = ["Subject: Bonjour", "Subject: [fin]", "Subject: Re: [FIN]", "Subject: [FIN] ", "Subject: [ FIN ]",
            "Subject: [FIN].", "Subject: [FIN] merci", "Subject: FIN", "Subject: (FIN)", "X-MSS-MES: fin",
            "X-MSS-MES: CLOS", "X-A: 1", "Subject: [FIN]\N{NO-BREAK SPACE}", "Subject: \N{NO-BREAK SPACE}[FIN]",
            "Subject: [FIN]\N{ZERO WIDTH SPACE}", "Subject: [FI\n N]", "Subject: [FIN]\n ", "Subject: [FIN]\n\t",
            "Subject: =?utf-8?q?Re=3A_=5BFIN=5D?=", "Subject: =?utf-8?q?=5BFIN=5D=C2=A0?=",
            "Subject: =?utf-8?q?=5Bfin=5D?=", "Subject: =?utf-8?q?=5BFIN=5D?= =?utf-8?q?_?="]


@pytest.mark.parametrize(("state", "header"), [(state, header) for state in STATES for header in ORDINARY])
def test_an_ordinary_message_or_a_near_miss_opens(state: str, header: str) -> None:
    assert after(state, header) == {DOCTOR: OPEN}


EXACT = ["Subject: [FIN]", "Subject:[FIN]", "Subject:\n [FIN]", "Subject: =?utf-8?q?=5BFIN=5D?=",
         "Subject: =?UTF-8?B?W0ZJTl0=?=", "Subject: =?iso-8859-1?q?=5BFIN=5D?=",
         "Subject: =?utf-8?q?=5BFI?= =?utf-8?q?N=5D?=", "Subject: =?utf-8?q?=5BFI?=\n =?utf-8?q?N=5D?="]


@pytest.mark.parametrize("header", EXACT)
@pytest.mark.parametrize("state", STATES)
def test_the_closing_subject_closes_however_it_is_written(state: str, header: str) -> None:
    assert after(state, header)[DOCTOR] == CLOSED


@pytest.mark.parametrize(("state", "then"), [(NONE, NO_REPLY), (OPEN, OPEN), (NO_REPLY, NO_REPLY), (CLOSED, NO_REPLY)])
def test_the_closing_header_wants_no_answer_but_takes_nothing_back(state: str, then: str) -> None:
    assert after(state, "X-MSS-MES: FIN").get(DOCTOR, state) == then


@pytest.mark.parametrize("state", STATES)
def test_the_closing_subject_is_stronger_than_the_header(state: str) -> None:
    assert after(state, "Subject: [FIN]", "X-MSS-MES: FIN")[DOCTOR] == CLOSED


@pytest.mark.parametrize("state", STATES)
def test_reply_to_moves_the_right_to_answer(state: str) -> None:
    assert after(state, f"Reply-To: Soins <{NURSE}>") == {NURSE: OPEN}
    assert after(state, f"Reply-To: {NURSE}, {PHARMACY}") == {NURSE: OPEN}, "the first is the one"


@pytest.mark.parametrize(("state", "changes"), [
    (NONE, {NURSE: NO_REPLY}), (OPEN, {NURSE: OPEN}), (NO_REPLY, {NURSE: NO_REPLY}), (CLOSED, {NURSE: NO_REPLY})])
def test_reply_to_moves_the_refusal_of_an_answer_too(state: str, changes: dict[str, str]) -> None:
    assert after(state, "X-MSS-MES: FIN", f"Reply-To: {NURSE}") == changes


FIN = "Subject: [FIN]"
TO_NURSE = f"Reply-To: {NURSE}"


@pytest.mark.parametrize(("before", "sender", "header", "closed"), [
    ([a_state(DOCTOR, OPEN)], DOCTOR, [FIN], {DOCTOR}),
    ([a_state(DOCTOR, OPEN)], DOCTOR, [FIN, TO_NURSE], {DOCTOR}),
    ([a_state(NURSE, OPEN, DOCTOR)], DOCTOR, [FIN], {DOCTOR, NURSE}),
    ([a_state(NURSE, OPEN, DOCTOR)], NURSE, [FIN], {NURSE}),
    ([a_state(NURSE, OPEN, DOCTOR, PATIENT)], DOCTOR, [FIN], {DOCTOR, NURSE}),
    ([a_state(DOCTOR, OPEN), a_state(NURSE, OPEN, DOCTOR)], NURSE, [FIN], {NURSE}),
    ([a_state(NURSE, OPEN, NURSE)], DOCTOR, [FIN], {DOCTOR}),
    ([a_state(NURSE, CLOSED, DOCTOR)], DOCTOR, [FIN], {DOCTOR}),
    ([a_state(PHARMACY, OPEN, PATIENT)], PHARMACY, [FIN], {PHARMACY}),
], ids=["own", "own, whatever Reply-To says now", "moved, by who moved it", "moved, by who received it",
        "moved, after an answer", "the other one's stays", "a right in the own name stays", "closed already",
        "the patient had begun"])
def test_fin_ends_what_its_sender_had_opened(
    before: list[ExchangeChange], sender: str, header: list[str], closed: set[str]
) -> None:
    changes = arrived(*header, sender=sender, before=before)
    assert {change.mailbox for change in changes} == closed
    assert {change.state for change in changes} == {CLOSED}


def test_an_exchange_remembers_who_opened_it_and_who_wrote_last() -> None:
    def told(*header: str, sender: str = DOCTOR, before: Sequence[ExchangeChange] = ()) -> tuple[str, str, str]:
        (change,) = arrived(*header, sender=sender, before=before)
        return change.mailbox, change.opened_by, change.last

    assert told("Subject: x") == (DOCTOR, DOCTOR, DOCTOR)
    assert told(TO_NURSE) == (NURSE, DOCTOR, DOCTOR)
    assert told("Subject: x", sender=NURSE, before=[a_state(NURSE, OPEN, DOCTOR)]) == (NURSE, NURSE, NURSE)
    assert told(TO_NURSE, before=[a_state(NURSE, OPEN, NURSE)]) == (NURSE, NURSE, DOCTOR), "the own right stays"
    assert told(TO_NURSE, before=[a_state(NURSE, CLOSED, NURSE)]) == (NURSE, DOCTOR, DOCTOR)
    assert told("X-MSS-MES: FIN", TO_NURSE, sender=PHARMACY, before=[a_state(NURSE, OPEN, DOCTOR)]) == (
        NURSE, DOCTOR, PHARMACY), "what takes no answer gives no right"


def test_fin_on_its_way_marks_what_it_will_end() -> None:
    before = [a_state(DOCTOR, OPEN), a_state(NURSE, OPEN, DOCTOR), a_state(PHARMACY, OPEN), a_state(NURSE, CLOSED)]
    marked = DOMAIN.ending(address(DOCTOR), before)
    assert [(m.mailbox, m.state, m.ending, m.at) for m in marked] == [
        (DOCTOR, OPEN, True, 1.0), (NURSE, OPEN, True, 1.0)]


@pytest.mark.parametrize("header", ["Subject: x", "Subject: [FIN]", "X-MSS-MES: FIN", f"Reply-To: {NURSE}"])
@pytest.mark.parametrize("state", STATES)
def test_a_notice_changes_nothing(state: str, header: str) -> None:
    assert after(state, header, sender=None) == {}


def test_a_message_of_the_patient_opens() -> None:
    (change,) = DOMAIN.depart(the_mailbox(PATIENT), address("Pharmacie.DES.Tilleuls@pharmacie.bfc.mssante.fr"), 7.0)
    assert change == ExchangeChange(PATIENT, PHARMACY, OPEN, 7.0, "", PATIENT)
    (change,) = DOMAIN.depart(the_mailbox(PATIENT), address(NURSE), 7.0, [a_state(NURSE, OPEN, DOCTOR)])
    assert (change.opened_by, change.last) == (DOCTOR, PATIENT), "an answer leaves the right where it came from"


def test_states_are_kept_by_address_in_small_letters() -> None:
    assert after(NONE, "Subject: x", sender="Paul.VIAL@medecin.mssante.fr") == {DOCTOR: OPEN}
