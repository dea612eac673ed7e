"""Certificates as proofs: applications, members, operators; looked at with OpenSSL as witness."""

from __future__ import annotations

import imaplib
import smtplib
from email.message import EmailMessage

import pytest

from tests.journeys.conftest import Program
from tests.journeys.people import CLAIRE, DOCTOR, ISABELLE, LGO, TILLEULS
from tests.journeys.running import Running

pytestmark = [pytest.mark.sockets]


def test_an_application_reads_and_sends_with_the_certificate_of_its_structure(space: Running) -> None:
    context = space.trust(space.account(LGO))
    with imaplib.IMAP4_SSL("localhost", space.port("imaps"), ssl_context=context, timeout=20) as imap:
        assert "AUTH=EXTERNAL" in imap.capabilities
        imap.authenticate("EXTERNAL", lambda _: b"")
        assert imap.select("INBOX")[0] == "OK"
    before = space.now
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = LGO, TILLEULS, "Du logiciel"
    letter["Message-ID"] = "<lgo@test.mssante.fr>"
    letter.set_content("Bonjour")
    with smtplib.SMTP_SSL("localhost", space.port("smtps"), context=context, timeout=20) as smtp:
        smtp.ehlo()
        assert smtp.docmd("AUTH", "EXTERNAL =")[0] == 235
        smtp.send_message(letter)
    space.wait_for(lambda e: e["kind"] == "delivered" and e.get("message_id") == "<lgo@test.mssante.fr>", after=before)


def test_a_member_opens_the_team_mailbox_with_password_and_certificate(space: Running) -> None:
    isabelle = space.account(ISABELLE)
    with imaplib.IMAP4_SSL("localhost", space.port("imaps"), ssl_context=space.trust(isabelle), timeout=20) as imap:
        imap.authenticate("PLAIN", lambda _: f"{TILLEULS}\0{ISABELLE}\0{isabelle['password']}".encode())
        assert imap.select("INBOX")[0] == "OK"


def test_the_certificate_of_another_person_is_no_second_factor(space: Running) -> None:
    isabelle = space.account(ISABELLE)
    with imaplib.IMAP4_SSL(
        "localhost", space.port("imaps"), ssl_context=space.trust(space.account(CLAIRE)), timeout=20
    ) as imap, pytest.raises(imaplib.IMAP4.error, match="organisation-needs-two-factors"):
        imap.login(f"{TILLEULS}*{ISABELLE}", isabelle["password"])


def test_external_is_not_offered_without_a_certificate(space: Running) -> None:
    with smtplib.SMTP_SSL("localhost", space.port("smtps"), context=space.trust(), timeout=20) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["auth"].split() == ["SCRAM-SHA-256", "PLAIN", "LOGIN"]


@pytest.mark.clients
@pytest.mark.parametrize(("door", "protocol"), [("mx", "smtp"), ("submission", "smtp"), ("imap", "imap")])
def test_openssl_sees_the_operator_that_the_server_name_asks_for(
    space: Running, openssl: Program, door: str, protocol: str
) -> None:
    asked = openssl(
        "s_client",
        "-connect",
        f"127.0.0.1:{space.port(door)}",
        "-starttls",
        protocol,
        "-servername",
        "mx.bfc.mssante.fr",
        "-CAfile",
        space.ca,
        "-verify_return_error",
        "-verify_hostname",
        "mx.bfc.mssante.fr",
        text="QUIT\r\n",
    )
    assert "Verification: OK" in asked.stdout, asked.stdout
    assert "O = GRADES BFC TEST" in asked.stdout
    assert "SIMULATEUR" in asked.stdout


@pytest.mark.clients
def test_openssl_cannot_speak_an_old_version(space: Running, openssl: Program) -> None:
    asked = openssl(
        "s_client", "-connect", f"127.0.0.1:{space.port('imaps')}", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"
    )
    assert asked.returncode != 0
    assert "Cipher is (NONE)" in asked.stdout


def test_the_host_answers_for_localhost_when_no_operator_is_named(space: Running) -> None:
    with smtplib.SMTP_SSL("127.0.0.1", space.port("smtps"), context=space.trust(), timeout=20) as smtp:
        assert smtp.noop()[0] == 250
    assert space.account(DOCTOR)["p12_password"]
