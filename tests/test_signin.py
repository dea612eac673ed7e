"""Signing in: every row of the contract, what failures cost, and that no secret is ever written down."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from simulator.journal import Journal
from simulator.model.certificate import NO_CERTIFICATE, Certificate, TlsFacts, Worth
from simulator.model.mailbox import Secrets, Status
from simulator.rules.book import Book
from simulator.rules.catalogue import CATALOGUE
from simulator.signin import Attempt, Outcome, Patience, SignIn
from simulator.space import TrustSpace
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    LONE_PHARMACIST,
    NO_WAIT,
    OTHER_PHARMACY,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    SOFTWARE,
    START,
    a_card,
    a_clock,
    a_code,
    a_peer,
    a_space,
    address,
    the_mailbox,
    tls,
)

PASSWORD = "benali-tilleuls"
HERS = "fontaine-tilleuls"


class Desk:
    """A SignIn with its journal and clock."""

    def __init__(self, *, patience: Patience = NO_WAIT, strict: bool = False, window: int = 1,
                 space: TrustSpace | None = None) -> None:
        self.clock = a_clock()
        self.journal = Journal(self.clock)
        self.space = space or a_space(clock=self.clock)
        self.sign_in = SignIn(self.space, Book(CATALOGUE), self.journal, self.clock, patience=patience,
                              second_factor_for_persons=strict, code_window=window)

    async def plain(self, user: str, secret: str, acting_for: str = "", card: Certificate = NO_CERTIFICATE, *,
                    client: str = "192.0.2.1", failures: int = 0) -> Outcome:
        """AUTH PLAIN inside TLS."""
        return await self.sign_in.attempt(
            Attempt("imaps", client, tls(card), "PLAIN", user, acting_for, secret, failures))

    async def external(self, card: Certificate, acting_for: str = "") -> Outcome:
        """AUTH EXTERNAL inside TLS."""
        return await self.sign_in.attempt(Attempt("imaps", "192.0.2.1", tls(card), "EXTERNAL", "", acting_for))


def said(outcome: Outcome) -> str:
    """Who signed in by what, or the code and the rule of the refusal."""
    if outcome.identity is not None:
        assert not outcome.verdict.refused and not outcome.hang_up
        return f"{outcome.identity.who} by {', '.join(sorted(outcome.identity.factors))}"
    assert outcome.verdict.reply is not None
    rule = outcome.verdict.findings[-1].rule if outcome.verdict.findings else ""
    return f"{outcome.verdict.reply.code} {rule}".strip()


WRONG = "535 proofs-fit-an-account"
STRANGE = "535 account-may-use-the-mailbox"
ONE = "534 organisation-needs-two-factors"


# -- PER
async def test_a_person_signs_in_with_the_password() -> None:
    assert said(await Desk().plain(DOCTOR, "vial-medecin")) == f"{DOCTOR} by password"
    assert said(await Desk().plain("Paul.VIAL@Medecin.mssante.fr ", "vial-medecin")) == f"{DOCTOR} by password"


async def test_a_person_signs_in_with_the_certificate() -> None:
    outcome = await Desk().external(a_card(DOCTOR))
    assert said(outcome) == f"{DOCTOR} by certificate"
    assert outcome.identity is not None and outcome.identity.certificate == "ca7d"


async def test_password_with_code_and_password_with_card_are_two_factors() -> None:
    assert said(await Desk().plain(DOCTOR, "vial-medecin" + a_code(DOCTOR))) == f"{DOCTOR} by one-time code, password"
    assert said(await Desk().plain(DOCTOR, "vial-medecin", card=a_card(DOCTOR))) == f"{DOCTOR} by certificate, password"


async def test_a_card_that_is_not_used_is_no_factor_and_not_named() -> None:
    outcome = await Desk().plain(DOCTOR, "vial-medecin", card=a_card(COLLEAGUE))
    assert said(outcome) == f"{DOCTOR} by password"
    assert outcome.identity is not None and outcome.identity.certificate == ""


async def test_a_person_may_name_the_own_mailbox_as_authorization_identity() -> None:
    assert said(await Desk().plain(DOCTOR, "vial-medecin", DOCTOR)) == f"{DOCTOR} by password"
    assert said(await Desk().external(a_card(DOCTOR), DOCTOR)) == f"{DOCTOR} by certificate"


async def test_a_strict_operator_asks_a_person_for_two_factors() -> None:
    desk = Desk(strict=True)
    asked = "534 person-gives-two-factors-where-asked"
    assert said(await desk.plain(DOCTOR, "vial-medecin")) == asked
    assert said(await desk.external(a_card(DOCTOR))) == asked
    assert said(await desk.plain(DOCTOR, "vial-medecin" + a_code(DOCTOR))).startswith(DOCTOR)


# -- ORG
@pytest.mark.parametrize(("user", "acting_for"), [
    (f"{PHARMACY}*{COLLEAGUE}", ""), (COLLEAGUE, PHARMACY), (f"{PHARMACY}*{COLLEAGUE}", PHARMACY),
    (f"{PHARMACY.upper()}*{COLLEAGUE}".replace("MSSANTE", "mssante"), "")])
async def test_a_member_opens_the_teams_mailbox_with_password_and_code(user: str, acting_for: str) -> None:
    outcome = await Desk().plain(user, PASSWORD + a_code(COLLEAGUE), acting_for)
    assert said(outcome) == f"{COLLEAGUE} for {PHARMACY} by one-time code, password"


async def test_a_member_opens_the_teams_mailbox_with_password_and_card() -> None:
    outcome = await Desk().plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD, card=a_card(COLLEAGUE))
    assert said(outcome) == f"{COLLEAGUE} for {PHARMACY} by certificate, password"


@pytest.mark.parametrize("card", [
    NO_CERTIFICATE, a_card(PHARMACIST), a_card(COLLEAGUE, Worth.EXPIRED), a_card(COLLEAGUE, Worth.REVOKED),
    a_card(SOFTWARE), a_peer("bfc")], ids=["none", "another's", "expired", "revoked", "software's", "operator's"])
async def test_one_factor_does_not_open_the_teams_mailbox(card: Certificate) -> None:
    assert said(await Desk().plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD, card=card)) == ONE


async def test_a_card_alone_does_not_open_the_teams_mailbox() -> None:
    assert said(await Desk().external(a_card(COLLEAGUE), PHARMACY)) == ONE


async def test_a_team_has_no_password_of_its_own() -> None:
    assert said(await Desk().plain(PHARMACY, "")) == WRONG
    assert said(await Desk().plain(PHARMACY, HERS + a_code(PHARMACIST))) == WRONG
    shared = a_space(change={PHARMACY: {"secrets": Secrets("shared")}})
    assert said(await Desk(space=shared).plain(PHARMACY, "shared")) == STRANGE


async def test_who_is_not_a_member_does_not_open_the_teams_mailbox() -> None:
    secret = "morel-officine" + a_code(LONE_PHARMACIST)
    assert said(await Desk().plain(f"{PHARMACY}*{LONE_PHARMACIST}", secret)) == STRANGE
    assert said(await Desk().plain(COLLEAGUE, PASSWORD + a_code(COLLEAGUE), OTHER_PHARMACY)) == STRANGE
    assert said(await Desk().external(a_card(LONE_PHARMACIST), PHARMACY)) == STRANGE


async def test_nobody_opens_a_colleagues_mailbox() -> None:
    assert said(await Desk().plain(COLLEAGUE, PASSWORD + a_code(COLLEAGUE), PHARMACIST)) == STRANGE
    assert said(await Desk().external(a_card(COLLEAGUE), PHARMACIST)) == STRANGE


@pytest.mark.parametrize("acting_for", ["nobody@medecin.mssante.fr", "nonsense", "*", "a*b"])
async def test_a_mailbox_that_does_not_exist_is_refused_like_a_wrong_one(acting_for: str) -> None:
    assert said(await Desk().plain(COLLEAGUE, PASSWORD, acting_for)) == STRANGE


# -- APP
async def test_software_signs_in_with_the_certificate_of_its_structure() -> None:
    assert said(await Desk().external(a_card(SOFTWARE))) == f"{SOFTWARE} by certificate"
    assert said(await Desk().external(a_card(SOFTWARE), SOFTWARE)) == f"{SOFTWARE} by certificate"


@pytest.mark.parametrize("secret", ["", "anything", "no such account", "\0no such account"])
@pytest.mark.parametrize("user", [SOFTWARE, PHARMACY, "285029999900279@patient.mssante.fr", "nobody@x.example"])
async def test_who_has_no_password_has_no_password(user: str, secret: str) -> None:
    assert said(await Desk().plain(user, secret)) == WRONG
    assert said(await Desk().plain(user, secret, card=a_card(SOFTWARE))) == WRONG


async def test_a_structures_certificate_opens_nothing_else() -> None:
    assert said(await Desk().external(a_card(SOFTWARE), PHARMACY)) == STRANGE
    assert said(await Desk().external(a_card(SOFTWARE), PHARMACIST)) == STRANGE
    assert said(await Desk().external(a_peer("bfc"))) == WRONG, "an operator's certificate is nobody's"


# -- patients
async def test_a_patient_signs_in_with_the_password() -> None:
    assert said(await Desk().plain(PATIENT, "adrun-patiente")) == f"{PATIENT} by password"
    assert said(await Desk(strict=True).plain(PATIENT, "adrun-patiente")) == f"{PATIENT} by password"


# -- proofs that are none
@pytest.mark.parametrize("worth", [worth for worth in Worth if worth is not Worth.GOOD])
async def test_a_certificate_that_is_not_good_proves_nothing(worth: Worth) -> None:
    assert said(await Desk().external(a_card(DOCTOR, worth))) == WRONG
    assert said(await Desk().external(a_card(SOFTWARE, worth))) == WRONG


@pytest.mark.parametrize(("user", "secret"), [
    ("nobody@x.example", "vial-medecin"), ("not an address", "x"), ("", ""), ("*", "x"), ("x" * 10000, "x" * 10000),
    *((DOCTOR, s) for s in ("", "VIAL-medecin", "vial-medecin ", "vial-medecin123456", a_code(DOCTOR), "é\ud800\0"))])
async def test_wrong_passwords_and_unknown_users_get_the_same_answer(user: str, secret: str) -> None:
    answer = (await Desk().plain(DOCTOR, "wrong")).verdict
    assert (await Desk().plain(user, secret)).verdict == answer


async def test_nothing_is_looked_at_before_tls() -> None:
    desk = Desk(patience=Patience(first_delay=3600, longest_delay=3600))
    for user, secret in ((DOCTOR, "vial-medecin"), (DOCTOR, "wrong"), ("nobody@x.example", "x")):
        outcome = await desk.sign_in.attempt(Attempt("imap", "192.0.2.1", None, "PLAIN", user, "", secret))
        assert said(outcome) == "538 credentials-travel-inside-tls" and not outcome.hang_up


async def test_a_mailbox_that_is_suspended_says_so_only_to_its_holder() -> None:
    desk = Desk()
    desk.space.set_status(address(DOCTOR), Status.SUSPENDED)
    assert said(await desk.plain(DOCTOR, "vial-medecin")) == "535 mailbox-may-be-used"
    assert said(await desk.plain(DOCTOR, "wrong")) == WRONG
    desk.space.set_status(address(DOCTOR), Status.OPEN)
    assert said(await desk.plain(DOCTOR, "vial-medecin")) == f"{DOCTOR} by password"


# -- codes and the clock
@pytest.mark.parametrize(("window", "age", "good"), [
    (1, 0, True), (1, 29, True), (1, 59, True), (1, 60, False), (1, -30, True), (1, -60, False), (0, 29, True),
    (0, 30, False), (3, 119, True), (3, 120, False)])
async def test_a_code_is_good_for_its_half_minute_and_the_window(window: int, age: int, good: bool) -> None:
    """START begins a half minute; ``age`` is how long ago the code's half minute began, in seconds."""
    desk = Desk(window=window)
    desk.clock.advance(max(age, 0))
    code = a_code(COLLEAGUE, START + timedelta(seconds=max(-age, 0)))
    outcome = await desk.plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD + code)
    assert (outcome.identity is not None) is good


async def test_a_code_of_another_or_without_its_password_is_worth_nothing() -> None:
    assert said(await Desk().plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD + a_code(PHARMACIST))) == WRONG
    assert said(await Desk().plain(f"{PHARMACY}*{COLLEAGUE}", a_code(COLLEAGUE) + PASSWORD)) == WRONG
    assert said(await Desk().plain(f"{PHARMACY}*{COLLEAGUE}", "wrong" + a_code(COLLEAGUE))) == WRONG


async def test_an_account_without_a_code_of_its_own_has_no_second_factor() -> None:
    space = a_space(change={COLLEAGUE: {"secrets": Secrets(PASSWORD)}})
    assert said(await Desk(space=space).plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD + "000000")) == WRONG
    assert said(await Desk(space=space).plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD)) == ONE


async def test_a_password_that_ends_in_six_digits_is_a_password() -> None:
    space = a_space(change={COLLEAGUE: {"secrets": Secrets("word123456", the_mailbox(COLLEAGUE).secrets.totp)}})
    assert said(await Desk(space=space).plain(COLLEAGUE, "word123456")) == f"{COLLEAGUE} by password"


# -- what failures cost
async def test_each_failure_delays_its_answer_longer_up_to_a_limit() -> None:
    desk = Desk(patience=Patience(first_delay=0.002, longest_delay=0.008))
    loop = asyncio.get_running_loop()
    for least in (0.002, 0.004, 0.008, 0.008):
        begun = loop.time()
        await desk.plain(DOCTOR, "wrong")
        # The loop may round a timer by its clock's resolution; an upper bound would measure the machine.
        assert loop.time() - begun >= least * 0.9


async def test_a_delay_concerns_one_address_and_ends_with_a_success() -> None:
    desk = Desk(patience=Patience(first_delay=0.0, longest_delay=0.0, tries_per_minute=3))
    for _ in range(2):
        await desk.plain(DOCTOR, "wrong")
    assert said(await desk.plain(DOCTOR, "vial-medecin")) == f"{DOCTOR} by password"
    for _ in range(3):
        assert said(await desk.plain(DOCTOR, "wrong")) == WRONG
    assert said(await desk.plain(DOCTOR, "vial-medecin")) == "454"
    assert said(await desk.plain(DOCTOR, "vial-medecin", client="192.0.2.2")) == f"{DOCTOR} by password"


async def test_too_many_failures_of_an_address_are_not_looked_at_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    for _ in range(20):
        assert said(await desk.plain(DOCTOR, "wrong")) == WRONG
    outcome = await desk.plain(DOCTOR, "vial-medecin")
    assert said(outcome) == "454" and outcome.hang_up
    assert "not looked at" in desk.journal.events()[-1].story
    loop = asyncio.get_running_loop()
    later = loop.time() + 61
    monkeypatch.setattr(loop, "time", lambda: later)
    assert said(await desk.plain(DOCTOR, "vial-medecin")) == f"{DOCTOR} by password"


async def test_only_addresses_that_failed_within_a_minute_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every address that ever tried would cost memory for good (P14)."""
    desk = Desk(patience=Patience(first_delay=0.0))
    for number in range(50):
        await desk.plain(DOCTOR, "wrong", client=f"192.0.2.{number}")
        await desk.plain(DOCTOR, "vial-medecin", client=f"198.51.100.{number}")
    loop = asyncio.get_running_loop()
    later = loop.time() + 61
    monkeypatch.setattr(loop, "time", lambda: later)
    await desk.plain(DOCTOR, "wrong", client="203.0.113.1")
    assert list(desk.sign_in._failures) == ["203.0.113.1"]


@pytest.mark.parametrize(("failures", "hang_up"), [(0, False), (1, False), (2, True), (3, True)])
async def test_the_third_failure_of_a_connection_ends_it(failures: int, hang_up: bool) -> None:
    outcome = await Desk().plain(DOCTOR, "wrong", failures=failures)
    assert outcome.hang_up is hang_up and said(outcome) == WRONG
    assert said(await Desk().plain(DOCTOR, "vial-medecin", failures=failures)) == f"{DOCTOR} by password"


# -- what is offered
@pytest.mark.parametrize(("facts", "offered"), [
    (None, ()), (tls(), ("SCRAM-SHA-256", "PLAIN", "LOGIN")),
    (tls(a_card(DOCTOR)), ("SCRAM-SHA-256", "PLAIN", "LOGIN", "EXTERNAL")),
    (tls(a_card(DOCTOR, Worth.EXPIRED)), ("SCRAM-SHA-256", "PLAIN", "LOGIN", "EXTERNAL"))])
def test_mechanisms_fit_the_connection(facts: TlsFacts | None, offered: tuple[str, ...]) -> None:
    assert Desk().sign_in.mechanisms(facts) == offered


# -- the journal
async def test_the_journal_names_who_acted_for_whom_by_what() -> None:
    desk = Desk()
    await desk.plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD, card=a_card(COLLEAGUE))
    (event,) = desk.journal.events(kind="sign-in")
    assert event.who == f"{COLLEAGUE} for {PHARMACY}" and event.mailbox == PHARMACY
    assert event.certificate == "ca7d" and event.facts["factors"] == ["certificate", "password"]
    await desk.plain(DOCTOR, "wrong")
    (refused,) = desk.journal.events(kind="sign-in-refused")
    assert refused.who == DOCTOR and refused.facts["rule"] == "proofs-fit-an-account"


async def test_no_secret_enters_the_journal_or_a_repr() -> None:
    desk = Desk()
    code = a_code(COLLEAGUE)
    secrets = [PASSWORD, "vial-medecin", "wrong-but-secret", code, the_mailbox(COLLEAGUE).secrets.totp]
    await desk.plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD + code)
    await desk.plain(f"{PHARMACY}*{COLLEAGUE}", PASSWORD)
    await desk.plain(DOCTOR, "vial-medecin", PHARMACY)
    await desk.plain(DOCTOR, "wrong-but-secret")
    await desk.plain("nobody@x.example", "wrong-but-secret")
    clear = Attempt("imap", "192.0.2.1", None, "PLAIN", DOCTOR, "", "vial-medecin")
    outcome = await desk.sign_in.attempt(clear)
    written = json.dumps([event.as_data() for event in desk.journal.events()]) + repr(clear) + repr(outcome)
    written += repr(desk.space.mailboxes[COLLEAGUE])
    assert len(desk.journal.events()) == 6
    assert not [secret for secret in secrets if secret in written]


async def test_a_user_name_repeated_as_authorization_identity_means_the_same() -> None:
    """What GNU and Cyrus SASL send when only a user name is set."""
    name = f"{PHARMACY}*{PHARMACIST}"
    outcome = await Desk().plain(name, "fontaine-tilleuls" + a_code(PHARMACIST), name)
    assert said(outcome) == f"{PHARMACIST} for {PHARMACY} by one-time code, password"
    alone = await Desk().external(a_card(PHARMACIST), name)
    assert said(alone) == ONE
