"""Reading a CDA R2 document: its header, and its body as people read it."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING

from simulator.xdm.archive import Cda, Problem, Section
from simulator.xdm.container import MOST_OCTETS
from simulator.xdm.identity import INS_AUTHORITIES, NOBODY, NSS_AUTHORITIES, Identity
from simulator.xdm.narrative import plain_text
from simulator.xdm.values import NO_CODE, Code, iso_date, moment
from simulator.xdm.xml import CDA, NotTaken

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_SECTIONS = 1000
_NS = {"c": CDA}


def read_cda(root: _Element, place: str) -> tuple[Cda, list[Problem]]:
    """The document and what is wrong with it. Raises NotTaken where it is none."""
    found = next(root.iter(f"{{{CDA}}}ClinicalDocument"), None)  # not the root where a document brings its style sheet
    if found is None:
        raise NotTaken("not-a-cda", "is XML but no CDA document", "the root is ClinicalDocument in urn:hl7-org:v3")
    root = found
    problems: list[Problem] = []
    code = _code(root.find("c:code", _NS))
    if not code.code:
        problems.append(Problem("cda-without-code", place, "has no code that says its kind",
                                "give ClinicalDocument/code its LOINC code: X-MSS-CODECDA repeats it"))
    patient = _patient(root)
    if not patient.matricule:
        problems.append(Problem("cda-without-patient", place, "names no patient",
                                "give recordTarget/patientRole/id the INS and its OID"))
    elif not patient.is_ins:
        kind = "a social security number" if patient.authority in NSS_AUTHORITIES else "no INS"
        problems.append(Problem("cda-without-ins", place, f"identifies its patient by {kind} ({patient.authority})",
                                f"an INS has one of the OIDs {', '.join(INS_AUTHORITIES)}", is_error=False))
    elif not patient.qualified:
        problems.append(Problem("ins-not-qualified", place, "has an INS without all of its traits",
                                "give birth name, first given name (both qualifier BR), birth date and sex",
                                is_error=False))
    content, media_type = _body_octets(root, place, problems)
    sections = tuple(_sections(root))
    level = 1 if media_type else (3 if root.find(".//c:section/c:entry", _NS) is not None else 2) if sections else 0
    if level == 0:
        problems.append(Problem("cda-without-body", place, "has nothing to read",
                                "give it a nonXMLBody or sections with text"))
    return Cda(
        code=code,
        title=_text(root, "c:title"),
        created=moment(_value(root, "c:effectiveTime")),
        patient=patient,
        author=_name(root.find("c:author/c:assignedAuthor/c:assignedPerson/c:name", _NS)),
        institution=_text(root, "c:author/c:assignedAuthor/c:representedOrganization/c:name"),
        unique_id=_unique_id(root.find("c:id", _NS)),
        version=_value(root, "c:versionNumber"),
        templates=tuple(found.get("root") or "" for found in root.findall("c:templateId", _NS)),
        level=level,
        body_type=media_type,
        pdf=content if media_type == "application/pdf" else b"",
        sections=sections,
    ), problems


def _patient(root: _Element) -> Identity:
    role = root.find("c:recordTarget/c:patientRole", _NS)
    if role is None:
        return NOBODY
    ids = [(found.get("extension") or "", found.get("root") or "") for found in role.findall("c:id", _NS)]
    best = sorted(ids, key=lambda pair: (pair[1] not in INS_AUTHORITIES, pair[1] not in NSS_AUTHORITIES))
    matricule, authority = best[0] if best else ("", "")
    name = role.find("c:patient/c:name", _NS)
    return Identity(
        matricule=matricule.strip(),
        authority=authority.strip(),
        birth_name=_part(name, "family", "BR"),
        first_name=_part(name, "given", "BR"),
        given_names=_part(name, "given", None),
        used_name=_part(name, "family", "CL"),
        used_first_name=_part(name, "given", "CL"),
        birth_date=iso_date(_value(role, "c:patient/c:birthTime")),
        sex=_value(role, "c:patient/c:administrativeGenderCode", "code"),
        birth_place=_text(role, "c:patient/c:birthplace/c:place/c:addr/c:county"),
    )


def _part(name: _Element | None, kind: str, qualifier: str | None) -> str:
    """The part of a name with that qualifier; without any, the parts that have none."""
    found = [] if name is None else [p for p in name.findall(f"c:{kind}", _NS) if p.get("qualifier") == qualifier]
    return " ".join("".join(part.itertext()).strip() for part in found)


def _body_octets(root: _Element, place: str, problems: list[Problem]) -> tuple[bytes, str]:
    """What a level 1 body holds, and its media type."""
    body = root.find("c:component/c:nonXMLBody/c:text", _NS)
    if body is None:
        return b"", ""
    media_type = (body.get("mediaType") or "text/plain").strip().lower()
    written = "".join(body.itertext())
    if body.get("representation") != "B64":
        return written.encode(), media_type
    try:
        octets = _inflated(base64.b64decode("".join(written.split()), validate=True), body.get("compression"))
    except (binascii.Error, zlib.error, ValueError) as problem:
        problems.append(Problem("body-not-base64", f"{place}: nonXMLBody", f"cannot be decoded: {problem}",
                                "write the body as base64, uncompressed"))
        return b"", media_type
    if media_type == "application/pdf" and not octets.startswith(b"%PDF-"):
        problems.append(Problem("body-not-a-pdf", f"{place}: nonXMLBody", "says application/pdf and is no PDF",
                                "put the octets of the PDF, from %PDF- on"))
    return octets, media_type


def _inflated(octets: bytes, compression: str | None) -> bytes:
    """Undo ``compression`` (DF is deflate, ZL is zlib), within the bound of a whole archive."""
    windows = {"DF": -zlib.MAX_WBITS, "ZL": zlib.MAX_WBITS, "GZ": zlib.MAX_WBITS | 16}
    if compression is None:
        return octets
    if compression not in windows:
        raise ValueError(f"compression {compression[:20]!r} is not known here")
    machine = zlib.decompressobj(windows[compression])
    inflated = machine.decompress(octets, min(MOST_OCTETS, 100 * max(len(octets), 1)))
    if machine.unconsumed_tail:
        raise ValueError("it unpacks to more than 100 times its packed size")
    return inflated


def _sections(root: _Element) -> list[Section]:
    found = root.findall("c:component/c:structuredBody//c:section", _NS)[:MOST_SECTIONS]
    return [Section(_text(section, "c:title"), plain_text(section.find("c:text", _NS))) for section in found]


def _code(found: _Element | None) -> Code:
    if found is None:
        return NO_CODE
    said = [(found.get(name) or "").strip() for name in ("code", "codeSystem", "displayName")]
    return Code(*said)


def _name(name: _Element | None) -> str:
    """Given names, then family name."""
    if name is None:
        return ""
    parts = [*name.findall("c:given", _NS), *name.findall("c:family", _NS)]
    return " ".join("".join(part.itertext()).strip() for part in parts) or "".join(name.itertext()).strip()


def _unique_id(found: _Element | None) -> str:
    if found is None:
        return ""
    root, extension = found.get("root") or "", found.get("extension") or ""
    return f"{root}^{extension}" if extension else root


def _text(one: _Element, path: str) -> str:
    found = one.find(path, _NS)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def _value(one: _Element, path: str, attribute: str = "value") -> str:
    found = one.find(path, _NS)
    return "" if found is None else (found.get(attribute) or "").strip()
