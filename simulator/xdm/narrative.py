"""The narrative block of a CDA section as plain text: a line for each paragraph, list item or table row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

BREAKING = {"paragraph", "list", "item", "table", "thead", "tbody", "tfoot", "tr", "caption", "br"}
CELLS = {"td", "th"}
BETWEEN_CELLS = " | "
LONGEST = 1 << 20
"""Characters of one section; the rest is cut."""

_NEW_LINE, _NEW_CELL = "\0", "\1"
"""XML has neither of these characters."""


def plain_text(block: _Element | None) -> str:
    """Lines, without empty ones; cells of a row stand behind one another."""
    if block is None:
        return ""
    pieces = [block.text or ""]
    _gather(block, pieces)
    lines = "".join(pieces)[:LONGEST].split(_NEW_LINE)
    return "\n".join(line for line in map(_line, lines) if line)


def _gather(one: _Element, pieces: list[str]) -> None:
    """As deep as the parser lets documents be, which is 256."""
    for child in one:
        if not isinstance(child.tag, str):
            pieces.append(child.tail or "")
            continue
        name = child.tag.rpartition("}")[2]
        breaks = name in BREAKING
        pieces.append(_NEW_LINE if breaks else _NEW_CELL if name in CELLS else "")
        pieces.append("- " if name == "item" else "")
        pieces.append(child.text or "")
        _gather(child, pieces)
        pieces.append(_NEW_LINE if breaks else "")
        pieces.append(child.tail or "")


def _line(text: str) -> str:
    cells = [" ".join(cell.split()) for cell in text.split(_NEW_CELL)]
    if cells and not cells[0]:
        cells = cells[1:]
    return BETWEEN_CELLS.join(cells) if any(cells) else ""
