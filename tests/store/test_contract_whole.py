"""What every store promises of what is done to everything at once: cleared, copied out, put back."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.store.interface import Batch, Change, Deposit, ExchangeChange, QueuedRelay, Store, StoreError
from tests.store.builders import BOX, a_deposit, a_message, folder_of, uids
from tests.store.conftest import FOLDERS

OTHER = "other@a.example"


async def fill(store: Store) -> None:
    """One of everything: messages, keyword, vanished UID, folder of one's own, arrival, relay, exchange, event."""
    inbox = folder_of(store)
    await store.append(inbox.id, [a_message(b"one\r\n", "$Kept"), a_message(b"two\r\n"), a_message(b"three\r\n")])
    await store.remove(inbox.id, [2])
    await store.create_folder(BOX, "Own/Deep")
    await store.commit(Batch(
        deposits=(Deposit(BOX, a_message(b"four\r\n"), arrival="a transfer"),),
        relays=(QueuedRelay(0, "bfc", "a@b.fr", "c@d.fr", b"on its way\r\n", due=5.0, options={"ENVID": "x"}),),
        exchanges=(ExchangeChange("patient", BOX, "open", 1.0, "opener", "last", ending=True),)))
    store.record("kind", 1.0, "{}")


def everything(store: Store) -> dict[str, object]:
    """All that can be seen of the mailbox BOX and the queue, without the numbers that a return changes."""
    return {
        "folders": [(f.name, f.special_use, f.subscribed, f.selectable, f.uidnext, f.highestmodseq,
                     store.counts(f.id), [(m.uid, m.flags, m.modseq, store.body(f.id, m.uid))
                                          for m in store.messages(f.id)],
                     list(store.keywords(f.id)), list(store.vanished(f.id, 0))) for f in store.folders(BOX)],
        "usage": store.usage(BOX), "subscriptions": list(store.subscriptions(BOX)),
        "arrived": store.arrived("a transfer", BOX), "exchanges": list(store.exchanges_in_full()),
        "queue": [(r.recipient, r.due, dict(r.options), store.queued_body(r.id)) for r in store.queue()],
    }


async def test_a_cleared_store_holds_empty_mailboxes_only(store: Store) -> None:
    await fill(store)
    await store.clear({BOX: FOLDERS, OTHER: FOLDERS})
    for box in (BOX, OTHER):
        assert [f.name for f in store.folders(box)] == ["INBOX", "Sent", "Trash"]
        assert store.usage(box) == 0
        assert list(store.subscriptions(box)) == ["INBOX", "Sent", "Trash"]
    assert store.messages(folder_of(store).id) == []
    assert list(store.queue()) == []
    assert not store.arrived("a transfer", BOX)
    assert dict(store.exchanges("patient")) == {}


async def test_clearing_forgets_mailboxes_that_are_not_named(store: Store) -> None:
    await store.clear({OTHER: FOLDERS})
    assert list(store.folders(BOX)) == []


async def test_no_number_comes_back_after_clearing(store: Store) -> None:
    await fill(store)
    before, queued = store.folders(BOX), store.queue()
    await store.clear({BOX: FOLDERS})
    after = store.folders(BOX)
    assert min(f.id for f in after) > max(f.id for f in before)
    assert min(f.uidvalidity for f in after) > max(f.uidvalidity for f in before)
    done = await store.commit(Batch(relays=(QueuedRelay(0, "bfc", "", "c@d.fr", b"x"),)))
    assert done.relays[0] > queued[0].id


async def test_watchers_hear_that_every_folder_is_gone(store: Store) -> None:
    await fill(store)
    heard: list[Change] = []
    inbox, folders = folder_of(store), {f.id for f in store.folders(BOX)}
    store.watch(inbox.id, heard.append)
    stop = store.watch_all(heard.append)
    await store.clear({BOX: FOLDERS})
    assert {change.folder for change in heard} == folders
    assert all(change.gone for change in heard)
    assert sum(change.folder == inbox.id for change in heard) == 2
    stop()
    heard.clear()
    await store.append(folder_of(store).id, [a_message()])
    assert heard == []


async def test_who_watches_all_hears_of_folders_made_later(store: Store) -> None:
    heard: list[Change] = []
    store.watch_all(heard.append)
    made = await store.create_folder(BOX, "Later")
    (uid,) = await store.append(made.id, [a_message()])
    assert [(c.folder, [m.uid for m in c.added]) for c in heard] == [(made.id, [uid])]


async def test_the_journal_goes_on_through_clearing_and_return(store: Store, tmp_path: Path) -> None:
    await fill(store)
    await store.copy_to(tmp_path / "kept")
    store.record("kind", 2.0, "{}")
    await store.clear({BOX: FOLDERS})
    await store.replace_by(tmp_path / "kept")
    store.record("kind", 3.0, "{}")
    await store.clear({BOX: FOLDERS})
    assert [event.at for event in store.recorded()] == [1.0, 2.0, 3.0]


async def test_a_copy_brings_everything_back(store: Store, tmp_path: Path) -> None:
    await fill(store)
    then = everything(store)
    await store.copy_to(tmp_path / "kept")
    await store.append(folder_of(store).id, [a_message(b"later\r\n")])
    await store.commit(Batch(exchanges=(ExchangeChange("patient", BOX, "closed", 2.0),)))
    await store.replace_by(tmp_path / "kept")
    assert everything(store) == then
    await store.clear({BOX: FOLDERS})
    await store.replace_by(tmp_path / "kept")
    assert everything(store) == then


async def test_a_later_copy_takes_the_place_of_an_earlier_one(store: Store, tmp_path: Path) -> None:
    await store.copy_to(tmp_path / "kept")
    await store.commit(a_deposit())
    await store.copy_to(tmp_path / "kept")
    await store.clear({BOX: FOLDERS})
    await store.replace_by(tmp_path / "kept")
    assert uids(store, folder_of(store).id) == [1]


async def test_what_returns_has_numbers_that_nobody_had(store: Store, tmp_path: Path) -> None:
    await fill(store)
    await store.copy_to(tmp_path / "kept")
    later = await store.create_folder(BOX, "Later")
    queued = store.queue()[0].id
    heard: list[Change] = []
    store.watch_all(heard.append)
    before = {f.id for f in store.folders(BOX)}
    for _ in range(2):
        await store.replace_by(tmp_path / "kept")
        folders = store.folders(BOX)
        assert min(f.id for f in folders) > max(before)
        assert min(f.uidvalidity for f in folders) > later.uidvalidity
        assert len({f.uidvalidity for f in folders}) == len(folders)
        assert {change.folder for change in heard} == before
        assert store.queue()[0].id > queued
        before, queued, later = {f.id for f in folders}, store.queue()[0].id, max(folders, key=lambda f: f.uidvalidity)
        heard.clear()
    made = await store.create_folder(BOX, "Newest")
    assert made.id > max(before)
    assert made.uidvalidity > later.uidvalidity


async def test_mail_arrives_after_a_return(store: Store, tmp_path: Path) -> None:
    await fill(store)
    await store.copy_to(tmp_path / "kept")
    await store.replace_by(tmp_path / "kept")
    again = await store.commit(a_deposit(arrival="a transfer"))
    assert again.placed[0].uid == 0
    done = await store.commit(a_deposit(b"new\r\n"))
    assert store.body(folder_of(store).id, done.placed[0].uid) == b"new\r\n"
    await store.commit(Batch(relayed=[store.queue()[0].id]))
    assert list(store.queue()) == []


async def test_a_copy_that_is_missing_changes_nothing(store: Store, tmp_path: Path) -> None:
    await fill(store)
    then = everything(store)
    with pytest.raises(StoreError):
        await store.replace_by(tmp_path / "none")
    assert everything(store) == then


async def test_messages_are_removed_whatever_their_flags(store: Store) -> None:
    inbox = folder_of(store)
    await store.append(inbox.id, [a_message(b"one"), a_message(b"two"), a_message(b"three")])
    heard: list[Change] = []
    store.watch(inbox.id, heard.append)
    assert await store.remove(inbox.id, [1, 3, 9]) == (1, 3)
    assert await store.remove(inbox.id, [1]) == ()
    assert uids(store, inbox.id) == [2]
    assert [change.expunged for change in heard] == [(1, 3)]
    assert store.usage(BOX) == 3
