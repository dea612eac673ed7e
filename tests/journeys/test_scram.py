"""Signing in without sending the password, by a program that has SCRAM from GNU SASL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.conftest import Program
from tests.journeys.people import DOCTOR, ISABELLE, TILLEULS
from tests.journeys.running import Running

pytestmark = [pytest.mark.sockets, pytest.mark.clients]


@pytest.fixture(scope="session")
def msmtp() -> Program:
    """A submission client."""
    return Program("msmtp")


def send(space: Running, msmtp: Program, folder: Path, user: str, password: str, sender: str, to: str) -> str:
    """What msmtp says on sending a letter over implicit TLS with SCRAM-SHA-256."""
    settings = folder / "msmtprc"
    settings.touch(0o600)
    settings.write_text(
        f"account default\nhost localhost\nport {space.port('smtps')}\ntls on\ntls_starttls off\n"
        f"tls_trust_file {space.ca}\nauth scram-sha-256\nuser {user}\npassword {password}\nfrom {sender}\n"
    )
    text = f"From: {sender}\nTo: {to}\nSubject: Par msmtp\nMessage-ID: <scram.{len(user)}@test.mssante.fr>\n\nBonjour\n"
    done = msmtp(f"--file={settings}", "--debug", to, text=text)
    return f"{done.returncode} {done.stdout}"


def test_a_person_sends_with_scram(space: Running, msmtp: Program, tmp_path: Path) -> None:
    before = space.now
    said = send(space, msmtp, tmp_path, DOCTOR, space.account(DOCTOR)["password"], DOCTOR, TILLEULS)
    assert said.startswith("0 ") and "AUTH SCRAM-SHA-256" in said and "235 2.7.0" in said
    signed_in = space.wait_for(lambda e: e["kind"] == "sign-in" and e["who"] == DOCTOR, after=before)
    assert signed_in["factors"] == ["password"]
    space.wait_for(lambda e: e["kind"] == "delivered" and e["mailbox"] == TILLEULS, after=before)


def test_a_member_sends_for_the_team_with_the_code_behind_the_password(
    space: Running, msmtp: Program, tmp_path: Path
) -> None:
    before = space.now
    secret = space.password_and_code(ISABELLE)
    said = send(space, msmtp, tmp_path, f"{TILLEULS}*{ISABELLE}", secret, TILLEULS, DOCTOR)
    assert said.startswith("0 "), said
    signed_in = space.wait_for(lambda e: e["kind"] == "sign-in" and ISABELLE in e["who"], after=before)
    assert signed_in["factors"] == ["one-time code", "password"] and signed_in["mailbox"] == TILLEULS


def test_a_wrong_password_is_refused(space: Running, msmtp: Program, tmp_path: Path) -> None:
    said = send(space, msmtp, tmp_path, DOCTOR, "wrong", DOCTOR, TILLEULS)
    assert not said.startswith("0 ") and "535 5.7.8" in said


def test_a_program_left_to_choose_signs_in(space: Running, swaks: Program) -> None:
    """SCRAM stands first in the offer; whoever does not know it takes what it knows."""
    said = swaks("--server", f"127.0.0.1:{space.port('submission')}", "--tls", "--auth", "--auth-user", DOCTOR,
                 "--auth-password", space.account(DOCTOR)["password"], "--from", DOCTOR, "--to", TILLEULS,
                 "--quit-after", "RCPT")
    assert said.returncode == 0 and "235 2.7.0" in said.stdout, said.stdout
