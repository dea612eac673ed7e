"""Several sessions on one mailbox, as the members of an ORG have: sequence numbers never lie."""

from __future__ import annotations

import pytest

from simulator.store.interface import Batch, Deposit, NewMessage
from tests.imap.conftest import House
from tests.imap.dialogue import talk

pytestmark = pytest.mark.sockets

BOX = "paul.vial@medecin.mssante.fr"
LETTER = b"From: a@medecin.mssante.fr\r\nSubject: hello\r\n\r\ntext\r\n"


async def fill(house: House, count: int, body: bytes = LETTER) -> None:
    """So many messages in INBOX, from UID 1."""
    await house.store.ensure_mailbox(BOX, house.door.settings.folder_names)
    folder = house.store.folder(BOX, "INBOX")
    assert folder is not None
    await house.store.append(folder.id, [NewMessage(body, 0.0)] * count)


async def test_an_expunge_is_not_told_during_fetch_store_and_search(house: House) -> None:
    await fill(house, 3)
    one, two = await house.client(), await house.client()
    await one.ok("SELECT INBOX")
    await two.ok("SELECT INBOX")
    await one.ok(r"STORE 1 +FLAGS.SILENT (\Deleted)")
    await one.ok("EXPUNGE")
    await talk([one, two], r"""
        C2: b1 FETCH 2 UID
        S2: * 2 FETCH (UID 2)
        S2: * 1 FETCH (FLAGS (\Deleted))
        S2: b1 OK ...
        C2: b2 SEARCH ALL
        S2: * SEARCH 1 2 3
        S2: b2 OK ...
        C2: b3 FETCH 1:2 (UID BODY.PEEK[TEXT])
        S2: * 2 FETCH (UID 2 BODY[TEXT] {6}
        S2: text
        S2: )
        S2: b3 OK [EXPUNGEISSUED] ...
        C2: b4 STORE 1 +FLAGS (\Seen)
        S2: b4 OK [EXPUNGEISSUED] ...
        C2: b5 NOOP
        S2: * 1 EXPUNGE
        S2: b5 OK ...
        C2: b6 FETCH 1:2 UID
        S2: * 1 FETCH (UID 2)
        S2: * 2 FETCH (UID 3)
        S2: b6 OK ...
    """)


async def test_a_uid_command_may_tell_an_expunge(house: House) -> None:
    await fill(house, 3)
    await house.talk(r"""
        C: a1 SELECT INBOX
        S: * FLAGS ...
        S: * OK [PERMANENTFLAGS ...
        S: * 3 EXISTS
        S: * 3 RECENT
        S: * OK [UNSEEN 1] ...
        S: * OK [UIDVALIDITY ...
        S: * OK [UIDNEXT 4] ...
        S: * OK [HIGHESTMODSEQ ...
        S: * OK [MAILBOXID ...
        S: a1 OK ...
        C2: b1 EXAMINE INBOX
        S2: * FLAGS ...
        S2: * OK [PERMANENTFLAGS ()] ...
        S2: * 3 EXISTS
        S2: * 0 RECENT
        S2: * OK [UNSEEN 1] ...
        S2: * OK [UIDVALIDITY ...
        S2: * OK [UIDNEXT 4] ...
        S2: * OK [HIGHESTMODSEQ ...
        S2: * OK [MAILBOXID ...
        S2: b1 OK [READ-ONLY] ...
        C: a2 STORE 2 FLAGS (\Deleted \Seen)
        S: * 2 FETCH (FLAGS (\Deleted \Seen \Recent))
        S: a2 OK ...
        C: a3 EXPUNGE
        S: * 2 EXPUNGE
        S: a3 OK ...
        C2: b2 UID FETCH 3 FLAGS
        S2: * 3 FETCH (UID 3 FLAGS ())
        S2: * 2 EXPUNGE
        S2: b2 OK ...
        C2: b3 STORE 1 FLAGS (\Seen)
        S2: b3 NO [READ-ONLY] ...
        C2: b4 EXPUNGE
        S2: b4 NO [READ-ONLY] ...
    """, clients=2)


async def test_flags_and_new_messages_of_others_are_told(house: House) -> None:
    await fill(house, 1)
    one, two = await house.client(), await house.client()
    await one.ok("SELECT INBOX")
    await two.ok("SELECT INBOX")
    await talk([one, two], r"""
        C: a1 STORE 1 +FLAGS.SILENT ($Work)
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work)
        S: * OK [PERMANENTFLAGS ...
        S: a1 OK ...
        C: a2 APPEND INBOX {24+}
        C: Subject: second
        C:
        C: two
        C:
        S: * 2 EXISTS
        S: * 2 RECENT
        S: a2 OK ...
        C2: b1 NOOP
        S2: * 2 EXISTS
        S2: * 0 RECENT
        S2: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work)
        S2: * OK [PERMANENTFLAGS ...
        S2: * 1 FETCH (FLAGS ($Work))
        S2: b1 OK ...
    """)


async def test_idle_tells_everything_at_once(house: House) -> None:
    await fill(house, 2)
    one, two = await house.client(), await house.client()
    await one.ok("SELECT INBOX")
    await two.ok("SELECT INBOX")
    two.write(b"b1 IDLE\r\n")
    assert await two.line() == "+ idling"
    await house.store.commit(Batch(deposits=[Deposit(BOX, NewMessage(LETTER, 0.0))]))
    assert [await two.line(), await two.line()] == ["* 3 EXISTS", "* 1 RECENT"]
    await one.ok(r"STORE 1 FLAGS (\Deleted)")
    assert await two.line() == r"* 1 FETCH (FLAGS (\Deleted))"
    await one.ok("EXPUNGE")
    assert await two.line() == "* 1 EXPUNGE"
    two.write(b"done\r\nb2 NOOP\r\n")
    assert (await two.line()).startswith("b1 OK")
    assert (await two.line()).startswith("b2 OK")


async def test_idle_is_ended_by_nothing_but_done(quick_house: House) -> None:
    await quick_house.talk("""
        C: a1 IDLE
        S: + idling
        C: a2 NOOP
        S: a1 BAD ...
        C: a3 NOOP
        S: a3 OK ...
    """)


async def test_deleting_a_folder_ends_the_sessions_in_it_but_not_its_own(house: House) -> None:
    one, two = await house.client(), await house.client()
    await one.ok("CREATE work")
    await one.ok("SELECT work")
    await two.ok("SELECT work")
    await one.ok("DELETE work")
    assert (await one.command("FETCH 1 FLAGS"))[-1].endswith("BAD Select a folder first")
    two.write(b"b1 NOOP\r\n")
    assert (await two.line()).startswith("* BYE ")


async def test_pipelined_commands_are_answered_in_order(house: House) -> None:
    await fill(house, 2)
    client = await house.client()
    client.write(b"a SELECT INBOX\r\nb STORE 1 +FLAGS.SILENT (\\Deleted)\r\nc EXPUNGE\r\n"
                 b"d FETCH 1 UID\r\ne LOGOUT\r\n")
    text = (await client.ended()).decode()
    assert [line.split()[0] for line in text.splitlines() if line[0] in "abcde"] == list("abcde")
    assert text.index("* 1 EXPUNGE") < text.index("c OK") < text.index("* 1 FETCH (UID 2)") < text.index("d OK")


async def test_mailboxes_are_strangers_to_each_other(house: House) -> None:
    await fill(house, 1)
    other = await house.client("nadia.roux@infirmier.mssante.fr")
    assert await other.ok("STATUS INBOX (MESSAGES)") == ["* STATUS INBOX (MESSAGES 0)"]


async def test_members_work_on_the_mailbox_of_their_structure(house: House) -> None:
    member = await house.client("tilleuls@pharmacie.bfc.mssante.fr*karim.benali@pharmacie.bfc.mssante.fr")
    await member.ok(b"APPEND INBOX {6+}\r\nA: b\r\n")
    event = house.journal.events(kind="appended")[-1]
    assert event.who == "karim.benali@pharmacie.bfc.mssante.fr for tilleuls@pharmacie.bfc.mssante.fr"
    assert event.mailbox == "tilleuls@pharmacie.bfc.mssante.fr"
    assert house.store.folder("tilleuls@pharmacie.bfc.mssante.fr", "INBOX") is not None


async def test_reading_moving_and_deleting_leave_a_trail(house: House) -> None:
    await fill(house, 3)
    client = await house.client()
    await client.ok("SELECT INBOX")
    await client.ok("FETCH 1:2 BODY.PEEK[]")
    await client.ok("FETCH 1 BODY.PEEK[]")
    await client.ok("UID MOVE 3 Trash")
    await client.ok(r"STORE 1 +FLAGS (\Deleted)")
    await client.ok("EXPUNGE")
    kinds = ("read", "moved", "flags", "deleted")
    told = [(e.kind, e.facts["uids"]) for e in house.journal.events() if e.kind in kinds]
    assert told == [("read", "1:2"), ("moved", "3"), ("flags", "1"), ("deleted", "1")]


async def test_a_fetch_shows_what_another_session_changed_a_moment_ago(house: House) -> None:
    await fill(house, 2)
    one, two = await house.client(), await house.client()
    await one.ok("SELECT INBOX")
    await two.ok("SELECT INBOX")
    await one.ok(r"STORE 2 +FLAGS.SILENT (\Answered)")
    await talk([one, two], r"""
        C2: b1 FETCH 2 FLAGS
        S2: * 2 FETCH (FLAGS (\Answered))
        S2: * 2 FETCH (FLAGS (\Answered))
        S2: b1 OK ...
        C2: b2 SEARCH ANSWERED
        S2: * SEARCH 2
        S2: b2 OK ...
    """)
