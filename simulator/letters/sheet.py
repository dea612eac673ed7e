"""An A4 sheet with letterhead, patient and footer, as PDF/A-1b. Importing this loads the PDF library."""

from __future__ import annotations

from datetime import UTC
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from simulator.letters.case import Case
from simulator.letters.typography import NBSP, french, long_date, short_date
from simulator.letters.xmp import CREATOR, PRODUCER, xmp

FONT = "Lato"
MARK = "DOCUMENT FICTIF – SIMULATEUR MSSANTÉ"
LEFT, RIGHT, TOP, BOTTOM = 20.0, 20.0, 16.0, 22.0
WIDTH = 210.0 - LEFT - RIGHT
INK, SOFT, ACCENT, PALE, WARNING = (28, 38, 46), (98, 110, 120), (13, 94, 110), (238, 244, 246), (176, 42, 48)

BARCODE = 54.0
CODE_39_CHARACTER = 16 / 3
"""Thick bars that a character is wide: three thick ones, seven of a third."""

_FILES = {"": "Lato-Regular.ttf", "B": "Lato-Bold.ttf", "I": "Lato-Italic.ttf"}


class Sheet(FPDF):
    """Pages of one document; drawing goes on below the heading."""

    def __init__(self, case: Case, title: str, heading: str) -> None:
        super().__init__(format="A4", enforce_compliance="PDF/A-1B")
        self._case = case
        self._heading = heading
        for style, name in _FILES.items():
            self.add_font(FONT, style, Path(str(files("font_lato"))) / "files" / name)
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(True, BOTTOM)
        self.set_creation_date(case.written.astimezone(UTC))
        self.set_title(title)
        self.set_author(case.writer.signature)
        self.set_creator(CREATOR)
        self.set_producer(PRODUCER)
        self.set_subject(MARK)
        self.set_xmp_metadata(xmp(title=title, author=case.writer.signature, subject=MARK, created=case.written))
        self.set_lang("fr-FR")
        self.add_page()
        self._letterhead()
        self._patient()

    # -- what every page has
    def header(self) -> None:
        """Behind everything: the mark that this is no real document."""
        self.set_font(FONT, "B", 34)
        self.set_text_color(240, 236, 236)
        with self.rotation(45, 105, 160):
            self.set_xy(0, 148)
            self.cell(210, 14, "DOCUMENT FICTIF", align="C")
            self.set_xy(0, 164)
            self.cell(210, 14, "SIMULATEUR MSSANTÉ", align="C")
        self.set_fill_color(*WARNING)
        self.rect(0, 0, 210, 7, style="F")
        self.set_font(FONT, "B", 7.5)
        self.set_text_color(255, 255, 255)
        self.set_xy(0, 0)
        self.cell(210, 7, MARK, align="C")
        self.set_xy(LEFT, TOP)

    def footer(self) -> None:
        """Who, about whom, which page."""
        self.set_y(-BOTTOM + 6)
        self.set_draw_color(*PALE)
        self.line(LEFT, self.get_y(), 210 - RIGHT, self.get_y())
        self.set_font(FONT, "", 7.5)
        self.set_text_color(*SOFT)
        subject = self._case.subject
        about = f"{self._heading} – {subject.family_name} {subject.given_name} – {short_date(self._case.today)}"
        self.cell(WIDTH * 0.7, 6, about)
        self.cell(WIDTH * 0.3, 6, f"Page {self.page_no()}/{{nb}}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_text_color(*WARNING)
        self.cell(WIDTH, 4, f"{MARK}. Personnes, identifiants et données inventés, sans valeur médicale.")

    # -- what a document is written with
    def title_line(self, text: str) -> None:
        """The title of the document."""
        self.ln(3)
        self.set_font(FONT, "B", 17)
        self.set_text_color(*ACCENT)
        self.cell(WIDTH, 10, text.upper(), align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(2)

    def section_title(self, text: str) -> None:
        """A section's title; it never stands alone at the foot of a page."""
        if self.get_y() > 297 - BOTTOM - 24:
            self.add_page()
        self.ln(2.5)
        self.set_font(FONT, "B", 11)
        self.set_text_color(*ACCENT)
        self.cell(WIDTH, 6, french(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_draw_color(*ACCENT)
        self.set_line_width(0.3)
        self.line(LEFT, self.get_y(), LEFT + 12, self.get_y())
        self.ln(1.5)

    def written(
        self, text: str, *, style: str = "", size: float = 10.5, indent: float = 0.0, soft: bool = False
    ) -> None:
        """A paragraph."""
        self.set_font(FONT, style, size)
        self.set_text_color(*(SOFT if soft else INK))
        self.set_x(LEFT + indent)
        self.multi_cell(WIDTH - indent, size * 0.5, french(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def item(self, text: str) -> None:
        """A line of a list."""
        self.set_font(FONT, "", 10.5)
        self.set_text_color(*ACCENT)
        self.set_x(LEFT + 2)
        self.cell(4, 5.4, "•")
        self.set_text_color(*INK)
        self.multi_cell(WIDTH - 6, 5.4, french(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    # -- inside
    def _letterhead(self) -> None:
        writer = self._case.writer
        person, structure, place = writer.person, writer.structure, writer.place
        self.set_xy(LEFT, TOP - 2)
        self.set_font(FONT, "B", 14)
        self.set_text_color(*ACCENT)
        self.cell(110, 7, writer.signature, new_x=XPos.LEFT, new_y=YPos.NEXT)
        self.set_font(FONT, "", 9.5)
        self.set_text_color(*INK)
        for line in (writer.profession, structure.name, f"{place.number} {place.street}",
                     f"{place.postal_code} {place.city}", f"Tél.{NBSP}: {place.shown_telephone.replace(' ', NBSP)}"):
            self.cell(110, 4.6, line, new_x=XPos.LEFT, new_y=YPos.NEXT)
        below = self.get_y()
        self._barcode("RPPS" if person.national_id.startswith("8") else "ADELI", person.national_id[1:], TOP - 1)
        if structure.national_id[:1] in "13":
            self._barcode("FINESS" if structure.national_id[0] == "1" else "SIRET", structure.national_id[1:], TOP + 14)
        self.set_xy(LEFT, max(below, TOP + 29) + 2)
        self.set_draw_color(*ACCENT)
        self.set_line_width(0.5)
        self.line(LEFT, self.get_y(), 210 - RIGHT, self.get_y())
        self.ln(4)

    def _barcode(self, name: str, number: str, y: float) -> None:
        """Code 39, as prescriptions carry it."""
        thick = min(0.75, BARCODE / ((len(number) + 2) * CODE_39_CHARACTER))
        width = (len(number) + 2) * CODE_39_CHARACTER * thick
        self.set_fill_color(*INK)
        self.code39(f"*{number}*", x=210 - RIGHT - width, y=y, w=thick, h=7)
        self.set_font(FONT, "", 7.5)
        self.set_text_color(*SOFT)
        self.set_xy(210 - RIGHT - BARCODE, y + 7.4)
        self.cell(BARCODE, 3.5, f"{name} {number}", align="R")

    def _patient(self) -> None:
        case, subject = self._case, self._case.subject
        top = self.get_y()
        self.set_font(FONT, "", 10)
        self.set_text_color(*INK)
        self.set_xy(LEFT, top + 1)
        self.cell(80, 5, f"{case.writer.place.city},", new_x=XPos.LEFT, new_y=YPos.NEXT)
        self.cell(80, 5, f"le {long_date(case.today)}")
        self.set_fill_color(*PALE)
        self.rect(100, top, 90, 25.5, style="F")
        self.set_xy(104, top + 2.5)
        self.set_font(FONT, "B", 11.5)
        self.cell(84, 5.5, f"{subject.civility} {subject.given_name} {subject.family_name}", new_x=XPos.LEFT,
                  new_y=YPos.NEXT)
        self.set_font(FONT, "", 9)
        born = subject.birth_date
        age = f"{case.age}{NBSP}ans"
        sex = f"sexe{NBSP}: {subject.identity.sex}"
        lines = [f"{age} – {sex}" if born is None else f"Né{case.e} le {short_date(born)} ({age}) – {sex}"]
        lines += [f"INS{NBSP}: {_spaced(subject.identity.matricule)}", subject.place.line]
        for line in lines:
            self.set_x(104)
            self.multi_cell(84, 4.5, line, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
        self.set_xy(LEFT, top + 28)


def _spaced(matricule: str) -> str:
    """``2 75 12 63220 749 74``, in the groups people know."""
    if len(matricule) != 15:
        return matricule
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    return NBSP.join(matricule[a:b] for a, b in pairwise(cuts))
