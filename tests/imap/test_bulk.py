"""Large answers: whole, in step with the reader, and no burden for others (P16)."""

from __future__ import annotations

import re

import pytest

from simulator.imap.settings import ImapSettings
from simulator.store.interface import Store
from tests.imap.conftest import House, a_house
from tests.imap.test_sessions import fill

pytestmark = pytest.mark.sockets

BODY = b"From: a@b.fr\r\nSubject: bulk\r\n\r\n" + b"0123456789abcdef\r\n" * 112
SHOWN = re.compile(rb"\* (\d+) FETCH \(UID (\d+) BODY\[\] \{%d\}\r\n" % len(BODY))


async def test_two_thousand_bodies_come_whole_and_in_order(house: House) -> None:
    await fill(house, 2_000, BODY)
    client = await house.client()
    await client.ok("SELECT INBOX")
    client.write(b"a UID FETCH 1:* BODY.PEEK[]\r\nb LOGOUT\r\n")
    data = await client.ended()
    assert [(int(m[1]), int(m[2])) for m in SHOWN.finditer(data)] == [(n, n) for n in range(1, 2_001)]
    assert data.count(BODY + b")\r\n") == 2_000
    assert b"\r\na OK " in data


async def test_who_does_not_read_holds_up_nobody(quick_house: House) -> None:
    await fill(quick_house, 2_000, BODY)
    stuck, other = await quick_house.client(), await quick_house.client()
    await stuck.ok("SELECT INBOX")
    stuck.write(b"".join(b"a%d UID FETCH 1:* BODY.PEEK[]\r\n" % n for n in range(20)))
    for _ in range(20):
        await other.ok("STATUS INBOX (MESSAGES)")
    await fill(quick_house, 1)
    assert await other.ok("STATUS INBOX (MESSAGES)") == ["* STATUS INBOX (MESSAGES 2001)"]


async def test_who_never_reads_is_dropped(memory: Store) -> None:
    async with a_house(memory, settings=ImapSettings(clear_is_private=True, stalled=0.05)) as house:
        await fill(house, 2_000, BODY)
        client = await house.client()
        await client.ok("SELECT INBOX")
        client.write(b"".join(b"a%d UID FETCH 1:* BODY.PEEK[]\r\n" % n for n in range(20)))
        client.pause()
        event = await house.journal.wait_for(lambda event: event.kind == "dropped")
        assert event.who == "paul.vial@medecin.mssante.fr"


async def test_bodies_fetched_without_peek_become_seen_in_bulk(house: House) -> None:
    await fill(house, 450)
    client = await house.client()
    await client.ok("SELECT INBOX")
    lines = await client.ok("FETCH 1:* BODY[TEXT]")
    assert lines.count(r" FLAGS (\Seen \Recent))") == 450
    assert await client.ok("SEARCH UNSEEN") == ["* SEARCH"]


async def test_long_lists_come_whole(quick_house: House) -> None:
    await fill(quick_house, 20_000)
    client = await quick_house.client()
    await client.ok("SELECT INBOX")
    assert len(await client.ok("FETCH 1:* FLAGS")) == 20_000
    assert len(await client.ok("UID FETCH 1:* (FLAGS)")) == 20_000
    assert (await client.ok("SEARCH NOT DELETED"))[0].count(" ") == 20_001
