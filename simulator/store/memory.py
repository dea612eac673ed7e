"""The store's twin for tests: the same promises except the disk. Everything happens in the call, watchers included."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from simulator.store.flags import DELETED, changed
from simulator.store.interface import (
    Batch,
    Change,
    Committed,
    Copied,
    Counts,
    Deposit,
    ExchangeChange,
    FlagOp,
    FlagsChanged,
    Line,
    Message,
    NewLine,
    NewMessage,
    NoSuchFolder,
    Placed,
    QueuedRelay,
    StoredEvent,
    StoreError,
    Watcher,
)
from simulator.store.memory_folders import MemoryFolders, Shelf, Stored, Text
from simulator.store.names import folder_name


@dataclass(frozen=True, slots=True)
class Kept:
    """What copy_to() put aside."""

    shelves: list[Shelf]
    subscribed: set[tuple[str, str]]
    queue: list[QueuedRelay]
    arrivals: set[tuple[str, str]]
    exchanges: dict[tuple[str, str], ExchangeChange]
    ledger: dict[int, NewLine]


class MemoryStore(MemoryFolders):
    """The Store in memory. Set ``refuse`` to an error and every change fails with it, as on a full disk."""

    def __init__(self, *, keep_events: int = 50_000, now: Callable[[], float] = time.time) -> None:
        super().__init__(now)
        self._queue: dict[int, QueuedRelay] = {}
        self._relay_ids = count(1)
        self._arrivals: set[tuple[str, str]] = set()
        self._exchanges: dict[tuple[str, str], ExchangeChange] = {}
        self._ledger: dict[int, NewLine] = {}
        self._line_ids = count(1)
        self._events: deque[StoredEvent] = deque(maxlen=keep_events)
        self._event_ids = count(1)
        self._copies: dict[Path, Kept] = {}

    # -- life

    async def open(self) -> None:
        if self._is_open:
            raise StoreError("the store is open already")
        self._is_open = True

    async def close(self) -> None:
        self._is_open = False

    # -- the whole

    async def clear(self, mailboxes: Mapping[str, Sequence[tuple[str, str | None]]]) -> None:
        self._may_change()
        gone = self._hold(Kept([], set(), [], set(), {}, {}))
        for mailbox, folders in mailboxes.items():
            await self.ensure_mailbox(mailbox, folders)
        self._tell_gone(gone)

    async def copy_to(self, path: Path) -> None:
        self._may_read()
        self._copies[path] = deepcopy(Kept(list(self._shelves.values()), self._subscribed, list(self._queue.values()),
                                           self._arrivals, self._exchanges, self._ledger))

    async def replace_by(self, path: Path) -> None:
        self._may_change()
        if path not in self._copies:
            raise StoreError(f"{path}: there is no such copy")
        self._tell_gone(self._hold(deepcopy(self._copies[path])))

    def _hold(self, kept: Kept) -> list[int]:
        """Put this in place of everything, under new numbers; the folders there were."""
        gone = list(self._shelves)
        for shelf in kept.shelves:
            shelf.id, shelf.uidvalidity = next(self._folder_ids), next(self._uidvalidities)
        self._shelves = {shelf.id: shelf for shelf in kept.shelves}
        self._subscribed, self._arrivals, self._exchanges = kept.subscribed, kept.arrivals, kept.exchanges
        queue = [replace(relay, id=next(self._relay_ids)) for relay in kept.queue]
        self._queue = {relay.id: relay for relay in queue}
        self._ledger = {next(self._line_ids): line for line in kept.ledger.values()}
        return gone

    def _tell_gone(self, folders: Sequence[int]) -> None:
        for folder in folders:
            self._watchers.tell(Change(folder, gone=True))

    # -- arriving mail

    async def commit(self, batch: Batch) -> Committed:
        self._may_change()
        shelves = [self._arrival_shelf(deposit) for deposit in batch.deposits]
        spelled = [shelf.spelling(d.message.flags) for shelf, d in zip(shelves, batch.deposits, strict=True)]
        fresh = [self._is_new(deposit) for deposit in batch.deposits]
        uids: dict[int, int] = {}
        for shelf in dict.fromkeys(shelves):
            places = [i for i, at in enumerate(shelves) if at is shelf and fresh[i]]
            added = self._add(shelf, [Stored(0, spelled[i], 0, batch.deposits[i].message.internal_date,
                                             Text(batch.deposits[i].message.body)) for i in places])
            uids.update(zip(places, added, strict=True))
        placed = tuple(Placed(d.mailbox, folder_name(d.folder), uids.get(i, 0))
                       for i, d in enumerate(batch.deposits))
        relays = tuple(next(self._relay_ids) for _ in batch.relays)
        for number, relay in zip(relays, batch.relays, strict=True):
            self._queue[number] = replace(relay, id=number)
        for number in batch.relayed:
            self._queue.pop(number, None)
        self._exchanges.update(((e.patient, e.mailbox), e) for e in batch.exchanges)
        self._arrivals.update(batch.returned)
        self._ledger.update((next(self._line_ids), line) for line in batch.lines)
        return Committed(placed, relays)

    def _arrival_shelf(self, deposit: Deposit) -> Shelf:
        shelf = self._find(deposit.mailbox, folder_name(deposit.folder))
        if shelf is None or not shelf.selectable:
            raise NoSuchFolder(f"{deposit.mailbox} has no folder {deposit.folder!r}")
        return shelf

    def _is_new(self, deposit: Deposit) -> bool:
        arrival = (deposit.arrival or "", deposit.mailbox)
        if deposit.arrival is not None and arrival in self._arrivals:
            return False
        self._arrivals.add(arrival)
        return True

    def usage(self, mailbox: str) -> int:
        return sum(self.counts(shelf.id).size for shelf in self._shelves.values() if shelf.mailbox == mailbox)

    # -- the relay queue

    def queue(self) -> Sequence[QueuedRelay]:
        self._may_read()
        return [replace(relay, body=b"") for relay in self._queue.values()]

    def queued_body(self, relay: int) -> bytes:
        return self._queued(relay).body

    async def postpone(self, relay: int, *, due: float, attempts: int, last_reply: str, delayed_notice: bool) -> None:
        self._may_change()
        self._queue[relay] = replace(self._queued(relay), due=due, attempts=attempts, last_reply=last_reply,
                                     delayed_notice=delayed_notice)

    def _queued(self, relay: int) -> QueuedRelay:
        self._may_read()
        if relay not in self._queue:
            raise StoreError(f"relay {relay} is not in the queue")
        return self._queue[relay]

    # -- exchanges between patients and professionals

    def exchange(self, patient: str, mailbox: str) -> str | None:
        self._may_read()
        known = self._exchanges.get((patient, mailbox))
        return known.state if known is not None else None

    def exchanges(self, patient: str) -> Mapping[str, str]:
        self._may_read()
        return {known.mailbox: known.state for known in self.exchanges_in_full(patient)}

    def exchanges_in_full(self, patient: str | None = None) -> Sequence[ExchangeChange]:
        self._may_read()
        return [self._exchanges[key] for key in sorted(self._exchanges) if patient in (None, key[0])]

    # -- the ledger

    async def enter(self, lines: Sequence[NewLine]) -> tuple[int, ...]:
        self._may_change()
        ids = tuple(next(self._line_ids) for _ in lines)
        self._ledger.update(zip(ids, lines, strict=True))
        return ids

    async def strike(self, ids: Sequence[int]) -> None:
        self._may_change()
        for number in ids:
            self._ledger.pop(number, None)

    def ledger(self, topic: str, owner: str | None = None, *, since: float = float("-inf")) -> Sequence[Line]:
        self._may_read()
        return [Line(number, e.topic, e.owner, e.at, e.data, len(e.body)) for number, e in self._ledger.items()
                if e.topic == topic and owner in (None, e.owner) and e.at >= since]

    def ledger_body(self, id: int) -> bytes | None:
        self._may_read()
        return self._ledger[id].body if id in self._ledger else None

    # -- reading messages

    def counts(self, folder: int) -> Counts:
        flags = [m.flags for m in self._shelf(folder).stored.values()]
        return Counts(len(flags), sum("\\Seen" not in f for f in flags), sum(DELETED in f for f in flags),
                      sum(len(m.text.body) for m in self._shelf(folder).stored.values()))

    def messages(self, folder: int) -> list[Message]:
        return [m.as_message() for m in self._shelf(folder).stored.values()]

    def saved(self, folder: int, low: int, high: int) -> Mapping[int, float]:
        self._may_read()
        shelf = self._shelves.get(folder)
        return {uid: m.saved for uid, m in shelf.stored.items() if low <= uid <= high} if shelf else {}

    def keywords(self, folder: int) -> Sequence[str]:
        self._may_read()
        shelf = self._shelves.get(folder)
        return list(shelf.keywords.values()) if shelf else []

    def body(self, folder: int, uid: int) -> bytes | None:
        return next((body for _, body in self.bodies(folder, [uid])), None)

    def bodies(self, folder: int, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        self._may_read()
        for uid in uids:
            shelf = self._shelves.get(folder)
            if shelf is not None and uid in shelf.stored:
                yield uid, shelf.stored[uid].text.body

    def index(self, folder: int, uids: Sequence[int]) -> Mapping[int, bytes]:
        self._may_read()
        shelf = self._shelves.get(folder)
        found = {uid: shelf.stored[uid].text.index for uid in uids if uid in shelf.stored} if shelf else {}
        return {uid: index for uid, index in found.items() if index is not None}

    def save_index(self, folder: int, uid: int, index: bytes) -> None:
        shelf = self._shelves.get(folder)
        if self._is_open and shelf is not None and uid in shelf.stored:
            shelf.stored[uid].text.index = index

    def vanished(self, folder: int, since_modseq: int) -> Sequence[int]:
        return sorted(uid for uid, modseq in self._shelf(folder).vanished.items() if modseq > since_modseq)

    # -- changing messages

    async def append(self, folder: int, messages: Sequence[NewMessage], *, origin: object = None) -> tuple[int, ...]:
        self._may_change()
        shelf = self._selectable(folder)
        flags = [shelf.spelling(m.flags) for m in messages]
        return self._add(shelf, [Stored(0, f, 0, m.internal_date, Text(m.body))
                                 for f, m in zip(flags, messages, strict=True)], origin)

    async def set_flags(self, folder: int, uids: Sequence[int], op: FlagOp, flags: frozenset[str], *,
                        unchanged_since: int | None = None, origin: object = None) -> FlagsChanged:
        self._may_change()
        shelf = self._selectable(folder)
        found = [shelf.stored[uid] for uid in sorted(set(uids) & set(shelf.stored))]
        late = tuple(m.uid for m in found if unchanged_since is not None and m.modseq > unchanged_since)
        kept = [m for m in found if m.uid not in late]
        wanted = shelf.spelling(flags, learn=bool(kept) and op is not FlagOp.REMOVE)
        moved = [m for m in kept if changed(m.flags, op, wanted) != m.flags]
        if moved:
            shelf.modseq += 1
            for m in moved:
                m.flags, m.modseq = changed(m.flags, op, wanted), shelf.modseq
            self._watchers.tell(Change(folder, flagged=tuple(m.as_message() for m in moved), modseq=shelf.modseq,
                                       origin=origin))
        return FlagsChanged(tuple(m.as_message() for m in kept), late)

    async def copy(self, source: int, uids: Sequence[int], target: int, *, move: bool = False,
                   origin: object = None) -> Copied:
        self._may_change()
        return self._copy(self._selectable(source), uids, self._selectable(target), move, origin)

    async def expunge(self, folder: int, uids: Sequence[int] | None = None, *,
                      origin: object = None) -> tuple[int, ...]:
        self._may_change()
        shelf = self._selectable(folder)
        chosen = tuple(uid for uid, m in shelf.stored.items() if DELETED in m.flags and (uids is None or uid in uids))
        self._remove(shelf, chosen, origin)
        return chosen

    async def remove(self, folder: int, uids: Sequence[int], *, origin: object = None) -> tuple[int, ...]:
        self._may_change()
        shelf = self._selectable(folder)
        chosen = tuple(sorted(set(uids) & set(shelf.stored)))
        self._remove(shelf, chosen, origin)
        return chosen

    def watch(self, folder: int, watcher: Watcher) -> Callable[[], None]:
        return self._watchers.watch(folder, watcher)

    def watch_all(self, watcher: Watcher) -> Callable[[], None]:
        return self._watchers.watch(None, watcher)

    # -- the journal

    def record(self, kind: str, at: float, data: str) -> None:
        if self._is_open:
            self._events.append(StoredEvent(next(self._event_ids), at, kind, data))

    def recorded(self, *, after: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        self._may_read()
        return [event for event in self._events if event.seq > after][:limit]

    def arrived(self, arrival: str, mailbox: str) -> bool:
        self._may_read()
        return (arrival, mailbox) in self._arrivals

    def last_event(self) -> int:
        self._may_read()
        return self._events[-1].seq if self._events else 0
