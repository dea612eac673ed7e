"""Everything the closed space refuses, asked by real programs; each answer names its rule."""

from __future__ import annotations

import imaplib
import re
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.journeys.people import CLAIRE, DOCTOR, ISABELLE, OUTSIDER, PONT, TILLEULS, ZOE
from tests.journeys.running import ROOT, Running

pytestmark = [pytest.mark.sockets]


@contextmanager
def signed_in(space: Running, sender: str) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("localhost", space.port("submission"), timeout=20) as smtp:
        smtp.starttls(context=space.trust())
        smtp.login(sender, space.account(sender)["password"])
        yield smtp


def refusal(smtp: smtplib.SMTP, sender: str, to: str) -> tuple[int, str]:
    """The first refusal of an envelope."""
    smtp.ehlo_or_helo_if_needed()
    code, answer = smtp.mail(sender)
    if code == 250:
        code, answer = smtp.rcpt(to)
    return code, answer.decode("ascii")


@pytest.mark.parametrize(
    ("sender", "to", "rule"),
    [
        pytest.param(DOCTOR, OUTSIDER, "recipient-domain-is-listed", id="an ordinary mailbox"),
        pytest.param(DOCTOR, "someone@gmail.com", "recipient-domain-is-listed", id="gmail"),
        pytest.param(ZOE, DOCTOR, "professional-starts-the-exchange", id="a patient to a doctor"),
        pytest.param(
            ZOE, PONT, "pharmacy-is-in-the-dispensing-history", id="a patient to a pharmacy outside the history"
        ),
        pytest.param(
            ZOE, CLAIRE, "pharmacy-has-an-organisational-mailbox", id="a patient to a pharmacist's own mailbox"
        ),
    ],
)
def test_the_recipient_is_refused_with_its_rule(space: Running, sender: str, to: str, rule: str) -> None:
    with signed_in(space, sender) as smtp:
        code, answer = refusal(smtp, sender, to)
    assert code == 550
    assert f"[{rule}]" in answer
    assert "Remedy:" in answer
    number = re.search(r"\(explain (\d+)\)", answer)
    assert number is not None
    told = space.wait_for(lambda e: e["seq"] == int(number[1]))
    assert (told["kind"], told["rule"], told["recipient"]) == ("refusal", rule, to)


def test_nobody_writes_in_the_name_of_another(space: Running) -> None:
    with signed_in(space, DOCTOR) as smtp:
        code, answer = refusal(smtp, ISABELLE, TILLEULS)
        assert (code, "[login-owns-the-sender]" in answer) == (553, True)
        with pytest.raises(smtplib.SMTPDataError, match=r"\[from-header-is-the-sender\]"):
            smtp.sendmail(DOCTOR, [TILLEULS], f"From: {ISABELLE}\r\nSubject: faux\r\n\r\n")


def test_one_factor_does_not_open_the_organisational_mailbox(space: Running) -> None:
    with imaplib.IMAP4_SSL("localhost", space.port("imaps"), ssl_context=space.trust(), timeout=20) as imap:
        with pytest.raises(imaplib.IMAP4.error, match="organisation-needs-two-factors"):
            imap.login(f"{TILLEULS}*{ISABELLE}", space.account(ISABELLE)["password"])
        imap.login(f"{TILLEULS}*{ISABELLE}", space.password_and_code(ISABELLE))


def test_no_password_is_taken_in_clear(space: Running) -> None:
    with smtplib.SMTP("localhost", space.port("submission"), timeout=20) as smtp:
        smtp.ehlo()
        assert "auth" not in smtp.esmtp_features
        assert smtp.docmd("AUTH", "PLAIN AGEAYgBj")[0] in (530, 538)
    with imaplib.IMAP4("localhost", space.port("imap"), timeout=20) as imap:
        assert "LOGINDISABLED" in imap.capabilities
        with pytest.raises(imaplib.IMAP4.error, match="PRIVACYREQUIRED"):
            imap.login(DOCTOR, space.account(DOCTOR)["password"])


def test_the_door_between_operators_wants_a_certificate(space: Running) -> None:
    with smtplib.SMTP("localhost", space.port("mx"), timeout=20) as smtp:
        code, answer = refusal(smtp, DOCTOR, TILLEULS)
        assert (code, "[session-is-encrypted]" in answer) == (530, True)
        smtp.starttls(context=space.trust())
        code, answer = refusal(smtp, DOCTOR, TILLEULS)
        assert (code, "[peer-presents-a-certificate]" in answer) == (550, True)


def test_an_operator_sends_only_for_its_own_domains(space: Running) -> None:
    with smtplib.SMTP("localhost", space.port("mx"), timeout=20) as smtp:
        smtp.starttls(context=space.trust(space.operator("bfc")))
        code, answer = refusal(smtp, DOCTOR, TILLEULS)
        assert (code, "[sender-belongs-to-the-peer]" in answer) == (550, True)
        smtp.rset()
        code, answer = refusal(smtp, OUTSIDER, TILLEULS)
        assert (code, "[sender-domain-is-listed]" in answer) == (550, True)
        smtp.rset()
        code, answer = refusal(smtp, ISABELLE, "someone@gmail.com")
        assert (code, "[recipient-domain-is-listed]" in answer) == (550, True)


def test_a_mailbox_that_does_not_exist_is_refused_where_it_would_be(space: Running) -> None:
    with smtplib.SMTP("localhost", space.port("mx"), timeout=20) as smtp:
        smtp.starttls(context=space.trust(space.operator("mailiz")))
        code, answer = refusal(smtp, DOCTOR, "nobody@pharmacie.bfc.mssante.fr")
        assert (code, "[recipient-has-a-mailbox]" in answer) == (550, True)


def test_the_sender_hears_of_an_unknown_mailbox_by_a_bounce(space: Running) -> None:
    before = space.now
    with signed_in(space, DOCTOR) as smtp:
        smtp.sendmail(
            DOCTOR, ["nobody@pharmacie.bfc.mssante.fr"], f"From: {DOCTOR}\r\nSubject: perdu\r\n\r\nBonjour\r\n"
        )
    space.wait_for(lambda e: e["kind"] == "bounced" and e["mailbox"].startswith("nobody@"), after=before)
    with imaplib.IMAP4_SSL("localhost", space.port("imaps"), ssl_context=space.trust(), timeout=20) as imap:
        imap.login(DOCTOR, space.account(DOCTOR)["password"])
        imap.select("INBOX", readonly=True)
        _, found = imap.search(None, "SUBJECT", '"Undelivered Mail Returned to Sender"')
        _, fetched = imap.fetch(found[0].split()[-1], "(BODY.PEEK[])")
    part = fetched[0]
    assert isinstance(part, tuple)
    assert b"Status: 5.1.1" in part[1]
    assert b"[recipient-has-a-mailbox]" in part[1]


def test_a_revoked_certificate_is_refused_from_the_next_handshake(space: Running) -> None:
    """``mssim certs``, beside the running simulator, issues a certificate, then revokes it."""
    issued = mssim(space, "issue", "mailiz")
    account = {"certificate": issued["chain"], "key": issued["key"]}
    assert first_answer(space, account) == (250, "")
    mssim(space, "revoke", issued["serial"])
    code, rule = first_answer(space, account)
    assert (code, rule) == (550, "peer-certificate-is-good")


def first_answer(space: Running, certificate: dict[str, str]) -> tuple[int, str]:
    """What the ``mx`` door says to MAIL from the holder of this certificate: code and rule."""
    with smtplib.SMTP("localhost", space.port("mx"), timeout=20) as smtp:
        smtp.starttls(context=space.trust(certificate))
        smtp.ehlo()
        code, answer = smtp.mail(DOCTOR)
    found = re.search(rb"\[([a-z-]+)\]", answer)
    return code, found[1].decode() if found else ""


def mssim(space: Running, *arguments: str) -> dict[str, str]:
    """Run ``mssim certs`` on the data of the running space; its lines as a mapping."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "simulator",
            "certs",
            arguments[0],
            "--config",
            str(ROOT / "config.yaml"),
            "--data",
            space.ready["data"],
            *arguments[1:],
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return dict(line.split(None, 1) for line in done.stdout.splitlines())
