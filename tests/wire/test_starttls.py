"""Changing to TLS in mid-connection, and handshakes that go wrong, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable

import pytest

from simulator.wire import Channel, Patience, TlsFailed
from tests.wire.conftest import OpenDoor
from tests.wire.talk import Caller, Lines

pytestmark = pytest.mark.sockets
MakeContext = Callable[..., ssl.SSLContext]


async def test_what_is_sent_in_clear_behind_starttls_never_counts_inside(
        open_door: OpenDoor, context: MakeContext) -> None:
    door = await open_door()

    def call() -> bytes:
        with Caller(door.port) as caller:
            assert caller.line() == b"hello"
            assert caller.ask(b"STARTTLS\r\ninjected") == b"go ahead"
            return caller.secure(context()).ask(b"inside")

    assert await asyncio.to_thread(call) == b"you said inside"


async def test_what_is_sent_in_clear_and_read_after_starttls_ends_the_handshake(open_door: OpenDoor) -> None:
    door = await open_door()

    def call() -> None:
        with Caller(door.port) as caller, contextlib.suppress(ConnectionError):
            caller.send(b"STARTTLS\r\n" + b"x" * 100_000)  # more than one read takes
            caller.rest()

    await asyncio.to_thread(call)
    assert await door.failures.get() == ("127.0.0.1", "the peer sent something that is not TLS")


async def test_what_arrives_while_reading_is_paused_is_counted_and_dropped_at_starttls(
        open_door: OpenDoor, context: MakeContext) -> None:
    class Pausing(Lines):
        def data_received(self, data: bytes) -> None:
            self.channel.pause_reading()
            self.channel.buffer_updated(self._hold(b"NOOP\r\n"))  # as a loop that had read ahead would
            assert self.channel.buffered == 6
            super().data_received(data)
            assert self.channel.buffered == 0
            self.channel.resume_reading()

        def _hold(self, data: bytes) -> int:
            self.channel.get_buffer(-1)[:len(data)] = data
            return len(data)

    door = await open_door(protocol=Pausing)

    def call() -> bytes:
        with Caller(door.port) as caller:
            caller.starttls(context())
            return caller.sock.recv(0)

    await asyncio.to_thread(call)
    await door.only.lost
    assert bytes(door.only.everything) == b"STARTTLS\r\n"


async def test_tls_data_behind_the_handshake_waits_for_the_protocol_to_go_on(
        open_door: OpenDoor, context: MakeContext) -> None:
    seen: list[bytes] = []

    class Slow(Lines):
        async def _to_tls(self, secured: object) -> None:
            await super()._to_tls(secured)
            seen.append(bytes(self.everything))

    door = await open_door(protocol=Slow)

    def call() -> bytes:
        with Caller(door.port) as caller:
            caller.line()
            caller.ask(b"STARTTLS")
            inside, outside = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = context().wrap_bio(inside, outside)
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    caller.plain.sendall(outside.read())
                    inside.write(caller.plain.recv(65536))
            tls.write(b"early\r\n")  # leaves in one segment with the client's Finished
            caller.plain.sendall(outside.read())
            while True:
                try:
                    return tls.read(100)
                except ssl.SSLWantReadError:
                    inside.write(caller.plain.recv(65536))

    assert await asyncio.to_thread(call) == b"you said early\r\n"
    assert seen == [b"STARTTLS\r\n"]


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize(("garbage", "reason"), [
    (b"EHLO me.example\r\n", "the peer sent something that is not TLS"),
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "the peer spoke HTTP instead of TLS"),
    (bytes(range(256)) * 40, "the peer sent something that is not TLS")])
async def test_garbage_instead_of_a_hello_ends_the_connection(
        open_door: OpenDoor, implicit: bool, garbage: bytes, reason: str) -> None:
    door = await open_door(implicit=implicit)

    def call() -> bytes:
        with Caller(door.port) as caller:
            if not implicit:
                caller.line()
                caller.ask(b"STARTTLS")
            caller.send(garbage)
            try:
                return caller.rest()
            except ConnectionResetError:
                return b""

    await asyncio.to_thread(call)
    assert await door.failures.get() == ("127.0.0.1", reason)
    if implicit:
        assert not door.protocols
    else:
        assert isinstance(await door.only.lost, TlsFailed)
        assert door.only.failure is not None
        assert door.only.failure.reason == reason


async def test_a_handshake_must_be_finished_in_time(open_door: OpenDoor) -> None:
    door = await open_door(implicit=True, patience=Patience(handshake=0.05))

    def call() -> bytes:
        with Caller(door.port) as caller:
            caller.send(b"\x16\x03\x01")
            return caller.rest()

    assert await asyncio.to_thread(call) == b""
    assert (await door.failures.get())[1] == "the TLS handshake was not finished within 0.05 seconds"


async def test_a_client_that_leaves_in_mid_handshake_is_reported(open_door: OpenDoor) -> None:
    door = await open_door(implicit=True)
    with await asyncio.to_thread(Caller, door.port) as caller:
        caller.send(b"\x16")
    assert (await door.failures.get())[1] == "the peer closed the connection during the TLS handshake"


async def test_a_stuck_handshake_does_not_delay_another_client(open_door: OpenDoor, context: MakeContext) -> None:
    door = await open_door(implicit=True)

    def call() -> bytes:
        with Caller(door.port) as stuck, Caller(door.port) as caller:
            stuck.send(b"\x16\x03\x01\x02\x00\x01")
            caller.secure(context())
            assert caller.line() == b"hello"
            return caller.ask(b"inside")

    assert await asyncio.to_thread(call) == b"you said inside"


async def test_tls_is_started_once(open_door: OpenDoor, context: MakeContext) -> None:
    door = await open_door(implicit=True)
    with await asyncio.to_thread(Caller, door.port) as caller:
        await asyncio.to_thread(lambda: caller.secure(context()).line())
        with pytest.raises(RuntimeError, match="already"):
            door.only.channel.start_tls()


async def test_what_is_written_during_the_handshake_leaves_inside_tls(
        open_door: OpenDoor, context: MakeContext) -> None:
    class Pushing(Lines):
        async def _to_tls(self, secured: object) -> None:
            self.channel.write(b"pushed\r\n")
            await super()._to_tls(secured)

    door = await open_door(protocol=Pushing)

    def call() -> bytes:
        with Caller(door.port) as caller:
            return caller.starttls(context()).line()

    assert await asyncio.to_thread(call) == b"pushed"


async def test_a_cancelled_handshake_drops_the_connection(open_door: OpenDoor) -> None:
    door = await open_door()
    with await asyncio.to_thread(Caller, door.port) as caller:
        await asyncio.to_thread(caller.line)
        channel: Channel = door.only.channel
        task = asyncio.ensure_future(asyncio.wait_for(channel.start_tls(), 0.01))
        with pytest.raises(TimeoutError):
            await task
        await door.only.lost
