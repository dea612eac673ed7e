"""What every store promises about mailboxes, folders and subscriptions."""

from __future__ import annotations

import pytest

from simulator.store.interface import Change, Counts, FolderExists, HasChildren, NoSuchFolder, Store, StoreError
from simulator.store.names import BadName
from tests.store.builders import BOX, a_deposit, a_message, folder_of, uids


def names(store: Store, mailbox: str = BOX) -> list[str]:
    return [folder.name for folder in store.folders(mailbox)]


async def test_a_new_mailbox_has_the_wanted_folders_subscribed(store: Store) -> None:
    assert names(store) == ["INBOX", "Sent", "Trash"]
    assert [f.special_use for f in store.folders(BOX)] == [None, "\\Sent", "\\Trash"]
    assert all(f.subscribed and f.selectable and f.uidnext == 1 and f.highestmodseq == 1 for f in store.folders(BOX))
    assert list(store.subscriptions(BOX)) == ["INBOX", "Sent", "Trash"]


async def test_folders_that_the_owner_deleted_do_not_come_back(store: Store) -> None:
    await store.delete_folder(folder_of(store, "Trash").id)
    await store.ensure_mailbox(BOX, (("INBOX", None), ("Trash", "\\Trash")))
    assert names(store) == ["INBOX", "Sent"]


async def test_mailboxes_do_not_see_each_other(store: Store) -> None:
    other = "../../etc/passwd'; DROP TABLE folder; --"
    await store.ensure_mailbox(other, (("INBOX", None),))
    await store.commit(a_deposit(mailbox=other))
    assert names(store, other) == ["INBOX"] and store.usage(BOX) == 0
    assert uids(store, folder_of(store).id) == []
    assert store.folders("nobody@a.example") == [] and store.folder("nobody@a.example", "INBOX") is None


async def test_a_folder_is_found_by_name_and_by_number(store: Store) -> None:
    made = await store.create_folder(BOX, "Dossiers/été", "\\Archive")
    assert made == store.folder(BOX, "Dossiers/été") == store.folder_by_id(made.id)
    assert (made.mailbox, made.special_use, made.subscribed, made.selectable) == (BOX, "\\Archive", False, True)
    assert store.folder_by_id(made.id + 1000) is None and store.folder(BOX, "dossiers/été") is None


@pytest.mark.parametrize("name", ["inbox", "InBox", "INBOX", "INBOX/"])
async def test_inbox_is_the_same_in_any_case(store: Store, name: str) -> None:
    assert folder_of(store, name).name == "INBOX"
    with pytest.raises(FolderExists):
        await store.create_folder(BOX, name)


async def test_children_of_inbox_hang_under_the_one_inbox(store: Store) -> None:
    assert (await store.create_folder(BOX, "inbox/Tri")).name == "INBOX/Tri"
    assert folder_of(store, "Inbox/Tri").name == "INBOX/Tri" and store.folder(BOX, "INBOX/tri") is None


async def test_a_dotless_i_does_not_make_an_inbox(store: Store) -> None:
    assert (await store.create_folder(BOX, "ınbox")).name == "ınbox"


@pytest.mark.parametrize("name", ["", "/", "a//b", "/a", "a\nb", "a\0b", "a\x85b", "\ud800", "x" * 1001])
async def test_names_that_no_folder_can_have(store: Store, name: str) -> None:
    with pytest.raises(BadName):
        await store.create_folder(BOX, name)
    with pytest.raises(BadName):
        await store.rename_folder(folder_of(store, "Sent").id, name)
    with pytest.raises(BadName):
        await store.subscribe(BOX, name, True)
    assert store.folder(BOX, name) is None


async def test_creating_makes_missing_parents_and_refuses_a_taken_name(store: Store) -> None:
    await store.create_folder(BOX, "a/b/c/")
    assert names(store) == ["INBOX", "Sent", "Trash", "a", "a/b", "a/b/c"]
    assert all(f.selectable for f in store.folders(BOX))
    with pytest.raises(FolderExists):
        await store.create_folder(BOX, "a/b")


async def test_a_name_never_gets_a_uidvalidity_twice(store: Store) -> None:
    seen = set()
    for _ in range(5):
        made = await store.create_folder(BOX, "again")
        seen.add(made.uidvalidity)
        await store.append(made.id, [a_message()])
        await store.delete_folder(made.id)
    assert len(seen) == 5 and all(0 < value < 1 << 32 for value in seen)


async def test_deleting_takes_the_messages_and_tells_the_watchers(store: Store) -> None:
    made = await store.create_folder(BOX, "gone")
    await store.append(made.id, [a_message(b"12345")])
    heard: list[Change] = []
    store.watch(made.id, heard.append)
    await store.delete_folder(made.id)
    assert heard == [Change(made.id, gone=True)]
    assert store.usage(BOX) == 0 and store.folder_by_id(made.id) is None
    for ask in (store.counts, store.messages):
        with pytest.raises(NoSuchFolder):
            ask(made.id)
    with pytest.raises(NoSuchFolder):
        store.vanished(made.id, 0)
    with pytest.raises(NoSuchFolder):
        await store.delete_folder(made.id)
    with pytest.raises(NoSuchFolder):
        await store.rename_folder(made.id, "else")


async def test_a_deleted_parent_stays_as_a_name_until_its_last_child_goes(store: Store) -> None:
    child = await store.create_folder(BOX, "top/mid/leaf")
    top = folder_of(store, "top")
    await store.append(top.id, [a_message()])
    await store.delete_folder(top.id)
    await store.delete_folder(folder_of(store, "top/mid").id)
    kept = folder_of(store, "top")
    assert not kept.selectable and store.counts(kept.id) == Counts(0, 0, 0, 0)
    with pytest.raises(HasChildren):
        await store.delete_folder(kept.id)
    with pytest.raises(NoSuchFolder):
        await store.append(kept.id, [a_message()])
    with pytest.raises(NoSuchFolder):
        await store.commit(a_deposit(folder="top"))
    await store.delete_folder(child.id)
    assert names(store) == ["INBOX", "Sent", "Trash"]


async def test_a_name_kept_for_its_children_can_become_a_folder_again(store: Store) -> None:
    await store.create_folder(BOX, "top/leaf")
    before = folder_of(store, "top")
    await store.append(before.id, [a_message()])
    await store.delete_folder(before.id)
    again = await store.create_folder(BOX, "top", "\\Junk")
    assert again.selectable and again.uidvalidity != before.uidvalidity and again.special_use == "\\Junk"
    assert await store.append(again.id, [a_message()]) == (1,) and list(store.keywords(again.id)) == []


async def test_inbox_cannot_be_deleted(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.delete_folder(folder_of(store).id)
    assert "INBOX" in names(store)


async def test_renaming_keeps_number_and_uids_and_takes_the_children(store: Store) -> None:
    child = await store.create_folder(BOX, "old%/x_/y")
    parent = folder_of(store, "old%")
    await store.create_folder(BOX, "oldX/other")
    await store.append(parent.id, [a_message()])
    await store.rename_folder(parent.id, "new/place")
    assert names(store) == ["INBOX", "Sent", "Trash", "new", "new/place", "new/place/x_", "new/place/x_/y", "oldX",
                            "oldX/other"]
    moved = folder_of(store, "new/place")
    assert (moved.id, moved.uidvalidity, uids(store, moved.id)) == (parent.id, parent.uidvalidity, [1])
    assert folder_of(store, "new/place/x_/y").id == child.id
    assert (await store.create_folder(BOX, "old%")).uidvalidity > child.uidvalidity


async def test_renaming_the_last_child_away_drops_the_empty_name(store: Store) -> None:
    child = await store.create_folder(BOX, "top/leaf")
    await store.delete_folder(folder_of(store, "top").id)
    await store.rename_folder(child.id, "leaf")
    assert "top" not in names(store)


async def test_renaming_to_a_taken_name_or_into_itself_is_refused(store: Store) -> None:
    sent = folder_of(store, "Sent")
    for taken in ("Trash", "Sent", "inbox"):
        with pytest.raises(FolderExists):
            await store.rename_folder(sent.id, taken)
    with pytest.raises(BadName):
        await store.rename_folder(sent.id, "Sent/below")
    assert names(store) == ["INBOX", "Sent", "Trash"]


async def test_renaming_inbox_moves_its_messages_and_leaves_it_empty(store: Store) -> None:
    inbox = folder_of(store)
    await store.create_folder(BOX, "INBOX/child")
    await store.append(inbox.id, [a_message(b"one", "\\Seen", "todo"), a_message(b"two")])
    heard: list[Change] = []
    store.watch(inbox.id, heard.append)
    await store.rename_folder(inbox.id, "Old mail")
    old = folder_of(store, "Old mail")
    assert folder_of(store).id == inbox.id and folder_of(store).uidvalidity == inbox.uidvalidity
    assert uids(store, inbox.id) == [] and [c.expunged for c in heard] == [(1, 2)]
    assert dict(store.bodies(old.id, [1, 2])) == {1: b"one", 2: b"two"}
    assert store.messages(old.id)[0].flags == {"\\Seen", "todo"}
    assert folder_of(store, "INBOX/child").selectable
    assert await store.append(inbox.id, [a_message()]) == (3,)


async def test_subscriptions_are_kept_by_name_and_outlive_the_folder(store: Store) -> None:
    await store.subscribe(BOX, "not/yet", True)
    await store.subscribe(BOX, "not/yet", True)
    await store.delete_folder(folder_of(store, "Trash").id)
    assert list(store.subscriptions(BOX)) == ["INBOX", "Sent", "Trash", "not/yet"]
    assert (await store.create_folder(BOX, "not/yet")).subscribed
    await store.rename_folder(folder_of(store, "not/yet").id, "now")
    assert not folder_of(store, "now").subscribed
    await store.subscribe(BOX, "inbox", False)
    await store.subscribe(BOX, "never there", False)
    assert not folder_of(store).subscribed and list(store.subscriptions(BOX)) == ["Sent", "Trash", "not/yet"]
