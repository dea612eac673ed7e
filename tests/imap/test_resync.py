"""Catching up: CONDSTORE and QRESYNC (RFC 7162)."""

from __future__ import annotations

import pytest

from tests.imap.conftest import House
from tests.imap.dialogue import Client
from tests.imap.test_sessions import fill

pytestmark = pytest.mark.sockets


async def opened(house: House) -> tuple[Client, int, int]:
    """A client with QRESYNC in INBOX, with UIDVALIDITY and HIGHESTMODSEQ."""
    client = await house.client()
    assert await client.ok("ENABLE QRESYNC") == ["* ENABLED QRESYNC"]
    lines = await client.ok("SELECT INBOX")
    return client, number(lines, "UIDVALIDITY"), number(lines, "HIGHESTMODSEQ")


def number(lines: list[str], code: str) -> int:
    """The value of a response code."""
    return int(next(line for line in lines if f"[{code} " in line).split(f"[{code} ")[1].split("]")[0])


async def test_the_first_use_in_an_open_folder_tells_where_it_stands(house: House) -> None:
    await fill(house, 1)
    client = await house.client()
    highest = number(await client.ok("SELECT INBOX"), "HIGHESTMODSEQ")
    assert await client.ok("FETCH 1 MODSEQ") == [
        f"* OK [HIGHESTMODSEQ {highest}] Highest", f"* 1 FETCH (MODSEQ ({highest}))"]
    assert await client.ok("ENABLE CONDSTORE") == ["* ENABLED"]
    assert (await client.ok("SELECT Sent"))[0] == "* OK [CLOSED] The folder is left"


async def test_expunges_are_told_by_uid(house: House) -> None:
    await fill(house, 4)
    client, _, highest = await opened(house)
    await client.ok(r"STORE 1,3,4 +FLAGS.SILENT (\Deleted)")
    answer = await client.command("EXPUNGE")
    assert answer[0] == "* VANISHED 1,3:4"
    assert f" OK [HIGHESTMODSEQ {highest + 2}] Expunged" in answer[-1]
    moved = await client.command("MOVE 1 Trash")
    assert moved[0].startswith("* OK [COPYUID ") and moved[1] == "* VANISHED 2"
    assert f" OK [HIGHESTMODSEQ {highest + 3}] Moved" in moved[-1]
    assert "HIGHESTMODSEQ" not in (await client.command("CLOSE"))[-1]


async def test_selecting_again_tells_only_what_changed(house: House) -> None:
    await fill(house, 5)
    client, validity, highest = await opened(house)
    await client.ok("UNSELECT")
    other = await house.client()
    await other.ok("SELECT INBOX")
    await other.ok(r"STORE 1,4 +FLAGS.SILENT (\Deleted)")
    await other.ok("EXPUNGE")
    await other.ok(r"STORE 2 +FLAGS.SILENT (\Flagged)")
    lines = await client.ok(f"SELECT INBOX (QRESYNC ({validity} {highest}))")
    assert lines[-2:] == ["* VANISHED (EARLIER) 1,4",
                          rf"* 2 FETCH (FLAGS (\Flagged) UID 3 MODSEQ ({highest + 3}))"]
    lines = await client.ok(f"SELECT INBOX (CONDSTORE QRESYNC ({validity} {highest} 4:5 (2,4 2,4)))")
    assert lines[-1] == "* VANISHED (EARLIER) 4"
    lines = await client.ok(f"SELECT INBOX (QRESYNC ({validity + 1} {highest}))")
    assert lines[-1].startswith("* OK [MAILBOXID ")
    assert await client.ok(f"UID FETCH 1:3 (FLAGS) (CHANGEDSINCE {highest} VANISHED)") == [
        "* VANISHED (EARLIER) 1", rf"* 2 FETCH (UID 3 FLAGS (\Flagged) MODSEQ ({highest + 3}))"]
    assert await client.ok("FETCH 1 FLAGS") == ["* 1 FETCH (UID 2 FLAGS ())"]


async def test_a_withheld_expunge_holds_the_modification_sequence_back(house: House) -> None:
    await fill(house, 3)
    client, _, highest = await opened(house)
    other = await house.client()
    await other.ok("SELECT INBOX")
    await other.ok(r"STORE 1 +FLAGS.SILENT (\Deleted)")
    await client.ok("NOOP")
    await other.ok("EXPUNGE")
    lines = await client.ok(r"STORE 3 +FLAGS.SILENT (\Seen)")
    assert lines == [f"* 3 FETCH (UID 3 MODSEQ ({highest + 3}))",
                     f"* OK [HIGHESTMODSEQ {highest + 1}] An expunge is told later"]
    assert await client.ok("NOOP") == ["* VANISHED 1"]


async def test_qresync_is_enabled_first(quick_house: House) -> None:
    client = await quick_house.client()
    for wrong in ("SELECT INBOX (QRESYNC (1 1))", "SELECT INBOX (SHINY)", "SELECT INBOX ()"):
        assert " BAD " in (await client.command(wrong))[-1], wrong
    await client.ok("SELECT INBOX")
    assert " BAD " in (await client.command("UID FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)"))[-1]
    await client.ok("ENABLE QRESYNC")
    for wrong in ("FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)", "UID FETCH 1 FLAGS (VANISHED)",
                  "SELECT INBOX (QRESYNC (1 1 1:*))", "SELECT INBOX (QRESYNC 1)"):
        assert " BAD " in (await client.command(wrong))[-1], wrong
