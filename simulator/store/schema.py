"""The tables of the SQLite file, and opening it.

``blob`` holds each body once; ``shared`` counts the holders of a blob that has more than one, so that a single
deposit pays nothing for sharing and a removal never scans. ``orphan`` lists blobs waiting to be deleted.
The counters of STATUS and of quota live in ``folder``.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from simulator.store.failures import StoreDamaged, as_store_error
from simulator.store.interface import StoreError

VERSION = 2
APPLICATION = 0x4D53_5354
"""Written in the file's header, so that no other program's database is taken for ours."""

_TABLES = """
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox TEXT NOT NULL, name TEXT NOT NULL, special_use TEXT,
    selectable INTEGER NOT NULL DEFAULT 1, uidvalidity INTEGER NOT NULL, uidnext INTEGER NOT NULL DEFAULT 1,
    highestmodseq INTEGER NOT NULL DEFAULT 1, vanished_floor INTEGER NOT NULL DEFAULT 0,
    messages INTEGER NOT NULL DEFAULT 0, unseen INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL DEFAULT 0, UNIQUE (mailbox, name));
CREATE TABLE subscription (mailbox TEXT, name TEXT, PRIMARY KEY (mailbox, name)) WITHOUT ROWID;
CREATE TABLE message (
    folder INTEGER, uid INTEGER, modseq INTEGER NOT NULL, flags INTEGER NOT NULL, keywords TEXT NOT NULL,
    size INTEGER NOT NULL, date REAL NOT NULL, blob INTEGER NOT NULL, saved REAL,
    PRIMARY KEY (folder, uid)) WITHOUT ROWID;
CREATE INDEX message_deleted ON message (folder, uid) WHERE flags & 4 <> 0;
CREATE TABLE blob (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE shared (blob INTEGER PRIMARY KEY, holders INTEGER NOT NULL);
CREATE TABLE orphan (blob INTEGER PRIMARY KEY);
CREATE TABLE mime_index (blob INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE keyword (
    id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, folded TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (folder, folded));
CREATE TABLE vanished (
    folder INTEGER, modseq INTEGER, low INTEGER, high INTEGER NOT NULL,
    PRIMARY KEY (folder, modseq, low)) WITHOUT ROWID;
CREATE TABLE arrival (id INTEGER PRIMARY KEY, key TEXT NOT NULL, mailbox TEXT NOT NULL, UNIQUE (key, mailbox));
CREATE TABLE relay (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
    blob INTEGER NOT NULL, created REAL NOT NULL, due REAL NOT NULL, attempts INTEGER NOT NULL, options TEXT NOT NULL,
    last_reply TEXT NOT NULL, delayed_notice INTEGER NOT NULL);
CREATE TABLE exchange (
    patient TEXT, mailbox TEXT, state TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (patient, mailbox)) WITHOUT ROWID;
CREATE TABLE event (id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
"""

_LEDGER = (
    "CREATE TABLE ledger (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, owner TEXT NOT NULL, "
    "at REAL NOT NULL, data TEXT NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE INDEX ledger_topic ON ledger (topic, owner)",
)
_EXCHANGE = (
    "ALTER TABLE exchange ADD COLUMN opened_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE exchange ADD COLUMN last TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE exchange ADD COLUMN ending INTEGER NOT NULL DEFAULT 0",
)
_STEPS = {1: ("ALTER TABLE message ADD COLUMN saved REAL", *_LEDGER, *_EXCHANGE)}
"""From each earlier version to the next. What was not kept then stays unknown: NULL, or nothing."""

_SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -8192",
)


def open_to_write(path: Path) -> sqlite3.Connection:
    """The writer's connection, with the tables in place. Raises StoreError, StoreDamaged."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=5.0, cached_statements=512)
    except sqlite3.Error as error:
        raise as_store_error(path, error) from error
    try:
        _prepare(connection, path)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise as_store_error(path, error) from error
        raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """The loop's connection: it can write nothing. The writer must have opened the file. Raises StoreError."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=1.0,
                                     cached_statements=512)
    except sqlite3.Error as error:
        raise as_store_error(path, error) from error
    connection.execute("PRAGMA cache_size = -8192")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _recognise(connection, path)
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(f"{path}: this filesystem cannot hold a write-ahead log (journal mode stays {mode})")
    for setting in _SETTINGS:
        connection.execute(setting)
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        _create(connection)
    elif version < VERSION:
        _bring_up(connection, version)
    connection.execute("COMMIT")


def _recognise(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application != APPLICATION:
        raise StoreDamaged(path, "this database belongs to another program", "choose another data folder")
    if version > VERSION:
        raise StoreDamaged(path, f"written by a newer simulator (format {version}, this one knows {VERSION})",
                           "use that version, or another data folder")


def _bring_up(connection: sqlite3.Connection, version: int) -> None:
    """Make the tables of an earlier version those of this one, in the caller's transaction."""
    for earlier in range(version, VERSION):
        for statement in _STEPS[earlier]:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _create(connection: sqlite3.Connection) -> None:
    for statement in (*_TABLES.split(";\n"), *_LEDGER, *_EXCHANGE):
        if statement.strip():
            connection.execute(statement)
    # Counting on from the first day keeps UIDVALIDITY unique even when the clock leaps or a name comes back.
    first = min(max(int(time.time()), 1), 1 << 31)
    connection.execute("INSERT INTO counter VALUES ('uidvalidity', ?)", (first,))
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
