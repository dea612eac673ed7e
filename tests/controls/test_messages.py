"""Messages: found, put in, taken out, removed."""

from __future__ import annotations

import asyncio

import pytest

from simulator.controls.errors import Invalid, NotFound, TimedOut
from simulator.controls.query import Query
from simulator.model.address import Address
from simulator.store.interface import Change, FlagOp, NewMessage
from tests.builders import DOCTOR, NURSE, PHARMACY, a_letter, address
from tests.controls.conftest import Ruled


def a_mail(subject: str = "x", text: str = "Bonjour") -> bytes:
    """A short message."""
    return f"From: {DOCTOR}\r\nTo: {PHARMACY}\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()


async def test_a_message_is_put_in_and_looked_at(it: Ruled) -> None:
    put = await it.controls.messages.inject(PHARMACY.upper(), b"Subject: a\n\nb\n", flags=["\\Flagged", "$Own"])
    assert (put.mailbox, put.folder, put.subject, put.flags) == (PHARMACY, "INBOX", "a", ("$Own", "\\Flagged"))
    assert put.received == it.house.clock.timestamp()
    assert it.controls.messages.get(put.id) == put
    assert it.controls.messages.raw(put.id) == b"Subject: a\r\n\r\nb\r\n"
    assert it.house.noted("injected")[0]["mailbox"] == PHARMACY


async def test_unknown_places_and_flags_are_told_with_what_is_near(it: Ruled) -> None:
    messages = it.controls.messages
    with pytest.raises(NotFound, match=f"did you mean {DOCTOR}"):
        await messages.inject("paul.vail@medecin.mssante.fr", b"")
    with pytest.raises(NotFound, match="did you mean Archive"):
        await messages.inject(DOCTOR, b"", folder="Archives")
    with pytest.raises(Invalid, match="is not a flag"):
        await messages.inject(DOCTOR, b"", flags=["two words"])
    for id in ("x", "1", "0.0", "99999.1", "1.99", "9" * 40 + ".1"):
        with pytest.raises(NotFound):
            messages.get(id)
        with pytest.raises(NotFound):
            messages.raw(id)


async def test_every_folder_is_searched_unless_one_is_named(it: Ruled) -> None:
    for folder in ("INBOX", "Sent"):
        await it.controls.messages.inject(DOCTOR, a_mail(folder), folder=folder)
    await it.controls.messages.inject(PHARMACY, a_mail("INBOX"))
    find = it.controls.messages.find

    def subjects(query: Query) -> list[tuple[str, str]]:
        return [(m.mailbox, m.subject) for m in find(query).items]

    assert subjects(Query(mailbox=DOCTOR)) == [(DOCTOR, "INBOX"), (DOCTOR, "Sent")]
    assert subjects(Query(mailbox=DOCTOR, folder="Sent")) == [(DOCTOR, "Sent")]
    assert sorted(subjects(Query(folder="INBOX"))) == [(DOCTOR, "INBOX"), (PHARMACY, "INBOX")]
    assert sorted(subjects(Query(subject="inb"))) == [(DOCTOR, "INBOX"), (PHARMACY, "INBOX")]
    with pytest.raises(NotFound):
        find(Query(mailbox="nobody@medecin.mssante.fr"))
    with pytest.raises(NotFound, match="did you mean Sent"):
        find(Query(mailbox=DOCTOR, folder="Sents"))


async def test_pages_follow_each_other(it: Ruled) -> None:
    for n in range(5):
        await it.controls.messages.inject(DOCTOR, a_mail(str(n)), folder="INBOX" if n % 2 else "Sent")
        it.house.clock.advance(1)
    query = Query(mailbox=DOCTOR, limit=2)
    seen: list[str] = []
    page = it.controls.messages.find(query)
    while page.items:
        assert len(page.items) <= 2
        seen += [m.subject for m in page.items]
        page = it.controls.messages.find(Query(mailbox=DOCTOR, limit=2, after=page.cursor))
    assert seen == ["0", "1", "2", "3", "4"]
    await it.controls.messages.inject(DOCTOR, a_mail("later"))
    assert [m.subject for m in it.controls.messages.find(Query(after=page.cursor)).items] == ["later"]


async def test_the_cursor_of_an_empty_space_lets_everything_through(it: Ruled) -> None:
    cursor = it.controls.messages.find(Query()).cursor
    await it.controls.messages.inject(DOCTOR, a_mail())
    assert len(it.controls.messages.find(Query(after=cursor)).items) == 1


async def test_the_id_of_a_message_is_a_cursor(it: Ruled) -> None:
    first = await it.controls.messages.inject(DOCTOR, a_mail("1"))
    await it.controls.messages.inject(DOCTOR, a_mail("2"))
    found = it.controls.messages.find(Query(mailbox=DOCTOR, folder="INBOX", after=first.id)).items
    assert [m.subject for m in found] == ["2"]


async def test_what_is_taken_is_gone_and_comes_with_its_bytes(it: Ruled) -> None:
    await it.controls.messages.inject(PHARMACY, a_mail("1"))
    await it.controls.messages.inject(PHARMACY, a_mail("2"))
    taken = await it.controls.messages.take(Query(mailbox=PHARMACY, subject="1"))
    assert taken.raw == a_mail("1")
    assert it.house.inbox(PHARMACY) == [a_mail("2")]
    assert it.house.noted("taken")[0]["mailbox"] == PHARMACY


async def test_two_who_take_get_one_each(it: Ruled) -> None:
    takers = [asyncio.create_task(it.controls.messages.take(Query(mailbox=PHARMACY))) for _ in range(4)]
    for n in range(2):
        await it.controls.messages.inject(PHARMACY, a_mail(str(n)))
    await asyncio.wait(takers, return_when=asyncio.FIRST_COMPLETED)
    for n in range(2, 4):
        await it.controls.messages.inject(PHARMACY, a_mail(str(n)))
    taken = await asyncio.gather(*takers)
    assert sorted(m.subject for m in taken) == ["0", "1", "2", "3"]
    assert it.house.inbox(PHARMACY) == []


async def test_when_a_mail_program_was_quicker_the_taker_goes_on_waiting(it: Ruled) -> None:
    inbox = it.store.folder(PHARMACY, "INBOX")
    assert inbox is not None
    removing: list[asyncio.Task[tuple[int, ...]]] = []

    def remove(change: Change) -> None:
        """Asked of the writer before the taker can be."""
        if change.added and not removing:
            removing.append(asyncio.create_task(it.store.remove(change.folder, [change.added[0].uid])))

    it.store.watch(inbox.id, remove)
    begun = asyncio.Event()

    async def take() -> str:
        begun.set()
        return (await it.controls.messages.take(Query(mailbox=PHARMACY))).subject

    taker = asyncio.create_task(take())
    await begun.wait()
    await it.store.append(inbox.id, [NewMessage(a_mail("first"), 0.0)])
    await removing[0]
    await it.store.append(inbox.id, [NewMessage(a_mail("second"), 0.0)])
    assert await taker == "second"


async def test_nothing_to_take_times_out_and_claims_nothing(it: Ruled) -> None:
    with pytest.raises(TimedOut):
        await it.controls.messages.take(Query(mailbox=PHARMACY), timeout=0.01)
    await it.controls.messages.inject(PHARMACY, a_mail())
    assert (await it.controls.messages.take(Query(mailbox=PHARMACY), timeout=5)).subject == "x"


async def test_mailboxes_are_emptied(it: Ruled) -> None:
    for box, folder in ((DOCTOR, "INBOX"), (DOCTOR, "Sent"), (PHARMACY, "INBOX")):
        await it.controls.messages.inject(box, a_mail(), folder=folder)
    assert await it.controls.messages.purge(DOCTOR) == 2
    assert [m.mailbox for m in it.controls.messages.find(Query()).items] == [PHARMACY]
    assert await it.controls.messages.purge() == 1
    assert await it.controls.messages.purge() == 0


async def test_read_and_unread_are_told_apart(it: Ruled) -> None:
    put = await it.controls.messages.inject(DOCTOR, a_mail())
    assert it.controls.messages.find(Query(unseen=True)).items == (put,)
    folder, uid = map(int, put.id.split("."))
    await it.store.set_flags(folder, [uid], FlagOp.ADD, frozenset({"\\Seen"}))
    assert it.controls.messages.find(Query(unseen=True)).items == ()
    assert len(it.controls.messages.find(Query(unseen=False)).items) == 1


async def test_mail_that_was_sent_is_found(it: Ruled) -> None:
    visit = await it.house.signed_in(DOCTOR)
    await it.house.send(visit, DOCTOR, [NURSE], a_letter())
    (found,) = await it.controls.messages.wait(Query(mailbox=NURSE, from_=DOCTOR))
    assert Address.parse(found.mailbox) == address(NURSE)
    assert found.headers[0][0] == "Return-Path"
