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
