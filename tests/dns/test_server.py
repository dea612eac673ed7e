"""The door over real sockets, asked by dnspython, by dig and by hostile clients."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable

import dns.asyncquery
import dns.asyncresolver
import dns.message
import dns.rcode
import dns.resolver
import pytest

from simulator.dns.records import Host, HostedDomain
from simulator.dns.server import DnsServer
from simulator.dns.zones import Zones

pytestmark = pytest.mark.sockets

Ask = Callable[..., Awaitable[bytes]]
Dig = Callable[..., Awaitable[str]]
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Asked = list[tuple[str, str, str, str]]

GOOD = dns.message.make_query("direct.example", "A", id=4242)
SEED = 20261122


def resolver(server: DnsServer, *, tcp: bool = False) -> Callable[[str, str], Awaitable[list[str]]]:
    asking = dns.asyncresolver.Resolver(configure=False)
    asking.nameservers = ["127.0.0.1"]
    asking.port = server.port

    async def resolve(name: str, rdtype: str) -> list[str]:
        return [rdata.to_text() for rdata in await asking.resolve(name, rdtype, tcp=tcp)]

    return resolve


def framed(*queries: bytes) -> bytes:
    return b"".join(len(query).to_bytes(2, "big") + query for query in queries)


async def next_reply(reader: asyncio.StreamReader) -> dns.message.Message:
    async with asyncio.timeout(5):
        length = int.from_bytes(await reader.readexactly(2), "big")
        return dns.message.from_wire(await reader.readexactly(length))


@pytest.mark.parametrize("tcp", [False, True])
async def test_a_resolver_finds_every_kind_of_record(server: DnsServer, tcp: bool) -> None:
    resolve = resolver(server, tcp=tcp)
    assert sorted(await resolve("pharmacie.bfc.mssante.fr", "MX")) == [
        "10 mx.bfc.mssante.fr.", "20 mx2.bfc.mssante.fr."]
    assert await resolve("_imaps._tcp.pharmacie.bfc.mssante.fr", "SRV") == ["0 1 10993 imap.bfc.mssante.fr."]
    assert await resolve("pharmacie.bfc.mssante.fr", "TXT") == ['"v=test"']
    assert await resolve("mx.bfc.mssante.fr", "AAAA") == ["::1"]
    assert await resolve("2.0.0.127.in-addr.arpa", "PTR") == ["mx2.bfc.mssante.fr."]
    with pytest.raises(dns.resolver.NXDOMAIN):
        await resolve("nobody.mssante.fr", "A")
    with pytest.raises(dns.resolver.NoAnswer):
        await resolve("bfc.mssante.fr", "A")


async def test_dig_reads_an_answer_with_its_additional_records(dig: Dig) -> None:
    output = await dig("PharmaCie.bfc.mssante.fr", "MX")
    assert "status: NOERROR" in output
    assert "flags: qr aa rd;" in output
    assert ";PharmaCie.bfc.mssante.fr." in output
    assert "udp: 1232" in output
    assert output.count("IN\tAAAA") == 1


@pytest.mark.parametrize(("arguments", "status"), [
    (("nobody.mssante.fr", "A"), "NXDOMAIN"),
    (("www.example.com", "A"), "REFUSED"),
    (("version.bind", "CH", "TXT"), "REFUSED"),
    (("mssante.fr", "AXFR"), "Transfer failed"),
    (("direct.example", "A", "+opcode=STATUS"), "NOTIMP"),
    (("direct.example", "A", "+edns=7", "+noednsnegotiation"), "BADVERS"),
    (("direct.example", "A", "+header-only"), "FORMERR"),
    (("direct.example", "A", "+cookie", "+dnssec", "+nsid"), "NOERROR")])
async def test_dig_reads_each_refusal(dig: Dig, arguments: tuple[str, ...], status: str) -> None:
    output = await dig(*arguments)
    assert status in output
    assert "recursion available" not in output
    assert " ra" not in next((line for line in output.splitlines() if line.startswith(";; flags")), "")


async def test_dig_turns_to_tcp_when_the_answer_was_cut(dig: Dig) -> None:
    assert "flags: qr aa tc rd" in await dig("large.mssante.fr", "TXT", "+ignore")
    output = await dig("large.mssante.fr", "TXT")
    assert "Truncated, retrying in TCP mode" in output
    assert "(TCP)" in output
    assert output.count("IN\tTXT") == 3 + 1


async def test_a_new_set_of_zones_holds_from_the_next_query(server: DnsServer) -> None:
    resolve = resolver(server)
    assert await resolve("direct.example", "A") == ["127.0.0.3"]
    server.zones = Zones([HostedDomain("direct.example"), Host("direct.example", ["127.0.0.9"])])
    assert await resolve("direct.example", "A") == ["127.0.0.9"]


@pytest.mark.parametrize("rcode", ["SERVFAIL", "NXDOMAIN", "REFUSED"])
async def test_the_server_can_be_told_to_fail_and_to_recover(server: DnsServer, rcode: str) -> None:
    async def ask() -> str:
        return dns.rcode.to_text((await dns.asyncquery.udp(GOOD, "127.0.0.1", 5, server.port)).rcode())

    server.override("Direct.Example", rcode)
    assert await ask() == rcode
    server.clear("direct.example")
    assert await ask() == "NOERROR"
    server.override("example", rcode)
    assert await ask() == rcode
    server.clear()
    assert await ask() == "NOERROR"


def test_only_known_failures_can_be_told(zones: Zones) -> None:
    with pytest.raises(ValueError, match="SERVFAIL"):
        DnsServer(zones).override("direct.example", "NOERROR")


async def test_zones_can_be_made_when_somebody_asks(zones: Zones) -> None:
    made: list[Zones] = []

    def make() -> Zones:
        made.append(zones)
        return zones

    server = DnsServer(make)
    await server.start()
    assert made == []
    assert [await resolver(server)("direct.example", "A") for _ in range(2)] == [["127.0.0.3"]] * 2
    assert made == [zones]
    await server.stop()


async def test_the_callback_learns_what_was_asked_and_answered(server: DnsServer, asked: Asked, datagram: Ask) -> None:
    await datagram(dns.message.make_query("Nobody.mssante.fr", "TYPE999").to_wire())
    await datagram(GOOD.to_wire() + b"rest")
    assert asked == [("Nobody.mssante.fr", "TYPE999", "NXDOMAIN", "127.0.0.1"), ("", "", "FORMERR", "127.0.0.1")]


async def test_a_connection_carries_many_queries_answered_in_order(stream: Stream) -> None:
    reader, writer = stream
    idents = range(1, 201)
    writer.write(framed(*(dns.message.make_query("direct.example", "A", id=i).to_wire() for i in idents)))
    assert [(await next_reply(reader)).id for _ in idents] == list(idents)


async def test_queries_sent_before_the_end_of_the_stream_are_answered(stream: Stream) -> None:
    reader, writer = stream
    writer.write(framed(*[GOOD.to_wire()] * 100))
    writer.write_eof()
    for _ in range(100):
        assert (await next_reply(reader)).rcode() == dns.rcode.NOERROR
    assert await reader.read() == b""


async def test_a_query_may_come_in_pieces(stream: Stream) -> None:
    reader, writer = stream
    octets = framed(GOOD.to_wire())
    writer.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for place in range(len(octets)):
        writer.write(octets[place:place + 1])
    assert (await next_reply(reader)).rcode() == dns.rcode.NOERROR


@pytest.mark.parametrize("octets", [b"\x00\x00", framed(b"short"), framed(dns.message.make_response(GOOD).to_wire())])
async def test_a_connection_that_sends_no_query_is_closed(stream: Stream, octets: bytes) -> None:
    reader, writer = stream
    writer.write(octets)
    async with asyncio.timeout(5):
        assert await reader.read() == b""


async def test_a_silent_connection_is_closed(zones: Zones) -> None:
    server = DnsServer(zones, idle_timeout=0.05)
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"\x00")
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    await server.stop()


async def test_a_client_that_never_reads_is_closed_and_others_are_served(zones: Zones) -> None:
    server = DnsServer(zones, idle_timeout=0.2)
    await server.start()
    query = framed(dns.message.make_query("large.mssante.fr", "TXT").to_wire())
    loop = asyncio.get_running_loop()
    with socket.create_connection(("127.0.0.1", server.port)) as deaf:
        deaf.setblocking(False)

        async def flood() -> None:
            while True:
                await loop.sock_sendall(deaf, query * 1000)

        flooding = asyncio.create_task(flood())
        assert await resolver(server)("direct.example", "A") == ["127.0.0.3"]
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(8):
                await flooding
    await server.stop()


async def test_the_longest_silent_connection_gives_its_place(zones: Zones) -> None:
    server = DnsServer(zones, max_connections=2)
    await server.start()
    first = await asyncio.open_connection("127.0.0.1", server.port)
    second = await asyncio.open_connection("127.0.0.1", server.port)
    for reader, writer in (second, first):
        writer.write(framed(GOOD.to_wire()))
        await next_reply(reader)
    third = await asyncio.open_connection("127.0.0.1", server.port)
    async with asyncio.timeout(5):
        assert await second[0].read() == b""
    for reader, writer in (first, third):
        writer.write(framed(GOOD.to_wire()))
        await next_reply(reader)
    for _, writer in (first, second, third):
        writer.close()
        await writer.wait_closed()
    await server.stop()


async def test_hostile_octets_do_not_stop_the_next_good_query(server: DnsServer, datagram: Ask) -> None:
    chance = random.Random(SEED)
    good = GOOD.to_wire()
    for _ in range(100):
        bad = [damaged(good, chance) for _ in range(10)]
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(framed(*bad[:5]) + chance.randbytes(chance.randint(0, 30)))
        writer.close()
        # Damaged queries keep clear of this identifier, so the reply that carries it answers the good one.
        reply = await datagram(*bad, good)
        while reply[:2] != good[:2]:
            reply = await datagram()
        assert dns.message.from_wire(reply).answer[0][0].to_text() == "127.0.0.3"
    assert await resolver(server, tcp=True)("direct.example", "A") == ["127.0.0.3"]


def damaged(octets: bytes, chance: random.Random) -> bytes:
    body = bytearray(octets[2:])
    for _ in range(chance.randint(1, 5)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return b"\x00\x01" + bytes(body[:chance.randint(0, len(body))]) + chance.randbytes(chance.randint(0, 20))


async def test_stop_closes_connections_and_frees_the_port(zones: Zones) -> None:
    server = DnsServer(zones)
    await server.start()
    port = server.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(framed(GOOD.to_wire()))
    await next_reply(reader)
    with pytest.raises(RuntimeError):
        await server.start()
    await server.stop()
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    await server.start(port=port)
    assert server.port == port
    await server.stop()
    await server.stop()


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
async def test_a_port_in_use_is_an_error_that_leaves_nothing_open(zones: Zones, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        server = DnsServer(zones)
        with pytest.raises(OSError, match="in use"):
            await server.start(port=taken.getsockname()[1])
    assert server.port == 0
    await server.start()
    await server.stop()
