"""SCRAM-SHA-256 at the IMAP door, before the whole simulator."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pyotp
import pytest

from simulator.app import Simulator
from tests.app.conftest import configured
from tests.scram_client import ScramClient

pytestmark = pytest.mark.sockets

DOCTOR = "paul.vial@medecin.mssante.fr"
KARIM = "karim.benali@pharmacie.bfc.mssante.fr"
TILLEULS = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"

Ask = Callable[[bytes], Awaitable[bytes]]
"""Sends a line, gives the next one."""


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(configured(tmp_path)) as running:
        yield running


@asynccontextmanager
async def connected(sim: Simulator) -> AsyncIterator[Ask]:
    """A greeted connection to the imaps door."""
    trust = ssl.create_default_context(cafile=str(sim.authority.ca_file))
    reader, writer = await asyncio.open_connection("localhost", sim.ports["imaps"], ssl=trust)

    async def ask(line: bytes) -> bytes:
        writer.write(line + b"\r\n")
        return (await asyncio.wait_for(reader.readline(), 10)).rstrip()

    try:
        assert b"AUTH=SCRAM-SHA-256" in await reader.readline()
        yield ask
    finally:
        writer.transport.abort()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def challenged(ask: Ask, line: bytes) -> bytes:
    said = await ask(line)
    assert said.startswith(b"+ "), said
    return b64decode(said[2:])


async def proven(ask: Ask, client: ScramClient) -> bytes:
    """The answer to the client's proof."""
    first = await challenged(ask, b"a AUTHENTICATE SCRAM-SHA-256 " + b64encode(client.first))
    return await ask(b64encode(client.final(first)))


async def test_a_person_and_a_member_sign_in(sim: Simulator) -> None:
    karim = sim.space.mailboxes[KARIM].secrets
    code = pyotp.TOTP(karim.totp).at(sim.clock.now())
    for client in (ScramClient(DOCTOR, sim.space.mailboxes[DOCTOR].secrets.password),
                   ScramClient(KARIM, karim.password + code, f"n,a={TILLEULS},"),
                   ScramClient(f"{TILLEULS}*{KARIM}", karim.password + code)):
        async with connected(sim) as ask:
            said = await proven(ask, client)
            assert client.server_is_right(b64decode(said[2:]))
            assert (await ask(b"")).startswith(b"a OK [CAPABILITY ")
    assert [event.who for event in sim.journal.events(kind="sign-in")] == [
        DOCTOR, f"{KARIM} for {TILLEULS}", f"{KARIM} for {TILLEULS}"]


async def test_one_factor_does_not_open_a_teams_mailbox(sim: Simulator) -> None:
    async with connected(sim) as ask:
        client = ScramClient(KARIM, sim.space.mailboxes[KARIM].secrets.password, f"n,a={TILLEULS},")
        assert (await proven(ask, client)).startswith(b"a NO [AUTHORIZATIONFAILED]")


async def test_a_wrong_password_is_refused(sim: Simulator) -> None:
    async with connected(sim) as ask:
        assert (await proven(ask, ScramClient(DOCTOR, "wrong"))).startswith(b"a NO [AUTHENTICATIONFAILED]")


@pytest.mark.parametrize("answer", [b"*", b"AAAA", b"%"])
async def test_a_client_that_distrusts_the_server_is_not_inside(sim: Simulator, answer: bytes) -> None:
    async with connected(sim) as ask:
        said = await proven(ask, ScramClient(DOCTOR, sim.space.mailboxes[DOCTOR].secrets.password))
        assert said.startswith(b"+ ")
        assert (await ask(answer)).startswith(b"a BAD ")
        assert (await ask(b"b SELECT INBOX")).startswith(b"b BAD ")


async def test_what_is_no_scram_is_refused(sim: Simulator) -> None:
    async with connected(sim) as ask:
        plus = b64encode(b"p=tls-exporter,,n=a,r=b")
        assert (await ask(b"a AUTHENTICATE SCRAM-SHA-256 " + plus)).startswith(b"a BAD That is no SCRAM")
        assert (await ask(b"b AUTHENTICATE SCRAM-SHA-256 %")).startswith(b"b BAD That is no base64")
        await challenged(ask, b"c AUTHENTICATE SCRAM-SHA-256 " + b64encode(ScramClient(DOCTOR, "x").first))
        assert (await ask(b64encode(b"c=biws,r=other,p=AAAA"))).startswith(b"c BAD That is no SCRAM")
