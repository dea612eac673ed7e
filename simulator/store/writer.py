"""The one thread that writes: it takes everything waiting, commits it as one transaction, then says so.

When a job fails, or SQLite gives up the transaction (disk full, I/O error), all of it is undone and its jobs are tried
once more, one by one, so that each gets its own answer and a failing one spoils nothing for the others.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Generic, TypeVar

from simulator.store.failures import as_store_error
from simulator.store.interface import Change
from simulator.store.schema import open_to_write

_log = logging.getLogger(__name__)
T = TypeVar("T")
A = TypeVar("A")
Row = tuple[Any, ...]

GROUP = 256
"""Jobs in one transaction at most."""
GROUP_OCTETS = 32 << 20
"""Octets of bodies after which a transaction takes no further job."""
ROWS = 64
"""Rows inserted with one statement at most."""
PATIENCE = 0.2
"""Seconds that an aside may wait for a job to travel with."""


class Transaction:
    """What one job may do: run statements, and note the changes that watchers shall hear of."""

    __slots__ = ("_connection", "at", "changes", "left_orphans", "touched")

    def __init__(self, connection: sqlite3.Connection, at: float) -> None:
        self._connection = connection
        self.at = at
        """Simulated seconds since 1970 when the job was asked for."""
        self.changes: list[Change] = []
        self.touched: set[int] = set()
        """Folders whose modification sequence has moved already: it moves once per job."""
        self.left_orphans = False
        """True when there is something to sweep once the writer is idle."""

    def run(self, sql: str, *values: object) -> sqlite3.Cursor:
        """Run one statement that returns no rows; the cursor knows rowcount and lastrowid."""
        return self._connection.execute(sql, values)

    def run_named(self, sql: str, values: Mapping[str, object]) -> None:
        """Run one statement with ``:name`` placeholders."""
        self._connection.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query or a RETURNING."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row, if any."""
        rows = self._connection.execute(sql, values).fetchall()
        return rows[0] if rows else None

    def many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """Run one statement for each tuple of values."""
        self._connection.executemany(sql, values)

    def insert(self, into: str, rows: Sequence[Sequence[object]]) -> list[int]:
        """Insert rows of equal length, ``into`` being a table with or without its columns; their row ids, if any.

        Several go with one statement: each statement gives the interpreter to another thread and has to win it back,
        which costs more than a row.
        """
        numbers: list[int] = []
        for start in range(0, len(rows), ROWS):
            some = rows[start:start + ROWS]
            values = [value for row in some for value in row]
            last = self._connection.execute(_insertion(into, len(some), len(some[0])), values).lastrowid or 0
            numbers += range(last - len(some) + 1, last + 1)
        return numbers

    def backup(self, target: sqlite3.Connection) -> None:
        """Copy the file, as it stands, into another one. Only for work that runs alone."""
        self._connection.backup(target)


Work = Callable[[Transaction], T]


@dataclass(frozen=True, slots=True)
class Shared(Generic[A, T]):
    """Work that is cheaper for several jobs at once: ``many`` does it for all that wait in a row, or for none."""

    many: Callable[[Transaction, Sequence[A]], Sequence[T]]
    """The same object for all jobs that may go together."""
    what: A

    def __call__(self, tx: Transaction) -> T:
        return self.many(tx, [self.what])[0]


@dataclass(slots=True, eq=False)
class _Job:
    work: Work[Any]
    done: asyncio.Future[Any] | None
    at: float = 0.0
    octets: int = 0
    alone: bool = False


@dataclass(slots=True)
class _Outcome:
    job: _Job
    result: Any = None
    error: Exception | None = None
    changes: list[Change] = field(default_factory=list)
    left_orphans: bool = False


class Writer:
    """Owns the writing connection. All methods are called on the loop.

    ``tell`` hears of each change; ``sweep`` removes a bounded number of orphans whenever no job waits.
    """

    def __init__(self, path: Path, tell: Callable[[Change], None], sweep: Work[None], now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._tell = tell
        self._sweep = sweep
        self._has_orphans = True  # perhaps: the last run may have ended before its sweep
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._put_back: _Job | None = None
        self._asides: deque[Work[None]] = deque(maxlen=50_000)
        self._nudge: asyncio.TimerHandle | None = None
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._connection: sqlite3.Connection
        self.commits = 0
        """Transactions committed."""
        self.jobs = 0
        """Jobs committed in them."""

    async def start(self) -> None:
        """Open the file. Raises StoreError."""
        self._thread.start()
        try:
            await self._opened
        except BaseException:
            self._waiting.put(None)
            raise

    async def do(self, work: Work[T], octets: int = 0, *, alone: bool = False) -> T:
        """The result of ``work`` once it is on disk; what it raises, when nothing of it was kept.

        With ``alone`` no transaction is open when it begins: some statements need that. It begins and commits its own.
        """
        done: asyncio.Future[T] = self._loop.create_future()
        self._waiting.put(_Job(work, done, self._now(), octets, alone))
        return await done

    def aside(self, work: Work[None]) -> None:
        """Do it with the next group, or soon; nobody waits and a failure is only logged."""
        self._asides.append(work)
        if self._nudge is None:
            self._nudge = self._loop.call_later(PATIENCE, self._send_asides)

    def _send_asides(self) -> None:
        self._nudge = None
        if self._asides:
            self._waiting.put(_Job(lambda _: None, None))

    async def stop(self) -> None:
        """Finish what was asked before, then close the file."""
        if self._nudge is not None:
            self._nudge.cancel()
        self._waiting.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    # -- in the thread

    def _run(self) -> None:
        try:
            self._connection = open_to_write(self._path)
        except Exception as error:
            self._post(self._settle, self._opened, error)
            self._post(self._settle, self._ended, None)
            return
        self._post(self._settle, self._opened, None)
        more = True
        while more:
            jobs, more = self._take()
            outcomes = self._commit(jobs)
            self._has_orphans |= any(outcome.left_orphans for outcome in outcomes)
            self._post(self._announce, outcomes)
        self._close()
        self._post(self._settle, self._ended, None)

    def _take(self) -> tuple[list[_Job], bool]:
        """Every job waiting, within bounds, and whether there may be more after them."""
        jobs: list[_Job] = []
        octets = 0
        try:
            job, self._put_back = self._put_back or self._waiting.get(block=not self._has_orphans), None
        except queue.Empty:
            self._has_orphans = False
            return [_Job(self._sweep, None)], True
        while job is not None:
            if job.alone:
                if jobs:
                    self._put_back = job
                    break
                return [job], True
            jobs.append(job)
            octets += job.octets
            if len(jobs) >= GROUP or octets >= GROUP_OCTETS:
                break
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                break
        if self._asides:
            jobs.append(_Job(_all([self._asides.popleft() for _ in range(len(self._asides))]), None))
        return jobs, job is not None

    def _commit(self, jobs: list[_Job]) -> list[_Outcome]:
        if jobs and jobs[0].alone:
            return [self._by_itself(jobs[0])]
        try:
            return self._together(jobs)
        except Exception as error:
            if len(jobs) == 1:
                return [_Outcome(jobs[0], error=self._translated(error))]
        return [outcome for job in jobs for outcome in self._commit([job])]

    def _together(self, jobs: list[_Job]) -> list[_Outcome]:
        if not jobs:
            return []
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            # No savepoints: they cost more than the rare retry, one by one, when a job of the group fails.
            outcomes = [outcome for _, run in groupby(jobs, _kind) for outcome in self._attempt(list(run))]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        self.commits += 1
        self.jobs += sum(outcome.error is None for outcome in outcomes)
        return outcomes

    def _attempt(self, jobs: Sequence[_Job]) -> list[_Outcome]:
        """Do one job, or several that share their work. What they changed is told with the first."""
        transaction = Transaction(self._connection, jobs[0].at)
        first = jobs[0].work
        if len(jobs) > 1 and isinstance(first, Shared):
            results = first.many(transaction, [job.work.what for job in jobs if isinstance(job.work, Shared)])
        else:
            results = [first(transaction)]
        outcomes = [_Outcome(job, result) for job, result in zip(jobs, results, strict=True)]
        outcomes[0].changes, outcomes[0].left_orphans = transaction.changes, transaction.left_orphans
        return outcomes

    def _by_itself(self, job: _Job) -> _Outcome:
        transaction = Transaction(self._connection, job.at)
        try:
            result = job.work(transaction)
        except Exception as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return _Outcome(job, error=self._translated(error))
        self.commits += 1
        self.jobs += 1
        return _Outcome(job, result, None, transaction.changes, transaction.left_orphans)

    def _translated(self, error: Exception) -> Exception:
        return as_store_error(self._path, error) if isinstance(error, sqlite3.Error) else error

    def _close(self) -> None:
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            _log.warning("%s stays with its write-ahead log, which the next start reads: %s", self._path, error)
        self._connection.close()

    def _post(self, callback: Callable[..., None], *values: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *values)
        except RuntimeError:
            _log.debug("the loop has gone; nobody is left to be told")

    # -- back on the loop

    @staticmethod
    def _settle(done: asyncio.Future[None], error: Exception | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def _announce(self, outcomes: list[_Outcome]) -> None:
        """Watchers hear first: whoever awaited the job runs in a later turn of the loop."""
        for outcome in outcomes:
            for change in outcome.changes:
                self._tell(change)
            done = outcome.job.done
            if done is None:
                if outcome.error is not None:
                    _log.warning("not kept: %s", outcome.error)
            elif not done.done():
                if outcome.error is None:
                    done.set_result(outcome.result)
                else:
                    done.set_exception(outcome.error)


def _all(works: Sequence[Work[None]]) -> Work[None]:
    def work(transaction: Transaction) -> None:
        for each in works:
            each(transaction)

    return work


def _kind(job: _Job) -> object:
    """Equal for jobs that can be done together."""
    return job.work.many if isinstance(job.work, Shared) else job


@lru_cache(maxsize=256)
def _insertion(into: str, rows: int, columns: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * rows)}"
