"""Stores to test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulator.store.interface import Store
from simulator.store.memory import MemoryStore
from simulator.store.sqlite import SqliteStore
from tests.store.builders import BOX

FOLDERS = (("INBOX", None), ("Sent", "\\Sent"), ("Trash", "\\Trash"))


@pytest.fixture(params=["sqlite", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store of each kind, with the mailbox BOX in it."""
    made: Store = SqliteStore(tmp_path / "mail.db") if request.param == "sqlite" else MemoryStore()
    await made.open()
    await made.ensure_mailbox(BOX, FOLDERS)
    yield made
    await made.close()


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """An open SQLite store with the mailbox BOX in it."""
    made = SqliteStore(tmp_path / "mail.db")
    await made.open()
    await made.ensure_mailbox(BOX, FOLDERS)
    yield made
    await made.close()
