"""Every limit at its value and past it: an answer, and a session in step or closed (P15)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from simulator.imap.settings import ImapSettings
from simulator.store.interface import Store
from tests.imap.conftest import House, a_house
from tests.imap.dialogue import Client

pytestmark = pytest.mark.sockets

SMALL = ImapSettings(line=2_000, literal=500, early_literal=100, literals=3, command=4_000, append=1_000,
                     append_command=1_500, nesting=5, pattern=50, set_elements=4, flags=3, folders=10, folder_depth=3,
                     errors=5, clear_is_private=True)


@pytest.fixture
async def small(memory: Store) -> AsyncIterator[House]:
    async with a_house(memory, settings=SMALL) as made:
        yield made


async def test_a_line_past_its_limit_closes_the_session(small: House) -> None:
    client = await small.client()
    await client.command(b"NOOP " + b"x" * 1_900)
    client.write(b"a NOOP " + b"x" * 2_000)
    assert (await client.ended()).splitlines()[0] == b"* BAD [TOOBIG] The line is too long"


async def test_literals_before_login_are_small(small: House) -> None:
    client = await small.stranger()
    client.write(b"a LOGIN {100}\r\n")
    assert (await client.line()).startswith("+ ")
    client.write(b"x" * 100 + b" {101}\r\n")
    assert (await client.line()).startswith("a BAD [TOOBIG]")
    await client.ok("NOOP")
    client.write(b"b LOGIN {101+}\r\n" + b"x" * 101 + b" y\r\nc NOOP\r\n")
    assert (await client.line()).startswith("b BAD [TOOBIG]")
    assert (await client.line()).startswith("c OK")
    client.write(b"d LOGIN {9999999999+}\r\n")
    assert (await client.ended()).startswith(b"d BAD [TOOBIG]")


async def test_literals_after_login(small: House) -> None:
    client = await small.client()
    assert " NO [NONEXISTENT]" in (await client.command(b"SELECT {40+}\r\n" + b"x" * 40))[-1]
    assert " BAD [TOOBIG]" in (await client.command(b"SELECT {501+}\r\n" + b"x" * 501))[-1]
    assert " BAD [TOOBIG]" in (await client.command(b"SEARCH" + b" {1+}\r\nx" * 4))[-1]
    await client.ok("NOOP")


async def test_a_message_of_the_limit_and_one_more(small: House) -> None:
    client = await small.client()
    head = b"A: b\r\n\r\n"
    await client.ok(b"APPEND INBOX {1000+}\r\n" + head + b"x" * 992)
    assert " NO [TOOBIG]" in (await client.command(b"APPEND INBOX {1001+}\r\n" + head + b"x" * 993))[-1]
    client.write(b"z APPEND INBOX {1001}\r\n")
    assert (await client.line()).startswith("z NO [TOOBIG]")
    client.write(b"z APPEND INBOX {1099511627776}\r\n")
    assert (await client.line()).startswith("z NO [TOOBIG]")
    two = b" {800+}\r\n" + head + b"x" * 792
    assert " NO [TOOBIG]" in (await client.command(b"APPEND INBOX" + two + two))[-1]
    await client.ok("NOOP")


@pytest.mark.parametrize("within, past", [
    ("SEARCH " + "(" * 5 + "ALL" + ")" * 5, "SEARCH " + "(" * 6 + "ALL" + ")" * 6),
    ("SEARCH " + "NOT " * 5 + "ALL", "SEARCH " + "NOT " * 6 + "ALL"),
    ('LIST "" ' + "x" * 50, 'LIST "" ' + "x" * 51),
    ("UID FETCH 1,2,3,4 UID", "UID FETCH 1,2,3,4,5 UID"),
    ("UID STORE 1 FLAGS (a b c)", "UID STORE 1 FLAGS (a b c d)"),
])
async def test_counts_and_depths(small: House, within: str, past: str) -> None:
    client = await small.client()
    await client.ok("SELECT INBOX")
    await client.ok(within)
    assert " BAD " in (await client.command(past))[-1]


async def test_folders_are_counted_and_not_too_deep(small: House) -> None:
    client = await small.client()
    await client.ok("CREATE a/b/c")
    assert " NO [LIMIT]" in (await client.command("CREATE a/b/c/d"))[-1]
    await client.ok("CREATE x")
    assert " NO [LIMIT]" in (await client.command("CREATE y"))[-1]


async def test_a_peer_that_only_makes_mistakes_is_sent_away(small: House) -> None:
    client = await small.stranger()
    client.write(b"GET / HTTP/1.1\r\nHost: x\r\n" * 10)
    text = await client.ended()
    assert text.count(b" BAD ") == 5 and text.endswith(b"* BYE Too many errors\r\n")


async def test_who_does_not_sign_in_is_sent_away(memory: Store) -> None:
    async with a_house(memory, settings=ImapSettings(before_login=0.05)) as house:
        client = await Client.connect(house.listener.port)
        assert await client.ended() == b"* BYE Sign in sooner\r\n"
        await client.close()


async def test_who_says_nothing_is_sent_away_idle_or_not(memory: Store) -> None:
    async with a_house(memory, settings=ImapSettings(clear_is_private=True, idle=0.05)) as house:
        client = await house.client()
        assert (await client.ended()).startswith(b"* BYE Autologout")
        idler = await house.client()
        idler.write(b"a IDLE\r\n")
        assert (await idler.ended()).startswith(b"+ idling\r\n* BYE Autologout")


async def test_a_list_pattern_cannot_hold_the_server_up(quick_house: House) -> None:
    client = await quick_house.client()
    await client.ok("CREATE " + "a" * 60)
    assert await client.ok('LIST "" ' + "*a" * 400 + "b") == []
    assert await client.ok('LIST "" ' + "%a" * 400 + "*b") == []
    await client.ok('LIST "" ' + "*" * 1_000)


async def test_bare_line_feeds_are_refused(quick_house: House) -> None:
    client = await quick_house.stranger()
    client.write(b"a NOOP\nb NOOP\r\nc NO\rOP\r\nd NOOP \r\r\n")
    assert [(await client.line())[:5] for _ in range(4)] == ["a BAD", "b OK ", "* BAD", "d BAD"]
