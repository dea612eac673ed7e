"""Group commit, sharing of bodies, bounds: what only the SQLite store can show."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from simulator.store import bodies, changing, writer
from simulator.store.interface import Batch, Deposit, FlagOp, NoSuchFolder, QueuedRelay
from simulator.store.sqlite import SqliteStore
from tests.store.builders import BOX, a_deposit, a_message, folder_of, together, uids

DELETED = frozenset({"\\Deleted"})


def look(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What another process would read."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


async def test_operations_waiting_together_are_committed_together(disk: SqliteStore) -> None:
    commits, operations = disk.groups
    await together(disk, *(disk.commit(a_deposit(b"%d" % n)) for n in range(200)))
    later_commits, later_operations = disk.groups
    assert later_operations - operations >= 200
    assert later_commits - commits <= 3, "the gate, the group, and perhaps one sweep"
    assert uids(disk, folder_of(disk).id) == list(range(1, 201))


async def test_a_group_is_bounded(disk: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "GROUP", 10)
    before = disk.groups[0]
    await asyncio.gather(*(disk.commit(a_deposit()) for _ in range(100)))
    assert disk.groups[0] - before >= 10
    monkeypatch.setattr(writer, "GROUP", 1000)
    monkeypatch.setattr(writer, "GROUP_OCTETS", 5000)
    before = disk.groups[0]
    await asyncio.gather(*(disk.commit(a_deposit(b"x" * 1000)) for _ in range(50)))
    assert disk.groups[0] - before >= 10


async def test_one_failing_operation_spoils_nothing_for_its_group(disk: SqliteStore) -> None:
    wrong = a_deposit(folder="nowhere", arrival="tried")
    outcomes = await together(disk, disk.commit(a_deposit()), disk.commit(wrong), disk.commit(a_deposit()))
    assert [isinstance(outcome, NoSuchFolder) for outcome in outcomes] == [False, True, False]
    assert uids(disk, folder_of(disk).id) == [1, 2]
    assert (await disk.commit(a_deposit(arrival="tried"))).placed[0].uid == 3


async def test_equal_bodies_of_a_batch_and_copies_are_kept_once(disk: SqliteStore, tmp_path: Path) -> None:
    inbox, sent = folder_of(disk).id, folder_of(disk, "Sent").id
    message = a_message(b"the same for all")
    relay = QueuedRelay(0, "alpha", "a@a.example", "b@b.example", b"the same for all")
    done = await disk.commit(Batch(deposits=[Deposit(BOX, message), Deposit(BOX, message, "Sent")], relays=[relay]))
    await disk.copy(inbox, [1], sent)
    assert look(tmp_path / "mail.db", "SELECT count(*) FROM blob") == [(1,)]
    assert look(tmp_path / "mail.db", "SELECT holders FROM shared") == [(4,)]
    for folder in (inbox, sent):
        await disk.set_flags(folder, [1, 2], FlagOp.ADD, DELETED)
        await disk.expunge(folder)
    assert look(tmp_path / "mail.db", "SELECT count(*) FROM shared") == [(0,)]
    await disk.commit(Batch(relayed=done.relays))
    assert look(tmp_path / "mail.db", "SELECT count(*) FROM blob") == [(0,)]


async def test_a_large_removal_is_swept_when_the_writer_is_idle_even_after_a_restart(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept = asyncio.Event()
    loop = asyncio.get_running_loop()

    def sweep(tx: writer.Transaction) -> None:
        real(tx)
        if not tx.left_orphans:
            loop.call_soon_threadsafe(swept.set)

    real = bodies.sweep
    monkeypatch.setattr(bodies, "sweep", lambda tx: None)
    store = SqliteStore(tmp_path / "mail.db")
    await store.open()
    folder = (await store.create_folder(BOX, "big")).id
    await store.append(folder, [a_message(b"%d" % n) for n in range(700)])
    await store.delete_folder(folder)
    await store.close()
    left = "SELECT (SELECT count(*) FROM blob), (SELECT count(*) FROM orphan)"
    assert look(tmp_path / "mail.db", left) == [(700, 700)]
    monkeypatch.setattr(bodies, "sweep", sweep)
    store = SqliteStore(tmp_path / "mail.db")
    await store.open()
    await swept.wait()
    await store.close()
    assert look(tmp_path / "mail.db", left) == [(0, 0)]


async def test_old_events_and_arrivals_are_forgotten(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "mail.db", keep_events=100, keep_arrivals=50)
    await store.open()
    await store.ensure_mailbox(BOX, (("INBOX", None),))
    for n in range(3000):
        store.record("kind", float(n), "{}")
    deposits = [Deposit(BOX, a_message(b""), arrival=f"key {n}") for n in range(1100)]
    await store.commit(Batch(deposits=deposits))
    events = store.recorded()
    assert [event.at for event in events] == [float(n) for n in range(2900, 3000)]
    assert (await store.commit(Batch(deposits=deposits[-1:]))).placed[0].uid == 0
    await store.close()
    [(kept_events, kept_arrivals)] = look(
        tmp_path / "mail.db", "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM arrival)")
    assert isinstance(kept_events, int) and kept_events <= 100 + 1024
    assert isinstance(kept_arrivals, int) and kept_arrivals <= 50 + 1024


async def test_events_are_written_even_when_nothing_else_is(disk: SqliteStore, tmp_path: Path) -> None:
    disk.record("alone", 1.0, "{}")
    inbox = folder_of(disk).id
    disk.save_index(inbox, 1, b"nothing there")
    await disk.close()
    assert look(tmp_path / "mail.db", "SELECT kind FROM event") == [("alone",)]


async def test_vanished_stays_bounded_and_then_tells_more_than_asked(
        disk: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "VANISHED_KEPT", 3)
    inbox = folder_of(disk).id
    await disk.append(inbox, [a_message(b"%d" % n, "\\Deleted") for n in range(20)])
    for uid in range(1, 20, 2):
        await disk.expunge(inbox, [uid])
    newest = folder_of(disk).highestmodseq
    assert look(tmp_path / "mail.db", "SELECT count(*) FROM vanished") == [(3,)]
    assert list(disk.vanished(inbox, newest - 1)) == [19]
    assert list(disk.vanished(inbox, 0)) == list(range(1, 20, 2))


async def test_half_read_bodies_hold_no_snapshot(disk: SqliteStore) -> None:
    inbox = folder_of(disk).id
    await disk.append(inbox, [a_message(b"%d" % n) for n in range(500)])
    reading = disk.bodies(inbox, range(1, 501))
    next(reading)
    await disk.append(inbox, [a_message(b"new")])
    assert disk.body(inbox, 501) == b"new" and len(disk.messages(inbox)) == 501
    assert sum(1 for _ in reading) == 499


async def test_flat_operations_cost_the_same_in_a_full_folder_as_in_an_empty_one(disk: SqliteStore) -> None:
    def count(connection: sqlite3.Connection) -> list[int]:
        """A list with one number: the virtual machine steps of the connection from now on."""
        ticks = [0]

        def tick() -> int:
            ticks[0] += 1
            return 0

        connection.set_progress_handler(tick, 1)
        return ticks

    async def steps() -> list[int]:
        """What one deposit, one flag and one expunge take; and STATUS, the head of SELECT, usage and a body."""
        inbox = folder_of(disk).id
        spent: list[int] = []
        assert disk._reader is not None
        wrote = await disk._do(lambda tx: count(tx._connection))
        [placed] = (await disk.commit(a_deposit())).placed
        await disk.set_flags(inbox, [placed.uid], FlagOp.ADD, DELETED)
        await disk.expunge(inbox)
        spent.append(wrote[0])
        read = count(disk._reader)
        disk.counts(inbox)
        folder_of(disk)
        disk.usage(BOX)
        disk.body(inbox, placed.uid)
        spent.append(read[0])
        return spent

    inbox = folder_of(disk).id
    await disk.append(inbox, [a_message(b"%d" % n) for n in range(10)])
    small = await steps()
    await disk.append(inbox, [a_message(b"%d" % n) for n in range(3000)])
    large = await steps()
    assert max(abs(a - b) for a, b in zip(small, large, strict=True)) < 200, (small, large)


async def test_no_query_of_a_session_scans_a_table(disk: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    real = disk._rows

    def note(sql: str, *values: object) -> list[writer.Row]:
        asked.append((sql, values))
        return real(sql, *values)

    monkeypatch.setattr(disk, "_rows", note)
    inbox = folder_of(disk).id
    await disk.append(inbox, [a_message()])
    for ask in (disk.messages, disk.counts, disk.folder_by_id, disk.keywords):
        ask(inbox)
    for ask_for in (disk.usage, disk.folders, disk.subscriptions, disk.exchanges):
        ask_for(BOX)
    disk.body(inbox, 1), disk.index(inbox, [1]), disk.vanished(inbox, 0), disk.exchange("p", BOX), disk.recorded()
    assert list(disk.bodies(inbox, [1]))
    assert len(asked) > 14
    plans = [str(step[3]) for sql, values in asked for step in real(f"EXPLAIN QUERY PLAN {sql}", *values)]
    assert [plan for plan in plans if plan.startswith("SCAN") and "json_each" not in plan] == []
