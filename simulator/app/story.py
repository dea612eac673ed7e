"""The journal on standard output, as a story for people or as JSON lines for programs."""

from __future__ import annotations

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
    sys.stdout.flush()


def dump(event: Event) -> None:
    """One JSON object."""
    sys.stdout.write(json.dumps(event.as_data(), ensure_ascii=False) + "\n")
    sys.stdout.flush()
