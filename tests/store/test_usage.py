"""What a mailbox holds, remembered: always what the file says."""

from __future__ import annotations

import asyncio
import random

from simulator.store.interface import Change, FlagOp, Message, StoreError
from simulator.store.sqlite import SqliteStore
from simulator.store.usage import Usage
from tests.store.builders import BOX, a_deposit, a_message, folder_of, uids

DELETED = frozenset({"\\Deleted"})


def size_of(disk: SqliteStore, mailbox: str = BOX) -> int:
    """As the counters of the folders say."""
    return sum(disk.counts(folder.id).size for folder in disk.folders(mailbox))


async def test_it_follows_everything_that_happens_to_a_mailbox(disk: SqliteStore) -> None:
    chance = random.Random(3)
    inbox = folder_of(disk).id
    assert disk.usage(BOX) == 0
    for turn in range(60):
        match chance.randrange(6):
            case 0:
                await asyncio.gather(*(disk.commit(a_deposit(b"x" * chance.randrange(1, 99))) for _ in range(5)))
            case 1:
                made = await disk.create_folder(BOX, f"made {turn}")
                await disk.append(made.id, [a_message(b"appended")])
            case 2:
                await disk.copy(inbox, uids(disk, inbox)[:3], folder_of(disk, "Sent").id, move=bool(turn % 2))
            case 3:
                await disk.set_flags(inbox, uids(disk, inbox)[:2], FlagOp.ADD, DELETED)
                await disk.expunge(inbox)
            case 4:
                await disk.rename_folder(inbox, f"old {turn}")
            case _:
                for folder in [f for f in disk.folders(BOX) if f.name.startswith(("made", "old"))][:1]:
                    await disk.delete_folder(folder.id)
        assert disk.usage(BOX) == size_of(disk)


async def test_it_forgets_with_the_whole(disk: SqliteStore) -> None:
    await disk.commit(a_deposit(b"12345"))
    assert disk.usage(BOX) == 5
    await disk.clear({BOX: (("INBOX", None),)})
    assert disk.usage(BOX) == 0
    await disk.commit(a_deposit(b"123"))
    assert disk.usage(BOX) == 3


def added(folder: int, modseq: int, size: int) -> Change:
    return Change(folder, added=(Message(1, frozenset(), modseq, size, 0.0),), modseq=modseq)


def test_a_change_that_the_file_showed_already_is_counted_once() -> None:
    usage = Usage(lambda mailbox: [(7, 5, 100)], lambda folder: BOX)
    assert usage.of(BOX) == 100
    usage.hear(added(7, 5, 40))  # committed before it was asked, heard of after
    assert usage.of(BOX) == 100
    usage.hear(added(7, 6, 40))
    assert usage.of(BOX) == 140


def test_a_folder_nobody_knew_of_makes_it_ask_again() -> None:
    folders = [(7, 5, 100)]
    usage = Usage(lambda mailbox: folders, lambda folder: BOX)
    assert usage.of(BOX) == 100
    folders.append((8, 2, 1))
    usage.hear(added(8, 2, 1))
    assert usage.of(BOX) == 101


def test_when_nobody_can_say_whose_a_folder_is_everything_is_asked_again() -> None:
    def broken(folder: int) -> str:
        raise StoreError("closed")

    sizes = iter(([(7, 5, 100)], [(7, 5, 103)]))
    usage = Usage(lambda mailbox: next(sizes), broken)
    assert usage.of(BOX) == 100
    usage.hear(added(9, 2, 3))
    assert usage.of(BOX) == 103
