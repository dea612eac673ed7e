"""Rules on signing in: which proofs are enough, for which kind of mailbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.model.mailbox import Factor, Status
from simulator.rules.book import Book
from simulator.rules.catalogue import CATALOGUE
from simulator.rules.facts import SigningIn
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    OTHER_PHARMACY,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    SOFTWARE,
    a_space,
    the_mailbox,
    tls,
)

BOOK = Book(CATALOGUE)
P, C, K, T = Factor.PASSWORD, Factor.ONE_TIME_CODE, Factor.CERTIFICATE, Factor.TOKEN


def signing_in(account: str | None, mailbox: str | None, *proven: Factor, strict: bool = False) -> SigningIn:
    """Facts of a try whose proofs were checked."""
    return SigningIn(
        space=a_space(), door="imaps", client="127.0.0.1", tls=tls(), mechanism="PLAIN",
        mailbox=the_mailbox(mailbox) if mailbox else None, account=the_mailbox(account) if account else None,
        proven=frozenset(proven), second_factor_for_persons=strict)


def refusal(facts: SigningIn) -> str:
    """The code and the rule that refuse; empty when nothing does."""
    verdict = BOOK.judge(facts)
    return f"{verdict.reply.code} {verdict.findings[-1].rule}" if verdict.reply else ""


@pytest.mark.parametrize(("account", "mailbox", "proven", "expected"), [
    (DOCTOR, DOCTOR, (P,), ""),
    (DOCTOR, DOCTOR, (K,), ""),
    (DOCTOR, DOCTOR, (T,), ""),
    (PATIENT, PATIENT, (P,), ""),
    (DOCTOR, DOCTOR, (), "535 proofs-fit-an-account"),
    (None, DOCTOR, (P,), "535 proofs-fit-an-account"),
    (DOCTOR, None, (P,), "535 account-may-use-the-mailbox"),
    (DOCTOR, PHARMACIST, (P, C), "535 account-may-use-the-mailbox"),
    (DOCTOR, PHARMACY, (P, C), "535 account-may-use-the-mailbox"),
    (PHARMACIST, OTHER_PHARMACY, (P, C), "535 account-may-use-the-mailbox"),
    (PHARMACY, PHARMACY, (P, C), "535 account-may-use-the-mailbox"),
    (COLLEAGUE, PHARMACY, (P,), "534 organisation-needs-two-factors"),
    (COLLEAGUE, PHARMACY, (K,), "534 organisation-needs-two-factors"),
    (COLLEAGUE, PHARMACY, (P, C), ""),
    (COLLEAGUE, PHARMACY, (P, K), ""),
    (COLLEAGUE, PHARMACY, (T,), ""),
    (SOFTWARE, SOFTWARE, (K,), ""),
    (SOFTWARE, SOFTWARE, (P,), "535 application-signs-in-by-certificate"),
    (PHARMACIST, SOFTWARE, (P, C), "535 account-may-use-the-mailbox"),
    (SOFTWARE, PHARMACY, (K,), "535 account-may-use-the-mailbox"),
])
def test_which_proofs_open_which_mailbox(account: str | None, mailbox: str | None, proven: tuple[Factor, ...],
                                         expected: str) -> None:
    assert refusal(signing_in(account, mailbox, *proven)) == expected


@pytest.mark.parametrize(("proven", "expected"), [
    ((P,), "534 person-gives-two-factors-where-asked"), ((K,), "534 person-gives-two-factors-where-asked"),
    ((P, C), ""), ((P, K), ""), ((T,), "")])
def test_a_strict_operator_asks_persons_for_two(proven: tuple[Factor, ...], expected: str) -> None:
    assert refusal(signing_in(DOCTOR, DOCTOR, *proven, strict=True)) == expected


def test_a_strict_operator_asks_neither_programs_nor_patients_for_two() -> None:
    assert refusal(signing_in(SOFTWARE, SOFTWARE, K, strict=True)) == ""
    assert refusal(signing_in(PATIENT, PATIENT, P, strict=True)) == ""


def test_nothing_is_looked_at_before_tls() -> None:
    facts = replace(signing_in(DOCTOR, DOCTOR, P), tls=None)
    assert refusal(facts) == "538 credentials-travel-inside-tls"


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.OPEN])
def test_a_mailbox_that_is_not_open_says_so_to_its_holder(status: Status) -> None:
    closed = replace(the_mailbox(DOCTOR), status=status)
    facts = replace(signing_in(DOCTOR, DOCTOR, P), account=closed, mailbox=closed)
    assert refusal(facts) == "535 mailbox-may-be-used"
    team = replace(signing_in(COLLEAGUE, PHARMACY, P, C), account=replace(the_mailbox(COLLEAGUE), status=status))
    assert refusal(team) == "535 mailbox-may-be-used"


def test_unknown_accounts_and_wrong_proofs_read_alike() -> None:
    unknown, wrong = BOOK.judge(signing_in(None, None)).reply, BOOK.judge(signing_in(None, DOCTOR)).reply
    assert unknown == wrong
