"""Rules on whom a message may go to, at their boundaries."""

from __future__ import annotations

import pytest

from simulator.model.mailbox import Status
from simulator.rules.recipients import (
    recipient_domain_is_listed,
    recipient_has_a_mailbox,
    recipient_has_room,
    recipient_is_not_suspended,
    recipient_lives_here,
    recipients_are_few_enough,
)
from simulator.store.interface import Batch, Deposit, NewMessage
from tests.builders import DOCTOR, NURSE, PATIENT, PHARMACY, STRANGER, a_space, a_store, at_once, to

NOBODY = "nobody@medecin.mssante.fr"


@pytest.mark.parametrize("recipient", [
    STRANGER, "x@gmail.com", "x@sub.medecin.mssante.fr", "x@mssante.fr", "x@medecin.mssante.fr.example", "x@fr"])
def test_mail_stays_inside(recipient: str) -> None:
    assert recipient_domain_is_listed.check(to(recipient))


def test_the_whitelist_is_asked_as_it_is_now() -> None:
    space = a_space()
    space.admit("Nouveau.mssante.fr", ["CN=x"])
    assert recipient_domain_is_listed.check(to("x@nouveau.mssante.fr", space=space)) is None
    space.withdraw("nouveau.MSSANTE.fr")
    assert recipient_domain_is_listed.check(to("x@nouveau.mssante.fr", space=space))


def test_between_operators_nothing_is_relayed() -> None:
    assert recipient_lives_here.check(to(PHARMACY, door="mx", operator="bfc")) is None
    assert recipient_lives_here.check(to(PHARMACY, door="mx", operator="mailiz"))
    assert recipient_lives_here.check(to(PHARMACY, door="mx")) is None, "the host serves all operators"
    assert recipient_lives_here.check(to(STRANGER, door="mx")), "nobody serves an outsider"
    assert recipient_lives_here.check(to(PHARMACY, operator="mailiz")) is None, "a client's operator relays"


@pytest.mark.parametrize(("already", "refused"), [(0, False), (199, False), (200, True), (500, True)])
def test_recipients_are_counted(already: int, refused: bool) -> None:
    assert bool(recipients_are_few_enough.check(to(DOCTOR, already=already))) is refused


def test_a_mailbox_is_known_to_its_own_operator_only() -> None:
    assert recipient_has_a_mailbox.check(to(NOBODY, operator="mailiz"))
    assert recipient_has_a_mailbox.check(to(NOBODY, door="mx"))
    assert recipient_has_a_mailbox.check(to(NOBODY, operator="bfc")) is None
    assert recipient_has_a_mailbox.check(to("PAUL.vial@medecin.mssante.fr", operator="mailiz")) is None


@pytest.mark.parametrize(("status", "refused"), [
    (Status.OPEN, False), (Status.SUSPENDED, True), (Status.CLOSED, True)])
def test_the_state_of_a_mailbox_decides(status: Status, refused: bool) -> None:
    space = a_space(change={NURSE: {"status": status}})
    assert bool(recipient_is_not_suspended.check(to(NURSE, door="mx", space=space))) is refused
    assert recipient_is_not_suspended.check(to(NURSE, operator="bfc", space=space)) is None
    assert recipient_is_not_suspended.check(to(NOBODY, door="mx", space=space)) is None, "another rule says it"


def test_patients_spaces_have_rules_of_their_own() -> None:
    space = a_space(change={PATIENT: {"status": Status.CLOSED}})
    assert recipient_is_not_suspended.check(to(PATIENT, door="mx", space=space)) is None
    assert recipient_has_a_mailbox.check(to("nobody@patient.mssante.fr", door="mx")) is None


def test_room_counts_what_is_stored_and_what_is_announced() -> None:
    store = a_store()
    space = a_space(store=store, change={NURSE: {"quota": 100}})
    at_once(store.commit(Batch([Deposit(NURSE, NewMessage(b"x" * 60, 0.0))])))
    for size, refused in ((None, False), (40, False), (41, True)):
        facts = to(NURSE, door="mx", space=space, size=size)
        assert bool(recipient_has_room.check(facts)) is refused
    assert recipient_has_room.check(to(NURSE, operator="bfc", space=space, size=41)) is None
    assert recipient_has_room.check(to(NOBODY, door="mx", space=space, size=41)) is None
