"""The socket side: pieces, patience, back-pressure, defects, the end."""

from __future__ import annotations

import asyncio
import socket

import pytest

from simulator.smtp.door import SmtpSettings
from tests.smtp.conftest import OpenDoor
from tests.smtp.talk import CLOSED, ENVELOPE, HELLO

pytestmark = pytest.mark.sockets


async def test_a_client_that_sends_octet_by_octet(open_door: OpenDoor) -> None:
    place = await open_door("mx")
    client = await place.call()
    await client.reply()
    for part, replies in ((HELLO, 1), (ENVELOPE, 4 - 1), (b"one\r\n..two\r\n.\r\n", 1), (b"QUIT\r\n", 1)):
        for n in range(len(part)):
            client.send(part[n:n + 1])
            await client.writer.drain()
        said = [await client.reply() for _ in range(replies)]
        assert not any(reply.startswith("5") for reply in said)
    assert place.visit.messages == [b"one\r\n.two\r\n"]


async def test_replies_to_a_group_of_commands_leave_in_one_piece(open_door: OpenDoor) -> None:
    client = await (await open_door("mx", SmtpSettings(junk_commands=1000))).call()
    await client.reply()
    client.send(b"NOOP\r\n" * 40)
    piece = await asyncio.wait_for(client.reader.read(65_536), 5)
    assert piece.count(b"\r\n") == 40


async def test_commands_behind_a_message_wait_for_its_commit(open_door: OpenDoor) -> None:
    place = await open_door("mx", waiting="message")
    client = await place.call()
    await client.envelope()
    client.send(b"x\r\n.\r\nMAIL FROM:<c@alpha.example>\r\nQUIT\r\n")
    await place.visit.entered.wait()
    assert len(place.visit.calls("sender")) == 1
    place.visit.let_go.set()
    await client.play("S: 250 2.0.0 Stored as 1\nS: 250 2.1.0 *\nS: 221 *\nS: <closed>")


async def test_input_during_a_commit_is_bounded(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(held_octets=10_000, junk_commands=10**6), waiting="message")
    client = await place.call()
    await client.envelope()
    client.send(b"x\r\n.\r\n")
    await place.visit.entered.wait()
    (channel,) = place.listener.connections
    client.send(b"NOOP\r\n" * 50_000)
    while channel.is_reading():
        await asyncio.wait_for(client.writer.drain(), 5)
        client.send(b"NOOP\r\n")
        await place.turn()
    place.visit.let_go.set()
    client.send(b"QUIT\r\n")
    assert (await client.reply()).startswith("250 2.0.0 Stored")
    while not (said := await client.reply()).startswith("221"):
        assert said.startswith("250 2.0.0")


async def test_a_message_in_hand_is_stored_though_the_client_leaves(open_door: OpenDoor) -> None:
    place = await open_door("mx", waiting="message")
    client = await place.call()
    await client.envelope()
    client.send(b"x\r\n.\r\n")
    await place.visit.entered.wait()
    await client.reset()
    (channel,) = place.listener.connections or (None,)
    if channel is not None:
        channel.abort()
    place.visit.let_go.set()
    await asyncio.wait_for(place.visit.ended.wait(), 5)
    assert place.visit.messages == [b"x\r\n"]


async def test_a_client_that_closes_its_side_still_gets_its_answers(open_door: OpenDoor) -> None:
    place = await open_door("mx", waiting="message")
    client = await place.call()
    await client.envelope()
    client.send(b"x\r\n.\r\nNOOP\r\n")
    client.writer.write_eof()
    await place.visit.entered.wait()
    place.visit.let_go.set()
    await client.play("S: 250 2.0.0 Stored as 1\nS: 250 2.0.0 Still here\nS: <closed>")


async def test_a_client_that_closes_inside_a_message_sends_nothing(open_door: OpenDoor) -> None:
    place = await open_door("mx")
    client = await place.call()
    await client.envelope()
    client.send(b"x\r\n.")
    client.writer.write_eof()
    assert await client.reply() == CLOSED
    assert place.visit.messages == []


@pytest.mark.parametrize("call, line", [
    ("greet", "EHLO again"), ("sender", "MAIL FROM:<a@alpha.example>"), ("reset", "RSET")])
async def test_a_defect_behind_the_door_is_answered_and_the_session_goes_on(open_door: OpenDoor, call: str,
                                                                            line: str) -> None:
    place = await open_door("mx")
    client = await place.call()
    await client.reply()
    await client.ask(HELLO[:-2])
    if call == "reset":
        await client.ask("MAIL FROM:<a@alpha.example>")
    place.visit.failing = call
    assert (await client.ask(line)) == "451 4.3.0 Something went wrong here; try again later"
    assert (await client.ask("NOOP")).startswith("250")
    ((rule, what),) = place.visit.breaches
    assert rule == "internal-error" and what.startswith("LookupError in RecordingVisit._note:")


async def test_a_defect_while_storing_drops_the_message_and_nothing_else(open_door: OpenDoor) -> None:
    place = await open_door("mx", failing="message")
    client = await place.call()
    assert (await client.mail(b"x\r\n.\r\n")).startswith("451 4.3.0")
    place.visit.failing = ""
    assert (await client.mail(b"y\r\n.\r\n", hello=False)).startswith("250")
    assert place.visit.messages == [b"y\r\n"] and place.visit.calls("reset") == [()]


async def test_a_broken_journal_is_survived(open_door: OpenDoor, caplog: pytest.LogCaptureFixture) -> None:
    client = await (await open_door("mx", failing="journal")).call()
    await client.reply()
    assert (await client.ask("rubbish")).startswith("451")
    assert (await client.ask("NOOP")).startswith("250")
    (record,) = [r for r in caplog.records if r.name.startswith("simulator")]
    assert "\n" not in record.getMessage() and record.exc_info is None


async def test_an_idle_client_is_told_and_closed(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(idle_seconds=0.05))
    client = await place.call()
    await client.play("S: 220 *\nS: 421 4.4.2 *\nS: <closed>")
    await place.visit.ended.wait()
    assert place.visit.why == "too slow"


async def test_a_line_that_trickles_in_does_not_count_as_life(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(idle_seconds=0.1))
    client = await place.call()
    await client.reply()

    async def trickle() -> None:
        # A reset instead of an end is no end to the reader, but it ends the trickling all the same.
        while not client.reader.at_eof() and client.reader.exception() is None:
            client.send(b"x")
            await place.turn()

    trickling = asyncio.create_task(trickle())
    assert (await client.reply()).startswith("421 4.4.2")
    await trickling


async def test_a_message_has_its_time(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(message_seconds=0.05))
    client = await place.call()
    assert (await client.mail(b"and then")).startswith("421 4.4.2")


async def test_waiting_for_the_story_is_not_idleness(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(idle_seconds=0.02), waiting="message")
    client = await place.call()
    await client.reply()
    client.send(HELLO + ENVELOPE)
    for _ in range(4):
        await client.reply()
    client.send(b"x\r\n.\r\n")
    await place.visit.entered.wait()
    await (await place.call()).play("S: 220 *\nS: 421 *\nS: <closed>")
    place.visit.let_go.set()
    assert (await client.reply()).startswith("250 2.0.0")


async def test_a_client_that_never_reads_costs_little_delays_nobody_and_is_dropped(open_door: OpenDoor) -> None:
    """P16. It asks for help for ever; another client sends mail meanwhile."""
    place = await open_door("mx", SmtpSettings(junk_commands=10**9, commands=10**9, stall_seconds=0.3))
    stuck = socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stuck.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(stuck, ("127.0.0.1", place.listener.port))

    async def shout() -> None:
        while True:
            await loop.sock_sendall(stuck, b"HELP\r\n" * 1000)

    shouting = asyncio.create_task(shout())
    client = await place.call()
    assert (await client.mail(b"x\r\n.\r\n")).startswith("250")
    for _ in range(20):
        assert (await client.mail(b"x\r\n.\r\n", hello=False)).startswith("250")
        assert all(channel.get_write_buffer_size() < 1_000_000 for channel in place.listener.connections)
    await asyncio.wait_for(place.office.visits[0].ended.wait(), 5)
    with pytest.raises(ConnectionError):
        await shouting
    stuck.close()


async def test_a_client_that_reads_late_gets_everything(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(junk_commands=10**9))
    client = await place.call()
    client.send(b"HELP\r\n" * 50_000 + b"QUIT\r\n")
    (channel,) = place.listener.connections
    while channel.is_reading():
        await place.turn()
    rest = await asyncio.wait_for(client.reader.read(), 20)
    assert rest.count(b"214-") == 50_000 and rest.endswith(b"221 2.0.0 Goodbye\r\n")


async def test_a_long_group_of_commands_lets_others_have_their_turn(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(batch=10, junk_commands=100))
    client = await place.call()
    await client.reply()
    turns: list[int] = []
    greeted = 0

    def greet(hello: str, extended: bool) -> None:
        nonlocal greeted
        greeted += 1
        asyncio.get_running_loop().call_soon(lambda: turns.append(greeted))

    place.visit.greet = greet  # type: ignore[method-assign]
    client.send(b"HELO x\r\n" * 45 + b"QUIT\r\n")
    for _ in range(45):
        assert (await client.reply()).startswith("250")
    assert sorted(set(turns)) == [10, 20, 30, 40, 45]
