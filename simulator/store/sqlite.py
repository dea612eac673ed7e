"""The store in one SQLite file: a writer thread with group commit, reads on the loop.

Reads never wait for the writer. They see each commit at once, so a watcher may hear of a change that a list read a
moment before already shows: what is applied twice must come out the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from simulator.store import arriving, bodies, changing, ledger, naming, whole
from simulator.store.interface import (
    Batch,
    Change,
    Committed,
    Copied,
    FlagOp,
    FlagsChanged,
    Folder,
    NewLine,
    NewMessage,
    StoreError,
    Watcher,
)
from simulator.store.reading import Reading
from simulator.store.schema import open_to_read
from simulator.store.watchers import Watchers
from simulator.store.writer import Shared, Transaction, Work, Writer

T = TypeVar("T")


class SqliteStore(Reading):
    """The Store on disk. ``keep_events`` and ``keep_arrivals`` bound what is remembered beside the mail.

    ``now`` tells the simulated seconds since 1970.
    """

    def __init__(self, path: Path, *, keep_events: int = 50_000, keep_arrivals: int = 200_000,
                 now: Callable[[], float] = time.time) -> None:
        super().__init__(path, keep_events)
        self._now = now
        self._arrive = partial(arriving.commit, keep_arrivals=keep_arrivals)
        self._events = arriving.Events(keep_events)
        self._watchers = Watchers()
        self._writer: Writer | None = None

    # -- life

    async def open(self) -> None:
        """Open or create the file; its folder must exist. Raises StoreDamaged, StoreError, both naming the file."""
        if self._writer is not None:
            raise StoreError("the store is open already")
        writer = Writer(self._path, self._tell, bodies.sweep, self._now)
        await writer.start()
        try:
            self._reader = open_to_read(self._path)
        except BaseException:
            await writer.stop()
            raise
        self._writer = writer

    async def close(self) -> None:
        """Finish every operation asked for before this call, refuse later ones, let go of the file."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            await writer.do(_nothing)
        finally:
            if self._reader is not None:
                self._reader.close()
            self._reader = None
            self._usage.forget()
            await writer.stop()

    def _tell(self, change: Change) -> None:
        self._usage.hear(change)
        self._watchers.tell(change)

    @property
    def groups(self) -> tuple[int, int]:
        """Transactions committed since open(), and the operations they held."""
        return (self._writer.commits, self._writer.jobs) if self._writer else (0, 0)

    async def _do(self, work: Work[T], octets: int = 0, *, alone: bool = False) -> T:
        if self._writer is None:
            raise StoreError("the store is not open")
        return await self._writer.do(work, octets, alone=alone)

    def _aside(self, work: Work[None]) -> None:
        if self._writer is not None:
            self._writer.aside(work)

    # -- the whole

    async def clear(self, mailboxes: Mapping[str, Sequence[tuple[str, str | None]]]) -> None:
        await self._do(partial(whole.clear, mailboxes=mailboxes))

    async def copy_to(self, path: Path) -> None:
        await self._do(partial(whole.copy_out, path=path), alone=True)

    async def replace_by(self, path: Path) -> None:
        await self._do(partial(whole.copy_in, path=path), alone=True)

    # -- arriving mail, queue

    async def commit(self, batch: Batch) -> Committed:
        octets = sum(len(d.message.body) for d in batch.deposits) + sum(len(relay.body) for relay in batch.relays)
        return await self._do(Shared(self._arrive, batch), octets)

    async def postpone(self, relay: int, *, due: float, attempts: int, last_reply: str, delayed_notice: bool) -> None:
        await self._do(partial(arriving.postpone, relay=relay, due=due, attempts=attempts, last_reply=last_reply,
                               delayed_notice=delayed_notice))

    # -- the ledger

    async def enter(self, lines: Sequence[NewLine]) -> tuple[int, ...]:
        return await self._do(partial(ledger.enter, lines=lines), sum(len(line.body) for line in lines))

    async def strike(self, ids: Sequence[int]) -> None:
        await self._do(partial(ledger.strike, ids=ids))

    # -- folders

    async def ensure_mailbox(self, mailbox: str, folders: Sequence[tuple[str, str | None]]) -> None:
        if not self.folders(mailbox):
            await self._do(partial(naming.ensure, mailbox=mailbox, wanted=folders))

    async def create_folder(self, mailbox: str, name: str, special_use: str | None = None) -> Folder:
        return await self._do(partial(naming.create, mailbox=mailbox, name=name, special_use=special_use))

    async def delete_folder(self, folder: int) -> None:
        await self._do(partial(naming.delete, number=folder))

    async def rename_folder(self, folder: int, name: str) -> None:
        await self._do(partial(naming.rename, number=folder, name=name))

    async def subscribe(self, mailbox: str, name: str, subscribed: bool) -> None:
        await self._do(partial(naming.subscribe, mailbox=mailbox, name=name, subscribed=subscribed))

    # -- messages

    def save_index(self, folder: int, uid: int, index: bytes) -> None:
        self._aside(partial(bodies.save_index, folder=folder, uid=uid, index=index))

    async def append(self, folder: int, messages: Sequence[NewMessage], *, origin: object = None) -> tuple[int, ...]:
        return await self._do(partial(changing.append, folder=folder, new=messages, origin=origin),
                              sum(len(m.body) for m in messages))

    async def set_flags(self, folder: int, uids: Sequence[int], op: FlagOp, flags: frozenset[str], *,
                        unchanged_since: int | None = None, origin: object = None) -> FlagsChanged:
        return await self._do(partial(changing.set_flags, folder=folder, uids=uids, op=op, flags=flags,
                                      unchanged_since=unchanged_since, origin=origin))

    async def copy(self, source: int, uids: Sequence[int], target: int, *, move: bool = False,
                   origin: object = None) -> Copied:
        return await self._do(partial(changing.copy, source=source, uids=uids, target=target, move=move,
                                      origin=origin))

    async def expunge(self, folder: int, uids: Sequence[int] | None = None, *,
                      origin: object = None) -> tuple[int, ...]:
        return await self._do(partial(changing.expunge, folder=folder, uids=uids, origin=origin))

    async def remove(self, folder: int, uids: Sequence[int], *, origin: object = None) -> tuple[int, ...]:
        return await self._do(partial(changing.remove, folder=folder, uids=uids, origin=origin))

    def watch(self, folder: int, watcher: Watcher) -> Callable[[], None]:
        return self._watchers.watch(folder, watcher)

    def watch_all(self, watcher: Watcher) -> Callable[[], None]:
        return self._watchers.watch(None, watcher)

    # -- the journal

    def record(self, kind: str, at: float, data: str) -> None:
        if self._writer is not None and (work := self._events.add(kind, at, data)) is not None:
            self._aside(work)


def _nothing(_: Transaction) -> None:
    """A job that only says when those before it are done."""
