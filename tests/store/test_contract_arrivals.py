"""What every store promises about batches, the relay queue, exchanges, the journal and its own life."""

from __future__ import annotations

import asyncio

import pytest

from simulator.store.interface import (
    Batch,
    Change,
    Deposit,
    ExchangeChange,
    FlagOp,
    NoSuchFolder,
    QueuedRelay,
    Store,
    StoreError,
)
from tests.store.builders import BOX, a_deposit, a_message, folder_of, uids


def a_relay(recipient: str = "b@b.example", body: bytes = b"relayed") -> QueuedRelay:
    return QueuedRelay(0, "alpha", "a@a.example", recipient, body, created=1.0, due=2.0,
                       options={"ENVID": "e+20", "NOTIFY": "NEVER"})


async def test_a_deposit_lands_in_the_folder_and_says_where(store: Store) -> None:
    placed = (await store.commit(a_deposit(b"hello"))).placed
    assert [(p.mailbox, p.uid) for p in placed] == [(BOX, 1)] and placed[0].folder == "INBOX"
    assert store.body(folder_of(store).id, 1) == b"hello" and store.usage(BOX) == 5


async def test_one_batch_reaches_several_mailboxes_and_folders(store: Store) -> None:
    await store.ensure_mailbox("two@a.example", (("INBOX", None),))
    message = a_message(b"same bytes", "\\Flagged", "kw")
    done = await store.commit(Batch(deposits=[
        Deposit(BOX, message), Deposit("two@a.example", message), Deposit(BOX, message, "Sent"),
        Deposit(BOX, message, "inbox")]))
    assert [(p.mailbox, p.folder, p.uid) for p in done.placed] == [
        (BOX, "INBOX", 1), ("two@a.example", "INBOX", 1), (BOX, "Sent", 1), (BOX, "INBOX", 2)]
    assert [m.modseq for m in store.messages(folder_of(store).id)] == [2, 2]
    assert store.messages(folder_of(store).id)[0].flags == {"\\Flagged", "kw"}


async def test_a_batch_that_cannot_be_placed_changes_nothing(store: Store) -> None:
    with pytest.raises(NoSuchFolder):
        await store.commit(Batch(
            deposits=[Deposit(BOX, a_message(), arrival="k"), Deposit("no@a.example", a_message())],
            relays=[a_relay()], exchanges=[ExchangeChange("p", BOX, "open", 1.0)]))
    assert uids(store, folder_of(store).id) == [] and store.queue() == [] and store.exchange("p", BOX) is None
    assert (await store.commit(a_deposit(arrival="k"))).placed[0].uid == 1


async def test_a_transfer_repeated_after_a_cut_is_stored_once(store: Store) -> None:
    await store.ensure_mailbox("two@a.example", (("INBOX", None),))
    assert (await store.commit(a_deposit(arrival="key"))).placed[0].uid == 1
    assert store.arrived("key", BOX) and not store.arrived("key", "two@a.example")
    heard: list[Change] = []
    store.watch(folder_of(store).id, heard.append)
    again = (await store.commit(a_deposit(arrival="key"))).placed[0]
    assert again.uid == 0 and again.folder == "INBOX" and heard == []
    assert (await store.commit(a_deposit(arrival="key", mailbox="two@a.example"))).placed[0].uid == 1
    assert (await store.commit(a_deposit(arrival="other"))).placed[0].uid == 2
    assert (await store.commit(a_deposit())).placed[0].uid == 3
    twice = Batch(deposits=[Deposit(BOX, a_message(), arrival="x"), Deposit(BOX, a_message(), "Sent", arrival="x")])
    assert [p.uid for p in (await store.commit(twice)).placed] == [4, 0]


async def test_watchers_hear_of_a_deposit_before_the_depositor_goes_on(store: Store) -> None:
    order: list[str] = []
    store.watch(folder_of(store).id, lambda change: order.extend(f"heard {m.uid}" for m in change.added))

    async def deposit() -> None:
        placed = (await store.commit(a_deposit())).placed
        order.append(f"done {placed[0].uid}")

    await asyncio.gather(deposit(), deposit())
    assert [order.index(f"heard {n}") < order.index(f"done {n}") for n in (1, 2)] == [True, True]
    assert [line for line in order if line.startswith("heard")] == ["heard 1", "heard 2"]


async def test_the_relay_queue_keeps_everything_oldest_first(store: Store) -> None:
    done = await store.commit(Batch(relays=[a_relay("b@b.example"), a_relay("c@b.example", b"other")]))
    first, second = store.queue()
    assert (first.id, second.id) == done.relays and 0 < first.id < second.id
    assert first == QueuedRelay(first.id, "alpha", "a@a.example", "b@b.example", b"", 1.0, 2.0, 0,
                                {"ENVID": "e+20", "NOTIFY": "NEVER"}, "", False)
    assert (store.queued_body(first.id), store.queued_body(second.id)) == (b"relayed", b"other")


async def test_a_relay_is_postponed_then_done_with(store: Store) -> None:
    [number] = (await store.commit(Batch(relays=[a_relay()]))).relays
    await store.postpone(number, due=99.5, attempts=3, last_reply="451 4.3.0 later", delayed_notice=True)
    [waiting] = store.queue()
    assert (waiting.due, waiting.attempts, waiting.last_reply, waiting.delayed_notice) == (
        99.5, 3, "451 4.3.0 later", True)
    done = await store.commit(Batch(deposits=[Deposit(BOX, a_message(b"bounce"))], relayed=[number]))
    assert done.placed[0].uid == 1 and store.queue() == []
    await store.commit(Batch(relayed=[number]))
    with pytest.raises(StoreError):
        store.queued_body(number)
    with pytest.raises(StoreError):
        await store.postpone(number, due=1.0, attempts=1, last_reply="", delayed_notice=False)
    assert (await store.commit(Batch(relays=[a_relay()]))).relays[0] > number


async def test_a_body_shared_by_a_relay_and_a_message_outlives_either(store: Store) -> None:
    both = await store.commit(Batch(deposits=[Deposit(BOX, a_message(b"shared"))],
                                    relays=[a_relay(body=b"shared"), a_relay(body=b"shared")]))
    await store.commit(Batch(relayed=both.relays[:1]))
    inbox = folder_of(store).id
    await store.set_flags(inbox, [1], FlagOp.ADD, frozenset({"\\Deleted"}))
    await store.expunge(inbox)
    assert store.queued_body(both.relays[1]) == b"shared"


async def test_a_transfer_that_went_back_is_known_and_stores_nothing(store: Store) -> None:
    await store.commit(Batch(returned=[("key", BOX), ("key", "nobody@a.example")]))
    assert store.arrived("key", BOX) and store.arrived("key", "nobody@a.example")
    assert not store.arrived("other", BOX) and uids(store, folder_of(store).id) == []
    assert (await store.commit(a_deposit(arrival="key"))).placed[0].uid == 0


async def test_exchanges_are_remembered_by_patient_and_mailbox(store: Store) -> None:
    await store.commit(Batch(exchanges=[
        ExchangeChange("p1", BOX, "open", 5.0), ExchangeChange("p1", "c@b", "open", 5.0),
        ExchangeChange("p2", BOX, "closed", 5.0)]))
    await store.commit(Batch(exchanges=[ExchangeChange("p1", BOX, "closed", 1.0)]))
    assert store.exchange("p1", BOX) == "closed" and store.exchange("p3", BOX) is None
    assert dict(store.exchanges("p1")) == {BOX: "closed", "c@b": "open"} and dict(store.exchanges("p3")) == {}


async def test_an_exchange_is_remembered_in_full(store: Store) -> None:
    full = ExchangeChange("p1", BOX, "open", 5.0, "c@b", "p1", ending=True)
    plain = ExchangeChange("p2", BOX, "open", 6.0)
    await store.commit(Batch(exchanges=[plain, full]))
    assert list(store.exchanges_in_full()) == [full, plain]
    assert list(store.exchanges_in_full("p2")) == [plain] and list(store.exchanges_in_full("p3")) == []


async def test_the_journal_keeps_events_in_order(store: Store) -> None:
    for n in range(5):
        store.record("kind", float(n), f'{{"n": {n}}}')
    await store.commit(Batch())
    events = store.recorded()
    assert [(e.at, e.kind, e.data) for e in events] == [(float(n), "kind", f'{{"n": {n}}}') for n in range(5)]
    assert [e.seq for e in events] == sorted({e.seq for e in events})
    assert store.recorded(after=events[2].seq) == events[3:] and store.recorded(limit=2) == events[:2]


async def test_an_empty_batch_is_nothing(store: Store) -> None:
    done = await store.commit(Batch())
    assert (done.placed, done.relays) == ((), ())


async def test_a_closed_store_refuses_and_closing_twice_is_fine(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.open()
    await store.close()
    await store.close()
    store.record("late", 0.0, "{}")
    store.save_index(1, 1, b"")
    with pytest.raises(StoreError):
        await store.commit(a_deposit())
    with pytest.raises(StoreError):
        store.folders(BOX)


async def test_operations_in_hand_when_closing_are_finished(store: Store) -> None:
    waiting = [asyncio.ensure_future(store.commit(a_deposit())) for _ in range(20)]
    first = await waiting[0]
    await store.close()
    done = await asyncio.gather(*waiting)
    assert first.placed[0].uid == 1 and [d.placed[0].uid for d in done] == list(range(1, 21))


async def test_a_caller_that_goes_away_breaks_nothing(store: Store) -> None:
    tasks = [asyncio.ensure_future(store.commit(a_deposit())) for _ in range(10)]
    first = asyncio.ensure_future(store.commit(a_deposit()))
    for task in tasks[1::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await first
    again = await store.commit(a_deposit())
    assert again.placed[0].uid == len(uids(store, folder_of(store).id))
