"""Clients that take UTF-8 (RFC 6855), and those that were not asked."""

from __future__ import annotations

import pytest

from tests.imap.conftest import House

pytestmark = pytest.mark.sockets


async def test_folder_names_are_utf_8_once_that_is_enabled(house: House) -> None:
    await house.talk(r"""
        C: a1 CREATE "R&AOk-sultats"
        S: a1 OK ...
        C: a2 CREATE "Résultats"
        S: a2 BAD ...
        C: a3 ENABLE UTF8=ACCEPT
        S: * ENABLED UTF8=ACCEPT
        S: a3 OK ...
        C: a4 LIST "" "R*"
        S: * LIST (\HasNoChildren) "/" "Résultats"
        S: a4 OK ...
        C: a5 STATUS "Résultats" (MESSAGES)
        S: * STATUS "Résultats" (MESSAGES 0)
        S: a5 OK ...
        C: a6 CREATE "A & \"B\" é"
        S: a6 OK ...
        C: a7 LIST "" "A%B%"
        S: * LIST (\HasNoChildren) "/" "A & \"B\" é"
        S: a7 OK ...
        C: a8 GETQUOTAROOT "Résultats"
        S: * QUOTAROOT "Résultats" ""
        S: * QUOTA ...
        S: a8 OK ...
        C: a9 SELECT INBOX
        S: * FLAGS ...
        S: * OK ...
        S: * 0 EXISTS
        S: * 0 RECENT
        S: * OK ...
        S: * OK ...
        S: * OK ...
        S: * OK [MAILBOXID ...
        S: a9 OK ...
        C: b1 SEARCH CHARSET UTF-8 SUBJECT é
        S: b1 BAD ...
        C: b2 SEARCH SUBJECT "é"
        S: * SEARCH
        S: b2 OK ...
    """)


async def test_utf_8_headers_come_from_those_who_asked_for_them(house: House) -> None:
    message = "Subject: é\r\n\r\né\r\n".encode()
    append = b"APPEND INBOX {%d+}\r\n%b" % (len(message), message)
    wrapped = b"APPEND INBOX (\\Seen) UTF8 (~{%d+}\r\n%b)" % (len(message), message)
    client = await house.client()
    assert " NO [CANNOT] Only after ENABLE " in (await client.command(append))[-1]
    assert " NO [CANNOT] Only after ENABLE " in (await client.command(wrapped))[-1]
    await client.ok("APPEND INBOX {18+}\r\nSubject: e\r\n\r\né\r\n")
    await client.ok("ENABLE UTF8=ACCEPT")
    await client.ok(append)
    await client.ok(wrapped)
    assert " BAD " in (await client.command(b"APPEND INBOX UTF8 ({2+}\r\nab)"))[-1]
    assert await client.ok("STATUS INBOX (MESSAGES UNSEEN)") == ["* STATUS INBOX (MESSAGES 3 UNSEEN 2)"]


async def test_names_that_are_not_utf_8_are_bad(quick_house: House) -> None:
    client = await quick_house.client()
    await client.ok("ENABLE UTF8=ACCEPT")
    assert " BAD A folder name is UTF-8" in (await client.command(b'CREATE "a\xff"'))[-1]


async def test_a_bare_line_feed_is_named_by_its_line(quick_house: House) -> None:
    client = await quick_house.client()
    assert "NO [CANNOT] Line 3 of the message ends with a bare LF" in (
        await client.command(b"APPEND INBOX {13+}\r\nA: b\r\n\r\nc\nd\r\n"))[-1]
    assert "NO [CANNOT] Line 1 of the message ends with a bare CR" in (
        await client.command(b"APPEND INBOX {7+}\r\nA: b\rc\n"))[-1]
