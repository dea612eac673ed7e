"""Copies of the SQLite file: whole, readable by another store, refused when they are something else."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from simulator.store import bodies
from simulator.store.failures import StoreDamaged
from simulator.store.sqlite import SqliteStore
from simulator.store.writer import Transaction
from tests.store.builders import BOX, a_deposit, a_message, folder_of, together, uids
from tests.store.conftest import FOLDERS


async def test_another_store_opens_a_copy(disk: SqliteStore, tmp_path: Path) -> None:
    await disk.commit(a_deposit(b"hello\r\n"))
    await disk.copy_to(tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy"]
    other = SqliteStore(tmp_path / "copy")
    await other.open()
    assert other.body(folder_of(other).id, 1) == b"hello\r\n"
    await other.close()


@pytest.mark.parametrize("content", [b"", b"not a database at all, whatever it is" * 100])
async def test_a_file_that_is_no_store_is_refused(disk: SqliteStore, tmp_path: Path, content: bytes) -> None:
    await disk.commit(a_deposit())
    (tmp_path / "foreign").write_bytes(content)
    with pytest.raises(StoreDamaged, match="foreign"):
        await disk.replace_by(tmp_path / "foreign")
    assert uids(disk, folder_of(disk).id) == [1]


async def test_a_copy_cut_short_changes_nothing(disk: SqliteStore, tmp_path: Path) -> None:
    await disk.commit(a_deposit())
    await disk.copy_to(tmp_path / "cut")
    with sqlite3.connect(tmp_path / "cut") as connection:
        connection.execute("DROP TABLE exchange")
    connection.close()
    with pytest.raises(Exception, match="exchange"):
        await disk.replace_by(tmp_path / "cut")
    assert uids(disk, folder_of(disk).id) == [1]
    await disk.commit(a_deposit())
    assert uids(disk, folder_of(disk).id) == [1, 2]


async def test_work_that_runs_alone_keeps_its_place_among_the_others(disk: SqliteStore, tmp_path: Path) -> None:
    inbox = folder_of(disk).id
    await together(
        disk, disk.append(inbox, [a_message(b"before")]), disk.copy_to(tmp_path / "kept"),
        disk.append(inbox, [a_message(b"between")]), disk.replace_by(tmp_path / "kept"),
        disk.create_folder(BOX, "After"))
    assert uids(disk, folder_of(disk).id) == [1]
    assert folder_of(disk, "After").id > folder_of(disk).id


async def test_bodies_of_a_cleared_store_are_swept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept, loop, real = asyncio.Event(), asyncio.get_running_loop(), bodies.sweep

    def sweep(tx: Transaction) -> None:
        real(tx)
        if cleared.is_set() and not tx.left_orphans:
            loop.call_soon_threadsafe(swept.set)

    cleared = threading.Event()
    monkeypatch.setattr(bodies, "sweep", sweep)
    disk = SqliteStore(tmp_path / "mail.db")
    await disk.open()
    await disk.ensure_mailbox(BOX, FOLDERS)
    await disk.append(folder_of(disk).id, [a_message(b"%d" % n) for n in range(300)])
    disk.save_index(folder_of(disk).id, 1, b"index")
    cleared.set()
    await disk.clear({BOX: FOLDERS})
    await disk.commit(a_deposit(b"new"))
    await swept.wait()
    await disk.close()
    with sqlite3.connect(tmp_path / "mail.db") as connection:
        assert connection.execute("SELECT body FROM blob").fetchall() == [(b"new",)]
        assert connection.execute("SELECT count(*) FROM orphan").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM mime_index").fetchone() == (0,)
    connection.close()


async def test_changes_asked_for_at_the_same_time_are_cleared_or_stay(disk: SqliteStore) -> None:
    await asyncio.gather(*(disk.commit(a_deposit()) for _ in range(20)), disk.clear({BOX: FOLDERS}),
                         *(disk.commit(a_deposit()) for _ in range(5)))
    assert uids(disk, folder_of(disk).id) == [1, 2, 3, 4, 5]
