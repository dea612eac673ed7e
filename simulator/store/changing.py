"""What jobs do to messages: add, flag, copy, expunge. Counters and modification sequences move along."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulator.store import bodies
from simulator.store.flags import DELETED, SEEN, changed, folded, keywords_in, pack, spelled, unpack
from simulator.store.interface import Change, Copied, FlagOp, FlagsChanged, Message, NewMessage, NoSuchFolder
from simulator.store.writer import Row, Transaction

VANISHED_KEPT = 4096
"""Ranges of expunged UIDs remembered per folder."""

COLUMNS = "uid, flags, keywords, modseq, size, date"
"""In the order message() wants them."""
_AMONG = "FROM message WHERE folder = ? AND uid IN (SELECT value FROM json_each(?)) ORDER BY uid"


@dataclass(slots=True)
class Entry:
    """A message to be added whose body is already kept."""

    blob: int
    size: int
    date: float
    flags: frozenset[str]


def message(row: Row) -> Message:
    """The Message of a row of COLUMNS."""
    uid, mask, keywords, modseq, size, date = row
    return Message(uid, unpack(mask, keywords), modseq, size, date)


def spelling(tx: Transaction, folder: int, flags: Iterable[str], learn: bool = True) -> frozenset[str]:
    """The flags as the folder spells them; keywords new to it are remembered when ``learn``."""
    wanted = spelled(flags, {})
    keywords = keywords_in(wanted)
    if not keywords:
        return wanted
    known: dict[str, str] = dict(tx.rows("SELECT folded, name FROM keyword WHERE folder = ?", folder))
    if learn:
        tx.many("INSERT INTO keyword (folder, folded, name) VALUES (?, ?, ?)",
                [(folder, folded(name), name) for name in keywords if folded(name) not in known])
    return spelled(wanted, known)


@dataclass(frozen=True, slots=True)
class Room:
    """Place made in a folder for entries: they get UIDs from ``uid`` on."""

    folder: int
    uid: int
    modseq: int

    def rows(self, entries: Sequence[Entry], saved: float) -> list[Row]:
        """What is to be inserted into the table ``message``; ``saved`` is when, in seconds since 1970."""
        return [(self.folder, self.uid + place, self.modseq, *pack(e.flags), e.size, e.date, e.blob, saved)
                for place, e in enumerate(entries)]

    def tell(self, tx: Transaction, entries: Sequence[Entry], origin: object = None) -> list[Message]:
        """Note the change; the messages as watchers hear of them."""
        messages = [Message(self.uid + place, e.flags, self.modseq, e.size, e.date) for place, e in enumerate(entries)]
        tx.changes.append(Change(self.folder, added=tuple(messages), modseq=self.modseq, origin=origin))
        return messages


def make_room(tx: Transaction, which: str, key: Sequence[object], step: int, entries: Sequence[Entry]) -> Room | None:
    """Count the entries into the folder that the condition ``which`` names; None when no folder takes them.

    ``step`` is what the modification sequence moves by: 1 the first time in a transaction.
    """
    row = tx.row(
        "UPDATE folder SET uidnext = uidnext + ?, highestmodseq = highestmodseq + ?, messages = messages + ?, "
        f"unseen = unseen + ?, deleted = deleted + ?, size = size + ? WHERE {which} AND selectable "
        "RETURNING id, uidnext, highestmodseq",
        len(entries), step, len(entries), sum(SEEN not in e.flags for e in entries),
        sum(DELETED in e.flags for e in entries), sum(e.size for e in entries), *key)
    return None if row is None else Room(row[0], row[1] - len(entries), row[2])


def add(tx: Transaction, folder: int, entries: Sequence[Entry], origin: object = None) -> list[Message]:
    """Put the entries at the end of a folder, under new UIDs. Raises NoSuchFolder."""
    room = make_room(tx, "id = ?", (folder,), _step(tx, folder), entries)
    if room is None:
        raise NoSuchFolder(f"folder {folder} does not exist")
    tx.insert("message", room.rows(entries, tx.at))
    return room.tell(tx, entries, origin)


def append(tx: Transaction, folder: int, new: Sequence[NewMessage], origin: object = None) -> tuple[int, ...]:
    """All of them or none; their UIDs."""
    require(tx, folder)
    if not new:
        return ()
    blobs = bodies.keep(tx, [m.body for m in new])
    entries = [Entry(blob, len(m.body), m.internal_date, spelling(tx, folder, m.flags))
               for blob, m in zip(blobs, new, strict=True)]
    return tuple(m.uid for m in add(tx, folder, entries, origin))


def set_flags(tx: Transaction, folder: int, uids: Sequence[int], op: FlagOp, flags: frozenset[str],
              unchanged_since: int | None, origin: object) -> FlagsChanged:
    """Messages that already are as wanted keep their modification sequence."""
    require(tx, folder)
    found = [message(row) for row in tx.rows(f"SELECT {COLUMNS} {_AMONG}", folder, json.dumps(list(uids)))]
    late = tuple(m.uid for m in found if unchanged_since is not None and m.modseq > unchanged_since)
    kept = [m for m in found if unchanged_since is None or m.modseq <= unchanged_since]
    wanted = spelling(tx, folder, flags, learn=bool(kept) and op is not FlagOp.REMOVE)
    moved: list[Message] = []
    unseen = deleted = 0
    for m in kept:
        after = changed(m.flags, op, wanted)
        if after != m.flags:
            unseen += (SEEN in m.flags) - (SEEN in after)
            deleted += (DELETED in after) - (DELETED in m.flags)
            m.flags = after
            moved.append(m)
    if moved:
        modseq = _count(tx, folder, unseen=unseen, deleted=deleted)
        for m in moved:
            m.modseq = modseq
        tx.many("UPDATE message SET flags = ?, keywords = ?, modseq = ? WHERE folder = ? AND uid = ?",
                [(*pack(m.flags), modseq, folder, m.uid) for m in moved])
        tx.changes.append(Change(folder, flagged=tuple(moved), modseq=modseq, origin=origin))
    return FlagsChanged(tuple(kept), late)


def copy(tx: Transaction, source: int, uids: Sequence[int], target: int, move: bool, origin: object) -> Copied:
    """Copies hold the same blobs; a move hands them over."""
    require(tx, source)
    uidvalidity = require(tx, target)
    rows = tx.rows(f"SELECT {COLUMNS}, blob {_AMONG}", source, json.dumps(list(uids)))
    if not rows:
        return Copied(uidvalidity, (), ())
    entries = [Entry(blob, size, date, spelling(tx, target, unpack(mask, keywords)))
               for _, mask, keywords, _, size, date, blob in rows]
    added = add(tx, target, entries, origin)
    if move:
        _remove(tx, source, rows, origin)
    else:
        bodies.share(tx, [entry.blob for entry in entries])
    return Copied(uidvalidity, tuple(row[0] for row in rows), tuple(m.uid for m in added))


def expunge(tx: Transaction, folder: int, uids: Sequence[int] | None, origin: object) -> tuple[int, ...]:
    """Remove what is flagged \\Deleted; the UIDs removed."""
    require(tx, folder)
    sql = f"SELECT {COLUMNS}, blob FROM message INDEXED BY message_deleted WHERE folder = ? AND flags & 4 <> 0"
    rows = tx.rows(f"{sql} ORDER BY uid", folder)
    if uids is not None:
        chosen = set(uids)
        rows = [row for row in rows if row[0] in chosen]
    if rows:
        _remove(tx, folder, rows, origin)
        bodies.release(tx, [row[-1] for row in rows])
    return tuple(row[0] for row in rows)


def remove(tx: Transaction, folder: int, uids: Sequence[int], origin: object) -> tuple[int, ...]:
    """Remove messages whatever their flags; the UIDs that were there."""
    require(tx, folder)
    rows = tx.rows(f"SELECT {COLUMNS}, blob {_AMONG}", folder, json.dumps(list(uids)))
    if rows:
        _remove(tx, folder, rows, origin)
        bodies.release(tx, [row[-1] for row in rows])
    return tuple(row[0] for row in rows)


def require(tx: Transaction, folder: int) -> int:
    """The UIDVALIDITY of a folder that can hold messages. Raises NoSuchFolder."""
    row = tx.row("SELECT uidvalidity FROM folder WHERE id = ? AND selectable", folder)
    if row is None:
        raise NoSuchFolder(f"folder {folder} does not exist")
    uidvalidity: int = row[0]
    return uidvalidity


def _remove(tx: Transaction, folder: int, rows: Sequence[Row], origin: object) -> None:
    """Take these messages (rows of COLUMNS and more, by UID) out of the folder; the blobs stay."""
    flags = [unpack(row[1], row[2]) for row in rows]
    modseq = _count(tx, folder, messages=-len(rows), unseen=-sum(SEEN not in f for f in flags),
                    deleted=-sum(DELETED in f for f in flags), size=-sum(row[4] for row in rows))
    uids = tuple(row[0] for row in rows)
    tx.many("DELETE FROM message WHERE folder = ? AND uid = ?", [(folder, uid) for uid in uids])
    tx.many("INSERT INTO vanished VALUES (?, ?, ?, ?)", [(folder, modseq, low, high) for low, high in _ranges(uids)])
    _forget_vanished(tx, folder)
    tx.changes.append(Change(folder, expunged=uids, modseq=modseq, origin=origin))


def _forget_vanished(tx: Transaction, folder: int) -> None:
    """Keep the newest ranges; what was asked about earlier sequences is then answered with every missing UID."""
    row = tx.row("SELECT modseq FROM vanished WHERE folder = ? ORDER BY modseq DESC, low DESC LIMIT 1 OFFSET ?",
                 folder, VANISHED_KEPT)
    if row is not None:
        tx.run("DELETE FROM vanished WHERE folder = ? AND modseq <= ?", folder, row[0])
        tx.run("UPDATE folder SET vanished_floor = ? WHERE id = ?", row[0], folder)


def _ranges(uids: Sequence[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for uid in uids:
        if ranges and ranges[-1][1] == uid - 1:
            ranges[-1] = (ranges[-1][0], uid)
        else:
            ranges.append((uid, uid))
    return ranges


def _step(tx: Transaction, folder: int) -> int:
    """1 the first time a job touches the folder, then 0."""
    if folder in tx.touched:
        return 0
    tx.touched.add(folder)
    return 1


def _count(tx: Transaction, folder: int, *, messages: int = 0, unseen: int = 0, deleted: int = 0, size: int = 0) -> int:
    """Add to the counters; the modification sequence of this job in this folder."""
    rows = tx.rows("UPDATE folder SET highestmodseq = highestmodseq + ?, messages = messages + ?, unseen = unseen + ?, "
                   "deleted = deleted + ?, size = size + ? WHERE id = ? RETURNING highestmodseq",
                   _step(tx, folder), messages, unseen, deleted, size, folder)
    modseq: int = rows[0][0]
    return modseq
