"""What a document says, apart from its form: the PDF and the structured document are both made from this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from simulator.letters.medicines import Treatment


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    """Shares of the page's width."""


@dataclass(frozen=True, slots=True)
class Prescribed:
    """The lines of a prescription."""

    treatments: tuple[Treatment, ...]


@dataclass(frozen=True, slots=True)
class Dispensed:
    """What was handed over for one line of a prescription."""

    treatment: Treatment
    boxes: int
    lot: str
    expires: date
    substituted: bool
    note: str
    """What the pharmacist said about it."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a pharmacy handed over."""

    lines: tuple[Dispensed, ...]


Block = Paragraph | Items | Table | Prescribed | Delivered


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def has_entries(self) -> bool:
        """Its lines are written for programs too."""
        return any(isinstance(block, Prescribed | Delivered) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a document says."""

    heading: str
    """Its title on the page."""
    sections: tuple[Section, ...]
    addressee: str = ""
    """To whom a letter is written."""
    valid_until: date | None = None
    """Last day of a prescription."""
    closing: str = ""

    @property
    def treatments(self) -> tuple[Treatment, ...]:
        """Those of a prescription."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(t for block in blocks if isinstance(block, Prescribed) for t in block.treatments)

    @property
    def delivered(self) -> tuple[Dispensed, ...]:
        """Those of a dispensing."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(line for block in blocks if isinstance(block, Delivered) for line in block.lines)


def text(title: str, *sentences: str) -> Section:
    """A section of paragraphs; empty sentences are left out."""
    return Section(title, tuple(Paragraph(sentence) for sentence in sentences if sentence))
