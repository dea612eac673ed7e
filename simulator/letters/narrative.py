"""The narrative of a section: what people read, with the ids that entries point to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.letters.content import Block, Dispensed, Items, Paragraph, Table
from simulator.letters.markup import Element, add
from simulator.letters.medicines import Treatment

REMARKS = {"ald": "En rapport ALD", "atmp": "En rapport AT/MP", "prevention": "En rapport prévention",
           "nr": "Non remboursable", "amm": "Hors AMM"}
"""What the model asks about every medicine; none of the stories here needs a yes."""


def add_narrative(text: Element, blocks: Iterable[Block]) -> None:
    """Paragraphs, lists and tables."""
    for block in blocks:
        match block:
            case Paragraph(words):
                add(text, "paragraph", words)
            case Items(words_of_each):
                items = add(text, "list")
                for words in words_of_each:
                    add(items, "item", words)
            case Table(heads, rows, _):
                body = _table(text, heads)
                for cells in rows:
                    row = add(body, "tr")
                    for cell in cells:
                        add(row, "td", cell)


def prescribed_table(text: Element, treatments: Sequence[Treatment]) -> None:
    """A row for each line of a prescription."""
    heads = ("Médicament", "Posologie", "Durée", "Renouvellements", "Substitution", "Conseils", *REMARKS.values())
    body = _table(text, heads)
    for number, treatment in enumerate(treatments, 1):
        row, name = add(body, "tr"), anchor(number)
        add(row, "td/content", treatment.medicine.name, ID=name)
        add(row, "td/content", f"{treatment.dose_text} {treatment.rhythm}", ID=f"{name}-posologie")
        add(row, "td/content", treatment.duration, ID=f"{name}-duree")
        add(row, "td", str(treatment.renewals))
        add(row, "td/content", "Oui" if treatment.substitutable else "Non (marge thérapeutique étroite)",
            ID=f"{name}-substitution")
        add(row, "td/content", treatment.advice or "–", ID=f"{name}-conseil")
        for remark in REMARKS:
            add(row, "td/content", "Non", ID=f"{name}-{remark}")


def delivered_table(text: Element, lines: Sequence[Dispensed]) -> None:
    """A row for each medicine handed over."""
    heads = ("Médicament délivré", "Quantité", "Lot", "Péremption", "Posologie", "Substitution", "Conseils")
    body = _table(text, heads)
    for number, line in enumerate(lines, 1):
        row, name = add(body, "tr"), anchor(number)
        add(row, "td/content", line.treatment.medicine.name, ID=name)
        add(row, "td", f"{line.boxes} boîte{'s' if line.boxes > 1 else ''}")
        add(row, "td", line.lot)
        add(row, "td", f"{line.expires:%m/%Y}")
        add(row, "td/content", line.treatment.posology, ID=f"{name}-posologie")
        add(row, "td/content", "Médicament générique" if line.substituted else "Non", ID=f"{name}-substitution")
        add(row, "td/content", line.note, ID=f"{name}-conseil")


def anchor(number: int) -> str:
    """The id of a medicine in the narrative."""
    return f"med-{number:03}"


def _table(text: Element, heads: Sequence[str]) -> Element:
    table = add(text, "table")
    row = add(table, "thead/tr")
    for head in heads:
        add(row, "th", head)
    return add(table, "tbody")
