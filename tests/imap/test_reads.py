"""The audit trail of reading: nothing is missing from it whenever somebody looks, however quickly messages are read."""

from __future__ import annotations

import asyncio

import pytest

from simulator.imap.reads import MOST
from simulator.journal import Event
from tests.imap.conftest import House
from tests.imap.test_sessions import fill

pytestmark = pytest.mark.sockets


def lines(house: House) -> list[tuple[object, object]]:
    return [(event.facts["uids"], event.facts["count"]) for event in house.journal.events(kind="read")]


async def test_whoever_looks_sees_every_message_read(quick_house: House) -> None:
    await fill(quick_house, 9)
    client = await quick_house.client()
    await client.ok("SELECT INBOX")
    for number, expected in ((3, ("3", 1)), (9, ("9", 1)), (1, ("1", 1)), (3, None)):
        await client.ok(f"FETCH {number} BODY.PEEK[]")
        if expected:
            assert lines(quick_house)[-1] == expected
    assert len(lines(quick_house)) == 3


async def test_what_is_read_in_quick_succession_is_one_line(quick_house: House) -> None:
    await fill(quick_house, 500)
    client = await quick_house.client()
    await client.ok("SELECT INBOX")
    client.write(b"".join(b"x FETCH %d BODY.PEEK[]\r\n" % n for n in range(400, 0, -1)))
    await client.ok("NOOP")
    counts = [count for _, count in lines(quick_house)]
    assert sum(map(int, map(str, counts))) == 400 and counts[0] == 1 and max(map(int, map(str, counts))) <= MOST
    assert len(counts) < 100


async def test_a_line_is_written_before_what_others_do_later(quick_house: House) -> None:
    await fill(quick_house, 3)
    one, two = await quick_house.client(), await quick_house.client()
    for client in (one, two):
        await client.ok("SELECT INBOX")
    await one.ok("FETCH 1 BODY.PEEK[]")
    await one.ok("FETCH 2 BODY.PEEK[]")
    await two.ok(r"STORE 3 +FLAGS (\Flagged)")
    kinds = [event.kind for event in quick_house.journal.events()]
    assert kinds[-3:] == ["read", "read", "flags"]


async def test_a_listener_hears_of_it_soon_and_a_leaving_client_leaves_nothing_out(quick_house: House) -> None:
    await fill(quick_house, 3)
    client = await quick_house.client()
    await client.ok("SELECT INBOX")
    heard: asyncio.Queue[Event] = asyncio.Queue()
    quick_house.journal.listen(heard.put_nowait)
    for number in (1, 2):
        await client.ok(f"FETCH {number} BODY.PEEK[]")
    async with asyncio.timeout(10):
        assert [(await heard.get()).facts["uids"] for _ in range(2)] == ["1", "2"]
    await client.ok("FETCH 3 BODY.PEEK[]")
    await client.ok("LOGOUT")
    assert lines(quick_house)[-1] == ("3", 1)
