"""What jobs do for arriving and leaving mail: one batch in one piece, the relay queue, exchanges, events."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from simulator.store import bodies, changing, naming
from simulator.store.interface import (
    Batch,
    Committed,
    Deposit,
    ExchangeChange,
    Folder,
    NoSuchFolder,
    Placed,
    QueuedRelay,
    StoreError,
)
from simulator.store.names import folder_name
from simulator.store.writer import Transaction, Work

PRUNE_EVERY = 1024
"""Rows after which the oldest arrivals and events are dropped."""


def commit(tx: Transaction, batch: Batch, keep_arrivals: int) -> Committed:
    """Everything of the batch, or nothing of it. Raises NoSuchFolder."""
    folders = {(d.mailbox, d.folder): _folder(tx, d.mailbox, d.folder) for d in batch.deposits}
    fresh = [_is_new(tx, deposit, keep_arrivals) for deposit in batch.deposits]
    arrived = [deposit for deposit, new in zip(batch.deposits, fresh, strict=True) if new]
    blobs = bodies.keep(tx, [d.message.body for d in arrived] + [relay.body for relay in batch.relays])
    uids = _place(tx, arrived, blobs, folders)
    relays = tuple(_enqueue(tx, relay, blob) for relay, blob in zip(batch.relays, blobs[len(arrived):], strict=True))
    for number in batch.relayed:
        _dequeue(tx, number)
    for exchange in batch.exchanges:
        _exchange(tx, exchange)
    placed = (Placed(d.mailbox, folders[d.mailbox, d.folder], next(uids) if new else 0)
              for d, new in zip(batch.deposits, fresh, strict=True))
    return Committed(tuple(placed), relays)


def _folder(tx: Transaction, mailbox: str, name: str) -> Folder:
    found = naming.find(tx, mailbox, folder_name(name))
    if found is None or not found.selectable:
        raise NoSuchFolder(f"{mailbox} has no folder {name!r}")
    return found


def _is_new(tx: Transaction, deposit: Deposit, keep: int) -> bool:
    if deposit.arrival is None:
        return True
    cursor = tx.run("INSERT OR IGNORE INTO arrival (key, mailbox) VALUES (?, ?)", deposit.arrival, deposit.mailbox)
    newest = cursor.lastrowid or 0
    if cursor.rowcount and newest % PRUNE_EVERY == 0:
        tx.run("DELETE FROM arrival WHERE id <= ?", newest - keep)
    return cursor.rowcount == 1


def _place(tx: Transaction, arrived: Sequence[Deposit], blobs: Sequence[int],
           folders: dict[tuple[str, str], Folder]) -> Iterator[int]:
    """Add the deposits to their folders, one step of modification sequence each; UIDs in the order of deposits.

    ``folders`` is brought up to date.
    """
    uids: dict[int, int] = {}
    by_folder: dict[int, list[int]] = {}
    for place, deposit in enumerate(arrived):
        by_folder.setdefault(folders[deposit.mailbox, deposit.folder].id, []).append(place)
    for folder, places in by_folder.items():
        new = [arrived[place].message for place in places]
        added = changing.add(tx, folder, [
            changing.Entry(blobs[place], len(m.body), m.internal_date, changing.spelling(tx, folder, m.flags))
            for place, m in zip(places, new, strict=True)])
        uids.update(zip(places, (m.uid for m in added), strict=True))
        for key, known in folders.items():
            if known.id == folder:
                folders[key] = replace(known, uidnext=added[-1].uid + 1, highestmodseq=added[-1].modseq)
    return iter([uids[place] for place in range(len(arrived))])


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
    tx.run("INSERT OR REPLACE INTO exchange VALUES (?, ?, ?, ?)",
           change.patient, change.mailbox, change.state, change.at)


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
        tx.many("INSERT INTO event (at, kind, data) VALUES (?, ?, ?)", rows)
        ((newest,),) = tx.rows("SELECT max(id) FROM event")
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
