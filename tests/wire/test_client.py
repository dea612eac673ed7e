"""The relay client's stream against our own doors and against servers that cheat."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from simulator.model.certificate import TlsFacts, Use, Worth
from simulator.wire import ClientTls, Patience, Stream, TlsFailed, dial
from tests.wire.conftest import OpenDoor
from tests.wire.papers import Judging, Papers

pytestmark = pytest.mark.sockets
Cheat = Callable[[Callable[[asyncio.StreamWriter], object]], Awaitable[int]]


@contextlib.asynccontextmanager
async def calling(port: int) -> AsyncIterator[Stream]:
    stream = await dial("127.0.0.1", port, timeout=5, patience=Patience(stall=0.5))
    try:
        yield stream
    finally:
        stream.close()
        await stream.wait_closed()


@pytest.fixture
async def cheat() -> AsyncIterator[Cheat]:
    """Starts a server in clear that runs a function on each connection; gives its port."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(act: Callable[[asyncio.StreamWriter], object]) -> int:
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                act(writer)
                with contextlib.suppress(ConnectionError):
                    await reader.read()
                    writer.close()
                    await writer.wait_closed()

            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            stack.callback(server.close)
            return int(server.sockets[0].getsockname()[1])

        yield start


async def starttls(stream: Stream, tls: ClientTls, name: str = "mx.alpha.example") -> TlsFacts:
    assert await stream.readline(timeout=5) == b"hello\r\n"
    stream.write(b"STARTTLS\r\n")
    assert await stream.readline(timeout=5) == b"go ahead\r\n"
    return await stream.start_tls(tls, name)


async def ask(stream: Stream, line: bytes) -> bytes:
    stream.write(line + b"\r\n")
    await stream.drain(timeout=5)
    return await stream.readline(timeout=5)


async def test_both_sides_know_each_other_and_sessions_are_resumed(
        open_door: OpenDoor, papers: Papers, judging: Judging) -> None:
    door = await open_door()
    tls = ClientTls(papers.clients["good"].credentials, judging)
    seen: list[TlsFacts] = []
    for name in ("mx.alpha.example", "mx.alpha.example", "mx.beta.example"):
        async with calling(door.port) as stream:
            facts = await starttls(stream, tls, name)
            assert await ask(stream, b"inside") == b"you said inside\r\n"
            assert stream.tls == facts
            seen.append(facts)
    assert [facts.peer.common_name for facts in seen] == ["mx.alpha.example"] * 2 + ["mx.beta.example"]
    assert [facts.peer.worth for facts in seen] == [Worth.GOOD] * 3
    assert [facts.resumed for facts in seen] == [False, True, False]
    theirs = [protocol.channel.get_extra_info("tls") for protocol in door.protocols]
    assert [facts.operator for facts in theirs] == ["alpha", "alpha", "beta"]
    assert {facts.peer.common_name for facts in theirs} == {"client.good"}
    assert [use for _, use in judging.asked].count(Use.SERVER) == 3


async def test_a_bad_server_certificate_is_recorded_and_left_to_the_caller(
        open_door: OpenDoor, papers: Papers, judging: Judging) -> None:
    judging.revoked.add(papers.operators["mx.alpha.example"].certificate.serial_number)
    door = await open_door()
    async with calling(door.port) as stream:
        facts = await starttls(stream, ClientTls(papers.clients["good"].credentials, judging))
        assert facts.peer.worth is Worth.REVOKED


async def test_no_server_name_is_sent_for_an_address(open_door: OpenDoor, papers: Papers, judging: Judging) -> None:
    door = await open_door()
    async with calling(door.port) as stream:
        facts = await starttls(stream, ClientTls(papers.clients["good"].credentials, judging), "127.0.0.1")
        assert facts.peer.common_name == "localhost"
    assert door.only.channel.get_extra_info("tls").server_name is None


async def test_answers_injected_behind_starttls_are_refused(cheat: Cheat, papers: Papers,
                                                            judging: Judging) -> None:
    port = await cheat(lambda writer: writer.write(b"hello\r\ngo ahead\r\n250 injected\r\n"))
    stream = await dial("127.0.0.1", port)
    assert await stream.readline(timeout=5) == b"hello\r\n"
    assert await stream.readline(timeout=5) == b"go ahead\r\n"
    with pytest.raises(TlsFailed, match="14 octets in clear"):
        await stream.start_tls(ClientTls(papers.clients["good"].credentials, judging), "mx.alpha.example")
    await stream.wait_closed()


async def test_a_server_that_says_nothing_to_the_handshake_runs_into_the_time_limit(
        cheat: Cheat, papers: Papers, judging: Judging) -> None:
    port = await cheat(lambda writer: writer.write(b"hello\r\n"))
    stream = await dial("127.0.0.1", port, patience=Patience(handshake=0.05))
    assert await stream.readline(timeout=5) == b"hello\r\n"
    with pytest.raises(TlsFailed, match=r"not finished within 0\.05 seconds"):
        await stream.start_tls(ClientTls(papers.clients["good"].credentials, judging), "mx.alpha.example")
    await stream.wait_closed()


async def test_a_server_that_answers_the_handshake_in_clear_is_refused(
        open_door: OpenDoor, papers: Papers, judging: Judging) -> None:
    door = await open_door()
    stream = await dial("127.0.0.1", door.port, timeout=5)
    assert await stream.readline(timeout=5) == b"hello\r\n"
    stream.write(b"BIG 100\r\n")
    with pytest.raises(TlsFailed, match="not TLS"):
        await stream.start_tls(ClientTls(papers.clients["good"].credentials, judging), "mx.alpha.example")
    await stream.wait_closed()


async def test_a_line_that_is_too_long_is_an_error(cheat: Cheat) -> None:
    port = await cheat(lambda writer: writer.write(b"x" * 5000 + b"\r\n"))
    async with calling(port) as stream:
        with pytest.raises(ConnectionError, match="longer than 4096"):
            await stream.readline(timeout=5)


async def test_the_end_of_the_connection_is_an_error_after_the_last_line(cheat: Cheat) -> None:
    def act(writer: asyncio.StreamWriter) -> None:
        writer.write(b"last\nhalf a li")
        writer.write_eof()

    async with calling(await cheat(act)) as stream:
        assert await stream.readline(timeout=5) == b"last\n"
        with pytest.raises(ConnectionError, match="closed the connection"):
            await stream.readline(timeout=5)


async def test_a_silent_server_runs_into_the_time_limit(cheat: Cheat) -> None:
    async with calling(await cheat(lambda writer: None)) as stream:
        with pytest.raises(TimeoutError):
            await stream.readline(timeout=0.02)
        with pytest.raises(TimeoutError):
            await stream.readline(timeout=0.02)


async def test_writing_to_a_closed_connection_is_an_error(open_door: OpenDoor) -> None:
    door = await open_door()
    async with calling(door.port) as stream:
        await stream.readline(timeout=5)
        stream.close()
        with pytest.raises(ConnectionError):
            stream.write(b"one\r\n")
        with pytest.raises(ConnectionError):
            await stream.readline(timeout=5)


async def test_a_flood_of_lines_is_read_ahead_only_so_far(open_door: OpenDoor) -> None:
    door = await open_door()
    async with calling(door.port) as stream:
        stream.write(b"line\r\n" * 20_000 + b"QUIT\r\n")
        await stream.drain(timeout=5)
        count = 0
        while await stream.readline(timeout=5) != b"bye\r\n":
            count += 1
        assert count == 20_001


async def test_nobody_listening_is_an_error(open_door: OpenDoor) -> None:
    door = await open_door()
    await door.listener.stop()
    with pytest.raises(OSError):
        await dial("127.0.0.1", door.port, timeout=5)
