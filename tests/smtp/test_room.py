"""Messages in hand have a bounded room: at the limit they are taken, beyond it put off, and the room comes back."""

from __future__ import annotations

import pytest

from simulator.wire import Room
from tests.smtp.conftest import OpenDoor, Place
from tests.smtp.talk import HELLO, Client

pytestmark = pytest.mark.sockets

LINE = b"x" * 98 + b"\r\n"
PUT_OFF = "452 4.3.1 Too many unfinished messages are held here, try again later"


async def a_half(place: Place, lines: int) -> Client:
    """A client in the middle of a message, of which the server holds what it must."""
    client = await place.call()
    await client.envelope()
    client.send(LINE * lines)
    await place.turn()
    return client


async def test_a_message_that_fills_the_room_is_taken_and_one_octet_more_is_put_off(open_door: OpenDoor) -> None:
    # The CR LF of the command before a text counts with its first octets.
    room = Room(total=10_000, per_address=10_000)
    place = await open_door(room=room)
    client = await place.call()
    assert (await client.mail(LINE * 99 + b"x" * 96 + b"\r\n.\r\n")).startswith("250 ")
    assert await client.mail(LINE * 99 + b"x" * 97 + b"\r\n.\r\n", hello=False) == PUT_OFF
    assert room.held == 0
    assert (await client.mail(b"small\r\n.\r\n", hello=False)).startswith("250 ")


async def test_unfinished_messages_of_one_address_are_bounded_together(open_door: OpenDoor) -> None:
    room = Room(total=1 << 20, per_address=10_000)
    place = await open_door(room=room)
    halves = [await a_half(place, 40) for _ in range(2)]
    late = await place.call()
    assert await late.mail(LINE * 40 + b".\r\n") == PUT_OFF
    assert room.held <= 10_000
    halves[0].send(b".\r\n")
    assert (await halves[0].reply()).startswith("250 ")
    assert (await late.mail(LINE * 40 + b".\r\n", hello=False)).startswith("250 ")


async def test_a_client_that_goes_leaves_its_room(open_door: OpenDoor) -> None:
    room = Room(total=10_000, per_address=10_000)
    place = await open_door(room=room)
    half = await a_half(place, 90)
    assert room.held > 8_000
    await half.reset()
    await place.visit.ended.wait()
    assert room.held == 0


async def test_a_text_beyond_the_room_is_received_to_its_end_and_not_kept(open_door: OpenDoor) -> None:
    room = Room(total=10_000, per_address=10_000)
    place = await open_door(room=room)
    client = await a_half(place, 500)
    assert room.held == 0
    client.send(LINE + b".\r\nNOOP\r\n")
    assert await client.reply() == PUT_OFF
    assert (await client.reply()).startswith("250 ")


async def test_chunks_are_bounded_like_texts(open_door: OpenDoor) -> None:
    room = Room(total=1_000, per_address=1_000)
    place = await open_door(room=room)
    client = await place.call()
    await client.reply()
    await client.ask(HELLO[:-2])
    for last in ("250 ", PUT_OFF):
        for command in ("MAIL FROM:<a@alpha.example>", "RCPT TO:<b@beta.example>"):
            assert (await client.ask(command)).startswith("250 ")
        client.send(b"BDAT 900\r\n" + LINE * 9)
        assert (await client.reply()).startswith("250 ")
        rest = LINE if last != PUT_OFF else LINE + LINE
        client.send(b"BDAT %d LAST\r\n" % len(rest) + rest)
        assert (await client.reply()).startswith(last)
        assert room.held == 0
    assert (await client.ask("BDAT 0 LAST")).startswith("503 ")
