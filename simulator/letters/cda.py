"""CDA R2 documents: level 1 around a PDF, level 3 with sections and entries. Importing this loads the XML library."""

from __future__ import annotations

import base64

from simulator.letters.case import Case
from simulator.letters.content import Content
from simulator.letters.entries import add_dispensed, add_prescribed, entry_id
from simulator.letters.header import Papers, add_author, write_header
from simulator.letters.kinds import LOINC, Kind
from simulator.letters.markup import Element, add, add_code, add_templates, add_time, octets
from simulator.letters.narrative import add_narrative, delivered_table, prescribed_table
from simulator.xdm.values import Code

SCANNED = ("1.3.6.1.4.1.19376.1.2.20",)
"""XDS-SD: a document of another kind inside."""
PRESCRIPTION = ("1.3.6.1.4.1.19376.1.9.1.1.1", "1.3.6.1.4.1.19376.1.5.3.1.1.1", "1.2.250.1.213.1.1.1.39@2024.01")
"""IHE PHARM PRE, IHE PCC, eP-MED-DM."""
DISPENSING = ("1.3.6.1.4.1.19376.1.5.3.1.1.1", "1.3.6.1.4.1.19376.1.9.1.1.3", "1.2.250.1.213.1.1.1.54@2024.01")
"""IHE PCC, IHE PHARM DIS, eDISP-MED."""


def level_1(kind: Kind, case: Case, content: Content, papers: Papers, pdf: bytes) -> bytes:
    """The PDF, octet for octet, with a header."""
    document = write_header(kind, case, content, papers, SCANNED)
    add(document, "component/nonXMLBody/text", base64.b64encode(pdf).decode(), mediaType="application/pdf",
        representation="B64")
    return octets(document)


def level_3(kind: Kind, case: Case, content: Content, papers: Papers) -> bytes:
    """Sections with narrative and, for medicines, entries. Raises ValueError for kinds without a model."""
    if not kind.structured:
        raise ValueError(f"{kind.name} has no structured form here, take n1")
    templates = PRESCRIPTION if content.treatments else DISPENSING
    document = write_header(kind, case, content, papers, templates)
    body = add(document, "component/structuredBody")
    if content.treatments:
        _prescribed(add(body, "component/section"), case, content)
    else:
        _delivered(add(body, "component/section"), case, content)
    for section in content.sections:
        if not section.has_entries:
            one = add(body, "component/section")
            add(one, "title", section.title)
            add_narrative(add(one, "text"), section.blocks)
    return octets(document)


def _prescribed(section: Element, case: Case, content: Content) -> None:
    add_templates(section, "1.3.6.1.4.1.19376.1.9.1.2.1", "1.2.250.1.213.1.1.2.171")
    add(section, "id", root=entry_id(case, "prescribed"))
    add_code(section, "code", Code("57828-6", LOINC, "Prescriptions"))
    add(section, "title", "Prescription de médicaments")
    prescribed_table(add(section, "text"), content.treatments)
    for number, treatment in enumerate(content.treatments, 1):
        add_prescribed(add(section, "entry"), number, treatment, case)


def _delivered(section: Element, case: Case, content: Content) -> None:
    add_templates(section, "1.3.6.1.4.1.19376.1.9.1.2.3", "2.16.840.1.113883.10.20.1.8", "1.2.250.1.213.1.1.2.236")
    add(section, "id", root=entry_id(case, "dispensed"))
    add_code(section, "code", Code("60590-7", LOINC, "Médicaments délivrés"))
    add(section, "title", "Médicaments délivrés")
    delivered_table(add(section, "text"), content.delivered)
    author = add(section, "author")
    add_time(author, "time", case.written)
    add_author(add(author, "assignedAuthor"), case.writer)
    for number, line in enumerate(content.delivered, 1):
        add_dispensed(add(section, "entry"), number, line, case)
