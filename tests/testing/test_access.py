"""What a client is told is enough to sign in, whatever the mailbox and the door."""

from __future__ import annotations

import imaplib

import pytest

from simulator.testing import Space

pytestmark = pytest.mark.sockets


@pytest.mark.parametrize("starttls", [False, True])
@pytest.mark.parametrize("name", ["vial", "tilleuls", "lgo.tilleuls", "adrun"])
def test_every_kind_of_mailbox_is_read(mssante: Space, name: str, starttls: bool) -> None:
    with mssante.imap(name, starttls=starttls).connect() as imap:
        assert imap.select("INBOX") == ("OK", [b"0"])


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("name", ["vial", "tilleuls", "lgo.tilleuls", "adrun"])
def test_every_kind_of_mailbox_sends(mssante: Space, name: str, implicit: bool) -> None:
    with mssante.smtp(name, implicit_tls=implicit).connect() as smtp:
        assert smtp.noop()[0] == 250


def test_a_member_is_named_for_a_team(mssante: Space) -> None:
    access = mssante.imap("tilleuls", as_="karim")
    assert access.user == f"{mssante.pharmacy('tilleuls')}*{mssante.mailbox('karim.benali')}"
    assert access.password == f"benali-tilleuls{access.code}"
    assert len(access.code) == 6
    with access.connect():
        assert mssante.events("sign-in")[-1].who.startswith("karim.benali@")


def test_who_is_no_member_is_not_found(mssante: Space) -> None:
    with pytest.raises(LookupError, match=r"no member is called 'vial'"):
        mssante.imap("tilleuls", as_="vial")


def test_codes_follow_the_simulated_clock(mssante_space: Space) -> None:
    access = mssante_space.imap("tilleuls")
    before = access.code
    mssante_space.advance(days=30)
    assert access.code != before
    access.connect().logout()


def test_a_wrong_password_is_refused_at_once_and_as_often_as_a_suite_needs(mssante: Space) -> None:
    access = mssante.imap("vial")
    for _ in range(25):
        imap = imaplib.IMAP4_SSL(access.host, access.port, ssl_context=access.ssl_context)
        with pytest.raises(imaplib.IMAP4.error):
            imap.login(access.user, "wrong")
        imap.shutdown()
    assert {refusal.rule for refusal in mssante.refusals()} == {"proofs-fit-an-account"}


def test_papers_are_files_that_any_client_can_use(mssante: Space) -> None:
    papers = mssante.imap("lgo.tilleuls").papers
    assert papers is not None
    assert papers.certificate.read_text().count("BEGIN CERTIFICATE") == 2
    assert papers.key.is_file()
    assert papers.p12.is_file()
    assert mssante.imap("adrun").papers is None
