"""The journal on standard output, as a story for people or as JSON lines for programs."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime

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
    "postponed": "~",
    "read": ".",
    "error": "!",
    "store-error": "!",
}


def tell(event: Event) -> None:
    """One readable line."""
    at = datetime.fromtimestamp(event.at, UTC).strftime("%H:%M:%S")
    sys.stdout.write(f"{at} {MARKS.get(event.kind, '-')} {event.story}\n")
    _flush_soon()


def dump(event: Event) -> None:
    """One JSON object."""
    sys.stdout.write(json.dumps(event.as_data(), ensure_ascii=False) + "\n")
    _flush_soon()


_pending: set[asyncio.Handle] = set()


def _flush_soon() -> None:
    """Once per turn of the loop, however many events it brought: each flush is a system call."""
    if not _pending:
        _pending.add(asyncio.get_running_loop().call_soon(_flush))


def _flush() -> None:
    _pending.clear()
    sys.stdout.flush()
