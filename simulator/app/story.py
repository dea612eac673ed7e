"""The journal on standard output, as a story for people or as JSON lines for programs."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from functools import lru_cache

from simulator.journal import Event

MARKS = {
    "sign-in": "o",
    "sign-in-refused": "x",
    "refusal": "x",
    "protocol": "x",
    "handshake-failed": "x",
    "accepted": ">",
    "delivered": "=",
    "relayed": ">",
    "bounced": "<",
    "closing-refused": "x",
    "postponed": "~",
    "read": ".",
    "error": "!",
    "store-error": "!",
}


def tell(event: Event) -> None:
    """One readable line."""
    sys.stdout.write(f"{_time_of_day(int(event.at))} {MARKS.get(event.kind, '-')} {event.story}\n")
    _flush_soon()


@lru_cache(maxsize=1)
def _time_of_day(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%H:%M:%S")


def dump(event: Event) -> None:
    """One JSON object."""
    sys.stdout.write(json.dumps(event.as_data(), ensure_ascii=False) + "\n")
    _flush_soon()


_pending: set[asyncio.Handle] = set()
_SOON = 0.02
"""Seconds that a line may wait for others: nobody sees them, and each flush is a system call."""


def _flush_soon() -> None:
    if not _pending:
        _pending.add(asyncio.get_running_loop().call_later(_SOON, _flush))


def _flush() -> None:
    _pending.clear()
    sys.stdout.flush()
