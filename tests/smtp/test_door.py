"""A door: who it calls, and how it closes."""

from __future__ import annotations

import asyncio

import pytest

from tests.smtp.conftest import OpenDoor
from tests.smtp.talk import CLOSED, ENVELOPE, HELLO

pytestmark = pytest.mark.sockets


async def test_farewell_ends_idle_sessions_and_lets_the_others_finish(open_door: OpenDoor) -> None:
    place = await open_door("mx", waiting="message")
    idle, busy, typing = await place.call(), await place.call(), await place.call()
    for client in (idle, busy, typing):
        await client.reply()
        await client.ask(HELLO[:-2])
    for client in (busy, typing):
        client.send(ENVELOPE)
        for _ in range(3):
            await client.reply()
    busy.send(b"x\r\n.\r\n")
    typing.send(b"not yet")
    await place.office.visits[1].entered.wait()
    closing = asyncio.create_task(place.door.close(5))
    for client in (idle, typing):
        assert (await client.reply()).startswith("421 4.3.2")
        assert await client.reply() == CLOSED
    assert not closing.done() and place.door.open_sessions >= 1
    place.office.visits[1].let_go.set()
    await busy.play("S: 250 2.0.0 Stored as 1\nS: 421 4.3.2 *\nS: <closed>")
    await closing
    assert place.door.open_sessions == 0
    assert {visit.why for visit in place.office.visits} == {"closed by the simulator"}


async def test_closing_waits_no_longer_than_the_grace(open_door: OpenDoor) -> None:
    place = await open_door("mx", waiting="message")
    client = await place.call()
    await client.reply()
    client.send(HELLO + ENVELOPE)
    for _ in range(4):
        await client.reply()
    client.send(b"x\r\n.\r\n")
    await place.visit.entered.wait()
    await place.door.close(0.01)
    assert place.door.open_sessions == 1
