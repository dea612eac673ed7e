"""Professionals and patients over real doors: what cannot be delivered comes back, what is to end ends by itself."""

from __future__ import annotations

import email
import imaplib
import json
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.journeys.people import DOCTOR, NURSE, ZOE
from tests.journeys.running import ROOT, Event, Running

pytestmark = [pytest.mark.sockets]

CLOSED = "248059999900396@patient.mssante.fr"
UNKNOWN = "288091234567823@patient.mssante.fr"
MALFORMED = "27512632207497@patient.mssante.fr"
OBJECTED = "157099999900459@patient.mssante.fr"
DAY = 86_400
LOST, TOO_LARGE = "Message non distribué", "Undelivered Mail Returned to Sender"
LINE = "x" * 76 + "\r\n"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The default space, where the doctor's operator takes large messages and two mailboxes end exchanges."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("message_size: 10 MiB #", "message_size: 28 MiB #"),
        ("    password: vial-medecin\n", "    password: vial-medecin\n    closing: {after: 7 d}\n"),
        ("    password: roux-infirmiere\n", "    password: roux-infirmiere\n    closing: {every_reply: true}\n"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    folder = tmp_path_factory.mktemp("patients")
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    running = Running(folder, config=folder / "config.yaml")
    yield running
    assert running.stop() == 0


def send(space: Running, sender: str, to: str, subject: str, text: str = "Bonjour\r\n") -> int:
    """A letter by smtplib, taken by the sender's operator; the number of the newest event before it."""
    before = space.now
    with smtplib.SMTP("localhost", space.port("submission"), timeout=60) as smtp:
        smtp.starttls(context=space.trust())
        smtp.login(sender, space.account(sender)["password"])
        assert smtp.sendmail(sender, [to], f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{text}") == {}
    return before


def inbox(space: Running, mailbox: str) -> list[EmailMessage]:
    """The mailbox's INBOX as a mail program reads it."""
    with imaplib.IMAP4_SSL("localhost", space.port("imaps"), ssl_context=space.trust(), timeout=20) as imap:
        imap.login(mailbox, space.account(mailbox)["password"])
        imap.select("INBOX", readonly=True)
        numbers = imap.search(None, "ALL")[1][0].split()
        fetched = [imap.fetch(number, "(BODY.PEEK[])")[1][0] for number in numbers]
    return [email.message_from_bytes(part[1], policy=SMTP) for part in fetched if isinstance(part, tuple)]


def api(space: Running, path: str, body: object = None) -> Any:
    """An answer of the control API."""
    data = json.dumps(body).encode() if body is not None else None
    with urlopen(Request(space.ready["http"] + path, data, {"content-type": "application/json"}), timeout=60) as answer:
        return json.load(answer)


def delivered(event: Event, to: str) -> bool:
    """The event says that something reached the mailbox."""
    return bool(event["kind"] == "delivered" and event["mailbox"] == to)


@pytest.mark.parametrize(
    ("to", "subject", "status", "cause", "rule"),
    [
        pytest.param(CLOSED, LOST, "5.2.1", "messagerie fermée", "patient-space-is-open", id="closed"),
        pytest.param(UNKNOWN, LOST, "5.1.1", "patient non trouvé", "patient-has-a-space", id="unknown"),
        pytest.param(MALFORMED, LOST, "5.1.3", "adresse invalide", "patient-address-is-well-formed", id="malformed"),
        pytest.param(OBJECTED, LOST, "5.7.1", "opposition du patient", "patient-has-not-objected", id="objected"),
        pytest.param(ZOE, TOO_LARGE, "5.3.4", "message trop volumineux", "message-fits-the-patient-space", id="large"),
    ],
)
def test_the_doctor_reads_why_the_message_came_back(
    space: Running, to: str, subject: str, status: str, cause: str, rule: str
) -> None:
    text = LINE * (26 * 1024 * 1024 // len(LINE)) if to == ZOE else "Bonjour\r\n"
    before = send(space, DOCTOR, to, "Compte rendu", text)
    returned = space.wait_for(lambda e: e["kind"] == "bounced" and e["mailbox"] == to, after=before)
    space.wait_for(lambda e: delivered(e, DOCTOR), after=before)
    notice = inbox(space, DOCTOR)[-1]
    assert (notice["Subject"], notice["Return-Path"], notice["To"]) == (subject, "<>", DOCTOR)
    assert notice["From"].addresses[0].addr_spec == "MAILER-DAEMON@mx.mes.mssante.fr"
    human, machine, original = notice.iter_parts()
    assert isinstance(human, EmailMessage)
    assert f"Cause : {cause}" in human.get_content() and f"[{rule}]" in human.get_content()
    assert f"\r\nStatus: {status}\r\n".encode() in machine.as_bytes()
    assert original.get_content_type() == ("text/rfc822-headers" if to == ZOE else "message/rfc822")
    told = api(space, f"/api/explain/{returned['seq']}")
    assert (told["rule"], told["reply"], told["kind"]) == (rule, status, "bounced")


def test_an_exchange_ends_by_itself_after_each_message(space: Running) -> None:
    before = send(space, NURSE, ZOE, "Vos soins")
    space.wait_for(lambda e: e["kind"] == "closing" and e["who"] == NURSE, after=before)
    api(space, "/api/clock/advance", {"seconds": 0})
    assert [m["Subject"] for m in inbox(space, ZOE) if m["From"] == NURSE] == ["Vos soins", "[FIN]"]


def test_an_exchange_ends_by_itself_when_the_clock_says_so_after_a_restart_too(space: Running, tmp_path: Path) -> None:
    config = space.folder / "config.yaml"
    first = Running(tmp_path, config=config)
    send(first, DOCTOR, ZOE, "Vos resultats")
    first.wait_for(lambda e: delivered(e, ZOE))
    api(first, "/api/clock/advance", {"seconds": 6 * DAY})
    assert first.stop() == 0
    again = Running(tmp_path, config=config)
    # A new process begins at the machine's time: the week counts from the letter.
    api(again, "/api/clock/advance", {"seconds": 6 * DAY})
    assert len(inbox(again, ZOE)) == 1
    api(again, "/api/clock/advance", {"seconds": DAY})
    assert inbox(again, ZOE)[-1]["Subject"] == "[FIN]"
    api(again, "/api/clock/advance", {"seconds": 30 * DAY})
    assert len(inbox(again, ZOE)) == 2
    with smtplib.SMTP("localhost", again.port("submission"), timeout=20) as smtp:
        smtp.starttls(context=again.trust())
        smtp.login(ZOE, again.account(ZOE)["password"])
        assert smtp.mail(ZOE)[0] == 250
        code, answer = smtp.rcpt(DOCTOR)
    assert (code, b"[exchange-is-not-closed]" in answer) == (550, True)
    assert again.stop() == 0
