"""The patients' domain: which addresses exist, and what each message does to an exchange."""

from __future__ import annotations

import pytest

from simulator.domains.arrival import Arrival
from simulator.domains.patient import PatientDomain
from simulator.model.mailbox import Kind
from simulator.rules.facts import Exchange
from simulator.rules.letter import read_letter
from tests.builders import DOCTOR, NURSE, PATIENT, PHARMACY, a_body, address, the_mailbox

DOMAIN = PatientDomain()
NONE, OPEN, NO_REPLY, CLOSED = Exchange.NONE, Exchange.OPEN, Exchange.NO_REPLY, Exchange.CLOSED
STATES = (NONE, OPEN, NO_REPLY, CLOSED)


def after(state: str, *header: str, sender: str | None = DOCTOR) -> dict[str, str]:
    """New states by correspondent, after a message with these header lines; ``state`` is the one before."""
    letter = read_letter(a_body("\n".join(("From: x@y.example", *header))))
    arrival = Arrival(the_mailbox(PATIENT), address(sender) if sender else None, letter, state, 5.0)
    changes = DOMAIN.arrive(arrival)
    assert all(change.patient == PATIENT and change.at == 5.0 for change in changes)
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


ORDINARY = ["Subject: Bonjour", "Subject: [fin]", "Subject: Re: [FIN]", "Subject: [FIN] ",
            "Subject: [FIN].", "Subject: [FIN] merci", "Subject: FIN", "X-MSS-MES: fin", "X-MSS-MES: CLOS", "X-A: 1"]


@pytest.mark.parametrize(("state", "header"), [(state, header) for state in STATES for header in ORDINARY])
def test_an_ordinary_message_or_a_near_miss_opens(state: str, header: str) -> None:
    assert after(state, header) == {DOCTOR: OPEN}


@pytest.mark.parametrize("subject", ["[FIN]", "=?utf-8?q?=5BFIN=5D?=", "=?UTF-8?B?W0ZJTl0=?="])
@pytest.mark.parametrize("state", STATES)
def test_the_closing_subject_closes(state: str, subject: str) -> None:
    assert after(state, f"Subject: {subject}") == {DOCTOR: CLOSED}


@pytest.mark.parametrize(("state", "then"), [(NONE, NO_REPLY), (OPEN, OPEN), (NO_REPLY, NO_REPLY), (CLOSED, NO_REPLY)])
def test_the_closing_header_wants_no_answer_but_takes_nothing_back(state: str, then: str) -> None:
    assert after(state, "X-MSS-MES: FIN").get(DOCTOR, state) == then


@pytest.mark.parametrize("state", STATES)
def test_the_closing_subject_is_stronger_than_the_header(state: str) -> None:
    assert after(state, "Subject: [FIN]", "X-MSS-MES: FIN") == {DOCTOR: CLOSED}


@pytest.mark.parametrize("state", STATES)
def test_reply_to_moves_the_right_to_answer(state: str) -> None:
    assert after(state, f"Reply-To: Soins <{NURSE}>") == {NURSE: OPEN}
    assert after(state, f"Reply-To: {NURSE}, {PHARMACY}") == {NURSE: OPEN}, "the first is the one"


@pytest.mark.parametrize(("state", "changes"), [
    (NONE, {NURSE: NO_REPLY}), (OPEN, {}), (NO_REPLY, {NURSE: NO_REPLY}), (CLOSED, {NURSE: NO_REPLY})])
def test_reply_to_moves_the_refusal_of_an_answer_too(state: str, changes: dict[str, str]) -> None:
    assert after(state, "X-MSS-MES: FIN", f"Reply-To: {NURSE}") == changes


def test_whoever_writes_fin_ends_the_own_exchange_wherever_answers_would_go() -> None:
    assert after(OPEN, "Subject: [FIN]", f"Reply-To: {NURSE}") == {DOCTOR: CLOSED}


@pytest.mark.parametrize("header", ["Subject: x", "Subject: [FIN]", "X-MSS-MES: FIN", f"Reply-To: {NURSE}"])
@pytest.mark.parametrize("state", STATES)
def test_a_notice_changes_nothing(state: str, header: str) -> None:
    assert after(state, header, sender=None) == {}


def test_a_message_of_the_patient_opens() -> None:
    (change,) = DOMAIN.depart(the_mailbox(PATIENT), address("Pharmacie.DES.Tilleuls@pharmacie.bfc.mssante.fr"), 7.0)
    assert (change.patient, change.mailbox, change.state, change.at) == (PATIENT, PHARMACY, OPEN, 7.0)


def test_states_are_kept_by_address_in_small_letters() -> None:
    assert after(NONE, "Subject: x", sender="Paul.VIAL@medecin.mssante.fr") == {DOCTOR: OPEN}
