"""Rules on the connection, at their boundaries."""

from __future__ import annotations

import pytest

from simulator.model.certificate import Worth
from simulator.rules.facts import FromSender
from simulator.rules.transport import (
    client_is_signed_in,
    peer_certificate_is_good,
    peer_presents_a_certificate,
    sender_belongs_to_the_peer,
    sender_domain_is_listed,
    session_is_encrypted,
)
from tests.builders import (
    DOCTOR,
    NURSE,
    PATIENT,
    PHARMACIST,
    STRANGER,
    a_card,
    a_peer,
    a_space,
    an_identity,
    dn_of,
    from_,
    tls,
)


def from_operator(operator: str, sender: str | None, worth: Worth = Worth.GOOD, reason: str = "") -> FromSender:
    """MAIL FROM at the door between operators."""
    return from_(sender, door="mx", shake=tls(a_peer(operator, worth, reason)))


@pytest.mark.parametrize("door", ["mx", "submission", "smtps"])
def test_nothing_is_taken_in_clear(door: str) -> None:
    assert session_is_encrypted.check(from_(DOCTOR, door=door, shake=None))
    assert session_is_encrypted.check(from_(DOCTOR, door=door)) is None


def test_what_is_made_inside_the_operator_does_not_travel() -> None:
    assert session_is_encrypted.check(from_(DOCTOR, door="inside", shake=None)) is None
    assert client_is_signed_in.check(from_(DOCTOR, door="inside", shake=None)), "but somebody must have been recognised"


def test_only_an_operator_must_show_a_certificate() -> None:
    assert peer_presents_a_certificate.check(from_(DOCTOR, door="mx"))
    assert peer_presents_a_certificate.check(from_(DOCTOR, door="submission")) is None
    assert peer_presents_a_certificate.check(from_(DOCTOR, door="mx", shake=None)) is None, "another rule says it"


@pytest.mark.parametrize("worth", [w for w in Worth if w not in (Worth.GOOD, Worth.NONE)])
def test_a_certificate_that_is_not_good_is_refused_with_the_reason(worth: Worth) -> None:
    breach = peer_certificate_is_good.check(from_operator("mailiz", DOCTOR, worth, "it says so"))
    assert breach is not None and breach.what == f"The client certificate is refused: {worth} (it says so)"


def test_a_good_certificate_passes_and_so_does_a_client_with_a_bad_one() -> None:
    assert peer_certificate_is_good.check(from_operator("mailiz", DOCTOR)) is None
    assert peer_certificate_is_good.check(from_(DOCTOR, shake=tls(a_card(DOCTOR, Worth.EXPIRED)))) is None


def test_a_client_signs_in_and_an_operator_does_not() -> None:
    assert client_is_signed_in.check(from_(DOCTOR))
    assert client_is_signed_in.check(from_(DOCTOR, identity=an_identity(DOCTOR))) is None
    assert client_is_signed_in.check(from_operator("mailiz", DOCTOR)) is None


def test_the_senders_domain_is_listed_as_it_is_now() -> None:
    space = a_space()
    assert sender_domain_is_listed.check(from_(DOCTOR, space=space)) is None
    space.withdraw("medecin.mssante.fr")
    assert sender_domain_is_listed.check(from_(DOCTOR, space=space))
    assert sender_domain_is_listed.check(from_(NURSE, space=space)) is None
    assert sender_domain_is_listed.check(from_(STRANGER, space=space))
    assert sender_domain_is_listed.check(from_(None, space=space)) is None


def test_an_operator_vouches_for_its_own_domains_only() -> None:
    assert sender_belongs_to_the_peer.check(from_operator("mailiz", DOCTOR)) is None
    assert sender_belongs_to_the_peer.check(from_operator("mailiz", NURSE)) is None
    for sender in (PHARMACIST, PATIENT, STRANGER):
        assert sender_belongs_to_the_peer.check(from_operator("mailiz", sender)), sender
    assert sender_belongs_to_the_peer.check(from_(PHARMACIST)) is None, "a client is not asked"


def test_a_second_certificate_of_a_domain_is_as_good() -> None:
    space = a_space()
    space.admit("medecin.mssante.fr", [dn_of("bfc")])
    for operator in ("mailiz", "bfc"):
        facts = from_(DOCTOR, door="mx", shake=tls(a_peer(operator)), space=space)
        assert sender_belongs_to_the_peer.check(facts) is None


def test_a_notice_comes_from_any_listed_operator() -> None:
    assert sender_belongs_to_the_peer.check(from_operator("mes", None)) is None
    assert sender_belongs_to_the_peer.check(from_operator("outside", None))
    assert sender_belongs_to_the_peer.check(from_(None, door="mx"))
    assert sender_belongs_to_the_peer.check(from_(None, door="mx", shake=None))
