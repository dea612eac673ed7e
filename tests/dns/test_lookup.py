"""Where the relay brings mail, found through a real server."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator

import dns.message
import dns.name
import pytest

from simulator.dns.lookup import LONGEST_MEMORY, MAX_REMEMBERED, Exchanger, Lookup, Memory, NoRoute
from simulator.dns.records import Host, HostedDomain
from simulator.dns.server import DnsServer
from simulator.dns.zones import Zones

pytestmark = pytest.mark.sockets

Asked = list[tuple[str, str, str, str]]


@pytest.fixture
def lookup(server: DnsServer) -> Lookup:
    return Lookup("127.0.0.1", server.port)


async def refusal(lookup: Lookup, domain: str) -> NoRoute:
    with pytest.raises(NoRoute) as caught:
        await lookup.exchangers(domain)
    return caught.value


async def test_hosts_come_preferred_first_with_all_their_addresses(lookup: Lookup, asked: Asked) -> None:
    assert await lookup.exchangers("Pharmacie.BFC.mssante.fr") == [
        Exchanger("mx.bfc.mssante.fr", "127.0.0.1", 10),
        Exchanger("mx.bfc.mssante.fr", "::1", 10),
        Exchanger("mx2.bfc.mssante.fr", "127.0.0.2", 20),
    ]
    assert [kind for _, kind, _, _ in asked] == ["MX"], "addresses come with the answer"


async def test_equal_hosts_keep_the_order_of_the_answer(server: DnsServer, lookup: Lookup) -> None:
    names = [f"{letter}.example" for letter in "dacb"]
    server.zones = Zones([HostedDomain("many.example", [(5, name) for name in names]),
                          *(Host(name, ["127.0.0.1"]) for name in names)])
    assert [found.host for found in await lookup.exchangers("many.example")] == names


async def test_addresses_that_did_not_fit_are_asked_for(server: DnsServer, lookup: Lookup, asked: Asked) -> None:
    names = [f"{'long' * 15}{number}.{'long' * 10}.mx{number}.example" for number in range(9)]
    server.zones = Zones([HostedDomain("many.example", [(1, name) for name in names]),
                          *(Host(name, [f"127.0.0.{number + 1}"]) for number, name in enumerate(names))])
    assert [found.address for found in await lookup.exchangers("many.example")] == [
        f"127.0.0.{number + 1}" for number in range(9)]
    assert {kind for _, kind, _, _ in asked} == {"MX", "A", "AAAA"}


async def test_an_answer_too_large_for_a_datagram_is_fetched_over_tcp(server: DnsServer, lookup: Lookup,
                                                                      asked: Asked) -> None:
    hosts = [(number, f"{number}.{'long' * 15}{number}.example") for number in range(40)]
    server.zones = Zones([HostedDomain("many.example", hosts), *(Host(name, ["127.0.0.1"]) for _, name in hosts)])
    assert [found.preference for found in await lookup.exchangers("many.example")] == list(range(10))
    assert [kind for _, kind, _, _ in asked] == ["MX", "MX"]


async def test_without_mx_the_domain_is_its_own_mail_host(lookup: Lookup) -> None:
    assert await lookup.exchangers("direct.example") == [Exchanger("direct.example", "127.0.0.3", 0)]


@pytest.mark.parametrize(("domain", "words"), [
    ("nobody.mssante.fr", "does not exist"),
    ("silent.example", "takes no mail"),
    ("lost.example", "no address"),
    ("bfc.mssante.fr", "no address"),
    ("a..example", "not a DNS name"),
    ("x" * 64 + ".example", "not a DNS name")])
async def test_a_domain_that_leads_nowhere_is_a_permanent_error(lookup: Lookup, domain: str, words: str) -> None:
    error = await refusal(lookup, domain)
    assert error.permanent
    assert words in error.reason


async def test_a_refusal_or_failure_of_the_server_is_temporary(server: DnsServer, lookup: Lookup) -> None:
    error = await refusal(lookup, "www.example.com")
    assert (error.permanent, "REFUSED" in error.reason) == (False, True)
    server.override("direct.example", "SERVFAIL")
    error = await refusal(lookup, "direct.example")
    assert (error.permanent, "SERVFAIL" in error.reason) == (False, True)
    server.clear()
    assert await lookup.exchangers("direct.example")


async def test_one_failing_host_does_not_hide_the_others(server: DnsServer, lookup: Lookup, asked: Asked) -> None:
    server.zones = Zones([HostedDomain("a.example", [(1, "out.of.reach"), (2, "mx.a.example")]),
                          Host("mx.a.example", ["127.0.0.1"])])
    for _ in range(2):
        assert [found.host for found in await lookup.exchangers("a.example")] == ["mx.a.example"]
    assert [kind for name, kind, _, _ in asked if name == "a.example"] == ["MX", "MX"], "half an answer is not kept"
    server.zones = Zones([HostedDomain("b.example", [(1, "out.of.reach")])])
    assert not (await refusal(lookup, "b.example")).permanent


async def test_a_route_is_remembered_until_told_to_forget(server: DnsServer, lookup: Lookup) -> None:
    before = await lookup.exchangers("direct.example")
    server.zones = Zones([HostedDomain("direct.example"), Host("direct.example", ["127.0.0.9"])])
    assert await lookup.exchangers("direct.example") == before
    lookup.forget()
    assert await lookup.exchangers("direct.example") == [Exchanger("direct.example", "127.0.0.9", 0)]


async def test_a_time_to_live_of_zero_is_not_remembered(server: DnsServer, lookup: Lookup, asked: Asked) -> None:
    server.zones = Zones([HostedDomain("a.example", [(1, "a.example")]), Host("a.example", ["127.0.0.1"])], ttl=0)
    await lookup.exchangers("a.example")
    await lookup.exchangers("a.example")
    assert len(asked) == 2


def test_the_memory_ends_with_the_time_to_live_and_is_bounded() -> None:
    memory = Memory()
    route = (Exchanger("h", "127.0.0.1", 0),)
    name = dns.name.from_text("a.example")
    memory.keep(name, route, now=100.0, ttl=60)
    assert memory.recall(name, 159.9) == route
    assert memory.recall(name, 160.0) is None
    memory.keep(name, route, now=0.0, ttl=10**9)
    assert memory.recall(name, LONGEST_MEMORY) is None
    for number in range(MAX_REMEMBERED + 1):
        memory.keep(dns.name.from_text(f"{number}.example"), route, now=0.0, ttl=60)
    assert memory.recall(dns.name.from_text("0.example"), 1.0) is None
    assert memory.recall(dns.name.from_text("1.example"), 1.0) == route


class Liar(asyncio.DatagramProtocol):
    """Answers every query with what it was told, or not at all."""

    def __init__(self) -> None:
        self.queries = 0
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def reply(self, query: bytes) -> bytes | None:
        return None

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        self.queries += 1
        reply = self.reply(data)
        if reply is not None and self.transport is not None:
            self.transport.sendto(reply, addr)


class Forger(Liar):
    def reply(self, query: bytes) -> bytes:
        response = dns.message.make_response(dns.message.from_wire(query))
        response.id = response.id ^ 1
        return response.to_wire()


class Babbler(Liar):
    def reply(self, query: bytes) -> bytes:
        return query[:2] + b"\xff" * 40


class Truncator(Liar):
    """Says that the answer is on TCP, where nobody listens."""

    def reply(self, query: bytes) -> bytes:
        return query[:2] + struct.pack("!HHHHH", 0x8200, 1, 0, 0, 0) + query[12:-11]


@pytest.fixture
async def liar(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Liar, int]]:
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        request.param, local_addr=("127.0.0.1", 0))
    yield protocol, transport.get_extra_info("sockname")[1]
    transport.close()


@pytest.mark.parametrize("liar", [Liar, Forger, Babbler], indirect=True)
async def test_silence_and_nonsense_are_a_temporary_error_after_a_second_try(liar: tuple[Liar, int]) -> None:
    error = await refusal(Lookup("127.0.0.1", liar[1], timeout=0.2), "direct.example")
    assert (error.permanent, "no answer" in error.reason) == (False, True)
    assert liar[0].queries == 2


@pytest.mark.parametrize("liar", [Truncator], indirect=True)
async def test_a_promise_of_tcp_that_is_not_kept_is_a_temporary_error(liar: tuple[Liar, int]) -> None:
    error = await refusal(Lookup("127.0.0.1", liar[1]), "direct.example")
    assert (error.permanent, "ConnectionRefusedError" in error.reason) == (False, True)


def test_the_server_is_named_by_address() -> None:
    with pytest.raises(ValueError, match="localhost"):
        Lookup("localhost", 53)
