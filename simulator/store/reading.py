"""The reading half of the SQLite store: plain calls on the loop, over a connection that cannot write.

Every query is read to its end at once. A cursor left half-way would hold its snapshot, hide later commits from the
same connection and keep the write-ahead log from being emptied.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from simulator.store import changing, ledger, naming
from simulator.store.failures import as_store_error
from simulator.store.interface import (
    Counts,
    ExchangeChange,
    Folder,
    Line,
    Message,
    NoSuchFolder,
    QueuedRelay,
    StoredEvent,
    StoreError,
)
from simulator.store.names import BadName, folder_name
from simulator.store.usage import Usage
from simulator.store.writer import Row

SLICE = 200
"""Bodies read at once at most."""
SLICE_OCTETS = 1 << 20
"""Octets of bodies read at once, unless one body alone is larger."""

_RELAY = "id, operator, sender, recipient, created, due, attempts, options, last_reply, delayed_notice"
_AMONG = "folder = ? AND uid IN (SELECT value FROM json_each(?))"


class Reading:
    """Answers from the read-only connection; raises StoreError when it cannot."""

    def __init__(self, path: Path, keep_events: int) -> None:
        self._path = path
        self._keep_events = keep_events
        self._reader: sqlite3.Connection | None = None
        self._usage = Usage(self._sizes, self._owner)

    def _rows(self, sql: str, *values: object) -> list[Row]:
        if self._reader is None:
            raise StoreError("the store is not open")
        try:
            return self._reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise as_store_error(self._path, error) from error

    # -- mailboxes, queue, exchanges, journal

    def usage(self, mailbox: str) -> int:
        return self._usage.of(mailbox)

    def _sizes(self, mailbox: str) -> list[Row]:
        return self._rows("SELECT id, highestmodseq, size FROM folder WHERE mailbox = ?", mailbox)

    def _owner(self, folder: int) -> str | None:
        for (mailbox,) in self._rows("SELECT mailbox FROM folder WHERE id = ?", folder):
            return str(mailbox)
        return None

    def queue(self) -> Sequence[QueuedRelay]:
        return [QueuedRelay(number, operator, sender, recipient, b"", created, due, attempts, json.loads(options),
                            last_reply, bool(notice))
                for number, operator, sender, recipient, created, due, attempts, options, last_reply, notice
                in self._rows(f"SELECT {_RELAY} FROM relay ORDER BY id")]

    def queued_body(self, relay: int) -> bytes:
        for (body,) in self._rows("SELECT body FROM relay JOIN blob ON blob.id = relay.blob WHERE relay.id = ?", relay):
            return bytes(body)
        raise StoreError(f"relay {relay} is not in the queue")

    def exchange(self, patient: str, mailbox: str) -> str | None:
        for (state,) in self._rows("SELECT state FROM exchange WHERE patient = ? AND mailbox = ?", patient, mailbox):
            return str(state)
        return None

    def exchanges(self, patient: str) -> Mapping[str, str]:
        return dict(self._rows("SELECT mailbox, state FROM exchange WHERE patient = ? ORDER BY mailbox", patient))

    def exchanges_in_full(self, patient: str | None = None) -> Sequence[ExchangeChange]:
        whose, values = ("WHERE patient = ? ", (patient,)) if patient is not None else ("", ())
        return [ExchangeChange(who, mailbox, state, at, opened_by, last, bool(ending))
                for who, mailbox, state, at, opened_by, last, ending in self._rows(
                    f"SELECT patient, mailbox, state, at, opened_by, last, ending FROM exchange {whose}"
                    "ORDER BY patient, mailbox", *values)]

    def recorded(self, *, after: int = 0, limit: int = 1000) -> Sequence[StoredEvent]:
        return [StoredEvent(*row) for row in self._rows(
            "SELECT id, at, kind, data FROM event WHERE id > max(?, (SELECT max(id) FROM event) - ?) "
            "ORDER BY id LIMIT ?",
            after, self._keep_events, limit)]

    def last_event(self) -> int:
        ((newest,),) = self._rows("SELECT coalesce(max(id), 0) FROM event")
        return int(newest)

    def arrived(self, arrival: str, mailbox: str) -> bool:
        return bool(self._rows("SELECT 1 FROM arrival WHERE key = ? AND mailbox = ?", arrival, mailbox))

    # -- the ledger

    def ledger(self, topic: str, owner: str | None = None, *, since: float = float("-inf")) -> Sequence[Line]:
        return [Line(*row) for row in self._rows(
            f"SELECT {ledger.COLUMNS} FROM ledger WHERE topic = ?1 AND (?2 IS NULL OR owner = ?2) AND at >= ?3 "
            "ORDER BY id", topic, owner, since)]

    def ledger_body(self, id: int) -> bytes | None:
        for (body,) in self._rows("SELECT body FROM ledger WHERE id = ?", id):
            return bytes(body)
        return None

    # -- folders

    def folders(self, mailbox: str) -> Sequence[Folder]:
        return [naming.folder(row) for row in self._rows(
            f"SELECT {naming.COLUMNS} FROM folder WHERE mailbox = ? ORDER BY name", mailbox)]

    def folder(self, mailbox: str, name: str) -> Folder | None:
        try:
            regular = folder_name(name)
        except BadName:
            return None
        rows = self._rows(f"SELECT {naming.COLUMNS} FROM folder WHERE mailbox = ? AND name = ?", mailbox, regular)
        return naming.folder(rows[0]) if rows else None

    def folder_by_id(self, folder: int) -> Folder | None:
        rows = self._rows(f"SELECT {naming.COLUMNS} FROM folder WHERE id = ?", folder)
        return naming.folder(rows[0]) if rows else None

    def counts(self, folder: int) -> Counts:
        for row in self._rows("SELECT messages, unseen, deleted, size FROM folder WHERE id = ?", folder):
            return Counts(*row)
        raise NoSuchFolder(f"folder {folder} does not exist")

    def subscriptions(self, mailbox: str) -> Sequence[str]:
        rows = self._rows("SELECT name FROM subscription WHERE mailbox = ? ORDER BY name", mailbox)
        return [name for (name,) in rows]

    # -- messages

    def messages(self, folder: int) -> list[Message]:
        self.counts(folder)
        return list(map(changing.message, self._rows(
            f"SELECT {changing.COLUMNS} FROM message WHERE folder = ? ORDER BY uid", folder)))

    def saved(self, folder: int, low: int, high: int) -> Mapping[int, float]:
        return dict(self._rows("SELECT uid, saved FROM message WHERE folder = ? AND uid BETWEEN ? AND ? "
                               "AND saved IS NOT NULL", folder, low, high))

    def keywords(self, folder: int) -> Sequence[str]:
        return [name for (name,) in self._rows("SELECT name FROM keyword WHERE folder = ? ORDER BY id", folder)]

    def body(self, folder: int, uid: int) -> bytes | None:
        for (body,) in self._rows("SELECT body FROM message JOIN blob ON blob.id = message.blob "
                                  "WHERE folder = ? AND uid = ?", folder, uid):
            return bytes(body)
        return None

    def bodies(self, folder: int, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        for start in range(0, len(uids), SLICE):
            yield from self._slice(folder, uids[start:start + SLICE])

    def _slice(self, folder: int, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Read these in pieces of bounded size: each piece is one query, finished before the first yield."""
        known = {uid: (blob, size) for uid, blob, size in self._rows(
            f"SELECT uid, blob, size FROM message WHERE {_AMONG}", folder, json.dumps(list(uids)))}
        for piece in _pieces([(uid, *known[uid]) for uid in uids if uid in known]):
            bodies: dict[int, bytes] = dict(self._rows(
                "SELECT id, body FROM blob WHERE id IN (SELECT value FROM json_each(?))",
                json.dumps([blob for _, blob in piece])))
            for uid, blob in piece:
                if blob in bodies:
                    yield uid, bodies[blob]

    def index(self, folder: int, uids: Sequence[int]) -> Mapping[int, bytes]:
        return dict(self._rows("SELECT uid, data FROM message JOIN mime_index ON mime_index.blob = message.blob "
                               f"WHERE {_AMONG}", folder, json.dumps(list(uids))))

    def vanished(self, folder: int, since_modseq: int) -> Sequence[int]:
        rows = self._rows("SELECT vanished_floor, uidnext FROM folder WHERE id = ?", folder)
        if not rows:
            raise NoSuchFolder(f"folder {folder} does not exist")
        floor, uidnext = rows[0]
        if since_modseq < floor:  # too long ago to know: every UID that is missing (RFC 7162 3.2.10.1 allows more)
            present = {uid for (uid,) in self._rows("SELECT uid FROM message WHERE folder = ?", folder)}
            return [uid for uid in range(1, uidnext) if uid not in present]
        return sorted(uid for low, high in self._rows(
            "SELECT low, high FROM vanished WHERE folder = ? AND modseq > ?", folder, since_modseq)
            for uid in range(low, high + 1))


def _pieces(found: Sequence[tuple[int, int, int]]) -> Iterator[list[tuple[int, int]]]:
    """(uid, blob) in runs whose sizes add up to no more than SLICE_OCTETS."""
    piece: list[tuple[int, int]] = []
    octets = 0
    for uid, blob, size in found:
        if piece and octets + size > SLICE_OCTETS:
            yield piece
            piece, octets = [], 0
        piece.append((uid, blob))
        octets += size
    if piece:
        yield piece
