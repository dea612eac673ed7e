"""Rules on exchanges between patients and professionals, at their boundaries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.model.mailbox import Dispensing
from simulator.rules.book import Book
from simulator.rules.catalogue import CATALOGUE
from simulator.rules.facts import Exchange
from simulator.rules.patients import (
    closing_subject_is_strictly_fin,
    mss_mes_header_says_fin,
    reply_to_is_inside_the_space,
)
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    HOSPITAL,
    LONE_PHARMACIST,
    NURSE,
    OTHER_PATIENT,
    OTHER_PHARMACY,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    SOFTWARE,
    a_space,
    an_identity,
    carrying,
    to,
)

BOOK = Book(CATALOGUE)
HERE = "pharmacy-has-an-organisational-mailbox"
HISTORY = "pharmacy-is-in-the-dispensing-history"
START = "professional-starts-the-exchange"
CLOSED = "exchange-is-not-closed"


def verdict(recipient: str, state: str = Exchange.NONE, history: list[Dispensing] | None = None) -> str:
    """The rule that keeps PATIENT from writing, given the state of the exchange; empty when nothing does."""
    space = a_space(exchanges={(PATIENT, recipient): state}, history=history)
    identity = replace(an_identity(PATIENT), mailbox=space.mailboxes[PATIENT])
    judged = BOOK.judge(to(recipient, sender=PATIENT, identity=identity, operator="mes", space=space))
    return judged.findings[-1].rule if judged.refused else ""


@pytest.mark.parametrize(("recipient", "none", "no_reply", "closed"), [
    (DOCTOR, START, CLOSED, CLOSED),
    (NURSE, START, CLOSED, CLOSED),
    (HOSPITAL, START, CLOSED, CLOSED),
    (PHARMACY, "", "", ""),
    (PHARMACIST, HERE, CLOSED, CLOSED),
    (SOFTWARE, HERE, CLOSED, CLOSED),
    (LONE_PHARMACIST, HERE, CLOSED, CLOSED),
    (OTHER_PHARMACY, HISTORY, CLOSED, CLOSED),
    ("nobody@medecin.mssante.fr", START, CLOSED, CLOSED),
])
def test_whom_a_patient_may_write_to(recipient: str, none: str, no_reply: str, closed: str) -> None:
    assert verdict(recipient) == none
    assert verdict(recipient, Exchange.OPEN) == ""
    assert verdict(recipient, Exchange.NO_REPLY) == no_reply
    assert verdict(recipient, Exchange.CLOSED) == closed


@pytest.mark.parametrize("state", [Exchange.NONE, Exchange.NO_REPLY, Exchange.CLOSED])
def test_an_open_exchange_with_one_says_nothing_of_another(state: str) -> None:
    space = a_space(exchanges={(PATIENT, DOCTOR): Exchange.OPEN, (OTHER_PATIENT, NURSE): Exchange.OPEN})
    facts = to(NURSE, sender=PATIENT, identity=an_identity(PATIENT), space=space)
    assert BOOK.judge(facts).findings[-1].rule == START


def test_patients_never_write_to_each_other() -> None:
    assert verdict(OTHER_PATIENT, Exchange.OPEN) == "patients-do-not-write-to-each-other"


def test_the_history_of_the_writing_patient_counts() -> None:
    there = [Dispensing("pont", "2026-11-01")]
    assert verdict(OTHER_PHARMACY, history=there) == ""
    assert verdict(PHARMACY, history=there) == HISTORY
    assert verdict(PHARMACY, Exchange.CLOSED, history=there) == CLOSED


def test_a_pharmacy_that_is_not_published_is_not_offered() -> None:
    def asked(state: str) -> str:
        space = a_space(exchanges={(PATIENT, PHARMACY): state}, change={PHARMACY: {"red_list": True}})
        judged = BOOK.judge(to(PHARMACY, sender=PATIENT, identity=an_identity(PATIENT), operator="mes", space=space))
        return judged.findings[-1].what if judged.refused else ""

    assert "not published in the directory" in asked(Exchange.NONE)
    assert "has ended this exchange" in asked(Exchange.CLOSED)
    assert asked(Exchange.OPEN) == "", "it wrote itself: the patient may answer"


def test_professionals_are_not_asked() -> None:
    space = a_space(exchanges={(PATIENT, DOCTOR): Exchange.CLOSED})
    facts = to(PATIENT, sender=DOCTOR, identity=an_identity(DOCTOR), operator="mailiz", space=space)
    assert not BOOK.judge(facts).refused
    assert not BOOK.judge(to(DOCTOR, sender=PATIENT, door="mx", space=space)).refused, "judged elsewhere"


@pytest.mark.parametrize("subject", [
    "[fin]", "[Fin]", "Re: [FIN]", "RE : [FIN]", "Tr: [FIN]", "[FIN] ", "[FIN].", "[FIN] merci", "[ FIN ]",
    "=?utf-8?q?=5Bfin=5D?=", "Votre question [FIN]", "(FIN)", "[F I N]", "[FI\n N]", "=?utf-8?q?=5BFIN=5D=C2=A0?=",
    "[FIN]\N{NO-BREAK SPACE}", "[FIN\N{ZERO WIDTH SPACE}]", "\N{FULLWIDTH LEFT SQUARE BRACKET}FIN]"])
def test_a_near_miss_of_fin_is_explained(subject: str) -> None:
    breach = closing_subject_is_strictly_fin.check(carrying(f"Subject: {subject}", recipients=[PATIENT]))
    assert breach is not None and "the exchange stays open" in breach.what
    assert closing_subject_is_strictly_fin.check(carrying(f"Subject: {subject}", recipients=[DOCTOR])) is None


@pytest.mark.parametrize("subject", ["[FIN]", "=?utf-8?q?=5BFIN=5D?=", "Fin de traitement", "[FINESS]", "FIN", ""])
def test_other_subjects_are_left_alone(subject: str) -> None:
    assert closing_subject_is_strictly_fin.check(carrying(f"Subject: {subject}", recipients=[PATIENT])) is None


@pytest.mark.parametrize(("value", "recipients", "remarked"), [
    ("FIN", [PATIENT], False), ("FIN", [DOCTOR, PATIENT], False), ("FIN", [DOCTOR], True), ("fin", [PATIENT], True),
    ("CLOS", [PATIENT], True), ("", [PATIENT], False)])
def test_the_header_of_mon_espace_sante_says_fin_only(value: str, recipients: list[str], remarked: bool) -> None:
    assert bool(mss_mes_header_says_fin.check(carrying(f"X-MSS-MES: {value}", recipients=recipients))) is remarked


@pytest.mark.parametrize(("reply_to", "recipients", "refused"), [
    (NURSE, [PATIENT], False), ("x@courriel.example", [PATIENT], True),
    (f"{NURSE}, x@courriel.example", [PATIENT], True),
    ("x@courriel.example", [DOCTOR], False), (COLLEAGUE, [PATIENT, DOCTOR], False)])
def test_answers_of_patients_stay_inside(reply_to: str, recipients: list[str], refused: bool) -> None:
    assert bool(reply_to_is_inside_the_space.check(carrying(f"Reply-To: {reply_to}", recipients=recipients))) is refused
