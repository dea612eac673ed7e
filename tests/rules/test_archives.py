"""Rules on enclosed documents, on real archives: what our own letters say, and what goes wrong with others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator import letters
from simulator.rules.archives import (
    codecda_names_the_documents,
    documents_are_about_the_patient_addressed,
    enclosed_archive_is_sound,
    mss_ins_tells_whether_it_is_qualified,
    subject_announces_the_archive,
)
from simulator.rules.enclosed import MOST, archives, may_enclose
from simulator.rules.facts import WithMessage
from simulator.xdm import open_archive
from tests.builders import DOCTOR, PATIENT, PHARMACY, START, carrying, the_mailbox

PRESCRIPTION = letters.compose(
    "prescription", patient=the_mailbox(PATIENT).patient, author=the_mailbox(DOCTOR).owner, now=START)  # type: ignore[arg-type]
MAIL = letters.mail(PRESCRIPTION, sender=the_mailbox(DOCTOR), to=[PHARMACY], date=START)
OPENED = open_archive(PRESCRIPTION.archive())


def facts(body: bytes = MAIL, *, to: str = PHARMACY, **changes: str) -> WithMessage:
    """A mail with its archives opened; ``changes`` are fields of the letter."""
    built = carrying(body, recipients=(to,))
    return replace(built, letter=replace(built.letter, **changes), archives=archives(body))  # type: ignore[arg-type]


RULES = (enclosed_archive_is_sound, subject_announces_the_archive, codecda_names_the_documents,
         mss_ins_tells_whether_it_is_qualified, documents_are_about_the_patient_addressed)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_our_own_letter_keeps_every_rule(rule: object) -> None:
    for to in (PHARMACY, PATIENT):
        assert rule.check(facts(to=to)) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("subject", [
    "XDM/1.0/DDM+2 documents VIAL Paul 26/11/1978", "XDM/1.0/DDM+CR d'examens biologiques VIAL Paul",
    "[Annule et remplace] XDM/1.0/DDM+Prescription D'ARTAGNAN-X Jean-Luc 01/01/1970",
])
def test_a_subject_of_the_grammar_announces_the_archive(subject: str) -> None:
    assert subject_announces_the_archive.check(facts(subject=subject)) is None


@pytest.mark.parametrize("subject", [
    "Votre ordonnance", "XDM/1.0/DDM Prescription VIAL Paul", "Re: XDM/1.0/DDM+Prescription VIAL Paul",
    "XDM/1.0/DDM+Prescription Vial Paul", "XDM/1.0/DDM+Prescription VIAL Zoé", f"XDM/1.0/DDM+{'x' * 41} VIAL Paul",
    "xdm/1.0/ddm+Prescription VIAL Paul",
])
def test_any_other_subject_does_not(subject: str) -> None:
    assert subject_announces_the_archive.check(facts(subject=subject)) is not None


def test_codes_may_stand_in_any_order_and_with_blanks() -> None:
    two = replace(facts(mss_codecda="57833-6 , 57833-6"), archives=(OPENED, OPENED))
    assert codecda_names_the_documents.check(two) is None
    once = replace(two, letter=replace(two.letter, mss_codecda="57833-6"))
    assert codecda_names_the_documents.check(once) is not None


@pytest.mark.parametrize(("said", "kept"), [("O", True), ("N", False), ("", False), ("o", False)])
def test_the_ins_of_a_whole_identity_is_qualified(said: str, kept: bool) -> None:
    assert (mss_ins_tells_whether_it_is_qualified.check(facts(mss_ins=said)) is None) is kept


def test_fields_without_an_archive_say_what_is_not_there() -> None:
    plain = replace(facts(), archives=())
    assert codecda_names_the_documents.check(plain) is not None
    assert mss_ins_tells_whether_it_is_qualified.check(plain) is not None


def test_nothing_is_said_where_nobody_looked() -> None:
    unopened = replace(facts(subject="Bonjour", mss_codecda="x", mss_ins="x"), archives=None)
    assert all(rule.check(unopened) is None for rule in RULES)


def test_what_cannot_be_read_is_one_finding_and_not_three() -> None:
    broken = replace(facts(), archives=(open_archive(b"PK no archive"),))
    found = [rule.name for rule in RULES if rule.check(broken) is not None]
    assert found == ["enclosed-archive-is-sound"]


def test_another_patient_is_noticed_whatever_else_is_right() -> None:
    other = facts(to="279035121518989@patient.mssante.fr")
    breach = documents_are_about_the_patient_addressed.check(other)
    assert breach is not None and "275126322074974" in breach.what and "279035121518989" in breach.what


def test_archives_are_found_by_name_whatever_its_case_and_their_number_is_bounded() -> None:
    part = (b"--b\r\nContent-Type: application/octet-stream; name=\"Ihe_Xdm.ZIP\"\r\n"
            b"Content-Disposition: attachment\r\n\r\nx\r\n")
    body = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * (MOST + 5) + b"--b--\r\n"
    assert len(archives(body)) == MOST
    assert may_enclose(MAIL) and not may_enclose(b"Subject: IHE\r\n\r\n")
