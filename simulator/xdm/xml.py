"""XML that is only data: no document type, no entity, nothing fetched, bounded (P12)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from simulator.xdm.archive import said

if TYPE_CHECKING:
    from lxml.etree import _Element

RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
CDA = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

MOST_ELEMENTS = 500_000
"""An element takes some hundred times the octets it is written with."""


class NotTaken(Exception):
    """The octets are no XML, or XML that is not read here. The message continues a sentence about the file."""

    def __init__(self, name: str, what: str, remedy: str) -> None:
        self.name, self.what, self.remedy = name, what, remedy
        super().__init__(what)


class _Prologue(Exception):
    """The root element has begun: what comes before it was harmless."""


def parse(octets: bytes) -> _Element:
    """The root element. Raises NotTaken."""
    _refuse_document_types(octets)
    if octets.count(b"<") > MOST_ELEMENTS * 2 or octets.count(b"\0<\0") > MOST_ELEMENTS:
        raise NotTaken("xml-too-large", f"has more than {MOST_ELEMENTS} elements", "send a smaller document")
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                             huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(octets, parser)
    except (etree.LxmlError, ValueError) as problem:
        raise NotTaken("not-xml", f"is no well-formed XML: {said(problem)}", "send well-formed XML in UTF-8") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type()
    return root


def _refuse_document_types(octets: bytes) -> None:
    """Read up to the root element with a second parser, which stops at a DOCTYPE before anything is made of it."""
    reader = expat.ParserCreate()
    reader.StartDoctypeDeclHandler = _stop_at_document_type
    reader.StartElementHandler = _stop_at_root
    try:
        reader.Parse(octets, True)
    except _Prologue:
        return
    except (expat.ExpatError, ValueError, LookupError) as problem:
        raise NotTaken("not-xml", f"is no well-formed XML: {said(problem)}", "send well-formed XML in UTF-8") from None


def _stop_at_document_type(*_: object) -> None:
    raise _document_type()


def _stop_at_root(*_: object) -> None:
    raise _Prologue


def _document_type() -> NotTaken:
    return NotTaken("xml-document-type", "has a DOCTYPE, which may hide entities, and was not read",
                    "write the document without DOCTYPE and entities")
