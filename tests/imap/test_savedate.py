"""SAVEDATE (RFC 8514): what FETCH tells and SEARCH finds by the day a message came into its folder."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.clock import Clock
from simulator.store.interface import Store
from simulator.store.memory import MemoryStore
from simulator.store.sqlite import SqliteStore
from tests.imap.conftest import a_house

pytestmark = pytest.mark.sockets


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_the_save_date_is_that_of_the_folder_not_of_the_message(kind: str, tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 11, 20, 23, 59, 58, tzinfo=UTC), frozen=True)
    store: Store = (MemoryStore(now=clock.timestamp) if kind == "memory"
                    else SqliteStore(tmp_path / "mail.db", now=clock.timestamp))
    await store.open()
    async with a_house(store) as house:
        await store.ensure_mailbox("paul.vial@medecin.mssante.fr", (("INBOX", None),))
        await house.talk(r"""
            C: a1 APPEND INBOX "01-Jan-2001 10:00:00 +0000" {4+}
            C: x: y
            S: a1 OK ...
        """)
        clock.advance(10)
        await house.talk(r"""
            C: a2 APPEND INBOX "01-Jan-2001 10:00:00 +0000" {4+}
            C: x: y
            S: a2 OK ...
            C: a3 CREATE Later
            S: a3 OK ...
        """)
        clock.advance(86_400)
        await house.talk(r"""
            C: a4 EXAMINE INBOX
            S: * FLAGS ...
            S: * OK [PERMANENTFLAGS ...
            S: * 2 EXISTS
            S: * 2 RECENT
            S: * OK [UNSEEN 1] ...
            S: * OK [UIDVALIDITY ...
            S: * OK [UIDNEXT 3] ...
            S: * OK [HIGHESTMODSEQ ...
            S: * OK [MAILBOXID ...
            S: a4 OK ...
            C: b1 FETCH 1:2 (UID SAVEDATE)
            S: * 1 FETCH (UID 1 SAVEDATE "20-Nov-2026 23:59:58 +0000")
            S: * 2 FETCH (UID 2 SAVEDATE "21-Nov-2026 00:00:08 +0000")
            S: b1 OK ...
            C: b2 SEARCH SAVEDBEFORE 21-Nov-2026
            S: * SEARCH 1
            S: b2 OK ...
            C: b3 SEARCH SAVEDON 21-Nov-2026
            S: * SEARCH 2
            S: b3 OK ...
            C: b4 UID SEARCH SAVEDSINCE 20-Nov-2026 BEFORE 2-Jan-2001
            S: * SEARCH 1 2
            S: b4 OK ...
            C: b5 SEARCH SAVEDSINCE 22-Nov-2026
            S: * SEARCH
            S: b5 OK ...
            C: b6 SEARCH RETURN (COUNT) SAVEDATESUPPORTED
            S: * ESEARCH (TAG "b6") COUNT 2
            S: b6 OK ...
            C: b7 SEARCH SAVEDON
            S: b7 BAD ...
            C: b8 COPY 1 Later
            S: b8 OK ...
            C: b9 STATUS Later (MESSAGES)
            S: * STATUS Later (MESSAGES 1)
            S: b9 OK ...
        """)
        client = await house.client()
        assert any(" SAVEDATE" in line for line in await client.ok("CAPABILITY"))
        await client.ok("EXAMINE Later")
        assert await client.ok("FETCH 1 (INTERNALDATE SAVEDATE)") == [
            '* 1 FETCH (INTERNALDATE " 1-Jan-2001 10:00:00 +0000" SAVEDATE "22-Nov-2026 00:00:08 +0000")']
    await store.close()


async def test_a_date_that_was_never_kept_is_nil_and_found_by_no_key(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "mail.db")
    await store.open()
    async with a_house(store) as house:
        await store.ensure_mailbox("paul.vial@medecin.mssante.fr", (("INBOX", None),))
        client = await house.client()
        await client.ok(b"APPEND INBOX {4+}\r\nx: y")
        with sqlite3.connect(tmp_path / "mail.db") as connection:
            connection.execute("UPDATE message SET saved = NULL")
        connection.close()
        await client.ok("SELECT INBOX")
        assert await client.ok("FETCH 1 SAVEDATE") == ["* 1 FETCH (SAVEDATE NIL)"]
        for key in ("SAVEDSINCE 1-Jan-1980", "SAVEDBEFORE 1-Jan-2100"):
            assert await client.ok(f"SEARCH {key}") == ["* SEARCH"]
    await store.close()
