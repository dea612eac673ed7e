"""When the store cannot: a clear NO, a session that goes on, nothing acknowledged lost (P3)."""

from __future__ import annotations

import pytest

from simulator.store.interface import StoreError, StoreFull
from simulator.store.memory import MemoryStore
from tests.imap.conftest import a_house
from tests.imap.test_sessions import fill

pytestmark = pytest.mark.sockets

CHANGES = ["CREATE x", "DELETE Junk", "RENAME Junk y", "SUBSCRIBE INBOX", "APPEND INBOX {6+}\r\nA: b\r\n",
           "COPY 1 Sent",
           r"STORE 1 FLAGS (\Seen)", "FETCH 1 BODY[]", "EXPUNGE", "MOVE 1 Sent"]


@pytest.mark.parametrize("error, code", [(StoreFull("full"), "LIMIT"), (StoreError("broken"), "UNAVAILABLE")])
async def test_what_cannot_be_stored_is_refused_and_the_session_goes_on(memory: MemoryStore, error: StoreError,
                                                                        code: str) -> None:
    async with a_house(memory) as house:
        await fill(house, 1)
        client = await house.client()
        await client.ok("SELECT INBOX")
        memory.refuse = error
        for command in CHANGES:
            assert f" NO [{code}] " in (await client.command(command))[-1], command
        assert await client.ok("FETCH 1 (UID FLAGS)") == [r"* 1 FETCH (UID 1 FLAGS (\Recent))"]
        memory.refuse = None
        await client.ok("CREATE x")


async def test_a_bug_is_one_line_in_the_journal_and_no_detail_to_the_peer(memory: MemoryStore,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_house(memory) as house:
        client = await house.client()

        def broken(_folder: int) -> None:
            raise RuntimeError("secret detail\r\n* forged line")

        monkeypatch.setattr(memory, "counts", broken)
        assert (await client.command("STATUS INBOX (MESSAGES)"))[-1].endswith(
            "NO [SERVERBUG] Internal error, the session goes on")
        await client.ok("NOOP")
        assert len(house.journal.events(kind="error")) == 1
        assert "\n" not in house.journal.events(kind="error")[0].story


async def test_shutting_down_says_bye_to_everyone(memory: MemoryStore) -> None:
    async with a_house(memory) as house:
        client, idler = await house.client(), await house.client()
        idler.write(b"a IDLE\r\n")
        assert await idler.line() == "+ idling"
        await house.door.close()
        assert await client.ended() == b"* BYE The server is shutting down\r\n"
        assert await idler.ended() == b"* BYE The server is shutting down\r\n"
