"""What SQLite's errors mean to the rest of the program."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from simulator.store.interface import StoreError, StoreFull

REMEDY = ("stop the simulator, then either put back a copy of the file or move it away together with its -wal and -shm "
          "companions to start empty; 'sqlite3 FILE .recover' may still save mail from it")

# A write refused for a quota or a file size limit reaches SQLite as an I/O error, not as a full disk.
_NO_ROOM = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"}


class StoreDamaged(StoreError):
    """The file is not one that this version can trust; the text names the file and the remedy."""

    def __init__(self, path: Path, why: str, remedy: str = REMEDY) -> None:
        super().__init__(f"{path}: {why}; {remedy}")


def as_store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """The StoreError that says the same."""
    name: str = getattr(error, "sqlite_errorname", "")
    if name in _NO_ROOM:
        return StoreFull(f"{path}: no room to write ({error})")
    if name.startswith("SQLITE_CORRUPT"):
        return StoreDamaged(path, f"the file is damaged ({error})")
    if name == "SQLITE_NOTADB":
        return StoreDamaged(path, "this is not a mail store")
    return StoreError(f"{path}: {error}")
