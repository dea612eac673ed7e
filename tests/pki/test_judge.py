"""Certificates judged right (P8): the matrix, and what happens between two looks at the same chain."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from simulator.clock import Clock
from simulator.model.certificate import NO_CERTIFICATE, Judge, Use, Worth
from simulator.pki import Authority, KeyType
from simulator.pki.judge import Kept
from simulator.pki.path import Finding
from tests.pki.matrix import NAMES, NOW, PERSON, SERVER, STRUCTURE, Case, chain, ders


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_chain_gets_its_worth_and_a_reason(
        shared: Authority, matrix: Mapping[str, Case], name: str) -> None:
    case = matrix[name]
    seen = shared.judge(case.chain, case.use)
    assert (seen.worth, case.says in seen.reason) == (case.worth, True), seen
    assert seen.reason.isascii()
    assert seen.reason.isprintable()
    assert shared.judge(case.chain, case.use) == seen


def test_no_certificate_is_said_as_such(shared: Authority) -> None:
    assert shared.judge([], Use.CLIENT) is NO_CERTIFICATE


def test_judge_has_the_shape_the_doors_expect(shared: Authority) -> None:
    judge: Judge = shared.judge
    assert not judge([b"\x00"], Use.SERVER).is_good


def test_a_server_is_described(authority: Authority) -> None:
    issued = authority.issue(SERVER)
    seen = authority.judge(chain(issued), Use.SERVER)
    assert seen.subject == "CN=mss.esante-bfc.test,OU=399990000400014,O=GIP DE TEST BFC,ST=Côte-d'Or (21),C=FR"
    assert issued.subject == seen.subject
    assert (seen.serial, seen.not_after) == (issued.serial, issued.not_after)
    assert seen.fingerprint == x509.load_der_x509_certificate(chain(issued)[0]).fingerprint(hashes.SHA256()).hex()
    assert (seen.common_name, seen.structure_id, seen.national_id) == ("mss.esante-bfc.test", "399990000400014", "")
    assert seen.names == ("mss.esante-bfc.test", "mx.bfc.mssante.fr")


def test_a_person_is_known_by_the_national_id(authority: Authority) -> None:
    seen = authority.judge(chain(authority.issue(PERSON)), Use.CLIENT)
    assert (seen.national_id, seen.structure_id) == ("899700991005", "")
    assert seen.subject == "GN=Zoé+CN=899700991005+SN=FONTAINE,title=Pharmacien,C=FR"


def test_what_an_unproven_certificate_says_is_shown_for_the_journal(
        shared: Authority, matrix: Mapping[str, Case]) -> None:
    seen = shared.judge(matrix["self-signed"].chain, Use.CLIENT)
    assert (seen.subject, seen.serial, seen.is_good) == ("CN=LGO Tilleuls", "4d", False)


def test_a_revocation_holds_from_the_very_next_look(authority: Authority) -> None:
    issued = authority.issue(STRUCTURE)
    presented = chain(issued)
    assert authority.judge(presented, Use.CLIENT).is_good
    authority.revoke(issued.serial)
    assert authority.judge(presented, Use.CLIENT).worth is Worth.REVOKED
    assert authority.judge(presented[:1], Use.CLIENT).worth is Worth.REVOKED


def test_the_simulated_clock_decides_the_dates_of_a_known_chain(authority: Authority, clock: Clock) -> None:
    issued = authority.issue(STRUCTURE)
    presented = chain(issued)
    assert authority.judge(presented, Use.CLIENT).is_good
    clock.advance((issued.not_after - NOW).total_seconds())
    assert authority.judge(presented, Use.CLIENT).is_good
    clock.advance(1)
    assert authority.judge(presented, Use.CLIENT).worth is Worth.EXPIRED


def test_an_authority_past_its_life_outdates_its_leaves(authority: Authority, clock: Clock) -> None:
    issued = authority.issue(STRUCTURE, not_after=NOW + timedelta(days=40 * 365))
    clock.advance(timedelta(days=21 * 365).total_seconds())
    seen = authority.judge(chain(issued), Use.CLIENT)
    assert seen.worth is Worth.EXPIRED
    assert seen.reason.startswith("CN=TEST SIMULATEUR AC")


def test_a_lone_leaf_is_taken_with_the_chain_it_came_with_before(authority: Authority) -> None:
    presented = chain(authority.issue(STRUCTURE))
    assert authority.judge(presented[:1], Use.CLIENT).worth is Worth.UNKNOWN_AUTHORITY
    assert authority.judge(presented, Use.CLIENT).is_good
    assert authority.judge(presented[:1], Use.CLIENT).is_good
    assert authority.judge(presented[:1], Use.SERVER).worth is Worth.WRONG_USE
    assert authority.judge(presented[:1], Use.CLIENT, resumed=False).worth is Worth.UNKNOWN_AUTHORITY


def test_several_defects_are_named_in_a_fixed_order(authority: Authority) -> None:
    issued = authority.issue(STRUCTURE, not_after=NOW - timedelta(1))
    assert authority.judge(chain(issued), Use.CLIENT).worth is Worth.EXPIRED
    authority.revoke(issued.serial)
    assert authority.judge(chain(issued), Use.CLIENT).worth is Worth.REVOKED
    assert authority.judge(chain(issued), Use.SERVER).worth is Worth.WRONG_USE
    weak = authority.issue(STRUCTURE, key_type=KeyType.RSA_1024)
    assert authority.judge(chain(weak), Use.SERVER).worth is Worth.WEAK


def test_mutated_chains_never_raise_and_never_pass(shared: Authority, matrix: Mapping[str, Case]) -> None:
    good, chance = matrix["a structure"].chain, random.Random(8)
    for _ in range(1500):
        parts = [bytearray(part) for part in good]
        victim = parts[chance.randrange(len(parts))]
        for place in chance.sample(range(len(victim)), chance.choice((1, 1, 2, 8))):
            victim[place] ^= chance.randrange(1, 256)
        seen = shared.judge([bytes(part) for part in parts], Use.CLIENT)
        assert not seen.is_good
        assert seen.reason.isascii()
        assert seen.reason.isprintable()


def test_the_memory_of_findings_is_bounded_and_keeps_what_is_used() -> None:
    kept, finding = Kept(3), Finding(NO_CERTIFICATE)
    for digest in (b"a", b"b", b"c"):
        kept.put(digest, finding)
    assert kept.get(b"a") is finding
    kept.put(b"d", finding)
    assert [kept.get(digest) is finding for digest in (b"a", b"b", b"c", b"d")] == [True, False, True, True]


def test_the_root_of_the_same_name_is_not_our_root(
        authority: Authority, matrix: Mapping[str, Case], shared: Authority) -> None:
    presented = (*matrix["a structure"].chain, *ders(shared.authorities[0]))
    seen = authority.judge(presented, Use.CLIENT)
    assert (seen.worth, "signed by itself" in seen.reason) == (Worth.UNKNOWN_AUTHORITY, True)
