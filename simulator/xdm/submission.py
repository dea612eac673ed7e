"""What an archive is made from: documents and their description. All is given, nothing is taken from the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from simulator.xdm.identity import Identity
from simulator.xdm.values import NO_CODE, Code

PERSONS = "1.2.250.1.71.4.2.1"
"""OID of national ids of persons (TRE_G08)."""
STRUCTURES = "1.2.250.1.71.4.2.2"
"""OID of national ids of structures (TRE_G07)."""

NORMAL = Code("N", "2.16.840.1.113883.5.25", "Normal")
PDF_FORMAT = Code("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3", "Document à corps non structuré en PDF")
AMBULATORY = Code("AMBULATOIRE", "1.2.250.1.213.1.1.4.9", "Ambulatoire")


@dataclass(frozen=True, slots=True)
class Institution:
    """The structure that an author writes for."""

    name: str
    national_id: str
    """With its prefix: 1 + FINESS, 3 + SIRET."""


@dataclass(frozen=True, slots=True)
class Author:
    """A professional who wrote a document."""

    national_id: str
    """With its prefix: 8 + RPPS, 0 + ADELI."""
    family_name: str
    given_name: str
    institution: Institution | None = None
    role: str = ""
    specialty: Code = NO_CODE
    """Code of JDV_J01 such as ``G15_21``."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A document with its description."""

    octets: bytes
    title: str
    code: Code
    """typeCode (JDV_J07)."""
    class_code: Code
    """JDV_J06."""
    format_code: Code
    """JDV_J10."""
    unique_id: str
    """The id of the CDA: root, then ``^`` and the extension when there is one."""
    created: datetime
    author: Author
    facility: Code
    """JDV_J02."""
    practice: Code = AMBULATORY
    """JDV_J04."""
    confidentiality: tuple[Code, ...] = (NORMAL,)
    """JDV_J08."""
    mime_type: str = "text/xml"
    service_start: datetime | None = None
    service_stop: datetime | None = None
    replaces: str = ""
    """entryUUID of the document that this one takes the place of."""


@dataclass(frozen=True, slots=True)
class Submission:
    """All that goes into one archive, about one patient."""

    patient: Identity
    author: Author
    documents: tuple[Enclosed, ...]
    unique_id: str
    """OID of the submission."""
    source_id: str
    """OID of the program that sends."""
    submitted: datetime
    title: str = ""
    content: Code | None = None
    """contentTypeCode (JDV_J03): a sector of activity; that of the first document unless given."""
    address: str = ""
    """Of the sender, for README.TXT."""
    telephone: str = ""
    software: str = "mssante-simulator"
    software_version: str = ""
    publisher: str = ""
