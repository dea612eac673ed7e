"""What jobs do for the ledger: lines added and struck, each with a body of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence

from simulator.store.interface import NewLine
from simulator.store.writer import Transaction

COLUMNS = "id, topic, owner, at, data, size"


def enter(tx: Transaction, lines: Sequence[NewLine]) -> tuple[int, ...]:
    """Add the lines; their ids."""
    return tuple(tx.insert("ledger (topic, owner, at, data, size, body)",
                           [(line.topic, line.owner, line.at, line.data, len(line.body), line.body) for line in lines]))


def strike(tx: Transaction, ids: Sequence[int]) -> None:
    """Remove the lines that are still there."""
    tx.run("DELETE FROM ledger WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(ids)))
