"""Rules on who may be named as the sender, at their boundaries."""

from __future__ import annotations

import pytest

from simulator.rules.senders import (
    client_gives_a_sender,
    from_header_is_inside_the_space,
    from_header_is_the_sender,
    login_owns_the_sender,
)
from simulator.rules.verdict import Severity
from tests.builders import COLLEAGUE, DOCTOR, NURSE, PHARMACIST, PHARMACY, STRANGER, an_identity, carrying, from_


def test_a_login_sends_as_its_mailbox_in_any_capitals() -> None:
    assert login_owns_the_sender.check(from_("PAUL.Vial@Medecin.MSSANTE.fr", identity=an_identity(DOCTOR))) is None
    breach = login_owns_the_sender.check(from_(NURSE, identity=an_identity(DOCTOR)))
    assert breach is not None and breach.what == f"{DOCTOR} may not send as {NURSE}"


def test_a_member_sends_as_the_team_only_when_acting_for_it() -> None:
    assert login_owns_the_sender.check(from_(PHARMACY, identity=an_identity(COLLEAGUE, PHARMACY))) is None
    assert login_owns_the_sender.check(from_(COLLEAGUE, identity=an_identity(COLLEAGUE, PHARMACY)))
    assert login_owns_the_sender.check(from_(PHARMACY, identity=an_identity(COLLEAGUE)))


def test_the_owner_is_asked_of_clients_and_senders_only() -> None:
    assert login_owns_the_sender.check(from_(None, identity=an_identity(DOCTOR))) is None
    assert login_owns_the_sender.check(from_(DOCTOR, door="mx")) is None


def test_the_null_sender_of_a_client_rests_by_default() -> None:
    assert client_gives_a_sender.severity is Severity.OFF
    assert client_gives_a_sender.check(from_(None, identity=an_identity(DOCTOR)))
    assert client_gives_a_sender.check(from_(DOCTOR, identity=an_identity(DOCTOR))) is None
    assert client_gives_a_sender.check(from_(None, door="mx")) is None


@pytest.mark.parametrize("header", [
    f"From: {DOCTOR}", f"From: Dr Vial <{DOCTOR.upper()}>", f"From: {DOCTOR}\nSender: {DOCTOR}"])
def test_the_author_is_the_login(header: str) -> None:
    assert from_header_is_the_sender.check(carrying(header, identity=an_identity(DOCTOR))) is None


@pytest.mark.parametrize(("header", "said"), [
    (f"From: {NURSE}", NURSE), ("Subject: x", "nobody"), (f"From: {DOCTOR}, {NURSE}", f"{DOCTOR}, {NURSE}"),
    (f"From: {DOCTOR}\nSender: {NURSE}", NURSE), (f"From: {NURSE} <{STRANGER}>", ""),
    ("From: " + ", ".join([NURSE] * 50), f"{NURSE}, {NURSE}, {NURSE}, not"),
])
def test_any_other_author_is_refused(header: str, said: str) -> None:
    breach = from_header_is_the_sender.check(carrying(header, identity=an_identity(DOCTOR)))
    assert breach is not None and said in breach.what and len(breach.what) < 300


def test_the_team_is_the_author_of_what_a_member_sends_for_it() -> None:
    identity = an_identity(PHARMACIST, PHARMACY)
    assert from_header_is_the_sender.check(carrying(f"From: {PHARMACY}", identity=identity)) is None
    assert from_header_is_the_sender.check(carrying(f"From: {PHARMACIST}", identity=identity))


def test_between_operators_the_author_is_of_the_domain_of_the_envelope() -> None:
    def breach(header: str, sender: str | None = DOCTOR) -> str:
        found = from_header_is_inside_the_space.check(carrying(header, sender=sender, door="mx"))
        return found.what if found else ""

    assert breach(f"From: {DOCTOR}") == "" and breach("From: another.doctor@medecin.mssante.fr") == ""
    assert NURSE in breach(f"From: {NURSE}") and STRANGER in breach(f"From: {DOCTOR}, {STRANGER}")
    assert "nobody" in breach("Subject: x")
    assert breach(f"From: {STRANGER}", sender=None) == "", "a notice is written by a machine"


def test_each_of_the_two_leaves_the_other_its_own() -> None:
    assert from_header_is_the_sender.check(carrying(f"From: {NURSE}", door="mx")) is None
    assert from_header_is_inside_the_space.check(carrying(f"From: {NURSE}", identity=an_identity(DOCTOR))) is None
