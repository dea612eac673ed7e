"""A document as PDF/A-1b, A4. Importing this loads the PDF library."""

from __future__ import annotations

from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from simulator.letters.case import Case
from simulator.letters.content import Block, Content, Delivered, Items, Paragraph, Prescribed, Table
from simulator.letters.medicines import Treatment
from simulator.letters.sheet import ACCENT, BOTTOM, FONT, INK, LEFT, PALE, WIDTH, Sheet
from simulator.letters.typography import french, long_date, short_date

UNTITLED = {"Formule de politesse", "Demande"}
"""Parts of a letter that nobody gives a title on paper."""


def render(case: Case, content: Content, title: str) -> bytes:
    """The same case gives the same octets."""
    sheet = Sheet(case, title, content.heading)
    if content.addressee:
        sheet.written(f"À l’attention de : {content.addressee}", style="I", size=10)
    sheet.title_line(content.heading)
    for section in content.sections:
        if section.title not in UNTITLED:
            sheet.section_title(section.title)
        for block in section.blocks:
            _draw(sheet, block)
    _foot(sheet, case, content)
    return bytes(sheet.output())


def _draw(sheet: Sheet, block: Block) -> None:
    match block:
        case Paragraph(text):
            sheet.written(text)
            sheet.ln(1)
        case Items(texts):
            for text in texts:
                sheet.item(text)
            sheet.ln(1)
        case Table(heads, rows, widths):
            _table(sheet, heads, rows, widths)
        case Prescribed(treatments):
            for number, treatment in enumerate(treatments, 1):
                _prescription_line(sheet, number, treatment)
        case Delivered(lines):
            rows = tuple((
                f"{line.treatment.medicine.name}\n{line.treatment.posology}",
                f"{line.boxes} boîte{'s' if line.boxes > 1 else ''}",
                f"{line.lot}\n{line.expires:%m/%Y}",
                "générique" if line.substituted else "–",
            ) for line in lines)
            _table(sheet, ("Médicament et posologie", "Quantité", "Lot, péremption", "Substitution"), rows,
                   (54, 14, 17, 15))


def _prescription_line(sheet: Sheet, number: int, treatment: Treatment) -> None:
    if sheet.get_y() > 297 - BOTTOM - 30:
        sheet.add_page()
    sheet.ln(1.5)
    top = sheet.get_y()
    sheet.set_font(FONT, "B", 11)
    sheet.set_text_color(*ACCENT)
    sheet.cell(8, 6, f"{number}.")
    sheet.written(treatment.medicine.name, style="B", size=11.5, indent=8)
    sheet.written(f"{treatment.dose_text} {treatment.rhythm}, {treatment.duration}.", indent=8)
    if treatment.advice:
        sheet.written(f"{treatment.advice[0].upper()}{treatment.advice[1:]}.", style="I", size=10, indent=8)
    remarks = [f"À renouveler {treatment.renewals} fois" if treatment.renewals else "Non renouvelable",
               *([] if treatment.substitutable else ["Non substituable (MTE)"])]
    sheet.written(" – ".join(remarks), size=9, indent=8, soft=True)
    sheet.set_draw_color(*PALE)
    sheet.set_line_width(0.8)
    sheet.line(LEFT + 5.2, top + 7, LEFT + 5.2, sheet.get_y())
    sheet.ln(2)


def _table(sheet: Sheet, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...]) -> None:
    sheet.ln(1)
    sheet.set_font(FONT, "", 9)
    sheet.set_text_color(*INK)
    sheet.set_draw_color(190, 203, 208)
    sheet.set_line_width(0.2)
    head = FontFace(emphasis="BOLD", color=ACCENT, fill_color=PALE)
    with sheet.table(width=WIDTH, col_widths=widths, line_height=4.6, padding=1.4, text_align="LEFT", align="L",
                     headings_style=head, borders_layout=TableBordersLayout.HORIZONTAL_LINES) as table:
        for cells in (heads, *rows):
            row = table.row()
            for cell in cells:
                row.cell(french(cell))
    sheet.ln(2)


def _foot(sheet: Sheet, case: Case, content: Content) -> None:
    """Validity and signature, together."""
    needed = 18 + 5 * bool(content.closing) + 5 * bool(content.valid_until)
    if sheet.get_y() > 297 - BOTTOM - needed:
        sheet.add_page()
    sheet.ln(3)
    if content.closing:
        sheet.written(content.closing, size=9, soft=True)
    if content.valid_until is not None:
        sheet.written(f"Valable jusqu’au {short_date(content.valid_until)}.", size=9, soft=True)
    sheet.ln(4)
    sheet.set_x(LEFT + WIDTH / 2)
    sheet.set_font(FONT, "B", 10.5)
    sheet.set_text_color(*INK)
    sheet.cell(WIDTH / 2, 5, case.writer.signature, align="R", new_x="LMARGIN", new_y="NEXT")
    sheet.set_font(FONT, "I", 9)
    sheet.cell(WIDTH, 5, french(f"Signé électroniquement (signature fictive) le {long_date(case.today)} à "
                                f"{case.written:%H:%M}"), align="R", new_x="LMARGIN", new_y="NEXT")
