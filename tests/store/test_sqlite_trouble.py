"""Full disks, damaged files, newer versions, folders that cannot be written (P3, P5)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.store.failures import StoreDamaged, as_store_error
from simulator.store.interface import FlagOp, StoreError, StoreFull
from simulator.store.schema import VERSION
from simulator.store.sqlite import SqliteStore
from simulator.store.writer import Transaction
from tests.store.builders import BOX, a_deposit, a_message, folder_of, together, uids


async def limit_pages(store: SqliteStore, more: int) -> None:
    """Let the database grow by so many pages only; a large number takes the limit away."""
    await store._do(lambda tx: tx.rows(
        f"PRAGMA max_page_count = {(tx.row('PRAGMA page_count') or (0,))[0] + more}"))


async def filled(path: Path) -> None:
    """A closed store with forty messages."""
    store = SqliteStore(path)
    await store.open()
    await store.ensure_mailbox(BOX, (("INBOX", None),))
    await store.append(folder_of(store).id, [a_message(b"%d" % n * 3000) for n in range(40)])
    await store.close()


async def test_a_full_disk_refuses_and_resumes_by_itself_when_room_is_back(disk: SqliteStore) -> None:
    inbox = folder_of(disk).id
    await disk.commit(a_deposit(b"before"))
    await limit_pages(disk, 0)
    for _ in range(2):
        with pytest.raises(StoreFull, match=r"mail\.db"):
            await disk.commit(a_deposit(b"x" * 100_000, arrival="big"))
    assert uids(disk, inbox) == [1] and disk.body(inbox, 1) == b"before"
    await limit_pages(disk, 100_000)
    assert (await disk.commit(a_deposit(b"x" * 100_000, arrival="big"))).placed[0].uid == 2


async def test_on_a_full_disk_what_still_fits_is_not_refused_with_its_group(disk: SqliteStore) -> None:
    inbox = folder_of(disk).id
    await disk.append(inbox, [a_message(b"first", "\\Deleted"), a_message(b"second")])
    await limit_pages(disk, 0)
    big, flagged, gone = await together(
        disk, disk.commit(a_deposit(b"x" * 1_000_000)), disk.set_flags(inbox, [2], FlagOp.ADD, frozenset({"\\Seen"})),
        disk.expunge(inbox))
    assert isinstance(big, StoreFull) and not isinstance(flagged, BaseException) and gone == (1,)
    assert [m.flags for m in disk.messages(inbox)] == [{"\\Seen"}]


async def test_a_group_that_sqlite_gives_up_is_tried_again_one_by_one(disk: SqliteStore) -> None:
    """SQLite may undo a whole transaction by itself, as it does when the disk fails under it."""
    def give_up(tx: Transaction) -> None:
        tx.run("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")

    outcomes = await together(disk, disk.commit(a_deposit()), disk._do(give_up), disk.commit(a_deposit()))
    assert [isinstance(outcome, StoreError) for outcome in outcomes] == [False, True, False]
    assert uids(disk, folder_of(disk).id) == [1, 2]


@pytest.mark.parametrize(("name", "kind"), [
    ("SQLITE_FULL", StoreFull), ("SQLITE_IOERR_WRITE", StoreFull), ("SQLITE_IOERR_SHMSIZE", StoreFull),
    ("SQLITE_CORRUPT", StoreDamaged), ("SQLITE_CORRUPT_INDEX", StoreDamaged), ("SQLITE_NOTADB", StoreDamaged),
    ("SQLITE_IOERR_READ", StoreError), ("SQLITE_READONLY", StoreError), ("", StoreError)])
def test_every_failure_of_sqlite_names_the_file(name: str, kind: type[StoreError]) -> None:
    error = sqlite3.OperationalError("words")
    error.sqlite_errorname = name
    found = as_store_error(Path("/data/mail.db"), error)
    assert type(found) is kind and "/data/mail.db" in str(found)


async def refused(path: Path) -> str:
    """The words of the StoreDamaged that opening this file raises."""
    store = SqliteStore(path)
    with pytest.raises(StoreDamaged) as caught:
        await store.open()
    await store.close()
    assert str(path) in str(caught.value)
    return str(caught.value)


async def test_a_file_that_is_no_database_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    path.write_bytes(b"This is a letter, not a database. " * 500)
    assert "not a mail store" in (message := await refused(path)) and "-wal" in message
    assert path.read_bytes().startswith(b"This is a letter"), "it is left as it was"


async def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert "another program" in await refused(path)


async def test_a_file_from_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    await filled(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    assert "newer" in await refused(path)


async def test_a_truncated_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    await filled(path)
    os.truncate(path, 20 * 4096)
    assert "damaged" in await refused(path)


async def test_damage_met_on_the_way_is_an_error_of_that_call_only(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    await filled(path)
    connection = sqlite3.connect(path)
    root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'message'").fetchone()[0]
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    store = SqliteStore(path)
    await store.open()
    inbox = folder_of(store).id
    with pytest.raises(StoreDamaged):
        store.messages(inbox)
    with pytest.raises(StoreDamaged):
        await store.commit(a_deposit())
    await store.create_folder(BOX, "still works")
    assert store.counts(inbox).messages == 40
    await store.close()


async def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "mail.db").touch()
    await filled(tmp_path / "mail.db")
    store = SqliteStore(tmp_path / "mail.db")
    await store.open()
    assert store.counts(folder_of(store).id).messages == 40
    await store.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mail.db"], "a clean close leaves one file"


@pytest.mark.parametrize("place", ["missing/mail.db", "."])
async def test_a_place_that_cannot_hold_a_file_is_named(tmp_path: Path, place: str) -> None:
    store = SqliteStore(tmp_path / place)
    with pytest.raises(StoreError, match=str(tmp_path)):
        await store.open()
    with pytest.raises(StoreError):
        await store.commit(a_deposit())


@pytest.fixture
def unwritable() -> Iterator[Path]:
    """A folder that this process may read and not write, even when it is root's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    owner = os.geteuid()
    yield folder
    os.seteuid(owner)
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("exists", [False, True])
async def test_a_read_only_folder_is_a_clear_error(unwritable: Path, exists: bool) -> None:
    path = unwritable / "mail.db"
    if exists:
        await filled(path)
    unwritable.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)
    store = SqliteStore(path)
    with pytest.raises(StoreError, match=str(path)):
        await store.open()
