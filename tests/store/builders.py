"""Short ways to fill a store and to look into it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from simulator.store.interface import Batch, Deposit, Folder, NewMessage, Store
from simulator.store.sqlite import SqliteStore

BOX = "box@a.example"


def folder_of(store: Store, name: str = "INBOX", mailbox: str = BOX) -> Folder:
    """The folder of that name, which must exist."""
    found = store.folder(mailbox, name)
    assert found is not None, name
    return found


def a_message(body: bytes = b"Subject: x\r\n\r\nx\r\n", *flags: str, date: float = 1_800_000_000.5) -> NewMessage:
    """A message with these flags."""
    return NewMessage(body, date, frozenset(flags))


def a_deposit(body: bytes = b"Subject: x\r\n\r\nx\r\n", *, arrival: str | None = None, mailbox: str = BOX,
              folder: str = "INBOX") -> Batch:
    """A batch with one deposit."""
    return Batch(deposits=(Deposit(mailbox, a_message(body), folder, arrival),))


def uids(store: Store, folder: int) -> list[int]:
    """The UIDs in the folder."""
    return [message.uid for message in store.messages(folder)]


async def together(store: SqliteStore, *operations: Awaitable[Any]) -> list[Any]:
    """The results or errors of operations that the writer finds waiting all at once."""
    gate = threading.Event()

    async def open_gate() -> None:
        gate.set()

    outcomes = await asyncio.gather(store._do(lambda tx: gate.wait()), *operations, open_gate(), return_exceptions=True)
    return outcomes[1:-1]


def make_first_version(path: Path) -> None:
    """Take out of a closed file what later versions added, so that it is as the first version wrote it."""
    connection = sqlite3.connect(path)
    for column in ("message DROP saved", "exchange DROP opened_by", "exchange DROP last", "exchange DROP ending"):
        connection.execute(f"ALTER TABLE {column}")
    connection.execute("DROP TABLE ledger")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
