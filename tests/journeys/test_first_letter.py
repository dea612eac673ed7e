"""The first success of the README: a doctor writes, a pharmacy's team reads, each with an ordinary program."""

from __future__ import annotations

import email
import imaplib
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.journeys.conftest import Program
from tests.journeys.people import DOCTOR, ISABELLE, KARIM, NURSE, TILLEULS
from tests.journeys.running import Running

pytestmark = [pytest.mark.sockets]


@contextmanager
def team_inbox(space: Running, member: str) -> Iterator[imaplib.IMAP4_SSL]:
    """The team's INBOX through a member's account, password and one-time code."""
    imap = imaplib.IMAP4_SSL("localhost", space.port("imaps"), ssl_context=space.trust(), timeout=20)
    imap.login(f"{TILLEULS}*{member}", space.password_and_code(member))
    imap.select("INBOX")
    try:
        yield imap
    finally:
        imap.logout()


def submit(space: Running, sender: str, message: EmailMessage) -> None:
    """STARTTLS, password, send; returns when the letter has reached the mailbox."""
    before = space.now
    with smtplib.SMTP("localhost", space.port("submission"), timeout=20) as smtp:
        smtp.starttls(context=space.trust())
        smtp.login(sender, space.account(sender)["password"])
        smtp.send_message(message)
    space.wait_for(lambda e: e["kind"] == "delivered" and e.get("message_id") == message["Message-ID"], after=before)


def a_letter(
    subject: str, sender: str = DOCTOR, to: str = TILLEULS, text: str = "Bonjour,\nà bientôt.\n"
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"Dr Paul Vial <{sender}>", to, subject
    message["Message-ID"] = f"<{subject.replace(' ', '.')}@test.mssante.fr>"
    message.set_content(text)
    return message


@pytest.mark.clients
def test_swaks_submits_and_curl_reads_with_password_and_code(space: Running, swaks: Program, curl: Program) -> None:
    sent = swaks(
        "--server",
        f"127.0.0.1:{space.port('submission')}",
        "--tls",
        "--tls-verify",
        "--tls-ca-path",
        space.ca,
        "--auth",
        "PLAIN",
        "--auth-user",
        DOCTOR,
        "--auth-password",
        space.account(DOCTOR)["password"],
        "--from",
        DOCTOR,
        "--to",
        TILLEULS,
        "--header",
        "Subject: Par swaks",
        "--header",
        "Message-Id: <swaks@test.mssante.fr>",
    )
    assert sent.returncode == 0, sent.stdout
    assert "250 2.0.0 Stored as" in sent.stdout
    arrived = space.wait_for(
        lambda e: e["kind"] == "delivered" and e.get("message_id") == "<swaks@test.mssante.fr>"
    )
    assert arrived["mailbox"] == TILLEULS
    read = curl(
        "--silent",
        "--show-error",
        "--cacert",
        space.ca,
        f"imaps://localhost:{space.port('imaps')}/INBOX;MAILINDEX=*",
        "--user",
        f"{TILLEULS}*{ISABELLE}:{space.password_and_code(ISABELLE)}",
    )
    assert read.returncode == 0, read.stdout
    assert "Subject: Par swaks" in read.stdout


@pytest.mark.clients
def test_curl_submits_over_implicit_tls(space: Running, curl: Program) -> None:
    before = space.now
    text = (
        f"From: {NURSE}\r\nTo: {TILLEULS}\r\nSubject: Par curl\r\nMessage-ID: <curl@test.mssante.fr>\r\n\r\nBonjour\r\n"
    )
    sent = curl(
        "--silent",
        "--show-error",
        "--cacert",
        space.ca,
        f"smtps://localhost:{space.port('smtps')}",
        "--mail-from",
        NURSE,
        "--mail-rcpt",
        TILLEULS,
        "--user",
        f"{NURSE}:{space.account(NURSE)['password']}",
        "--upload-file",
        "-",
        text=text,
    )
    assert sent.returncode == 0, sent.stdout
    space.wait_for(lambda e: e["kind"] == "delivered" and e.get("message_id") == "<curl@test.mssante.fr>", after=before)


def test_the_letter_crosses_to_the_other_operator_over_mutual_tls_and_says_so(space: Running) -> None:
    letter = a_letter("Trace")
    submit(space, DOCTOR, letter)
    with team_inbox(space, ISABELLE) as imap:
        _, found = imap.search(None, "HEADER", "Message-ID", letter["Message-ID"])
        _, fetched = imap.fetch(found[0].split()[-1], "(BODY.PEEK[])")
    part = fetched[0]
    assert isinstance(part, tuple)
    received = email.message_from_bytes(part[1], policy=SMTP)
    hops = received.get_all("Received")
    assert hops is not None
    assert "by mx.bfc.mssante.fr" in hops[0]
    assert "client certificate good, CN=mx.mailiz.mssante.fr" in hops[0]
    assert "with ESMTPSA" in hops[1]
    assert part[1].endswith(letter.as_bytes())
    assert received["Return-Path"] == f"<{DOCTOR}>"


def test_two_members_see_the_same_mailbox_at_the_same_time(space: Running) -> None:
    letter = a_letter("Deux lecteurs")
    submit(space, DOCTOR, letter)
    with team_inbox(space, ISABELLE) as isabelle, team_inbox(space, KARIM) as karim:
        _, hers = isabelle.search(None, "SUBJECT", '"Deux lecteurs"')
        _, his = karim.search(None, "SUBJECT", '"Deux lecteurs"')
        assert hers == his
        isabelle.store(hers[0].decode(), "+FLAGS", r"(\Answered)")
        karim.noop()
        _, flags = karim.fetch(his[0].decode(), "(FLAGS)")
        assert isinstance(flags[0], bytes)
        assert rb"\Answered" in flags[0]
    told = space.wait_for(lambda e: e["kind"] == "flags" and ISABELLE in e["who"])
    assert told["mailbox"] == TILLEULS


def test_idle_hears_of_a_letter_without_asking(space: Running) -> None:
    with team_inbox(space, KARIM) as imap:
        imap.send(b"a1 IDLE\r\n")
        assert imap.readline().startswith(b"+")
        submit(space, DOCTOR, a_letter("Pendant IDLE"))
        line = imap.readline()
        while b"EXISTS" not in line:
            assert line.startswith(b"*")
            line = imap.readline()
        imap.send(b"DONE\r\n")
        while not line.startswith(b"a1 "):
            line = imap.readline()
        assert line.startswith(b"a1 OK")
