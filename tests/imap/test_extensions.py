"""One conversation per extension, and the promise that what is announced is there."""

from __future__ import annotations

from typing import ClassVar

import pytest

from simulator.clock import Clock
from simulator.imap.compose import BASE, assemble, compose
from simulator.imap.door import ImapDoor
from simulator.imap.extensions import EXTENSIONS, mixin
from simulator.imap.session import Phase, Session
from simulator.imap.settings import ImapSettings
from simulator.journal import Journal
from simulator.store.interface import Store
from tests.imap.conftest import House, Porter, a_house
from tests.imap.test_sessions import fill


class Boastful(Session):
    """Announces a command that nobody defines."""

    commands: ClassVar[dict[str, Phase]] = {"XYZZY": Phase.ANY}
    announces = ("XYZZY",)


def test_a_mixin_that_defines_less_than_it_announces_is_refused() -> None:
    with pytest.raises(ValueError, match="Boastful announces XYZZY"):
        assemble((Boastful,))


def test_an_unknown_extension_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown IMAP extensions: NOTIFY"):
        compose(("NOTIFY",))


def test_a_door_with_an_unknown_extension_is_refused_before_anybody_comes(memory: Store) -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="unknown IMAP extensions: NOTIFY"):
        ImapDoor("imap", Porter(), memory, Journal(clock), clock, ImapSettings(extensions=("IDLE", "NOTIFY")))


def test_every_extension_works_alone() -> None:
    for name in EXTENSIONS:
        assert compose((name,)).__name__ == "ImapServer"


def test_no_two_mixins_use_the_same_private_name() -> None:
    owners: dict[str, type[Session]] = {}
    kinds: list[type[Session]] = [Session, *BASE, *map(mixin, EXTENSIONS)]
    for kind in kinds:
        for name in vars(kind):
            if name.startswith("_") and not name.startswith("__"):
                other = owners.setdefault(name, kind)
                assert other is kind or issubclass(kind, other), f"{name} in {kind.__name__} and {other.__name__}"


@pytest.mark.sockets
async def test_only_chosen_extensions_are_offered(memory: Store) -> None:
    async with a_house(memory, settings=ImapSettings(clear_is_private=True, extensions=("IDLE",))) as house:
        client = await house.client()
        assert await client.ok("CAPABILITY") == ["* CAPABILITY IMAP4rev1 IDLE"]
        assert (await client.command("NAMESPACE"))[-1].endswith("BAD Unknown command")
        assert " BAD " in (await client.command("UID EXPUNGE 1"))[-1]
        assert (await client.command(b"SELECT {5+}\r\nINBOX"))[-1].startswith("t5 BAD Non-synchronizing literals")


@pytest.mark.sockets
async def test_small_extensions(house: House) -> None:
    await fill(house, 3)
    await house.talk(r"""
        C: a1 ID ("name" "LGO" "version" "1.2")
        S: * ID ("name" "mssante-simulator")
        S: a1 OK ...
        C: a2 ID NIL
        S: * ID ...
        S: a2 OK ...
        C: a3 NAMESPACE
        S: * NAMESPACE (("" "/")) NIL NIL
        S: a3 OK ...
        C: a4 ENABLE CONDSTORE X-NONE
        S: * ENABLED CONDSTORE
        S: a4 OK ...
        C: a5 CREATE Later (USE (\Archive))
        S: a5 NO [USEATTR] ...
        C: a6 DELETE Archive
        S: a6 OK ...
        C: a7 CREATE Later (USE (\Archive))
        S: a7 OK ...
        C: a8 LIST "" Later
        S: * LIST (\HasNoChildren \Archive) "/" Later
        S: a8 OK ...
        C: a9 STATUS INBOX (SIZE APPENDLIMIT HIGHESTMODSEQ)
        S: * STATUS INBOX (SIZE 156 APPENDLIMIT 26214400 HIGHESTMODSEQ ...)
        S: a9 OK ...
        C: b1 GETQUOTA ""
        S: * QUOTA "" (STORAGE 1 51200)
        S: b1 OK ...
        C: b2 GETQUOTA "x"
        S: b2 NO ...
        C: b3 UNSELECT
        S: b3 BAD ...
    """)
    assert house.journal.events(kind="client")[0].facts["version"] == "1.2"


@pytest.mark.sockets
async def test_esearch_answers_briefly(house: House) -> None:
    await fill(house, 5)
    client = await house.client()
    await client.ok("SELECT INBOX")
    await client.ok(r"STORE 3 +FLAGS.SILENT (\Seen)")
    tag = '(TAG "t4")'
    assert await client.ok("SEARCH RETURN (MIN MAX COUNT ALL) UNSEEN") == [
        f"* ESEARCH {tag} MIN 1 MAX 5 ALL 1:2,4:5 COUNT 4"]
    assert await client.ok("UID SEARCH RETURN () ALL") == ['* ESEARCH (TAG "t5") UID ALL 1:5']
    assert await client.ok("SEARCH RETURN (COUNT MIN) DRAFT") == ['* ESEARCH (TAG "t6") COUNT 0']
    assert " BAD " in (await client.command("SEARCH RETURN (FOO) ALL"))[-1]


@pytest.mark.sockets
async def test_uidplus_move_unselect_multiappend(house: House) -> None:
    await fill(house, 4)
    client = await house.client()
    await client.ok("SELECT INBOX")
    await client.ok(r"STORE 1:3 +FLAGS.SILENT (\Deleted)")
    assert await client.ok("UID EXPUNGE 2,9") == ["* 2 EXPUNGE"]
    moved = await client.ok("MOVE 2:3 Trash")
    assert moved[0].startswith("* OK [COPYUID ") and moved[0].endswith(" 3:4 1:2] Moved")
    assert moved[1:] == ["* 3 EXPUNGE", "* 2 EXPUNGE"]
    await client.ok("UNSELECT")
    assert await client.ok("STATUS INBOX (MESSAGES)") == ["* STATUS INBOX (MESSAGES 1)"]
    answer = await client.command(b"APPEND Sent {6+}\r\nA: b\r\n (\\Seen) {6+}\r\nA: c\r\n")
    assert "OK [APPENDUID " in answer[-1] and " 1:2] " in answer[-1]


@pytest.mark.sockets
async def test_condstore_tells_and_guards_modification_sequences(house: House) -> None:
    await fill(house, 3)
    client = await house.client()
    lines = await client.ok("SELECT INBOX (CONDSTORE)")
    highest = int(next(line for line in lines if "HIGHESTMODSEQ" in line).split("HIGHESTMODSEQ ")[1].split("]")[0])
    told = await client.ok(r"STORE 2 +FLAGS.SILENT (\Flagged)")
    assert told == [f"* 2 FETCH (UID 2 MODSEQ ({highest + 1}))"]
    assert await client.ok(f"FETCH 1:* FLAGS (CHANGEDSINCE {highest})") == [
        rf"* 2 FETCH (FLAGS (\Flagged \Recent) MODSEQ ({highest + 1}))"]
    answer = await client.command(rf"STORE 1:3 (UNCHANGEDSINCE {highest}) +FLAGS (\Seen)")
    assert answer[-1].split(" ", 1)[1].startswith("OK [MODIFIED 2] ")
    assert answer[0] == rf"* 1 FETCH (FLAGS (\Seen \Recent) UID 1 MODSEQ ({highest + 2}))"
    assert await client.ok(f"SEARCH MODSEQ {highest + 2}") == [f"* SEARCH 1 3 (MODSEQ {highest + 2})"]
    assert await client.ok("FETCH 3 MODSEQ") == [f"* 3 FETCH (MODSEQ ({highest + 2}))"]
    assert " BAD " in (await client.command("FETCH 1 FLAGS (CHANGEDSINCE)"))[-1]


@pytest.mark.sockets
async def test_sort_and_thread_order_what_is_found(house: House) -> None:
    client = await house.client()
    for subject, parent in (("b", ""), ("c", ""), ("a", ""), ("Re: c", "<2@x>")):
        number = {"b": 1, "c": 2, "a": 3}.get(subject, 4)
        text = f"Subject: {subject}\r\nMessage-ID: <{number}@x>\r\nIn-Reply-To: {parent}\r\n\r\n"
        await client.ok(f"APPEND INBOX {{{len(text)}+}}\r\n{text}")
    await client.ok("SELECT INBOX")
    assert await client.ok("SORT (SUBJECT) UTF-8 ALL") == ["* SORT 3 1 2 4"]
    assert await client.ok("UID SORT (REVERSE SUBJECT ARRIVAL) UTF-8 1:3") == ["* SORT 2 1 3"]
    assert await client.ok("THREAD REFERENCES UTF-8 ALL") == ["* THREAD (1)(2 4)(3)"]
    assert await client.ok("UID THREAD ORDEREDSUBJECT US-ASCII NOT 1") == ["* THREAD (2 4)(3)"]
    assert await client.ok("SORT (DATE) UTF-8 DRAFT") == ["* SORT"]
    assert " NO [BADCHARSET " in (await client.command("SORT (DATE) KOI8-R ALL"))[-1]
    assert " BAD " in (await client.command("SORT (SHOE) UTF-8 ALL"))[-1]


@pytest.mark.sockets
async def test_cheap_keys_spare_reading(quick_house: House) -> None:
    await fill(quick_house, 3)
    client = await quick_house.client()
    await client.ok("SELECT INBOX")
    await client.ok(r"STORE 2 +FLAGS.SILENT (\Seen)")
    assert await client.ok("SEARCH SEEN SUBJECT hello") == ["* SEARCH 2"]
    assert await client.ok("SEARCH SUBJECT hello UNSEEN TEXT text") == ["* SEARCH 1 3"]


@pytest.mark.sockets
async def test_a_saved_search_stands_for_its_messages(house: House) -> None:
    await fill(house, 5)
    client = await house.client()
    await client.ok("SELECT INBOX")
    assert await client.ok("FETCH $ UID") == []
    assert await client.ok("SEARCH RETURN (SAVE) 2:4") == []
    assert await client.ok("FETCH $ UID") == ["* 2 FETCH (UID 2)", "* 3 FETCH (UID 3)", "* 4 FETCH (UID 4)"]
    await client.ok(r"UID STORE $ +FLAGS.SILENT (\Deleted)")
    await client.ok("UID EXPUNGE 3")
    assert await client.ok("UID SEARCH RETURN (SAVE COUNT) UID $ NOT 1") == ['* ESEARCH (TAG "t8") UID COUNT 2']
    assert await client.ok("SEARCH $") == ["* SEARCH 2 3"]
    assert await client.ok("SEARCH RETURN (SAVE MIN MAX) ALL") == ['* ESEARCH (TAG "t10") MIN 1 MAX 4']
    assert (await client.command("COPY $ Trash"))[-1].endswith(" 1,5 1:2] Copied")
    assert " NO [BADCHARSET" in (await client.command("SEARCH RETURN (SAVE) CHARSET X ALL"))[-1]
    assert await client.ok("FETCH $ UID") == []


@pytest.mark.sockets
async def test_sort_answers_briefly_when_asked(house: House) -> None:
    client = await house.client()
    for subject in ("b", "c", "a"):
        await client.ok(f"APPEND INBOX {{14+}}\r\nSubject: {subject}\r\n\r\n")
    await client.ok("SELECT INBOX")
    tag = '* ESEARCH (TAG "t6")'
    assert await client.ok("SORT RETURN (MIN MAX COUNT ALL) (SUBJECT) UTF-8 ALL") == [
        f"{tag} MIN 3 MAX 2 ALL 3,1:2 COUNT 3"]
    await client.ok("UID SORT RETURN (SAVE) (REVERSE SUBJECT) UTF-8 2:3")
    assert await client.ok("FETCH $ UID") == ["* 2 FETCH (UID 2)", "* 3 FETCH (UID 3)"]
    assert (await client.ok("SORT (SUBJECT) UTF-8 MODSEQ 1"))[-1].startswith("* SORT 3 1 2 (MODSEQ ")


@pytest.mark.sockets
async def test_folders_and_messages_have_names_that_last(house: House) -> None:
    await fill(house, 1)
    client = await house.client()
    created = (await client.command("CREATE Later"))[-1]
    name = created.split("[MAILBOXID ")[1].split("]")[0]
    await client.ok("RENAME Later Sooner")
    assert await client.ok("STATUS Sooner (MAILBOXID)") == [f"* STATUS Sooner (MAILBOXID {name})"]
    assert f"* OK [MAILBOXID {name}] Name for ever" in await client.ok("SELECT Sooner")
    await client.ok("SELECT INBOX")
    (first,) = await client.ok("FETCH 1 (EMAILID THREADID)")
    assert first.endswith(" THREADID NIL)")
    await client.ok("MOVE 1 Sooner")
    await client.ok("SELECT Sooner")
    assert await client.ok("FETCH 1 (EMAILID THREADID)") == [first]
    email = first.split("(")[2].split(")")[0]
    assert await client.ok(f"SEARCH EMAILID {email}") == ["* SEARCH 1"]
    assert await client.ok("SEARCH OR EMAILID Mx THREADID T1") == ["* SEARCH"]


@pytest.mark.sockets
async def test_a_preview_is_the_beginning_of_the_text(house: House) -> None:
    await fill(house, 1)
    client = await house.client()
    html = (b"Content-Type: text/html; charset=utf-8\r\n\r\n"
            b"<style>p {}</style><p>R\xc3\xa9sultats&nbsp;de\r\n <b>Mme</b>")
    await client.ok(b"APPEND INBOX {%d+}\r\n%b" % (len(html), html))
    await client.ok("SELECT INBOX")
    assert await client.ok("FETCH 1 (PREVIEW (LAZY) FLAGS)") == ['* 1 FETCH (PREVIEW "text" FLAGS (\\Recent))']
    assert await client.ok("FETCH 2 PREVIEW") == ["* 2 FETCH (PREVIEW {17}", "Résultats de Mme)"]
    assert " BAD " in (await client.command("FETCH 1 PREVIEW (FUZZY)"))[-1]
