"""Writing CDA elements shortly. Importing this loads the XML library."""

from __future__ import annotations

from datetime import datetime

from lxml import etree
from lxml.etree import _Element

from simulator.letters.kinds import LOINC
from simulator.xdm.values import Code, hl7_zoned
from simulator.xdm.xml import CDA, XSI

Element = _Element
PHARM = "urn:ihe:pharm:medication"
SYSTEM_NAMES = {LOINC: "LOINC", "2.16.840.1.113883.6.73": "ATC"}


def root(name: str) -> Element:
    """The root of a document."""
    return etree.Element(f"{{{CDA}}}{name}", nsmap={None: CDA, "xsi": XSI, "pharm": PHARM})


def add(parent: Element, path: str, text: str | None = None, /, **attributes: str) -> Element:
    """A child, or a chain of children ``a/b/c``; text and attributes are those of the last one.

    ``pharm:`` before a name is the pharmacy extension; ``type_`` among the attributes is ``xsi:type``."""
    one = parent
    for name in path.split("/"):
        prefix, _, local = name.rpartition(":")
        one = etree.SubElement(one, f"{{{PHARM if prefix == 'pharm' else CDA}}}{local}")
    one.text = text
    for name, value in attributes.items():
        one.set(f"{{{XSI}}}type" if name == "type_" else name, value)
    return one


def add_code(parent: Element, name: str, code: Code) -> Element:
    """A coded element."""
    one = add(parent, name, code=code.code)
    if code.label:
        one.set("displayName", code.label)
    one.set("codeSystem", code.system)
    if code.system in SYSTEM_NAMES:
        one.set("codeSystemName", SYSTEM_NAMES[code.system])
    return one


def add_templates(parent: Element, *roots: str) -> None:
    """Which models are followed; ``root@version`` names one with its version."""
    for name in roots:
        oid, _, version = name.partition("@")
        one = add(parent, "templateId", root=oid)
        if version:
            one.set("extension", version)


def add_time(parent: Element, name: str, moment: datetime) -> Element:
    """A moment with its zone."""
    return add(parent, name, value=hl7_zoned(moment))


def octets(document: Element) -> bytes:
    """The file, in UTF-8."""
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
