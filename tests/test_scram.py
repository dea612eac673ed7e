"""SCRAM-SHA-256 against the example of its RFC, and signing in by it: accounts, teams, codes, failures, secrets."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import timedelta

import pytest

from simulator.journal import Journal
from simulator.model.certificate import NO_CERTIFICATE, Certificate
from simulator.rules.book import Book
from simulator.rules.catalogue import CATALOGUE
from simulator.scram import MAX_NAME, Exchange, derive, prepare, read_opening
from simulator.signin import Attempt, Outcome, Patience, SignIn
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    NO_WAIT,
    PHARMACY,
    SOFTWARE,
    START,
    a_card,
    a_clock,
    a_code,
    a_space,
    tls,
)
from tests.scram_client import ScramClient

PASSWORD = "benali-tilleuls"


# -- the example of RFC 7677 3
def test_the_example_of_the_rfc() -> None:
    opening = read_opening(b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
    assert opening is not None and (opening.user, opening.acting_for) == ("user", "")
    exchange = Exchange(opening, b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), nonce="%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
    assert exchange.first == b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    proof = exchange.read_final(b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    assert proof is not None
    keys = derive("pencil", proof.salt)
    assert proof.fits(keys) and not proof.fits(derive("Pencil", proof.salt))
    assert proof.answer(keys) == b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_names_are_decoded() -> None:
    opening = read_opening(b"y,a=org=2Cx@x.fr,n=a=3Db,r=abc,z=more")
    assert opening is not None
    assert (opening.acting_for, opening.user, opening.nonce) == ("org,x@x.fr", "a=b", "abc")


def test_a_name_is_bounded() -> None:
    assert read_opening(b"n,,n=" + b"x" * MAX_NAME + b",r=a") is not None
    assert read_opening(b"n,,n=" + b"x" * (MAX_NAME + 1) + b",r=a") is None


@pytest.mark.parametrize(("text", "prepared"), [
    ("I\u00adX", "IX"), ("user", "user"), ("USER", "USER"), ("\u00aa", "a"), ("\u2168", "IX"), ("\u0007", None),
    ("\u0627\u0031", None), ("a\u00a0b", "a b"), ("e\u0301", "é"), ("", ""), ("\u0627\u0628", "\u0627\u0628")])
def test_texts_are_prepared_as_rfc_4013_says(text: str, prepared: str | None) -> None:
    assert prepare(text) == prepared


# -- signing in
class Desk:
    """A SignIn, and clients that come to it."""

    def __init__(self, patience: Patience = NO_WAIT, window: int = 1) -> None:
        self.clock = a_clock()
        self.journal = Journal(self.clock)
        self.sign_in = SignIn(a_space(clock=self.clock), Book(CATALOGUE), self.journal, self.clock, patience=patience,
                              code_window=window)

    async def scram(self, user: str, password: str, header: str = "n,,", card: Certificate = NO_CERTIFICATE,
                    *, failures: int = 0) -> Outcome:
        """An exchange as a door leads it."""
        client = ScramClient(user, password, header)
        opening = read_opening(client.first)
        assert opening is not None
        exchange = Exchange(opening, self.sign_in.salt(opening.user))
        proof = exchange.read_final(client.final(exchange.first))
        assert proof is not None
        outcome = await self.sign_in.attempt(
            Attempt("imaps", "192.0.2.1", tls(card), "SCRAM-SHA-256", opening.user, opening.acting_for,
                    failures=failures, scram=proof))
        assert client.server_is_right(outcome.proof) is (outcome.identity is not None)
        return outcome


def said(outcome: Outcome) -> str:
    if outcome.identity is not None:
        return f"{outcome.identity.who} by {', '.join(sorted(outcome.identity.factors))}"
    assert outcome.verdict.reply is not None and outcome.proof == b""
    rule = outcome.verdict.findings[-1].rule if outcome.verdict.findings else ""
    return f"{outcome.verdict.reply.code} {rule}".strip()


async def test_a_person_signs_in() -> None:
    desk = Desk()
    assert said(await desk.scram(DOCTOR, "vial-medecin")) == f"{DOCTOR} by password"
    assert said(await desk.scram(f" {DOCTOR.upper()} ", "vial-medecin")) == f"{DOCTOR} by password"
    assert said(await desk.scram(DOCTOR, "vial-medecin", f"n,a={DOCTOR},")) == f"{DOCTOR} by password"
    assert said(await desk.scram(DOCTOR, "vial-medecin", card=a_card(DOCTOR))) == f"{DOCTOR} by certificate, password"


@pytest.mark.parametrize(("user", "header"), [(f"{PHARMACY}*{COLLEAGUE}", "n,,"), (COLLEAGUE, f"n,a={PHARMACY},")])
async def test_a_member_opens_the_teams_mailbox_with_the_code_behind_the_password(user: str, header: str) -> None:
    desk = Desk()
    two = f"{COLLEAGUE} for {PHARMACY} by one-time code, password"
    assert said(await desk.scram(user, PASSWORD + a_code(COLLEAGUE), header)) == two
    assert said(await desk.scram(user, PASSWORD, header)) == "534 organisation-needs-two-factors"
    assert said(await desk.scram(user, PASSWORD + "000000", header)) == "535 proofs-fit-an-account"
    by_card = await desk.scram(user, PASSWORD, header, a_card(COLLEAGUE))
    assert said(by_card) == f"{COLLEAGUE} for {PHARMACY} by certificate, password"


@pytest.mark.parametrize(("half_minutes", "window", "good"), [
    (-2, 1, False), (-1, 1, True), (0, 1, True), (1, 1, True), (2, 1, False), (-1, 0, False), (0, 0, True),
    (3, 3, True)])
async def test_codes_are_good_within_the_window(half_minutes: int, window: int, good: bool) -> None:
    code = a_code(COLLEAGUE, START + half_minutes * timedelta(seconds=30))
    assert ((await Desk(window=window).scram(COLLEAGUE, PASSWORD + code)).identity is not None) is good


@pytest.mark.parametrize(("user", "password"), [
    (DOCTOR, "wrong"), (DOCTOR, ""), ("nobody@medecin.mssante.fr", "no such account"), ("not an address", "x"),
    (PHARMACY, "no such account"), (SOFTWARE, "no such account"), (f"{PHARMACY}*", "no such account")])
async def test_unknown_names_and_wrong_passwords_get_the_same_answer(user: str, password: str) -> None:
    assert said(await Desk().scram(user, password)) == "535 proofs-fit-an-account"


async def test_the_salt_tells_nothing_about_the_account() -> None:
    desk = Desk()
    for name in (DOCTOR, "nobody@medecin.mssante.fr", "x", ""):
        assert desk.sign_in.salt(name) == desk.sign_in.salt(name) != Desk().sign_in.salt(name)
        assert len(desk.sign_in.salt(name)) == 16
    assert desk.sign_in.salt(DOCTOR) == desk.sign_in.salt(f"{PHARMACY}*{DOCTOR.upper()} ")
    assert len({desk.sign_in.salt(name) for name in (DOCTOR, COLLEAGUE, "x")}) == 3


async def test_failures_cost_what_they_cost_elsewhere_and_no_secret_is_written() -> None:
    desk = Desk(Patience(first_delay=0.0, longest_delay=0.0, tries_per_minute=3))
    for failures in range(3):
        outcome = await desk.scram(DOCTOR, "wrong-secret", failures=failures)
        assert outcome.hang_up is (failures == 2)
    assert said(await desk.scram(DOCTOR, "vial-medecin")) == "454"
    told = json.dumps([event.as_data() for event in desk.journal.events()])
    assert told.count('"mechanism": "SCRAM-SHA-256"') == 4
    assert "wrong-secret" not in told and "vial-medecin" not in told


async def test_nothing_is_looked_at_in_clear() -> None:
    desk = Desk()
    client = ScramClient(DOCTOR, "vial-medecin")
    opening = read_opening(client.first)
    assert opening is not None
    exchange = Exchange(opening, desk.sign_in.salt(DOCTOR))
    proof = exchange.read_final(client.final(exchange.first))
    outcome = await desk.sign_in.attempt(
        Attempt("imap", "192.0.2.1", None, "SCRAM-SHA-256", DOCTOR, scram=proof))
    assert outcome.identity is None and outcome.verdict.reply is not None and outcome.verdict.reply.code == 538
