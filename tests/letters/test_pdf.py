"""PDFs are PDF/A-1b as far as can be told here, in A4, with everything they should say, and marked as invented."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from simulator.letters.sheet import MARK
from simulator.model.mailbox import Patient
from tests.letters.samples import NAMES, ODETTE, PATIENTS, TOM, ZOE, a_document, words


@pytest.mark.parametrize("kind", NAMES)
def test_the_file_is_marked_as_pdf_a_1b(kind: str) -> None:
    pdf = a_document(kind).pdf
    reader = PdfReader(BytesIO(pdf))
    assert pdf.startswith(b"%PDF-1.4")
    catalog: Any = reader.trailer["/Root"].get_object()
    assert [intent.get_object()["/S"] for intent in catalog["/OutputIntents"]] == ["/GTS_PDFA1"]
    xmp = catalog["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfaid:part>1</pdfaid:part>\s*<pdfaid:conformance>B</pdfaid:conformance>", xmp)
    assert "/Filter" not in catalog["/Metadata"].get_object()
    assert reader.trailer["/ID"]
    assert "/Info" not in reader.trailer  # it would have to say the same as the metadata
    assert a_document(kind).title in xmp and a_document(kind).author in xmp


@pytest.mark.parametrize("kind", NAMES)
def test_nothing_is_in_it_that_pdf_a_1_forbids(kind: str) -> None:
    pdf = a_document(kind).pdf
    forbidden = (b"/Encrypt", b"/JavaScript", b"/SMask", b"/ObjStm", b"/EmbeddedFile", b"/Launch", b"LZWDecode")
    assert [word for word in forbidden if word in pdf] == []


@pytest.mark.parametrize("kind", NAMES)
def test_every_font_is_inside(kind: str) -> None:
    fonts = {}
    pages: Any = PdfReader(BytesIO(a_document(kind).pdf)).pages
    for page in pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            fonts[descendant["/BaseFont"]] = "/FontFile2" in descendant["/FontDescriptor"].get_object()
    assert fonts and all(fonts.values())
    assert all("Lato" in name for name in fonts)


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.family_name)
@pytest.mark.parametrize("kind", NAMES)
def test_pages_are_a4_few_and_all_say_that_they_are_invented(kind: str, patient: Patient) -> None:
    reader = PdfReader(BytesIO(a_document(kind, patient).pdf))
    assert len(reader.pages) <= 2
    for page in reader.pages:
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
        assert page.extract_text().replace("\N{NO-BREAK SPACE}", " ").count(MARK) >= 2


@pytest.mark.parametrize("kind", NAMES)
def test_author_and_patient_are_on_the_page(kind: str) -> None:
    document = a_document(kind)
    said = words(document.pdf)
    for expected in (document.author, "Madame Zoé ADRUN", "31/12/1975 (50 ans)", "2 75 12 63 220 749 74",
                     "2 novembre 2026", document.content.heading.upper(), "Page 1/"):
        assert expected in said


def test_a_signature_never_stands_alone_on_a_page() -> None:
    for kind in ("discharge", "biology", "referral"):
        assert len(PdfReader(BytesIO(a_document(kind, ODETTE, 3).pdf)).pages) == 1


def test_a_prescription_says_every_line() -> None:
    for patient, seed in ((ZOE, 1), (ODETTE, 2), (TOM, 3)):
        document = a_document("prescription", patient, seed)
        said = words(document.pdf)
        for treatment in document.content.treatments:
            assert treatment.medicine.name in said
            assert treatment.rhythm in said
    assert "Poids au jour de la prescription : 28 kg." in words(a_document("prescription", TOM).pdf)


def test_sections_of_a_report_are_all_there() -> None:
    document = a_document("consultation")
    said = words(document.pdf)
    for section in document.content.sections:
        assert section.title in said
    assert document.summary in said


def test_accents_and_signs_have_glyphs() -> None:
    """A missing glyph would be extracted as something else."""
    said = words(a_document("biology").pdf)
    assert "Prélèvement" in said
    assert re.search(r"\d,\d{1,2}", said)
    assert " – " in said
