"""What every store promises about messages, flags, copies and watchers."""

from __future__ import annotations

import pytest

from simulator.store.interface import Change, Copied, Counts, FlagOp, Message, NoSuchFolder, Store
from tests.store.builders import BOX, a_message, folder_of, uids

SEEN = frozenset({"\\Seen"})
DELETED = frozenset({"\\Deleted"})


@pytest.fixture
async def inbox(store: Store) -> int:
    """INBOX with five messages whose bodies are b"1" to b"5"."""
    number = folder_of(store).id
    await store.append(number, [a_message(b"%d" % n) for n in range(1, 6)])
    return number


async def test_appended_messages_read_back_as_they_were_given(store: Store) -> None:
    inbox = folder_of(store).id
    body = bytes(range(256)) * 9
    assert await store.append(inbox, [a_message(body, "\\seen", "$Label", date=12.25), a_message(b"")]) == (1, 2)
    first, second = store.messages(inbox)
    assert first == Message(1, frozenset({"\\Seen", "$Label"}), 2, len(body), 12.25)
    assert (second.uid, second.flags, second.size, second.modseq) == (2, frozenset(), 0, 2)
    assert store.body(inbox, 1) == body and store.body(inbox, 2) == b"" and store.body(inbox, 3) is None
    assert (folder_of(store).uidnext, folder_of(store).highestmodseq) == (3, 2)
    assert store.usage(BOX) == len(body)


async def test_appending_is_all_or_nothing(store: Store, inbox: int) -> None:
    with pytest.raises(ValueError, match="not a flag"):
        await store.append(inbox, [a_message(), a_message(b"y", "two words")])
    assert uids(store, inbox) == [1, 2, 3, 4, 5] and folder_of(store).uidnext == 6
    assert await store.append(inbox, []) == ()
    with pytest.raises(NoSuchFolder):
        await store.append(inbox + 1000, [a_message()])


async def test_the_list_of_messages_belongs_to_whoever_asked(store: Store, inbox: int) -> None:
    mine = store.messages(inbox)
    mine[0].flags = SEEN
    mine.clear()
    assert len(store.messages(inbox)) == 5 and store.messages(inbox)[0].flags == frozenset()


async def test_bodies_come_in_the_order_asked_without_the_missing(store: Store, inbox: int) -> None:
    assert list(store.bodies(inbox, [5, 99, 1, 3])) == [(5, b"5"), (1, b"1"), (3, b"3")]
    assert list(store.bodies(inbox, range(2, 4))) == [(2, b"2"), (3, b"3")]
    assert list(store.bodies(inbox + 1000, [1])) == [] and list(store.bodies(inbox, [])) == []


async def test_many_and_large_bodies_come_whole(store: Store) -> None:
    inbox = folder_of(store).id
    sent = [b"%d" % n * (1 if n % 50 else 400_000) for n in range(450)]
    await store.append(inbox, [a_message(body) for body in sent])
    assert [body for _, body in store.bodies(inbox, range(1, 451))] == sent


async def test_a_body_expunged_while_bodies_are_read_is_skipped(store: Store) -> None:
    inbox = folder_of(store).id
    await store.append(inbox, [a_message(b"%d" % n, "\\Deleted") for n in range(1, 301)])
    reading = store.bodies(inbox, range(1, 301))
    assert next(reading) == (1, b"1")
    await store.expunge(inbox, [300])
    assert [uid for uid, _ in reading] == list(range(2, 300))


@pytest.mark.parametrize(("op", "expected"), [
    (FlagOp.SET, {"\\Flagged", "todo"}), (FlagOp.ADD, {"\\Seen", "Later", "\\Flagged", "todo"}),
    (FlagOp.REMOVE, {"\\Seen", "Later"})])
async def test_flags_are_set_added_and_removed(store: Store, op: FlagOp, expected: set[str]) -> None:
    inbox = folder_of(store).id
    await store.append(inbox, [a_message(b"x", "\\Seen", "Later")])
    outcome = await store.set_flags(inbox, [1, 7], op, frozenset({"\\FLAGGED", "todo"}))
    assert outcome.modified == () and [m.uid for m in outcome.changed] == [1]
    assert outcome.changed[0].flags == expected == store.messages(inbox)[0].flags


async def test_every_system_flag_is_kept(store: Store, inbox: int) -> None:
    every = frozenset({"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"})
    await store.set_flags(inbox, [1], FlagOp.SET, frozenset(flag.upper() for flag in every))
    assert store.messages(inbox)[0].flags == every and list(store.keywords(inbox)) == []


async def test_keywords_keep_their_first_spelling_per_folder(store: Store, inbox: int) -> None:
    await store.set_flags(inbox, [1], FlagOp.ADD, frozenset({"ToDo", "$Work"}))
    await store.set_flags(inbox, [2], FlagOp.ADD, frozenset({"TODO"}))
    await store.append(inbox, [a_message(b"6", "todo")])
    assert [m.flags for m in store.messages(inbox) if m.flags] == [{"ToDo", "$Work"}, {"ToDo"}, {"ToDo"}]
    await store.set_flags(inbox, [1], FlagOp.REMOVE, frozenset({"tOdO", "unheard"}))
    assert store.messages(inbox)[0].flags == {"$Work"}
    assert list(store.keywords(inbox)) == ["$Work", "ToDo"]
    sent = folder_of(store, "Sent").id
    await store.append(sent, [a_message(b"s", "todo")])
    await store.copy(inbox, [2], sent)
    assert [m.flags for m in store.messages(sent)] == [{"todo"}, {"todo"}]
    assert list(store.keywords(sent)) == ["todo"] and list(store.keywords(inbox + 1000)) == []


async def test_unchanged_since_leaves_newer_messages_alone(store: Store, inbox: int) -> None:
    await store.set_flags(inbox, [2], FlagOp.ADD, SEEN)
    outcome = await store.set_flags(inbox, [1, 2, 3], FlagOp.ADD, DELETED, unchanged_since=2)
    assert [m.uid for m in outcome.changed] == [1, 3] and outcome.modified == (2,)
    assert [m.modseq for m in store.messages(inbox)] == [4, 3, 4, 2, 2]


async def test_a_change_of_nothing_moves_no_modification_sequence(store: Store, inbox: int) -> None:
    await store.set_flags(inbox, [1], FlagOp.ADD, SEEN)
    heard: list[Change] = []
    store.watch(inbox, heard.append)
    outcome = await store.set_flags(inbox, [1], FlagOp.ADD, SEEN)
    await store.set_flags(inbox, [77], FlagOp.ADD, frozenset({"unused"}))
    assert [m.modseq for m in outcome.changed] == [3] and folder_of(store).highestmodseq == 3
    assert heard == [] and list(store.keywords(inbox)) == []
    assert await store.expunge(inbox) == () and folder_of(store).highestmodseq == 3


async def test_one_operation_moves_the_modification_sequence_once(store: Store, inbox: int) -> None:
    await store.set_flags(inbox, [1, 2, 3], FlagOp.ADD, DELETED)
    assert folder_of(store).highestmodseq == 3
    await store.copy(inbox, [1, 2], inbox, move=True)
    assert folder_of(store).highestmodseq == 4
    assert await store.expunge(inbox) == (3, 6, 7) and folder_of(store).highestmodseq == 5


async def test_counts_follow_every_change(store: Store, inbox: int) -> None:
    assert store.counts(inbox) == Counts(5, 5, 0, 5)
    await store.append(inbox, [a_message(b"six", "\\Seen", "\\Deleted")])
    assert store.counts(inbox) == Counts(6, 5, 1, 8)
    await store.set_flags(inbox, [1, 2], FlagOp.SET, SEEN | DELETED)
    assert store.counts(inbox) == Counts(6, 3, 3, 8)
    await store.set_flags(inbox, [1], FlagOp.REMOVE, SEEN | DELETED)
    assert store.counts(inbox) == Counts(6, 4, 2, 8)
    sent = folder_of(store, "Sent").id
    await store.copy(inbox, [1, 2, 6], sent)
    assert store.counts(sent) == Counts(3, 1, 2, 5) and store.usage(BOX) == 13
    await store.copy(inbox, [6], sent, move=True)
    assert store.counts(sent) == Counts(4, 1, 3, 8) and store.counts(inbox) == Counts(5, 4, 1, 5)
    await store.expunge(sent)
    assert store.counts(sent) == Counts(1, 1, 0, 1) and store.usage(BOX) == 6


async def test_copies_keep_flags_date_and_bytes(store: Store, inbox: int) -> None:
    await store.set_flags(inbox, [4], FlagOp.ADD, frozenset({"\\Seen", "kw"}))
    sent = folder_of(store, "Sent")
    copied = await store.copy(inbox, [4, 2, 99, 2], sent.id)
    assert copied == Copied(sent.uidvalidity, (2, 4), (1, 2))
    assert [(m.flags, m.internal_date) for m in store.messages(sent.id)] == [
        (frozenset(), 1_800_000_000.5), ({"\\Seen", "kw"}, 1_800_000_000.5)]
    assert list(store.bodies(sent.id, [1, 2])) == [(1, b"2"), (2, b"4")] and len(uids(store, inbox)) == 5
    assert await store.copy(inbox, [99], sent.id) == Copied(sent.uidvalidity, (), ())
    for source, target in ((inbox, sent.id + 1000), (sent.id + 1000, inbox)):
        with pytest.raises(NoSuchFolder):
            await store.copy(source, [1], target, move=True)


async def test_a_copy_outlives_the_original_and_the_original_the_copy(store: Store, inbox: int) -> None:
    sent, trash = folder_of(store, "Sent").id, folder_of(store, "Trash").id
    await store.copy(inbox, [1], sent)
    await store.copy(inbox, [1], inbox)
    await store.copy(sent, [1], trash, move=True)
    await store.set_flags(inbox, [1], FlagOp.ADD, DELETED)
    await store.expunge(inbox)
    assert store.body(inbox, 6) == b"1" == store.body(trash, 1) and store.body(inbox, 1) is None
    await store.delete_folder(trash)
    assert store.body(inbox, 6) == b"1"


async def test_uids_are_never_used_again(store: Store, inbox: int) -> None:
    await store.set_flags(inbox, [5], FlagOp.ADD, DELETED)
    await store.expunge(inbox)
    await store.copy(inbox, [4], folder_of(store, "Sent").id, move=True)
    assert await store.append(inbox, [a_message()]) == (6,) and uids(store, inbox) == [1, 2, 3, 6]


async def test_expunge_takes_only_the_deleted_among_those_named(store: Store, inbox: int) -> None:
    await store.set_flags(inbox, [1, 2, 3], FlagOp.ADD, DELETED)
    assert await store.expunge(inbox, [2, 4, 99]) == (2,)
    assert await store.expunge(inbox, []) == ()
    assert await store.expunge(inbox) == (1, 3)
    with pytest.raises(NoSuchFolder):
        await store.expunge(inbox + 1000)
    with pytest.raises(NoSuchFolder):
        await store.set_flags(inbox + 1000, [1], FlagOp.ADD, SEEN)


async def test_vanished_tells_what_went_after_a_modification_sequence(store: Store, inbox: int) -> None:
    await store.set_flags(inbox, [1, 2, 4], FlagOp.ADD, DELETED)
    await store.expunge(inbox, [1, 2])
    between = folder_of(store).highestmodseq
    await store.expunge(inbox)
    await store.copy(inbox, [5], folder_of(store, "Sent").id, move=True)
    assert list(store.vanished(inbox, 0)) == [1, 2, 4, 5] and list(store.vanished(inbox, between)) == [4, 5]
    assert list(store.vanished(inbox, folder_of(store).highestmodseq)) == []


async def test_watchers_hear_each_change_in_order_with_its_origin(store: Store, inbox: int) -> None:
    heard: list[Change] = []
    stop = store.watch(inbox, heard.append)
    me = object()
    await store.append(inbox, [a_message(b"66")], origin=me)
    await store.set_flags(inbox, [6], FlagOp.ADD, DELETED, origin=me)
    await store.expunge(inbox, origin=me)
    await store.copy(inbox, [1], inbox, move=True)
    assert [(c.folder, c.origin) for c in heard] == [(inbox, me)] * 3 + [(inbox, None)] * 2
    assert heard[0].added == (Message(6, frozenset(), 3, 2, 1_800_000_000.5),)
    assert heard[1].flagged == (Message(6, DELETED, 4, 2, 1_800_000_000.5),)
    assert [c.modseq for c in heard[:3]] == [3, 4, 5]
    assert heard[2].expunged == (6,) and heard[3].added[0].uid == 7 and heard[4].expunged == (1,)
    stop()
    stop()
    await store.append(inbox, [a_message()])
    assert len(heard) == 5


async def test_a_failing_watcher_disturbs_nobody(store: Store, inbox: int, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Change] = []

    def fail(_: Change) -> None:
        raise RuntimeError("broken watcher")

    store.watch(inbox, fail)
    store.watch(inbox, heard.append)
    assert await store.append(inbox, [a_message()]) == (6,)
    assert len(heard) == 1 and "broken watcher" in caplog.text


async def test_a_mime_index_is_remembered_beside_the_body(store: Store, inbox: int) -> None:
    store.save_index(inbox, 1, b"first")
    store.save_index(inbox, 1, b"index")
    store.save_index(inbox, 99, b"nothing there")
    await store.copy(inbox, [1], inbox)
    assert dict(store.index(inbox, [1, 2, 6, 99])) == {1: b"index", 6: b"index"}
    assert dict(store.index(inbox + 1000, [1])) == {}
