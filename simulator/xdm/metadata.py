"""Reading METADATA.XML: what the sender says about each document."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.xdm import schemes
from simulator.xdm.identity import NOBODY, Identity
from simulator.xdm.values import NO_CODE, Code, authority, component, components, iso_date, moment
from simulator.xdm.xml import RIM

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_DOCUMENTS = 1000


@dataclass(frozen=True, slots=True)
class Described:
    """A document as METADATA.XML tells; what it does not tell is empty."""

    uri: str = ""
    title: str = ""
    code: Code = NO_CODE
    class_code: Code = NO_CODE
    format_code: Code = NO_CODE
    confidentiality: tuple[str, ...] = ()
    mime_type: str = ""
    created: datetime | None = None
    created_as_written: str = ""
    author: str = ""
    institution: str = ""
    unique_id: str = ""
    patient: Identity = NOBODY
    size: str = ""
    hash: str = ""
    """SHA-1, hexadecimal."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """All of it."""

    documents: tuple[Described, ...] = ()
    set_patient: Identity = NOBODY
    has_set: bool = False
    identities: tuple[Identity, ...] = field(default=())
    """Each different pair of matricule and authority, of the submission set and of the documents."""


def read_metadata(root: _Element) -> Metadata:
    """Whatever can be understood of it."""
    documents = tuple(_document(one) for one in list(root.iter(_rim("ExtrinsicObject")))[:MOST_DOCUMENTS])
    package = next(root.iter(_rim("RegistryPackage")), None)
    of_the_set = NOBODY if package is None else _patient(_identifier(package, schemes.SET_PATIENT_ID), [])
    told = [identity for identity in (of_the_set, *(d.patient for d in documents)) if identity.matricule]
    different = {(identity.matricule, identity.authority): identity for identity in told}
    return Metadata(documents, of_the_set, package is not None, tuple(different.values()))


def _document(one: _Element) -> Described:
    author = _classification(one, schemes.AUTHOR)
    created = _first(_slot(one, "creationTime"))
    return Described(
        uri=_first(_slot(one, "URI")),
        title=_name(one),
        code=_code(one, schemes.TYPE),
        class_code=_code(one, schemes.CLASS),
        format_code=_code(one, schemes.FORMAT),
        confidentiality=tuple(
            (found.get("nodeRepresentation") or "").strip()
            for found in one.findall(_rim("Classification"))
            if found.get("classificationScheme") == schemes.CONFIDENTIALITY
        ),
        mime_type=(one.get("mimeType") or "").strip(),
        created=moment(created) if created else None,
        created_as_written=created,
        author="" if author is None else _person(_first(_slot(author, "authorPerson"))),
        institution="" if author is None else component(components(_first(_slot(author, "authorInstitution"))), 1),
        unique_id=_identifier(one, schemes.UNIQUE_ID),
        patient=_patient(_identifier(one, schemes.PATIENT_ID), _slot(one, "sourcePatientInfo")),
        size=_first(_slot(one, "size")),
        hash=_first(_slot(one, "hash")).lower(),
    )


def _patient(identifier: str, told: list[str]) -> Identity:
    """From patientId (CX) and the lines of sourcePatientInfo (PID-5, PID-7, PID-8)."""
    parts = components(identifier)
    lines: dict[str, str] = {}
    for line in told:
        name, _, value = line.partition("|")
        if name == "PID-5" and component(components(value), 7) == "L":
            lines[name] = value
        lines.setdefault(name, value)
    name_parts = components(lines.get("PID-5", "").partition("~")[0])
    return Identity(
        matricule=component(parts, 1),
        authority=authority(component(parts, 4)),
        birth_name=component(name_parts, 1),
        first_name=component(name_parts, 2),
        given_names=component(name_parts, 3),
        birth_date=iso_date(lines.get("PID-7", "")),
        sex=lines.get("PID-8", "").strip(),
    )


def _person(field_: str) -> str:
    """Given name, then family name, of an XCN; the id where there is no name."""
    parts = components(field_)
    return f"{component(parts, 3)} {component(parts, 2)}".strip() or component(parts, 1)


def _code(one: _Element, scheme: str) -> Code:
    found = _classification(one, scheme)
    if found is None:
        return NO_CODE
    return Code((found.get("nodeRepresentation") or "").strip(), _first(_slot(found, "codingScheme")), _name(found))


def _classification(one: _Element, scheme: str) -> _Element | None:
    found = one.findall(_rim("Classification"))
    return next((each for each in found if each.get("classificationScheme") == scheme), None)


def _identifier(one: _Element, scheme: str) -> str:
    found = one.findall(_rim("ExternalIdentifier"))
    return next(((each.get("value") or "").strip() for each in found if each.get("identificationScheme") == scheme), "")


def _slot(one: _Element, name: str) -> list[str]:
    for slot in one.findall(_rim("Slot")):
        if slot.get("name") == name:
            return [(value.text or "").strip() for value in slot.iter(_rim("Value"))]
    return []


def _name(one: _Element) -> str:
    said = one.find(f"{_rim('Name')}/{_rim('LocalizedString')}")
    return "" if said is None else (said.get("value") or "").strip()


def _first(values: list[str]) -> str:
    return values[0] if values else ""


def _rim(name: str) -> str:
    return f"{{{RIM}}}{name}"
