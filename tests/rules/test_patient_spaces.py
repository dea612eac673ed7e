"""Rules on whether a patient's space takes a message, at their boundaries."""

from __future__ import annotations

import pytest

from simulator.model.mailbox import Status
from simulator.rules.book import Book
from simulator.rules.catalogue import CATALOGUE
from simulator.rules.facts import Letter
from simulator.rules.patient_spaces import (
    announced_size_fits_the_patient_space,
    message_fits_the_patient_space,
    patient_address_is_well_formed,
    patient_has_a_space,
    patient_has_not_objected,
    patient_space_is_open,
)
from simulator.rules.verdict import Severity
from tests.builders import DOCTOR, NURSE, OTHER_PATIENT, PATIENT, a_space, address, carrying, to

LIMIT = 25 * 1024 * 1024
UNKNOWN = "288091234567823@patient.mssante.fr"
MALFORMED = "27512632207497@patient.mssante.fr"
BOUNCING = [rule for rule in CATALOGUE if rule.bounce is not None]


@pytest.mark.parametrize(("recipient", "malformed", "unknown"), [
    (PATIENT, False, False), (PATIENT.upper().replace("PATIENT.MSSANTE.FR", "patient.mssante.fr"), False, False),
    ("781102a12500908@patient.mssante.fr", False, False),
    (UNKNOWN, False, True), ("285029999900280@patient.mssante.fr", False, True),
    (MALFORMED, True, False), ("zoe.adrun@patient.mssante.fr", True, False), ("x@patient.mssante.fr", True, False),
    ("nobody@medecin.mssante.fr", False, False), ("nobody@elsewhere.example", False, False),
])
def test_an_address_is_malformed_or_unknown_or_neither(recipient: str, malformed: bool, unknown: bool) -> None:
    assert bool(patient_address_is_well_formed.check(to(recipient, door="mx"))) is malformed
    assert bool(patient_has_a_space.check(to(recipient, door="mx"))) is unknown


@pytest.mark.parametrize("check", [patient_address_is_well_formed.check, patient_has_a_space.check])
def test_other_operators_do_not_know(check: object) -> None:
    assert callable(check)
    for recipient in (UNKNOWN, MALFORMED):
        assert check(to(recipient, operator="mailiz")) is None
        assert check(to(recipient)) is None


def test_an_operator_that_serves_patients_knows_at_submission() -> None:
    assert patient_address_is_well_formed.check(to(MALFORMED, operator="mes"))
    assert patient_has_a_space.check(to(UNKNOWN, operator="mes"))


@pytest.mark.parametrize(("status", "closed", "opposed"), [
    (Status.OPEN, False, False), (Status.NOT_ACTIVATED, False, False), (Status.SUSPENDED, True, False),
    (Status.CLOSED, True, False), (Status.OPPOSED, False, True),
])
def test_the_state_of_a_space_decides(status: Status, closed: bool, opposed: bool) -> None:
    space = a_space(change={PATIENT: {"status": status}})
    assert bool(patient_space_is_open.check(to(PATIENT, door="mx", space=space))) is closed
    assert bool(patient_has_not_objected.check(to(PATIENT, door="mx", space=space))) is opposed
    for check in (patient_space_is_open.check, patient_has_not_objected.check):
        assert check(to(PATIENT, operator="mailiz", space=space)) is None
        assert check(to(UNKNOWN, door="mx", space=space)) is None, "another rule says it"
        assert check(to(NURSE, door="mx", space=space)) is None


@pytest.mark.parametrize(("size", "broken"), [(None, False), (LIMIT, False), (LIMIT + 1, True)])
def test_the_announced_size_is_compared_for_patients_alone(size: int | None, broken: bool) -> None:
    assert bool(announced_size_fits_the_patient_space.check(to(PATIENT, door="mx", size=size))) is broken
    assert announced_size_fits_the_patient_space.check(to(NURSE, door="mx", size=size)) is None
    assert announced_size_fits_the_patient_space.check(to(PATIENT, operator="bfc", size=size)) is None
    assert announced_size_fits_the_patient_space.severity is Severity.OFF


@pytest.mark.parametrize(("size", "broken"), [(LIMIT, False), (LIMIT + 1, True)])
def test_a_message_is_too_large_for_its_patients_alone(size: int, broken: bool) -> None:
    recipients = [NURSE, PATIENT, OTHER_PATIENT]
    breach = message_fits_the_patient_space.check(carrying(Letter(size), recipients=recipients, door="mx"))
    assert (breach.recipients if breach else ()) == (tuple(map(address, recipients[1:])) if broken else ())
    assert message_fits_the_patient_space.check(carrying(Letter(size), recipients=recipients, operator="bfc")) is None
    assert message_fits_the_patient_space.check(carrying(Letter(size), recipients=[DOCTOR], door="mx")) is None


def test_only_rules_on_spaces_return_messages_and_they_do_by_default() -> None:
    assert {rule.name for rule in BOUNCING} == {
        "patient-address-is-well-formed", "patient-has-a-space", "patient-space-is-open", "patient-has-not-objected",
        "message-fits-the-patient-space"}
    book = Book(CATALOGUE)
    assert {book.severities[rule.name] for rule in BOUNCING} == {Severity.BOUNCE}


def test_a_bounce_says_its_cause_in_two_languages_under_the_published_subjects() -> None:
    told = {rule.name: rule.bounce for rule in BOUNCING}
    assert {bounce.subject for name, bounce in told.items() if bounce and name != "message-fits-the-patient-space"} == {
        "Message non distribué"}
    size = told["message-fits-the-patient-space"]
    assert size is not None and size.subject == "Undelivered Mail Returned to Sender"
    assert [b.cause_fr for b in told.values() if b] == [
        "adresse invalide", "patient non trouvé", "messagerie fermée", "opposition du patient à Mon espace santé",
        "message trop volumineux"]
    assert all(b.cause.isascii() for b in told.values() if b)
