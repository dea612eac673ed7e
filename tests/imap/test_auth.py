"""Getting in: LOGIN, AUTHENTICATE, what is refused and how."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest

from simulator.imap.settings import ImapSettings
from simulator.store.interface import Store
from tests.imap.conftest import House, a_house
from tests.imap.dialogue import talk

pytestmark = pytest.mark.sockets


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
async def guarded(memory: Store) -> AsyncIterator[House]:
    """A door in clear that keeps secrets from it."""
    async with a_house(memory, settings=ImapSettings()) as made:
        yield made


async def test_nothing_is_offered_and_nothing_taken_before_tls(guarded: House) -> None:
    client = await guarded.stranger()
    assert "LOGINDISABLED" in (await client.ok("CAPABILITY"))[0]
    assert "AUTH=" not in (await client.ok("CAPABILITY"))[0]
    await talk([client], f"""
        C: a1 LOGIN paul@medecin.mssante.fr "correct horse"
        S: a1 NO [PRIVACYREQUIRED] ...
        C: a2 AUTHENTICATE PLAIN {b64("a")}
        S: a2 NO [PRIVACYREQUIRED] ...
        C: a3 SELECT INBOX
        S: a3 BAD Sign in first
    """)
    assert guarded.porter.attempts == []


async def test_mechanisms_are_announced_until_sign_in(quick_house: House) -> None:
    client = await quick_house.stranger()
    line = (await client.ok("CAPABILITY"))[0]
    assert all(f" AUTH={name}" in line for name in ("PLAIN", "LOGIN", "EXTERNAL"))
    await client.sign_in()
    assert "AUTH=" not in (await client.ok("CAPABILITY"))[0]
    assert (await client.command("LOGIN a b"))[-1].endswith("BAD Already signed in")


@pytest.mark.parametrize("script, expected", [
    ('C: a LOGIN "o@x.fr*m@x.fr" "correct horse"', ("LOGIN", "o@x.fr*m@x.fr", "")),
    ("C: a LOGIN {8}\nS: + ...\nC: m@x.fr.f {13}\nS: + ...\nC: correct horse", ("LOGIN", "m@x.fr.f", "")),
    (f"C: a AUTHENTICATE PLAIN {b64(chr(0) + 'm@x.fr' + chr(0) + 'correct horse')}", ("PLAIN", "m@x.fr", "")),
    (f"C: a AUTHENTICATE plain\nS: +...\nC: {b64('o@x.fr' + chr(0) + 'm@x.fr' + chr(0) + 'correct horse')}",
     ("PLAIN", "m@x.fr", "o@x.fr")),
    (f"C: a AUTHENTICATE LOGIN\nS: + VXNlciBOYW1lAA==\nC: {b64('m@x.fr')}\nS: + UGFzc3dvcmQA\n"
     f"C: {b64('correct horse')}",
     ("LOGIN", "m@x.fr", "")),
    (f"C: a AUTHENTICATE EXTERNAL {b64('o@x.fr')}", ("EXTERNAL", "", "o@x.fr")),
    (f"C: a AUTHENTICATE EXTERNAL\nS: +...\nC: {b64('o@x.fr')}", ("EXTERNAL", "", "o@x.fr")),
])
async def test_every_way_in(quick_house: House, script: str, expected: tuple[str, str, str]) -> None:
    client = await quick_house.stranger()
    await talk([client], script + "\nS: a OK [CAPABILITY ...] Signed in\nC: b NOOP\nS: b OK ...")
    attempt = quick_house.porter.attempts[-1]
    assert (attempt.mechanism, attempt.user, attempt.acting_for) == expected


async def test_an_empty_first_response_is_an_equals_sign(quick_house: House) -> None:
    client = await quick_house.stranger()
    client.write(b"a AUTHENTICATE EXTERNAL =\r\n")
    await client.line()
    assert quick_house.porter.attempts[-1].acting_for == ""


async def test_refusals_carry_code_and_rule(quick_house: House) -> None:
    client = await quick_house.stranger()
    await talk([client], f"""
        C: a1 LOGIN paul@x.fr wrong
        S: a1 NO [AUTHENTICATIONFAILED] Wrong user name or password [proof-is-right]
        C: a2 LOGIN paul@x.fr alone
        S: a2 NO [AUTHORIZATIONFAILED] A second factor is needed [org-needs-two-factors]
        C: a3 AUTHENTICATE PLAIN
        S: +...
        C: *
        S: a3 BAD Authentication cancelled
        C: a4 AUTHENTICATE PLAIN %%%
        S: a4 BAD That is no base64
        C: a5 AUTHENTICATE PLAIN {b64("no nul")}
        S: a5 BAD PLAIN is ...
        C: a6 AUTHENTICATE CRAM-MD5
        S: a6 NO [CANNOT] ...
        C: a7 LOGIN paul@x.fr wrong
        S: a7 NO [AUTHENTICATIONFAILED] ...
        S: * BYE Too many failed sign-ins
    """)
    assert await client.ended() == b""


async def test_secrets_never_reach_the_journal(quick_house: House) -> None:
    client = await quick_house.stranger()
    await client.command("LOGIN paul@x.fr s3cr3t")
    await client.command("BLAH s3cr3t")
    assert "s3cr3t" not in repr(quick_house.journal.events())
