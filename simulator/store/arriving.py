"""What jobs do for arriving and leaving mail: one batch in one piece, the relay queue, exchanges, events."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from simulator.store import bodies, changing, ledger
from simulator.store.flags import spelled
from simulator.store.interface import (
    Batch,
    Committed,
    Deposit,
    ExchangeChange,
    NoSuchFolder,
    Placed,
    QueuedRelay,
    StoreError,
)
from simulator.store.names import folder_name
from simulator.store.writer import Row, Transaction, Work

PRUNE_EVERY = 1024
"""Rows after which the oldest arrivals and events are dropped."""


def commit(tx: Transaction, batches: Sequence[Batch], keep_arrivals: int) -> list[Committed]:
    """Everything of these batches, or nothing of any. Raises NoSuchFolder.

    What several have in common is done once: a folder moves one step, however many of them put something in it.
    """
    deposits = [deposit for batch in batches for deposit in batch.deposits]
    fresh = [_is_new(tx, deposit, keep_arrivals) for deposit in deposits]
    blobs = iter(bodies.keep(tx, *_bodies(batches, fresh)))
    arrived: list[tuple[Deposit, int]] = []
    relays: list[list[int]] = []
    new = iter(fresh)
    for batch in batches:
        arrived += [(deposit, next(blobs)) for deposit in batch.deposits if next(new)]
        relays.append([_enqueue(tx, relay, next(blobs)) for relay in batch.relays])
        for number in batch.relayed:
            _dequeue(tx, number)
        for exchange in batch.exchanges:
            _exchange(tx, exchange)
        for arrival, mailbox in batch.returned:
            tx.run("INSERT OR IGNORE INTO arrival (key, mailbox) VALUES (?, ?)", arrival, mailbox)
        ledger.enter(tx, batch.lines)
    uids = _place(tx, arrived)
    placed = iter([_placed(tx, deposit, next(uids) if is_new else 0)
                   for deposit, is_new in zip(deposits, fresh, strict=True)])
    return [Committed(tuple(next(placed) for _ in batch.deposits), tuple(queued))
            for batch, queued in zip(batches, relays, strict=True)]


def _bodies(batches: Sequence[Batch], fresh: Iterable[bool]) -> list[list[bytes]]:
    """Those to be kept, by batch: of the deposits that are new, then of the relays."""
    new = iter(fresh)
    return [[*(deposit.message.body for deposit in batch.deposits if next(new)),
             *(relay.body for relay in batch.relays)] for batch in batches]


def _is_new(tx: Transaction, deposit: Deposit, keep: int) -> bool:
    """It arrives for the first time; from now on it is known."""
    if deposit.arrival is None:
        return True
    cursor = tx.run("INSERT OR IGNORE INTO arrival (key, mailbox) VALUES (?, ?)", deposit.arrival, deposit.mailbox)
    newest = cursor.lastrowid or 0
    if cursor.rowcount and newest % PRUNE_EVERY == 0:
        tx.run("DELETE FROM arrival WHERE id <= ?", newest - keep)
    return cursor.rowcount == 1


def _place(tx: Transaction, arrived: Sequence[tuple[Deposit, int]]) -> Iterator[int]:
    """Add the deposits, each with its blob, to their folders; UIDs in their order."""
    by_folder: dict[tuple[str, str], list[int]] = {}
    for place, (deposit, _) in enumerate(arrived):
        by_folder.setdefault((deposit.mailbox, folder_name(deposit.folder)), []).append(place)
    uids: dict[int, int] = {}
    rows: list[Row] = []
    for key, places in by_folder.items():
        entries = [_entry(*arrived[place]) for place in places]
        room = changing.make_room(tx, "mailbox = ? AND name = ?", key, 1, entries)
        if room is None:
            raise _nowhere(arrived[places[0]][0])
        for entry in entries:
            entry.flags = changing.spelling(tx, room.folder, entry.flags)
        rows += room.rows(entries, tx.at)
        room.tell(tx, entries)
        uids.update(zip(places, range(room.uid, room.uid + len(places)), strict=True))
    tx.insert("message", rows)
    return iter([uids[place] for place in range(len(arrived))])


def _entry(deposit: Deposit, blob: int) -> changing.Entry:
    message = deposit.message
    return changing.Entry(blob, len(message.body), message.internal_date, spelled(message.flags, {}))


def _placed(tx: Transaction, deposit: Deposit, uid: int) -> Placed:
    folder = folder_name(deposit.folder)
    if not uid and not tx.rows("SELECT 1 FROM folder WHERE mailbox = ? AND name = ? AND selectable",
                               deposit.mailbox, folder):
        raise _nowhere(deposit)
    return Placed(deposit.mailbox, folder, uid)


def _nowhere(deposit: Deposit) -> NoSuchFolder:
    return NoSuchFolder(f"{deposit.mailbox} has no folder {deposit.folder!r}")


def _enqueue(tx: Transaction, relay: QueuedRelay, blob: int) -> int:
    number = tx.run(
        "INSERT INTO relay (operator, sender, recipient, blob, created, due, attempts, options, last_reply, "
        "delayed_notice) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        relay.operator, relay.sender, relay.recipient, blob, relay.created, relay.due, relay.attempts,
        json.dumps(dict(relay.options)), relay.last_reply, relay.delayed_notice).lastrowid
    assert number is not None
    return number


def _dequeue(tx: Transaction, number: int) -> None:
    bodies.release(tx, [row[0] for row in tx.rows("DELETE FROM relay WHERE id = ? RETURNING blob", number)])


def _exchange(tx: Transaction, change: ExchangeChange) -> None:
    tx.run("INSERT OR REPLACE INTO exchange (patient, mailbox, state, at, opened_by, last, ending) "
           "VALUES (?, ?, ?, ?, ?, ?, ?)",
           change.patient, change.mailbox, change.state, change.at, change.opened_by, change.last, change.ending)


def postpone(tx: Transaction, relay: int, due: float, attempts: int, last_reply: str, delayed_notice: bool) -> None:
    """Note an attempt that failed. Raises StoreError when the relay is not in the queue."""
    cursor = tx.run("UPDATE relay SET due = ?, attempts = ?, last_reply = ?, delayed_notice = ? WHERE id = ?",
                    due, attempts, last_reply, delayed_notice, relay)
    if not cursor.rowcount:
        raise StoreError(f"relay {relay} is not in the queue")


class Events:
    """Events on their way to the file, written with one statement a group."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._new: deque[tuple[float, str, str]] = deque()
        self._is_waiting = False

    def add(self, kind: str, at: float, data: str) -> Work[None] | None:
        """Remember one event; the work that writes it, unless such a work waits already."""
        self._new.append((at, kind, data))
        if self._is_waiting:
            return None
        self._is_waiting = True
        return _EventRows(self)

    def take(self) -> list[tuple[float, str, str]]:
        """All that waits, in order. Called by the writer's thread while others may add."""
        self._is_waiting = False
        return [self._new.popleft() for _ in range(len(self._new))]

    def write(self, tx: Transaction, rows: Sequence[tuple[float, str, str]]) -> None:
        """Insert; the oldest go now and then."""
        if not rows:
            return
        newest = tx.insert("event (at, kind, data)", rows)[-1]
        if newest // PRUNE_EVERY != (newest - len(rows)) // PRUNE_EVERY:
            tx.run("DELETE FROM event WHERE id <= ?", newest - self._keep)


class _EventRows:
    """Writes the same rows when its group has to be repeated."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._rows: list[tuple[float, str, str]] | None = None

    def __call__(self, tx: Transaction) -> None:
        if self._rows is None:
            self._rows = self._events.take()
        self._events.write(tx, self._rows)
