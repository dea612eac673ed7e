"""A small trust space in DNS, a server that publishes it, and ways to ask."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from simulator.dns.records import Host, HostedDomain
from simulator.dns.server import DnsServer
from simulator.dns.zones import Zones

PORTS = {"imap": 10143, "imaps": 10993, "submission": 10587, "smtps": 10465}
ANSWER_WITHIN = 5.0


@pytest.fixture
def zones() -> Zones:
    """Two domains of the space, one outside, one that takes no mail, one without MX."""
    return Zones([
        HostedDomain("pharmacie.bfc.mssante.fr", [(20, "mx2.bfc.mssante.fr"), (10, "mx.bfc.mssante.fr")],
                     "imap.bfc.mssante.fr", "imap.bfc.mssante.fr", PORTS, ["v=test"]),
        HostedDomain("large.mssante.fr", [(10, "mx.bfc.mssante.fr")], txt=["x" * 700, "y" * 700, "z" * 700]),
        HostedDomain("courriel.example", [(10, "mx.courriel.example")]),
        HostedDomain("silent.example", [(0, ".")]),
        HostedDomain("direct.example"),
        HostedDomain("lost.example", [(10, "nowhere.lost.example")]),
        Host("mx.bfc.mssante.fr", ["127.0.0.1", "::1"]),
        Host("mx2.bfc.mssante.fr", ["127.0.0.2"]),
        Host("imap.bfc.mssante.fr", ["127.0.0.1"]),
        Host("mx.courriel.example", ["127.0.0.1"]),
        Host("direct.example", ["127.0.0.3"]),
    ])


@pytest.fixture
def asked() -> list[tuple[str, str, str, str]]:
    """What the server told its callback."""
    return []


@pytest.fixture
async def server(zones: Zones, asked: list[tuple[str, str, str, str]]) -> AsyncIterator[DnsServer]:
    """Listens on a port of the system's choice."""
    dns_server = DnsServer(zones, on_query=lambda *told: asked.append(told))
    await dns_server.start()
    yield dns_server
    await dns_server.stop()


@pytest.fixture
async def datagram(server: DnsServer) -> AsyncIterator[Callable[..., Awaitable[bytes]]]:
    """Sends octets over UDP and returns the octets of the next reply."""
    replies: asyncio.Queue[bytes] = asyncio.Queue()

    class Collector(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            replies.put_nowait(data)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Collector, remote_addr=("127.0.0.1", server.port))

    async def ask(*queries: bytes) -> bytes:
        for query in queries:
            transport.sendto(query)
        async with asyncio.timeout(ANSWER_WITHIN):
            return await replies.get()

    yield ask
    transport.close()


@pytest.fixture
async def stream(server: DnsServer) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """One TCP connection to the server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    yield reader, writer
    writer.close()
    with contextlib.suppress(ConnectionError):  # the server closed first, as some tests want
        await writer.wait_closed()


@pytest.fixture
def dig(server: DnsServer) -> Callable[..., Awaitable[str]]:
    """Runs dig against the server and returns what it prints."""
    program = shutil.which("dig")
    if program is None:
        pytest.fail("dig (Debian package dnsutils) is not installed: run `make tools`")

    async def run(*arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            program, "@127.0.0.1", "-p", str(server.port), "+time=3", "+tries=1", *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        output, _ = await process.communicate()
        return output.decode()

    return run
