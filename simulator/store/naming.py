"""What jobs do to folders: create, delete, rename, subscribe."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.store import bodies, changing
from simulator.store.interface import Change, Folder, FolderExists, HasChildren, NoSuchFolder, StoreError
from simulator.store.names import INBOX, SEPARATOR, BadName, folder_name, is_below, parents
from simulator.store.writer import Row, Transaction

COLUMNS = ("id, mailbox, name, special_use, (mailbox, name) IN (SELECT mailbox, name FROM subscription), selectable, "
           "uidvalidity, uidnext, highestmodseq")
"""In the order folder() wants them."""
BELOW = "mailbox = ? AND name >= ? AND name < ?"
"""Children of a folder, by index; bind with below()."""


def folder(row: Row) -> Folder:
    """The Folder of a row of COLUMNS."""
    number, mailbox, name, special_use, subscribed, selectable, uidvalidity, uidnext, modseq = row
    return Folder(number, mailbox, name, special_use, bool(subscribed), bool(selectable), uidvalidity, uidnext, modseq)


def below(mailbox: str, name: str) -> tuple[str, str, str]:
    """The values for BELOW: from ``name/`` to just before the next character."""
    return mailbox, name + SEPARATOR, name + chr(ord(SEPARATOR) + 1)


def find(tx: Transaction, mailbox: str, name: str) -> Folder | None:
    """The folder of that (already regular) name."""
    row = tx.row(f"SELECT {COLUMNS} FROM folder WHERE mailbox = ? AND name = ?", mailbox, name)
    return folder(row) if row else None


def ensure(tx: Transaction, mailbox: str, wanted: Sequence[tuple[str, str | None]]) -> None:
    """Create the wanted folders, subscribed, unless the mailbox has folders."""
    if tx.row("SELECT 1 FROM folder WHERE mailbox = ? LIMIT 1", mailbox):
        return
    for name, special_use in wanted:
        create(tx, mailbox, name, special_use)
        subscribe(tx, mailbox, name, True)


def create(tx: Transaction, mailbox: str, name: str, special_use: str | None = None) -> Folder:
    """A new folder and its missing parents; a name kept for its children becomes one again. Raises FolderExists."""
    name = folder_name(name)
    known = find(tx, mailbox, name)
    if known is not None and known.selectable:
        raise FolderExists(f"{name} exists already")
    _create_parents(tx, mailbox, name)
    if known is None:
        tx.run("INSERT INTO folder (mailbox, name, special_use, uidvalidity) VALUES (?, ?, ?, ?)",
               mailbox, name, special_use, _uidvalidity(tx))
    else:
        tx.run("UPDATE folder SET selectable = 1, special_use = ?, uidvalidity = ? WHERE id = ?",
               special_use, _uidvalidity(tx), known.id)
    return _found(tx, mailbox, name)


def delete(tx: Transaction, number: int) -> None:
    """Messages go with the folder. Raises NoSuchFolder, HasChildren (an unselectable name), StoreError (INBOX)."""
    victim = _by_id(tx, number)
    if victim.name == INBOX:
        raise StoreError("INBOX cannot be deleted")
    has_children = _has_children(tx, victim)
    if has_children and not victim.selectable:
        raise HasChildren(f"{victim.name} holds other folders")
    bodies.release(tx, [row[0] for row in tx.rows("SELECT blob FROM message WHERE folder = ?", number)])
    for table in ("message", "keyword", "vanished"):
        tx.run(f"DELETE FROM {table} WHERE folder = ?", number)
    if has_children:
        tx.run("UPDATE folder SET selectable = 0, special_use = NULL, uidnext = 1, highestmodseq = 1, "
               "vanished_floor = 0, messages = 0, unseen = 0, deleted = 0, size = 0 WHERE id = ?", number)
    else:
        tx.run("DELETE FROM folder WHERE id = ?", number)
        _drop_empty_names(tx, victim)
    tx.changes.append(Change(number, gone=True))


def rename(tx: Transaction, number: int, name: str) -> None:
    """Children follow; INBOX gives its messages to a new folder. Raises NoSuchFolder, FolderExists, BadName."""
    name = folder_name(name)
    known = _by_id(tx, number)
    if find(tx, known.mailbox, name) is not None:
        raise FolderExists(f"{name} exists already")
    if known.name == INBOX:
        target = create(tx, known.mailbox, name)
        uids = [row[0] for row in tx.rows("SELECT uid FROM message WHERE folder = ?", number)]
        changing.copy(tx, number, uids, target.id, True, None)
        return
    if is_below(name, known.name):
        raise BadName(f"{known.name} cannot be moved into itself")
    _create_parents(tx, known.mailbox, name)
    tx.run("UPDATE folder SET name = ? WHERE id = ?", name, number)
    tx.run(f"UPDATE folder SET name = ? || substr(name, ?) WHERE {BELOW}",
           name, len(known.name) + 1, *below(known.mailbox, known.name))
    _drop_empty_names(tx, known)


def subscribe(tx: Transaction, mailbox: str, name: str, subscribed: bool) -> None:
    """Note or strike a name, whether the folder exists or not."""
    sql = "INSERT OR IGNORE INTO subscription VALUES (?, ?)" if subscribed else (
        "DELETE FROM subscription WHERE mailbox = ? AND name = ?")
    tx.run(sql, mailbox, folder_name(name))


def _create_parents(tx: Transaction, mailbox: str, name: str) -> None:
    for parent in parents(name):
        if find(tx, mailbox, parent) is None:
            tx.run("INSERT INTO folder (mailbox, name, uidvalidity) VALUES (?, ?, ?)",
                   mailbox, parent, _uidvalidity(tx))


def _drop_empty_names(tx: Transaction, left: Folder) -> None:
    """Names kept only for their children go when the last child has gone."""
    for parent in reversed(parents(left.name)):
        known = find(tx, left.mailbox, parent)
        if known is None or known.selectable or _has_children(tx, known):
            return
        tx.run("DELETE FROM folder WHERE id = ?", known.id)


def _has_children(tx: Transaction, parent: Folder) -> bool:
    return tx.row(f"SELECT 1 FROM folder WHERE {BELOW} LIMIT 1", *below(parent.mailbox, parent.name)) is not None


def _uidvalidity(tx: Transaction) -> int:
    rows = tx.rows("UPDATE counter SET value = value + 1 WHERE name = 'uidvalidity' RETURNING value")
    value: int = rows[0][0]
    return value


def _by_id(tx: Transaction, number: int) -> Folder:
    row = tx.row(f"SELECT {COLUMNS} FROM folder WHERE id = ?", number)
    if row is None:
        raise NoSuchFolder(f"folder {number} does not exist")
    return folder(row)


def _found(tx: Transaction, mailbox: str, name: str) -> Folder:
    found = find(tx, mailbox, name)
    assert found is not None
    return found
