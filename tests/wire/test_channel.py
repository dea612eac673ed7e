"""Passing bytes, closing and ending, and protocols that make mistakes, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable

import pytest

from simulator.wire import Patience
from tests.wire.conftest import OpenDoor
from tests.wire.talk import Caller, Lines

pytestmark = pytest.mark.sockets
MakeContext = Callable[..., ssl.SSLContext]
MIB = 1 << 20


def pausing(paused: asyncio.Event) -> type[Lines]:
    """A protocol that tells when it has obeyed PAUSE."""

    class Pausing(Lines):
        def _obey(self, line: bytes) -> None:
            super()._obey(line)
            if line == b"PAUSE":
                paused.set()

    return Pausing


async def test_lines_are_echoed_in_clear_and_the_socket_sends_without_delay(open_door: OpenDoor) -> None:
    door = await open_door()

    def call() -> tuple[bytes, bytes]:
        with Caller(door.port) as caller:
            return caller.line(), caller.ask(b"one")

    assert await asyncio.to_thread(call) == (b"hello", b"you said one")
    assert door.only.channel.get_extra_info("tls") is None
    assert door.only.channel.client == "127.0.0.1"
    await door.only.lost


async def test_tcp_nodelay_is_set(open_door: OpenDoor) -> None:
    door = await open_door()
    with await asyncio.to_thread(Caller, door.port) as caller:
        await asyncio.to_thread(caller.line)
        plug = door.only.channel.get_extra_info("socket")
        assert plug.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_closing_sends_close_notify_after_the_last_words(
        open_door: OpenDoor, context: MakeContext, newest: ssl.TLSVersion) -> None:
    door = await open_door()

    def call() -> bytes:
        with Caller(door.port) as caller:
            caller.starttls(context(newest=newest))
            vars(caller.tls)["suppress_ragged_eofs"] = False  # a missing close_notify raises
            caller.send(b"BIG 300000\r\nQUIT\r\n")
            return caller.rest()

    assert await asyncio.to_thread(call) == b"x" * 300_000 + b"bye\r\n"
    assert await door.only.lost is None


@pytest.mark.parametrize("keep_open", [False, True])
async def test_a_half_closed_socket_is_told_and_may_be_answered(open_door: OpenDoor, keep_open: bool) -> None:
    class Keeping(Lines):
        keep_open_at_end = keep_open

    door = await open_door(protocol=Keeping)

    def call() -> bytes:
        with Caller(door.port) as caller:
            caller.send(b"one\r\n")
            caller.plain.shutdown(socket.SHUT_WR)
            return caller.rest()

    expected = b"hello\r\nyou said one\r\n" + (b"you ended\r\n" if keep_open else b"")
    assert await asyncio.to_thread(call) == expected
    assert door.only.ended


@pytest.mark.parametrize("close_notify", [False, True])
@pytest.mark.parametrize("keep_open", [False, True])
async def test_the_end_of_a_client_inside_tls_is_told(
        open_door: OpenDoor, context: MakeContext, keep_open: bool, close_notify: bool) -> None:
    class Keeping(Lines):
        keep_open_at_end = keep_open

    door = await open_door(protocol=Keeping)

    def call() -> None:
        with Caller(door.port) as caller:
            caller.starttls(context()).ask(b"one")
            if not close_notify:
                caller.sock.shutdown(socket.SHUT_WR)
            elif keep_open:
                with pytest.raises(ssl.SSLError, match="APPLICATION_DATA_AFTER_CLOSE_NOTIFY"):
                    caller.tls.unwrap()  # the standard library's way to say that it was answered
            else:
                caller.tls.unwrap()

    await asyncio.to_thread(call)
    await door.only.lost
    assert door.only.ended


async def test_the_end_is_told_after_everything_that_came_before_it(open_door: OpenDoor, context: MakeContext) -> None:
    paused = asyncio.Event()
    door = await open_door(protocol=pausing(paused))

    def call() -> None:
        with Caller(door.port) as caller:
            caller.starttls(context()).send(b"PAUSE\r\n")
            caller.send(b"z" * 50_000)
            caller.sock.shutdown(socket.SHUT_WR)

    await asyncio.to_thread(call)
    await paused.wait()
    assert not door.only.ended
    door.only.channel.resume_reading()
    await door.only.lost
    assert door.only.ended
    assert door.only.everything.endswith(b"z" * 50_000)


@pytest.mark.parametrize("secured", [False, True])
async def test_last_words_reach_a_client_that_is_still_sending(
        open_door: OpenDoor, context: MakeContext, secured: bool) -> None:
    paused = asyncio.Event()
    door = await open_door(protocol=pausing(paused))

    def begin(caller: Caller) -> None:
        if secured:
            caller.starttls(context())
        else:
            caller.line()
        caller.send(b"PAUSE\r\n")

    def finish(caller: Caller) -> bytes:
        caller.send(b"x" * 8 * MIB)
        last = caller.line()
        caller.sock.shutdown(socket.SHUT_WR)
        return last

    with await asyncio.to_thread(Caller, door.port) as caller:
        await asyncio.to_thread(begin, caller)
        await paused.wait()
        await asyncio.to_thread(caller.send, b"x" * 100_000)  # waits in the kernel: nobody reads it
        door.only.channel.write(b"bye\r\n")
        door.only.channel.close()
        assert await asyncio.to_thread(finish, caller) == b"bye"
        assert await door.only.lost is None


async def test_a_client_that_goes_on_sending_after_the_close_is_dropped(open_door: OpenDoor) -> None:
    door = await open_door(patience=Patience(linger=0.1))

    def call() -> None:
        with Caller(door.port) as caller:
            caller.send(b"QUIT\r\n")
            for _ in range(100_000):
                caller.send(b"x" * 65_536)

    with pytest.raises(ConnectionError):
        await asyncio.to_thread(call)
    await door.only.lost


async def test_a_reset_by_the_client_loses_the_connection(open_door: OpenDoor, context: MakeContext) -> None:
    door = await open_door()

    def call() -> None:
        with Caller(door.port) as caller:
            caller.starttls(context()).ask(b"one")
            caller.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    await asyncio.to_thread(call)
    assert isinstance(await door.only.lost, (ConnectionError, type(None)))
    assert not door.listener.connections


@pytest.mark.parametrize("secured", [False, True])
async def test_a_mistake_of_the_protocol_ends_its_own_connection_only(
        open_door: OpenDoor, context: MakeContext, secured: bool) -> None:
    door = await open_door()

    def call() -> bytes:
        with Caller(door.port) as bystander, Caller(door.port) as caller:
            bystander.line()
            if secured:
                caller.starttls(context())
            caller.send(b"BUG\r\n")
            with pytest.raises((ConnectionError, ssl.SSLError)):
                while True:
                    caller.line()
            return bystander.ask(b"still here")

    assert await asyncio.to_thread(call) == b"you said still here"
    client, error = await door.errors.get()
    assert client == "127.0.0.1"
    assert isinstance(error, LookupError)
