"""Accepting, counting, refusing and stopping."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

import pytest

from simulator.wire import Gate, Listener, ServerTls
from tests.wire.conftest import OpenDoor
from tests.wire.talk import Caller, Lines

pytestmark = pytest.mark.sockets
FAREWELL = b"421 4.7.0 Too many connections\r\n"


@pytest.mark.parametrize(("gate", "reason"), [
    (Gate(max_total=2), "2 connections are open already"),
    (Gate(max_per_address=2), "2 connections from 127.0.0.1 are open already")])
@pytest.mark.parametrize("implicit", [False, True])
async def test_one_connection_too_many_is_refused_and_the_next_is_served_once_one_left(
        open_door: OpenDoor, context: Callable[..., ssl.SSLContext], gate: Gate, reason: str, implicit: bool) -> None:
    first = await open_door(gate=gate)
    second = await open_door(gate=gate, implicit=implicit, farewell=FAREWELL)

    def fill() -> list[Caller]:
        callers = [Caller(first.port), Caller(first.port)]
        assert [caller.line() for caller in callers] == [b"hello", b"hello"]
        return callers

    def late() -> bytes:
        with Caller(second.port) as caller:
            return caller.rest()

    callers = await asyncio.to_thread(fill)
    assert await asyncio.to_thread(late) == (b"" if implicit else FAREWELL)
    assert second.refused == [("127.0.0.1", reason)]
    assert not second.protocols
    assert gate.total == 2
    for caller in callers:
        caller.sock.close()
    await asyncio.gather(*(protocol.lost for protocol in first.protocols))
    assert gate.total == 0

    def again() -> bytes:
        with Caller(second.port) as caller:
            if implicit:
                caller.secure(context())
            return caller.line()

    assert await asyncio.to_thread(again) == b"hello"


def test_the_gate_counts_addresses_apart() -> None:
    gate = Gate(max_total=3, max_per_address=1)
    assert [gate.enter("a"), gate.enter("b")] == [None, None]
    assert gate.enter("a") == "1 connections from a are open already"
    gate.leave("a")
    assert gate.enter("a") is None
    assert gate.total == 2


async def test_a_port_in_use_is_named(open_door: OpenDoor) -> None:
    door = await open_door()
    second = Listener("127.0.0.1", door.port, Lines, None, gate=Gate())
    with pytest.raises(OSError, match=rf"127\.0\.0\.1 port {door.port}") as seen:
        await second.start()
    assert seen.value.errno


async def test_ipv6_is_served(open_door: OpenDoor) -> None:
    door = await open_door(host="::1")

    def call() -> bytes:
        with Caller(door.port, "::1") as caller:
            return caller.line()

    assert await asyncio.to_thread(call) == b"hello"
    assert door.only.channel.client == "::1"


async def test_stopping_accepts_no_more_and_lets_open_connections_go_on(open_door: OpenDoor) -> None:
    door = await open_door()
    with await asyncio.to_thread(Caller, door.port) as caller:
        await asyncio.to_thread(caller.line)
        await door.listener.stop()
        assert await asyncio.to_thread(caller.ask, b"one") == b"you said one"
        with pytest.raises(ConnectionError):
            await asyncio.to_thread(Caller, door.port)
        assert door.listener.connections == {door.only.channel}
        await door.listener.close_all(1)
        assert await asyncio.to_thread(caller.rest) == b""
    assert not door.listener.connections


async def test_closing_all_drops_those_that_do_not_go_in_time(open_door: OpenDoor) -> None:
    door = await open_door()
    with await asyncio.to_thread(Caller, door.port, "127.0.0.1", 4096) as caller:
        caller.send(b"BIG 8000000\r\n")
        while not door.protocols:
            await asyncio.to_thread(caller.line)
        await door.only.choked.wait()
        await door.listener.close_all(0.05)
        assert door.only.lost.done()


async def test_closing_all_ends_a_stuck_handshake(open_door: OpenDoor) -> None:
    door = await open_door(implicit=True)
    with await asyncio.to_thread(Caller, door.port) as caller:
        caller.send(b"\x16")
        while not door.listener.connections:
            await asyncio.to_thread(caller.plain.getpeername)
        await door.listener.stop()
        await door.listener.close_all(0.1)
        assert not door.listener.connections


async def test_a_protocol_that_cannot_be_made_costs_one_connection(server_tls: ServerTls) -> None:
    told: asyncio.Queue[Exception] = asyncio.Queue()

    def make() -> asyncio.Protocol:
        raise LookupError("no protocol today")

    async with Listener("127.0.0.1", 0, make, server_tls, gate=Gate(),
                        on_error=lambda _client, error: told.put_nowait(error)) as listener:
        with await asyncio.to_thread(Caller, listener.port):
            assert isinstance(await told.get(), LookupError)


def test_implicit_tls_needs_an_identity() -> None:
    with pytest.raises(ValueError, match="identity"):
        Listener("127.0.0.1", 0, Lines, None, implicit=True, gate=Gate())
