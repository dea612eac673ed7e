"""Tables as a spreadsheet in French opens them: UTF-8 with its mark, semicolons, decimal commas, no live formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

MEDIA_TYPE = "text/csv"
Cell = str | int | float | bool | date | None
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")


def sheet(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """RFC 4180 but for the semicolon. What somebody else wrote never begins a formula."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + written.getvalue().encode("utf-8", "replace")


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float):
        return f"{cell:.2f}".removesuffix(".00").replace(".", ",")
    text = str(cell).replace("\0", "")
    # A spreadsheet trims blanks before it looks for a formula.
    return f"'{text}" if text.lstrip(" ").startswith(_LIVE) and isinstance(cell, str) else text
