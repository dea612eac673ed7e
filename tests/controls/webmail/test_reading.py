"""Folders, pages, a search, and opening: the person's own mailbox and nothing else."""

from __future__ import annotations

import asyncio
from base64 import encodebytes
from collections.abc import Awaitable, Callable

import pytest

from simulator.controls.errors import NotFound
from simulator.controls.webmail.reading import LARGE
from simulator.model.mailbox import Identity
from simulator.store.interface import Change, Folder
from tests.builders import DOCTOR, PHARMACY
from tests.controls.webmail.conftest import ISABELLE, KARIM, Counter
from tests.xdm import samples


async def test_folders_have_their_usual_order_and_what_they_hold(at: Counter) -> None:
    await at.gets()
    found = at.mail.reading.folders(at.who)
    assert [shelf.folder.name for shelf in found][:2] == ["INBOX", "Sent"]
    assert (found[0].messages, found[0].unseen) == (1, 1)


async def test_pages_go_from_the_newest_to_the_oldest_without_a_gap(at: Counter) -> None:
    for number in range(7):
        await at.gets(f"Subject: n{number}")
        at.it.house.clock.advance(60)
    pages = [await at.page(start=start, limit=3) for start in (0, 3, 6, 9)]
    assert [mail.summary.subject for page in pages for mail in page.items] == [f"n{n}" for n in range(6, -1, -1)]
    assert {page.total for page in pages} == {7}


@pytest.mark.parametrize(("words", "found"), [
    ("vial", 1), ("VIAL ordonnance", 1), ("stock", 1), ("adrun 275126322074974", 1), ("réservé", 1), ("nothing", 0),
])
async def test_a_search_looks_at_people_subject_and_text(at: Counter, words: str, found: int) -> None:
    await at.gets("Subject: Ordonnance", "Content-Type: text/plain; charset=utf-8", text="C'est réservé.")
    await at.from_zoe("Question", "Est-ce en stock ?")
    page = await at.page(words=words)
    assert (len(page.items), page.total) == (found, found)


async def test_opening_counts_as_read_and_the_trail_names_the_person_each_time(at: Counter) -> None:
    mail = await at.gets()
    await at.mail.reading.open(at.who, mail.id)
    opened = await at.mail.reading.open(at.karim, mail.id)
    assert "\\Seen" in opened.mail.message.flags and opened.contents.text.strip() == "Bonjour."
    noted = at.it.house.noted("read")
    assert [event["who"] for event in noted] == [f"{ISABELLE} for {PHARMACY}", f"{KARIM} for {PHARMACY}"]
    assert {(event["mailbox"], event["folder"], event["message_id"]) for event in noted} == {
        (PHARMACY, "INBOX", "<1@x.example>")}


Act = Callable[[Counter, Identity, str], Awaitable[object]]


@pytest.mark.parametrize("act", [
    lambda at, who, id: at.mail.reading.open(who, id),
    lambda at, who, id: at.mail.reading.contents(who, id),
    lambda at, who, id: at.mail.reading.file(who, id, 0),
    lambda at, who, id: at.mail.filing.mark(who, id, seen=True),
    lambda at, who, id: at.mail.filing.move(who, id, "\\Trash"),
    lambda at, who, id: at.mail.filing.delete(who, id),
    lambda at, who, id: at.mail.writing.tell(who, id),
], ids=["open", "contents", "file", "mark", "move", "delete", "receipt"])
async def test_a_message_of_somebody_else_is_answered_like_none(at: Counter, act: Act) -> None:
    hers = await at.gets(into=DOCTOR, author=PHARMACY)
    with pytest.raises(NotFound) as other:
        await act(at, at.who, hers.id)
    with pytest.raises(NotFound) as none:
        await act(at, at.who, "999999.1")
    assert other.value.what.replace(hers.id, "") == none.value.what.replace("999999.1", "")
    assert "\\Seen" not in (await at.mail.reading.mail(at.doctor, hers.id)).message.flags


async def test_a_folder_of_somebody_else_is_no_folder(at: Counter) -> None:
    hers = at.mail.reading.folders(at.doctor)[0].folder
    with pytest.raises(NotFound):
        await at.page(folder=str(hers.id))


@pytest.mark.parametrize("id", ["", "1", "1.", "x.y", "1.1; DROP", "99999999999999999999.1", "-1.1", "1.1\n"])
async def test_what_is_no_id_is_not_found(at: Counter, id: str) -> None:
    with pytest.raises(NotFound):
        await at.mail.reading.open(at.who, id)


async def test_the_exchange_with_a_patient_is_told_and_with_a_professional_there_is_none(at: Counter) -> None:
    assert (await at.mail.reading.open(at.who, (await at.from_zoe()).id)).exchange == "open"
    assert (await at.mail.reading.open(at.who, (await at.gets()).id)).exchange == ""


async def test_an_archive_is_opened_with_its_documents(at: Counter) -> None:
    mail = await at.gets("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x", text="\r\n".join([
        "--x", "", "Bonjour.", "--x", 'Content-Type: application/zip; name="IHE_XDM.ZIP"',
        "Content-Transfer-Encoding: base64", "", samples_in_base64(), "--x--"]))
    assert mail.summary.has_files
    archive = await at.mail.reading.archive(at.who, mail.id, 0)
    assert archive.is_sound and len(archive.documents) == 1
    assert (await at.mail.reading.enclosed(at.who, mail.id, 0, 0)).octets == archive.documents[0].octets
    with pytest.raises(NotFound, match="it has 1"):
        await at.mail.reading.enclosed(at.who, mail.id, 0, 1)
    with pytest.raises(NotFound, match="it has 1"):
        await at.mail.reading.file(at.who, mail.id, 1)


def samples_in_base64() -> str:
    return encodebytes(samples.archive()).decode().replace("\n", "\r\n")


async def test_only_changes_of_the_own_folders_are_heard(at: Counter) -> None:
    heard: list[tuple[str, int]] = []

    def hear(change: Change, folder: Folder) -> None:
        heard.append((folder.name, len(change.added)))

    stop = at.mail.reading.watch(at.who, hear)
    await at.gets(into=DOCTOR, author=PHARMACY)
    assert heard == []
    await at.gets()
    assert heard == [("INBOX", 1)]
    stop()
    await at.gets()
    assert heard == [("INBOX", 1)]


async def test_a_page_is_whole_when_a_mailbox_changes_meanwhile(at: Counter) -> None:
    for number in range(6):
        await at.gets(f"Subject: n{number}", text="x" * LARGE)
    space = at.it.house.space
    space.register(at.who.mailbox)
    page = asyncio.create_task(at.page())
    while not page.done():
        await asyncio.sleep(0)
        space.register(at.who.mailbox)
    assert len((await page).items) == 6
