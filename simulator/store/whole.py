"""What is done to everything at once: empty the file, copy it out, put another in its place.

Folders and queue entries that come back get numbers nobody had before, and folders a new UIDVALIDITY: caches and mail
programs that remember the old ones find nothing, rather than something else.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from simulator.store import naming
from simulator.store.failures import StoreDamaged
from simulator.store.interface import Change, StoreError
from simulator.store.schema import APPLICATION, VERSION
from simulator.store.writer import Transaction

_OF_MAIL = ("folder", "subscription", "message", "keyword", "vanished", "arrival", "relay", "exchange", "shared",
            "ledger")
"""Everything but bodies, counters and the journal."""
_OF_BODIES = ("blob", "mime_index", "orphan")
_KEPT_REMEDY = "take the snapshot again"

_COPIES = """
INSERT INTO folder (id, uidvalidity, mailbox, name, special_use, selectable, uidnext, highestmodseq, vanished_floor,
    messages, unseen, deleted, size)
    SELECT id + :folders, :validity + row_number() OVER (ORDER BY id), mailbox, name, special_use, selectable, uidnext,
    highestmodseq, vanished_floor, messages, unseen, deleted, size FROM kept.folder ORDER BY id;
INSERT INTO subscription SELECT mailbox, name FROM kept.subscription;
INSERT INTO message SELECT folder + :folders, uid, modseq, flags, keywords, size, date, blob, {saved}
    FROM kept.message;
INSERT INTO keyword (folder, folded, name) SELECT folder + :folders, folded, name FROM kept.keyword ORDER BY id;
INSERT INTO vanished SELECT folder + :folders, modseq, low, high FROM kept.vanished;
INSERT INTO arrival SELECT id, key, mailbox FROM kept.arrival;
INSERT INTO relay SELECT id + :relays, operator, sender, recipient, blob, created, due, attempts, options, last_reply,
    delayed_notice FROM kept.relay;
INSERT INTO exchange SELECT patient, mailbox, state, at, {exchange} FROM kept.exchange;
INSERT INTO shared SELECT blob, holders FROM kept.shared;
INSERT INTO blob SELECT id, body FROM kept.blob;
INSERT INTO mime_index SELECT blob, data FROM kept.mime_index;
INSERT INTO orphan SELECT blob FROM kept.orphan;
UPDATE counter SET value = :validity + (SELECT count(*) FROM kept.folder) WHERE name = 'uidvalidity';
"""
_UNKNOWN_TO_1 = {"saved": "NULL", "exchange": "'', '', 0"}
"""What its columns would say."""
_SINCE_2 = """
INSERT INTO ledger SELECT id + :ledger, topic, owner, at, data, size, body FROM kept.ledger ORDER BY id;
"""
"""What version 1 did not have."""


def clear(tx: Transaction, mailboxes: Mapping[str, Sequence[tuple[str, str | None]]]) -> None:
    """Nothing stays but these mailboxes with their folders, empty."""
    _forget_mail(tx)
    # The bodies are left to the sweeping: nobody waits until they are gone.
    tx.run("INSERT OR IGNORE INTO orphan SELECT id FROM blob")
    tx.left_orphans = True
    for mailbox, wanted in mailboxes.items():
        naming.ensure(tx, mailbox, wanted)


def copy_out(tx: Transaction, path: Path) -> None:
    """One whole file, or none: it gets its name when it is complete."""
    growing = path.with_name(f"{path.name}.new")
    growing.unlink(missing_ok=True)
    target = sqlite3.connect(growing, isolation_level=None)
    try:
        tx.backup(target)
        # Without its write-ahead log, so that it can be moved and read as a single file.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()
    os.replace(growing, path)


def copy_in(tx: Transaction, path: Path) -> None:
    """Take over what copy_out() wrote. Raises StoreError, StoreDamaged."""
    if not path.is_file():
        raise StoreError(f"{path}: there is no such file")
    _attach(tx, path)
    try:
        version = _recognise(tx, path)
        tx.run("BEGIN IMMEDIATE")
        try:
            _take_over(tx, version)
            tx.run("COMMIT")
        except BaseException:
            tx.run("ROLLBACK")
            raise
    finally:
        tx.run("DETACH DATABASE kept")
    tx.left_orphans = True


def _attach(tx: Transaction, path: Path) -> None:
    try:
        tx.run("ATTACH DATABASE ? AS kept", str(path))
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(path, f"this is not a mail store ({error})", _KEPT_REMEDY) from error


def _recognise(tx: Transaction, path: Path) -> int:
    """The version that wrote it."""
    ((application,),) = tx.rows("PRAGMA kept.application_id")
    ((version,),) = tx.rows("PRAGMA kept.user_version")
    if application != APPLICATION or not 1 <= version <= VERSION:
        raise StoreDamaged(path, "this is not a mail store of this version or an earlier one", _KEPT_REMEDY)
    return int(version)


def _take_over(tx: Transaction, version: int) -> None:
    _forget_mail(tx)
    for table in _OF_BODIES:
        tx.run(f"DELETE FROM {table}")
    past = {"folders": _last(tx, "folder"), "relays": _last(tx, "relay"), "ledger": _last(tx, "ledger"),
            "validity": _last_uidvalidity(tx)}
    columns = {"saved": "saved", "exchange": "opened_by, last, ending"} if version > 1 else _UNKNOWN_TO_1
    copies = _COPIES.format(**columns) + (_SINCE_2 if version > 1 else "")
    for statement in copies.split(";\n"):
        if statement.strip():
            tx.run_named(statement, past)


def _forget_mail(tx: Transaction) -> None:
    tx.changes += [Change(number, gone=True) for (number,) in tx.rows("SELECT id FROM folder ORDER BY id")]
    for table in _OF_MAIL:
        tx.run(f"DELETE FROM {table}")


def _last(tx: Transaction, table: str) -> int:
    """The highest number ever given in a table, whether its row is still there or not."""
    row = tx.row("SELECT seq FROM main.sqlite_sequence WHERE name = ?", table)
    return int(row[0]) if row else 0


def _last_uidvalidity(tx: Transaction) -> int:
    sql = "SELECT max(value) FROM (SELECT name, value FROM main.counter UNION ALL SELECT name, value FROM kept.counter)"
    ((value,),) = tx.rows(f"{sql} WHERE name = 'uidvalidity'")
    return int(value)
