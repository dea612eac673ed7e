"""Letters around documents follow the référentiel: subject, header fields, parts (ECO.2.1.3 to 2.4.3)."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from simulator import letters
from simulator.letters.mail import LONGEST_LABEL, MailForm, display_name
from simulator.xdm import open_archive
from tests.letters.samples import DOCTOR, NAMES, NOW, PHARMACIST, TEAM, a_document, a_fresh_document

SUBJECT = re.compile(r"XDM/1\.0/DDM\+(.{1,40}|\d+ documents) ([A-Z' -]+) ([A-Za-z' -]+) (\d\d/\d\d/\d{4})")


def read(octets: bytes) -> EmailMessage:
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def a_mail(kind: str = "prescription", form: MailForm = "n1", **other: object) -> EmailMessage:
    return read(letters.mail(a_document(kind), sender=DOCTOR, to=["a@b.example"], date=NOW, form=form,
                             **other))  # type: ignore[arg-type]


def parts(message: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_payload(decode=True)  # type: ignore[misc]
            for part in message.iter_attachments()}


@pytest.mark.parametrize("kind", NAMES)
def test_the_subject_follows_the_grammar(kind: str) -> None:
    found = SUBJECT.fullmatch(a_mail(kind)["Subject"])
    assert found is not None
    assert found[1] == a_document(kind).label[:LONGEST_LABEL].strip()
    assert found.groups()[1:] == ("ADRUN", "Zoe", "31/12/1975")


@pytest.mark.parametrize("kind", NAMES)
def test_no_line_is_too_long_and_all_end_with_crlf(kind: str) -> None:
    octets = letters.mail(a_document(kind), sender=PHARMACIST, to=["a@b.example"] * 30, date=NOW)
    assert octets.count(b"\n") == octets.count(b"\r\n")
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert octets.split(b"\r\n\r\n", 1)[0].isascii()
    assert not re.search(rb"^Subject:\s*\r\n", octets, re.MULTILINE)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ ]+\?=", octets.split(b"\r\n\r\n", 1)[0]))


def test_the_header_says_what_is_inside() -> None:
    message = a_mail()
    assert message["X-MSS-CODECDA"] == "57833-6"
    assert message["X-MSS-INS"] == "O"
    assert message["X-MSS-NIL"]
    assert re.fullmatch(r"<\d+@medecin\.mssante\.fr>", message["Message-ID"])
    assert message["From"].addresses[0].display_name == "Dr_Paul_VIAL"
    assert message["Date"].datetime == NOW


def test_archive_and_readable_copy_travel_together() -> None:
    message, document = a_mail(), a_document("prescription")
    assert message.get_content_type() == "multipart/mixed"
    assert list(parts(message)) == ["IHE_XDM.zip", "20261102_Ordonnance_ADRUN_ZOE.pdf"]
    assert parts(message)["20261102_Ordonnance_ADRUN_ZOE.pdf"] == document.pdf
    opened = open_archive(parts(message)["IHE_XDM.zip"])
    assert opened.problems == ()
    assert opened.documents[0].pdf == document.pdf
    body = message.get_body()
    assert body is not None
    assert (body.get_content_type(), body.get_content_charset()) == ("text/plain", "utf-8")
    assert "Madame Zoé ADRUN" in body.get_content()


def test_the_plain_form_has_the_pdf_alone() -> None:
    message = a_mail(form="pdf")
    assert list(parts(message)) == ["20261102_Ordonnance_ADRUN_ZOE.pdf"]
    assert message["Subject"] == "Ordonnance – Zoé ADRUN"
    assert message["X-MSS-CODECDA"] is None and message["X-MSS-INS"] is None
    assert message["X-MSS-NIL"]


def test_several_documents_are_counted() -> None:
    both = [a_document("prescription"), a_document("referral")]
    message = read(letters.mail(both, sender=DOCTOR, to=["a@b.example"], date=NOW))
    assert message["Subject"] == "XDM/1.0/DDM+2 documents ADRUN Zoe 31/12/1975"
    assert message["X-MSS-CODECDA"] == "57833-6,96349-6"
    assert len(parts(message)) == 3


def test_the_same_arguments_give_the_same_letter() -> None:
    one, other = (letters.mail(made, sender=DOCTOR, to=["a@b.example"], date=NOW)
                  for made in (a_document("referral"), a_fresh_document("referral")))
    assert one == other
    third = letters.mail(a_document("referral"), sender=DOCTOR, to=["c@b.example"], date=NOW)
    assert read(third)["Message-ID"] != read(one)["Message-ID"]


def test_header_fields_and_text_may_be_given() -> None:
    message = a_mail(text="Voici.\n", headers={"X-MSS-NIL": "3734", "Disposition-Notification-To": "x@y.example"})
    assert message["X-MSS-NIL"] == "3734"
    assert message["Disposition-Notification-To"] == "x@y.example"
    body = message.get_body()
    assert body is not None and body.get_content().split() == ["Voici."]


def test_display_names_are_those_of_the_rule() -> None:
    assert display_name(DOCTOR) == "Dr_Paul_VIAL"
    assert display_name(PHARMACIST) == "Mme_Isabelle_FONTAINE_Pharmacie des Tilleuls"
    assert display_name(TEAM) == "Pharmacie des Tilleuls"
