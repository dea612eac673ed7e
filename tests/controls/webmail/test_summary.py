"""What the list of messages tells of each."""

from __future__ import annotations

import pytest

from simulator.controls.webmail.correspondents import MOST_NAMED, Correspondents
from simulator.controls.webmail.summary import Nature, summarise
from tests.builders import DOCTOR, a_space

PEOPLE = Correspondents(a_space())


@pytest.mark.parametrize(("subject", "shown"), [
    ("XDM/1.0/DDM+2 documents ADRUN ZOE", "2 documents ADRUN ZOE"),
    ("=?utf-8?q?XDM/1.0/DDM+CR_d=E2=80=99imagerie?=", "CR d’imagerie"),
    ("Re: XDM/1.0/DDM+2 documents", "Re: XDM/1.0/DDM+2 documents"),
    ("xdm/1.0/ddm+a", "xdm/1.0/ddm+a"),
    ("Compte rendu", "Compte rendu"),
])
def test_the_prefix_of_archives_is_hidden_at_the_head_only_and_kept_beside(subject: str, shown: str) -> None:
    found = summarise(f"From: {DOCTOR}\r\nSubject: {subject}\r\n\r\n".encode(), PEOPLE)
    assert found.subject == shown
    assert found.raw_subject.endswith(shown)


@pytest.mark.parametrize(("header", "nature"), [
    ((), Nature.MESSAGE),
    (("Subject: [FIN]",), Nature.END),
    (("Subject: Re: [FIN]",), Nature.MESSAGE),
    (("Content-Type: multipart/report; report-type=disposition-notification; boundary=x",), Nature.RECEIPT),
    (("Content-Type: multipart/report; report-type=Delivery-Status; boundary=x",), Nature.BOUNCE),
])
def test_what_a_message_is_for(header: tuple[str, ...], nature: Nature) -> None:
    found = summarise("\r\n".join([f"From: {DOCTOR}", *header, "", "--x", "", "--x--", ""]).encode(), PEOPLE)
    assert found.nature is nature


def test_what_the_author_asks_for_is_seen() -> None:
    asked = f"Disposition-Notification-To: {DOCTOR}"
    found = summarise(f"From: {DOCTOR}\r\n{asked}\r\nX-MSS-MES: FIN\r\n\r\n".encode(), PEOPLE)
    assert str(found.receipt_to) == DOCTOR and found.takes_no_answer
    assert summarise(b"X-MSS-MES: fin\r\n\r\n", PEOPLE).takes_no_answer is False


@pytest.mark.parametrize("body", [b"", b"\r\n", b"From: <\r\n\r\n", b"From: a@b\r\nFrom: c@d\r\n", b"\xff\x00" * 500,
                                  b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 3000])
def test_any_bytes_have_a_summary(body: bytes) -> None:
    found = summarise(body, PEOPLE)
    assert found.subject == "" and found.nature is Nature.MESSAGE


def test_of_many_recipients_the_first_ones_are_shown() -> None:
    everybody = ", ".join(f"n{number}@medecin.mssante.fr" for number in range(900))
    found = summarise(f"From: {DOCTOR}\r\nTo: {everybody}\r\nCc: {everybody}\r\n\r\n".encode(), PEOPLE)
    assert len(found.to) == len(found.cc) == MOST_NAMED
