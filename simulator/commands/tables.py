"""Answers as text for people: columns, dates, one message, one explanation."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

Row = Sequence[str]
NARROWEST = 20
"""Columns that the last one keeps on a narrow terminal."""


def print_table(heads: Row, rows: Sequence[Row]) -> None:
    """Columns as wide as they need; on a terminal the last one is cut where the line ends."""
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    room = shutil.get_terminal_size().columns - sum(widths[:-1]) - 2 * (len(widths) - 1)
    last = max(room, NARROWEST) if sys.stdout.isatty() else None
    for row in (heads, *rows):
        cells = [_one_line(cell).ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        sys.stdout.write("  ".join([*cells, _cut(_one_line(row[-1]), last)]).rstrip() + "\n")


def print_facts(facts: Sequence[tuple[str, object]]) -> None:
    """A name and a value on each line; those that say nothing are left out."""
    told = [(name, str(value)) for name, value in facts if value not in ("", None, [], {})]
    width = max((len(name) for name, _ in told), default=0)
    for name, value in told:
        sys.stdout.write(f"{name.ljust(width)}  {_one_line(value)}\n")


def message_row(message: dict[str, Any]) -> Row:
    """A line of ``mssim ls``; ``*`` is not read yet."""
    new = "" if "\\Seen" in message["flags"] else "*"
    return message["id"], new, clock_time(message["received"]), message["mailbox"], message["from"], message["subject"]


MESSAGE_HEADS = ("ID", "", "RECEIVED", "MAILBOX", "FROM", "SUBJECT")


def clock_time(seconds: float) -> str:
    """Simulated seconds since 1970 as a date for people, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _one_line(text: str) -> str:
    """Without control characters, so that no letter can play with the terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def printable(text: str) -> str:
    """Several lines without any control character but the line end and the tab."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text.replace("\r\n", "\n"))


def _cut(text: str, width: int | None) -> str:
    return text if width is None or len(text) <= width else text[: width - 1] + "…"
