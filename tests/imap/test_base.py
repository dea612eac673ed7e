"""RFC 3501 as conversations, before both stores."""

from __future__ import annotations

import pytest

from tests.imap.conftest import House

pytestmark = pytest.mark.sockets


async def test_a_new_mailbox_has_its_folders(house: House) -> None:
    await house.talk(r"""
        C: a1 LIST "" *
        S: * LIST (\HasNoChildren \Archive) "/" Archive
        S: * LIST (\HasNoChildren \Drafts) "/" Drafts
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasNoChildren \Junk) "/" Junk
        S: * LIST (\HasNoChildren \Sent) "/" Sent
        S: * LIST (\HasNoChildren \Trash) "/" Trash
        S: a1 OK ...
        C: a2 LIST "" ""
        S: * LIST (\Noselect) "/" ""
        S: a2 OK ...
        C: a3 LSUB "" IN%
        S: * LSUB () "/" INBOX
        S: a3 OK ...
        C: a4 NOOP
        S: a4 OK ...
        C: a5 STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT)
        S: * STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY ... UNSEEN 0 RECENT 0)
        S: a5 OK ...
        C: a6 LOGOUT
        S: * BYE ...
        S: a6 OK ...
    """)


async def test_select_tells_everything_that_must_be_told(house: House) -> None:
    await house.talk(r"""
        C: a1 APPEND INBOX (\Seen) {20+}
        C: Subject: one
        C:
        C: hi
        C:
        S: a1 OK [APPENDUID ... 1] ...
        C: a2 APPEND INBOX ($Label1) " 1-Feb-2026 10:00:00 +0100" {20}
        S: + ...
        C: Subject: two
        C:
        C: ho
        C:
        S: a2 OK [APPENDUID ... 2] ...
        C: a3 SELECT INBOX
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Label1)
        S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $Label1 \*)] ...
        S: * 2 EXISTS
        S: * 2 RECENT
        S: * OK [UNSEEN 2] ...
        S: * OK [UIDVALIDITY ...] ...
        S: * OK [UIDNEXT 3] ...
        S: * OK [HIGHESTMODSEQ ...] ...
        S: * OK [MAILBOXID ...
        S: a3 OK [READ-WRITE] ...
        C: a4 FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE)
        S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent) RFC822.SIZE 20 INTERNALDATE "22-Nov-2026 20:00:00 +0000")
        S: * 2 FETCH (UID 2 FLAGS ($Label1 \Recent) RFC822.SIZE 20 INTERNALDATE " 1-Feb-2026 09:00:00 +0000")
        S: a4 OK ...
        C: a5 FETCH 2 BODY[]
        S: * 2 FETCH (BODY[] {20}
        S: Subject: two
        S:
        S: ho
        S:  FLAGS (\Seen $Label1 \Recent))
        S: a5 OK ...
        C: a6 CLOSE
        S: a6 OK ...
        C: a7 FETCH 1 FLAGS
        S: a7 BAD Select a folder first
    """)


async def test_folders_come_go_and_change_their_names(house: House) -> None:
    await house.talk(r"""
        C: a1 CREATE a/b/c
        S: a1 OK ...
        C: a2 CREATE a/b
        S: a2 NO [ALREADYEXISTS] ...
        C: a3 CREATE inbox
        S: a3 NO [ALREADYEXISTS] ...
        C: a4 LIST a *
        S: * LIST (...\HasChildren) "/" a
        S: * LIST (...\HasChildren) "/" a/b
        S: * LIST (\HasNoChildren) "/" a/b/c
        S: a4 OK ...
        C: a5 RENAME a/b x
        S: a5 OK ...
        C: a6 LIST "" x*
        S: * LIST (...\HasChildren) "/" x
        S: * LIST (\HasNoChildren) "/" x/c
        S: a6 OK ...
        C: a7 DELETE x/c
        S: a7 OK ...
        C: a8 DELETE x/c
        S: a8 NO [NONEXISTENT] ...
        C: a9 DELETE inbox
        S: a9 NO [CANNOT] ...
        C: b1 RENAME nowhere y
        S: b1 NO [NONEXISTENT] ...
        C: b2 RENAME x Sent
        S: b2 NO [ALREADYEXISTS] ...
        C: b3 CREATE "q*"
        S: b3 NO [CANNOT] ...
        C: b4 CREATE "a//b"
        S: b4 NO [CANNOT] ...
        C: b5 SUBSCRIBE x
        S: b5 OK ...
        C: b6 LSUB "" x
        S: * LSUB () "/" x
        S: b6 OK ...
        C: b7 UNSUBSCRIBE x
        S: b7 OK ...
        C: b8 LSUB "" x
        S: b8 OK ...
        C: b9 SUBSCRIBE nowhere
        S: b9 NO [NONEXISTENT] ...
        C: c1 SELECT nowhere
        S: c1 NO [NONEXISTENT] ...
        C: c2 STATUS nowhere (MESSAGES)
        S: c2 NO [NONEXISTENT] ...
        C: c3 RENAME Sent Sent/below
        S: c3 NO [CANNOT] ...
    """)


async def test_a_hidden_subscription_shows_its_parent(house: House) -> None:
    await house.talk(r"""
        C: a1 CREATE p/q
        S: a1 OK ...
        C: a2 SUBSCRIBE p/q
        S: a2 OK ...
        C: a3 UNSUBSCRIBE p
        S: a3 OK ...
        C: a4 LSUB "" p%
        S: * LSUB (\Noselect) "/" p
        S: a4 OK ...
    """)


async def test_folder_names_are_modified_utf_7(house: House) -> None:
    await house.talk(r"""
        C: a1 CREATE "R&AOk-sultats &- &2D3eAA-"
        S: a1 OK ...
        C: a2 LIST "" R*
        S: * LIST (\HasNoChildren) "/" "R&AOk-sultats &- &2D3eAA-"
        S: a2 OK ...
        C: a3 STATUS "R&AOk-sultats &- &2D3eAA-" (MESSAGES)
        S: * STATUS "R&AOk-sultats &- &2D3eAA-" (MESSAGES 0)
        S: a3 OK ...
        C: a4 CREATE "bad &AGE-"
        S: a4 NO [CANNOT] ...
        C: a5 CREATE "bad &AOk"
        S: a5 NO [CANNOT] ...
        C: a6 CREATE "bad & b"
        S: a6 NO [CANNOT] ...
    """)
    folders = {folder.name for folder in house.store.folders("paul.vial@medecin.mssante.fr")}
    assert "R\u00e9sultats & \U0001f600" in folders


async def test_copy_takes_flags_along_and_wants_an_existing_folder(house: House) -> None:
    await house.talk(r"""
        C: a1 APPEND INBOX (\Flagged $X) {6+}
        C: A: b
        C:
        S: a1 OK ...
        C: a2 SELECT INBOX
        S: * FLAGS ...
        S: * OK [PERM...
        S: * 1 EXISTS
        S: * 1 RECENT
        S: * OK [UNSEEN 1] ...
        S: * OK [UIDV...
        S: * OK [UIDN...
        S: * OK [HIGH...
        S: * OK [MAILBOXID ...
        S: a2 OK ...
        C: a3 COPY 1 nowhere
        S: a3 NO [TRYCREATE] ...
        C: a4 COPY 1 Archive
        S: a4 OK [COPYUID ... 1 1] Copied
        C: a5 UID COPY 1:* Archive
        S: a5 OK [COPYUID ... 1 2] Copied
        C: a6 COPY 2 Archive
        S: a6 BAD ...
        C: a7 UID COPY 77 Archive
        S: a7 OK ...
        C: a8 COPY 1 INBOX
        S: * 2 EXISTS
        S: * 2 RECENT
        S: a8 OK [COPYUID ... 1 2] Copied
        C: a9 SELECT Archive
        S: * OK [CLOSED] ...
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $X)
        S: * OK [PERM...
        S: * 2 EXISTS
        S: * 2 RECENT
        S: * OK [UNSEEN 1] ...
        S: * OK [UIDV...
        S: * OK [UIDN...
        S: * OK [HIGH...
        S: * OK [MAILBOXID ...
        S: a9 OK ...
        C: b1 FETCH 1:* FLAGS
        S: * 1 FETCH (FLAGS (\Flagged $X \Recent))
        S: * 2 FETCH (FLAGS (\Flagged $X \Recent))
        S: b1 OK ...
        C: b2 APPEND nowhere {6+}
        C: A: b
        C:
        S: b2 NO [TRYCREATE] ...
        C: b3 CLOSE
        S: b3 OK ...
        C: b4 CHECK
        S: b4 BAD Select a folder first
    """)


async def test_store_adds_removes_and_replaces(house: House) -> None:
    client = await house.client()
    await client.ok(b"APPEND INBOX {6+}\r\nA: b\r\n")
    await client.ok("SELECT INBOX")
    assert await client.ok(r"STORE 1 +FLAGS (\Seen \Answered)") == [r"* 1 FETCH (FLAGS (\Answered \Seen \Recent))"]
    assert await client.ok(r"STORE 1 -FLAGS \Seen") == [r"* 1 FETCH (FLAGS (\Answered \Recent))"]
    assert await client.ok(r"STORE 1 FLAGS.SILENT (\draft)") == []
    assert await client.ok("UID STORE 1 FLAGS ()") == [r"* 1 FETCH (FLAGS (\Recent) UID 1)"]
    for wrong in (r"STORE 1 +FLAGS (\Recent)", r"STORE 1 +FLAGS (\Odd)", "STORE 1 FLAG (a)", "STORE 0 FLAGS ()",
                  "STORE 1:2 FLAGS ()", "STORE 1 FLAGS (a", "STORE 1 +FLAGS (a]b)", "STORE x FLAGS (a)"):
        assert " BAD " in (await client.command(wrong))[-1], wrong


LETTER = (b"Date: Sun, 1 Nov 2026 23:30:00 +0100\r\nFrom: =?utf-8?q?Zo=C3=A9?= <zoe@patient.mssante.fr>\r\n"
          b"To: team@pharmacie.fr\r\nCc: c@x.fr\r\nSubject: =?utf-8?b?T3Jkb25uYW5jZSByZcOndWU=?=\r\nX-MSS: oui\r\n"
          b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
          b"Content-Transfer-Encoding: quoted-printable\r\n"
          b"\r\nBonjour, voici l'ordonnance=\r\n sign=C3=A9e.\r\n")
PLAIN = b"From: karim@x.fr\r\nSubject: plain words\r\n\r\nnothing here\r\n"


@pytest.mark.parametrize("keys, found", [
    ("ALL", "1 2"), ("1", "1"), ("2:*", "2"), ("UID 1:99", "1 2"), ("NOT 1", "2"), ("OR 1 2", "1 2"),
    ("SEEN", "1"), ("UNSEEN", "2"), ("FLAGGED", ""), ("KEYWORD $mdnSENT", "1"), ("UNKEYWORD $MDNSent", "2"),
    ("NEW", "2"), ("OLD", ""), ("RECENT", "1 2"), ("DELETED", ""), ("UNDELETED UNANSWERED UNDRAFT UNFLAGGED", "1 2"),
    ("SUBJECT ordonnance", "1"), ("CHARSET UTF-8 SUBJECT {6+}\r\nREÇUE", "1"), ("SUBJECT \"plain words\"", "2"),
    ("FROM \"zoé\"", "1"), ("FROM patient.mssante", "1"), ("TO team CC c@x", "1"), ("BCC x", ""),
    ("HEADER X-MSS \"\"", "1"), ("HEADER x-mss OUI", "1"), ("BODY \"ordonnance signée\"", "1"), ("TEXT NOTHING", "2"),
    ("TEXT karim", "2"), ("BODY karim", ""), ("SENTON 1-Nov-2026", "1"), ("SENTBEFORE 1-Nov-2026", ""),
    ("SENTSINCE 1-Nov-2026", "1"), ("ON 22-Nov-2026", "2"), ("BEFORE 22-Nov-2026", "1"),
    ("SINCE \"22-Nov-2026\"", "2"),
    ("LARGER 100", "1"), ("SMALLER 100", "2"), ("(OR SEEN (2 UNSEEN)) 1:2", "1 2"), ("NOT (SEEN)", "2"),
    ("YOUNGER 60", "2"), ("OLDER 60", "1"),
])
async def test_search(quick_house: House, keys: str, found: str) -> None:
    client = await quick_house.client()
    await client.ok(b'APPEND INBOX (\\Seen $MDNSent) "21-Nov-2026 12:00:00 +0000" {%d+}\r\n%b' % (len(LETTER), LETTER))
    await client.ok(b"APPEND INBOX {%d+}\r\n%b" % (len(PLAIN), PLAIN))
    await client.ok("SELECT INBOX")
    assert await client.ok(f"SEARCH {keys}") == [f"* SEARCH {found}".rstrip()]
    assert await client.ok(f"UID SEARCH {keys}") == [f"* SEARCH {found}".rstrip()]


async def test_search_refuses_what_it_cannot_do(quick_house: House) -> None:
    client = await quick_house.client()
    await client.ok("SELECT INBOX")
    assert " NO [BADCHARSET (US-ASCII UTF-8)] " in (await client.command("SEARCH CHARSET KOI8-R TEXT a"))[-1]
    assert await client.ok("SEARCH 1") == ["* SEARCH"]
    for wrong in ("SEARCH", "SEARCH 0", "SEARCH BLAH", "SEARCH (ALL", "SEARCH ALL)", "SEARCH ON 31-Feb-2026",
                  "SEARCH OR ALL",
                  "SEARCH CHARSET US-ASCII TEXT é", "SEARCH NOT", "SEARCH UID", "SEARCH LARGER x", "SEARCH  ALL"):
        assert " BAD " in (await client.command(wrong))[-1], wrong


async def test_fetch_shows_parts_as_they_are(house: House) -> None:
    client = await house.client()
    await client.ok(b"APPEND INBOX {%d+}\r\n%b" % (len(LETTER), LETTER))
    await client.ok("SELECT INBOX")
    assert await client.ok("FETCH 1 BODY.PEEK[HEADER.FIELDS (subject X-None)]") == [
        "* 1 FETCH (BODY[HEADER.FIELDS (subject X-None)] {49}", "Subject: =?utf-8?b?T3Jkb25uYW5jZSByZcOndWU=?=", "",
        ")"]
    assert await client.ok("FETCH 1 BODY.PEEK[TEXT]<0.7>") == ["* 1 FETCH (BODY[TEXT]<0> {7}", "Bonjour)"]
    assert await client.ok("FETCH 1 BODY.PEEK[]<9999.5>") == ["* 1 FETCH (BODY[]<9999> {0}", ")"]
    assert await client.ok("FETCH 1 (BODY.PEEK[2] BINARY.SIZE[1])") == ["* 1 FETCH (BODY[2] NIL BINARY.SIZE[1] 38)"]
    structure = (await client.ok("FETCH 1 BODYSTRUCTURE"))[0]
    assert structure.startswith(
        '* 1 FETCH (BODYSTRUCTURE ("text" "plain" ("charset" "utf-8") NIL NIL "quoted-printable" 45 2')
    envelope = (await client.ok("FETCH 1 ENVELOPE"))[0]
    assert '"zoe" "patient.mssante.fr"' in envelope
    assert len(await client.ok("FETCH 1 FULL")) == 1
    seen = await client.ok("UID FETCH 1 (BINARY[1])")
    assert seen[0].startswith("* 1 FETCH (UID 1 BINARY[1] {") and seen[-1].endswith(r"FLAGS (\Seen \Recent))")
    assert (await client.ok("FETCH 1 RFC822.HEADER"))[-1] == ")"
    for wrong in ("FETCH 1 BODY[", "FETCH 1 BODY[MIME]", "FETCH 1 BODY[0]", "FETCH 1 (ALL)", "FETCH 1 ()",
                  "FETCH 1 XYZ",
                  "FETCH 1 BODY[HEADER.FIELDS ()]", "FETCH 1 BODY[]<1.0>", "FETCH 2 UID", "FETCH 1 BODY.PEEK",
                  "FETCH 1"):
        assert " BAD " in (await client.command(wrong))[-1], wrong


async def test_append_refuses_bare_line_ends_and_nul(quick_house: House) -> None:
    client = await quick_house.client()
    assert " NO [CANNOT] " in (await client.command(b"APPEND INBOX {7+}\r\nA: b\n\r\n"))[-1]
    assert " NO [CANNOT] " in (await client.command(b"APPEND INBOX {6+}\r\nA: b\r\r"))[-1]
    assert " BAD " in (await client.command(b"APPEND INBOX {6+}\r\n\0: b\r\n"))[-1]
    assert " NO [UNKNOWN-CTE] " in (await client.command(b"APPEND INBOX ~{6+}\r\n\0: b\r\n"))[-1]


async def test_a_binary_part_is_kept_as_base64(quick_house: House) -> None:
    client = await quick_house.client()
    await client.ok(b"APPEND INBOX ~{40+}\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n\1")
    await client.ok("SELECT INBOX")
    assert await client.ok("FETCH 1 BODY.PEEK[TEXT]") == ["* 1 FETCH (BODY[TEXT] {6}", "AAoB", ")"]
    client.write(b"x FETCH 1 BINARY.PEEK[1]\r\n")
    assert await client.octets(31) == b"* 1 FETCH (BINARY[1] ~{3}\r\n\0\n\1)"


async def test_a_full_mailbox_is_told(quick_house: House) -> None:
    client = await quick_house.client()
    body = b"A: b\r\n\r\n" + b"x" * (20 * 1024 * 1024)
    command = b"APPEND INBOX {%d+}\r\n%b" % (len(body), body)
    await client.ok(command)
    await client.ok(command)
    assert " NO [OVERQUOTA] " in (await client.command(command))[-1]
    await client.ok("SELECT INBOX")
    assert " NO [OVERQUOTA] " in (await client.command("COPY 1 Sent"))[-1]
    assert await client.ok("GETQUOTAROOT INBOX") == ['* QUOTAROOT INBOX ""', '* QUOTA "" (STORAGE 40961 51200)']
