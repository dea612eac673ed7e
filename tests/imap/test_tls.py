"""STARTTLS and implicit TLS through the real layer, injection included (P7)."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulator.store.interface import Store
from simulator.wire import ServerTls
from tests.imap.conftest import House, a_house
from tests.imap.dialogue import Client
from tests.wire.papers import Papers, make_papers

pytestmark = pytest.mark.sockets


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return make_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def tls(papers: Papers) -> ServerTls:
    return ServerTls(papers.host.credentials, {}, papers.judging(), [papers.root.der])


@pytest.fixture
def context(papers: Papers) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=papers.root_file)
    made.check_hostname = False
    return made


@pytest.fixture
async def house(memory: Store, tls: ServerTls) -> AsyncIterator[House]:
    async with a_house(memory, tls=tls) as made:
        yield made


async def test_sign_in_after_starttls(house: House, context: ssl.SSLContext) -> None:
    client = await house.stranger()
    line = (await client.ok("CAPABILITY"))[0]
    assert "STARTTLS" in line and "LOGINDISABLED" in line
    await client.ok("STARTTLS")
    await client.start_tls(context, "localhost")
    line = (await client.ok("CAPABILITY"))[0]
    assert "STARTTLS" not in line and "LOGINDISABLED" not in line and "AUTH=PLAIN" in line
    assert (await client.command("STARTTLS"))[-1].endswith("BAD TLS is on already")
    await client.sign_in()
    attempt = house.porter.attempts[-1]
    assert attempt.tls is not None and attempt.tls.version == "TLSv1.3"


@pytest.mark.parametrize("behind", [b"x NOOP\r\n", b"x LOGIN a b\r\n", b"x", b"\r\n", b"x LOGOUT\r\n"])
async def test_what_is_sent_behind_starttls_ends_the_session(house: House, behind: bytes) -> None:
    client = await house.stranger()
    client.write(b"a STARTTLS\r\n" + behind)
    assert await client.ended() == b"* BYE Nothing may be sent behind STARTTLS before TLS\r\n"
    assert house.journal.events(kind="refusal")[-1].facts["rule"] == "nothing-behind-starttls"


async def test_a_failed_handshake_closes_the_connection(house: House) -> None:
    client = await house.stranger()
    await client.ok("STARTTLS")
    client.write(b"this is no TLS at all, it is text in the clear\r\n" * 3)
    assert b"OK" not in await client.ended()


async def test_implicit_tls_needs_no_starttls(memory: Store, tls: ServerTls, context: ssl.SSLContext,
                                              papers: Papers) -> None:
    import asyncio

    async with a_house(memory, tls=tls, implicit=True) as house:
        client = Client(*await asyncio.open_connection("127.0.0.1", house.listener.port, ssl=context,
                                                       server_hostname="localhost"))
        greeting = await client.line()
        assert "STARTTLS" not in greeting and "AUTH=PLAIN" in greeting
        await client.sign_in()
        await client.close()


async def test_imaplib_works_through_starttls(house: House, context: ssl.SSLContext, tmp_path: Path) -> None:
    import asyncio

    def session() -> tuple[str, list[bytes]]:
        with imaplib.IMAP4("127.0.0.1", house.listener.port, timeout=10) as client:
            client.starttls(context)
            client.login("paul.vial@medecin.mssante.fr", "correct horse")
            client.append("INBOX", None, None, b"Subject: hi\r\n\r\ntext\r\n")
            client.select("INBOX")
            kind, data = client.fetch("1", "(RFC822)")
            return kind, [data[0][1]] if isinstance(data[0], tuple) else []

    assert await asyncio.to_thread(session) == ("OK", [b"Subject: hi\r\n\r\ntext\r\n"])
