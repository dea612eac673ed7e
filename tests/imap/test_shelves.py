"""Message lists are shared until somebody changes them, so that opening a folder copies nothing."""

from __future__ import annotations

import random

from simulator.imap.shelves import Shelf, Shelves
from simulator.imap.view import View
from simulator.store.interface import Change, FlagOp, Message, NewMessage, Store

BOX = "paul.vial@medecin.mssante.fr"
SEEN = frozenset({"\\Seen"})
LETTER = NewMessage(b"A: b\r\n\r\n", 0.0)


async def inbox(store: Store, messages: int) -> int:
    """A folder with so many messages."""
    await store.ensure_mailbox(BOX, (("INBOX", None),))
    folder = store.folder(BOX, "INBOX")
    assert folder is not None
    await store.append(folder.id, [LETTER] * messages)
    return folder.id


def uids(messages: list[Message]) -> list[int]:
    """Their UIDs."""
    return [message.uid for message in messages]


async def test_views_share_the_list_until_one_of_them_changes(memory: Store) -> None:
    number = await inbox(memory, 5)
    shelf = Shelves(memory).shelf(number)
    folder = memory.folder_by_id(number)
    assert folder is not None
    one, two = (View(folder, shelf.lend(), (), read_only=False, recent_above=0, modseq=shelf.modseq) for _ in "12")
    assert one.messages is two.messages is shelf.messages
    await memory.append(number, [LETTER])
    assert len(one.messages) == 5 and len(shelf.messages) == 6
    one.hear(Change(number, expunged=(2,), modseq=9))
    assert one.report(expunges=True) == [b"* 2 EXPUNGE\r\n"]
    assert uids(one.messages) == [1, 3, 4, 5] and uids(two.messages) == [1, 2, 3, 4, 5]


async def test_a_folder_is_read_once_and_follows_the_store(store: Store) -> None:
    number = await inbox(store, 40)
    shelves = Shelves(store)
    shelf = shelves.shelf(number)
    await store.set_flags(number, [1, 3], FlagOp.ADD, SEEN)
    await store.set_flags(number, range(2, 36, 2), FlagOp.ADD, frozenset({"\\Deleted"}))
    await store.expunge(number)
    await store.append(number, [LETTER])
    folder = store.folder_by_id(number)
    assert shelves.shelf(number) is shelf and folder is not None
    assert shelf.messages == store.messages(number) and shelf.modseq == folder.highestmodseq


def test_the_first_unseen_message_is_found_whatever_happens() -> None:
    chance = random.Random(3501)
    shelf = Shelf([Message(uid, frozenset(), 1, 1, 0.0) for uid in range(1, 60)], 1)
    for modseq in range(2, 400):
        left = uids(shelf.messages)
        chosen = chance.sample(left, min(len(left), chance.randint(0, 3)))
        if chance.random() < 0.1:
            shelf.hear(Change(1, expunged=tuple(chosen), modseq=modseq))
        else:
            flags = chance.choice([SEEN, SEEN, frozenset[str]()])
            shelf.hear(Change(1, flagged=tuple(Message(uid, flags, modseq, 1, 0.0) for uid in chosen), modseq=modseq))
        slowly = next((n for n, m in enumerate(shelf.messages, 1) if "\\Seen" not in m.flags), None)
        assert shelf.first_unseen() == slowly
