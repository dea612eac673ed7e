"""Big transfers both ways, readers that stop, and bounded memory."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

import pytest

from simulator.wire import Patience
from tests.wire.conftest import Door, OpenDoor
from tests.wire.talk import Caller, Lines

pytestmark = pytest.mark.sockets
MakeContext = Callable[..., ssl.SSLContext]
MIB = 1 << 20
SECURED = pytest.mark.parametrize("secured", [False, True])


def enter(door: Door, context: MakeContext, secured: bool, receive_buffer: int = 0) -> Caller:
    caller = Caller(door.port, receive_buffer=receive_buffer)
    if secured:
        caller.starttls(context())
    else:
        caller.line()
    return caller


@SECURED
async def test_megabytes_go_both_ways_unharmed(open_door: OpenDoor, context: MakeContext, secured: bool) -> None:
    door = await open_door()
    sent = bytes(range(256)).replace(b"\n", b"") * (4 * MIB // 255)

    def call() -> int:
        with enter(door, context, secured) as caller:
            caller.send(sent + b"\r\n")
            assert caller.line() == b"you said " + sent
            caller.send(b"BIG 5000000\r\nQUIT\r\n")
            return len(caller.rest())

    assert await asyncio.to_thread(call) == 5_000_005
    assert door.only.everything.endswith(sent + b"\r\nBIG 5000000\r\nQUIT\r\n")


@SECURED
async def test_a_writer_is_told_to_wait_and_to_go_on(open_door: OpenDoor, context: MakeContext, secured: bool) -> None:
    door = await open_door()
    with await asyncio.to_thread(enter, door, context, secured, 4096) as caller:
        caller.send(b"BIG 8000000\r\n")
        await door.only.choked.wait()
        assert not door.only.free.is_set()

        def read_all() -> int:
            got = 0
            while got < 8_000_000:
                got += len(caller.sock.recv(MIB))
            return got

        assert await asyncio.to_thread(read_all) == 8_000_000
        await door.only.free.wait()
        assert await asyncio.to_thread(caller.ask, b"again") == b"you said again"


@SECURED
async def test_a_paused_protocol_receives_nothing_and_the_sender_is_held(
        open_door: OpenDoor, context: MakeContext, secured: bool) -> None:
    door = await open_door()

    def push(caller: Caller) -> int:
        """Send until the kernel takes no more."""
        caller.send(b"PAUSE\r\n")
        caller.sock.settimeout(0.2)
        sent = 0
        try:
            while sent < 64 * MIB:
                sent += caller.sock.send(b"y" * 16_384)
        except TimeoutError:
            pass
        return sent

    with await asyncio.to_thread(enter, door, context, secured) as caller:
        sent = await asyncio.to_thread(push, caller)
        assert sent < 64 * MIB
        taken = len(door.only.everything) + door.only.channel.buffered
        assert taken < 200_000
        door.only.channel.resume_reading()
        caller.sock.settimeout(5)
        await asyncio.to_thread(caller.sock.shutdown, socket.SHUT_WR)
        await door.only.lost
        assert len(door.only.everything) >= sent


@SECURED
async def test_a_client_that_never_reads_costs_a_bounded_buffer_and_is_dropped(
        open_door: OpenDoor, context: MakeContext, secured: bool) -> None:
    most = 0

    class Watching(Lines):
        def data_received(self, data: bytes) -> None:
            nonlocal most
            super().data_received(data)
            most = max(most, self.channel.get_write_buffer_size())

    door = await open_door(protocol=Watching, patience=Patience(stall=0.1))

    def push() -> None:
        with enter(door, context, secured, 4096) as caller, pytest.raises((ConnectionError, ssl.SSLError)):
            for _ in range(4096):
                caller.send(b"a line that is echoed\r\n" * 1000)

    await asyncio.to_thread(push)
    assert isinstance(await door.only.lost, (TimeoutError, ConnectionError))
    assert most < MIB


@SECURED
async def test_closing_towards_a_client_that_never_reads_ends(open_door: OpenDoor, context: MakeContext,
                                                              secured: bool) -> None:
    door = await open_door(patience=Patience(stall=0.1))
    with await asyncio.to_thread(enter, door, context, secured, 4096) as caller:
        caller.send(b"BIG 8000000\r\nQUIT\r\n")
        assert isinstance(await door.only.lost, TimeoutError)
        assert not door.listener.connections
