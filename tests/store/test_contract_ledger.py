"""What every store promises of the ledger: what is remembered beside the mail."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from simulator.store import schema
from simulator.store.interface import Batch, Deposit, NewLine, NoSuchFolder, Store
from simulator.store.sqlite import SqliteStore
from tests.store.builders import BOX, a_deposit, a_message, make_first_version, uids
from tests.store.conftest import FOLDERS


def a_line(topic: str = "document", owner: str = BOX, at: float = 1.0, data: str = "{}", body: bytes = b"") -> NewLine:
    return NewLine(topic, owner, at, data, body)


async def test_lines_are_found_by_topic_owner_and_date(store: Store) -> None:
    first, second, third, fourth = await store.enter([
        a_line(at=1.0, data='{"n": 1}', body=b"%PDF"), a_line(at=5.0), a_line("dispensing"), a_line(owner="other")])
    assert [line.id for line in store.ledger("document", BOX)] == [first, second]
    assert [line.id for line in store.ledger("document")] == [first, second, fourth]
    assert [line.id for line in store.ledger("document", BOX, since=5.0)] == [second]
    assert [line.id for line in store.ledger("dispensing", BOX)] == [third]
    found = store.ledger("document", BOX)[0]
    assert (found.data, found.at, found.size, store.ledger_body(first)) == ('{"n": 1}', 1.0, 4, b"%PDF")


async def test_a_struck_line_is_gone_and_its_number_never_comes_back(store: Store) -> None:
    first, second = await store.enter([a_line(), a_line()])
    await store.strike([second, 99])
    assert [line.id for line in store.ledger("document")] == [first]
    assert store.ledger_body(second) is None
    (third,) = await store.enter([a_line()])
    assert third > second


async def test_the_lines_of_a_batch_are_written_with_its_mail_or_not_at_all(store: Store) -> None:
    with pytest.raises(NoSuchFolder):
        await store.commit(Batch(deposits=[Deposit("no@a.example", a_message())], lines=[a_line()]))
    assert list(store.ledger("document")) == []
    await store.commit(Batch(deposits=a_deposit().deposits, lines=[a_line()]))
    assert len(store.ledger("document")) == 1


async def test_the_ledger_is_cleared_and_comes_back_with_the_rest(store: Store, tmp_path: Path) -> None:
    (kept,) = await store.enter([a_line(body=b"kept")])
    await store.copy_to(tmp_path / "kept")
    await store.clear({BOX: FOLDERS})
    assert list(store.ledger("document")) == []
    (later,) = await store.enter([a_line()])
    await store.replace_by(tmp_path / "kept")
    (back,) = store.ledger("document")
    assert back.id > later > kept
    assert store.ledger_body(back.id) == b"kept"


async def test_the_ledger_is_there_after_a_new_start(disk: SqliteStore, tmp_path: Path) -> None:
    (number,) = await disk.enter([a_line(body=b"kept")])
    await disk.close()
    again = SqliteStore(tmp_path / "mail.db")
    await again.open()
    assert again.ledger_body(number) == b"kept"
    await again.close()


async def test_a_file_of_the_first_version_gains_a_ledger_and_keeps_its_mail(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    old = SqliteStore(path)
    await old.open()
    await old.ensure_mailbox(BOX, FOLDERS)
    await old.commit(a_deposit(b"old mail"))
    await old.close()
    make_first_version(path)
    new = SqliteStore(path)
    await new.open()
    inbox = new.folder(BOX, "INBOX")
    assert inbox is not None
    assert uids(new, inbox.id) == [1]
    assert len(await new.enter([a_line()])) == 1
    await new.close()
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    file.close()
