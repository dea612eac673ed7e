"""What an archive held when it was opened: documents, patient, entries and everything wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from simulator.xdm.identity import NOBODY, Identity
from simulator.xdm.values import NO_CODE, Code

LONGEST_QUOTE = 500
"""Characters of a place or a sentence."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where, what, and what to do about it. ASCII English but for names that are quoted.

    What is quoted comes from strangers: control characters become ``?``, and long texts are cut.
    """

    name: str
    """A stable handle such as ``hash-differs``."""
    place: str
    """An entry of the archive, or ``archive``; behind ``:`` a line or an element inside of it."""
    what: str
    remedy: str
    is_error: bool = True
    """False for what a receiver can live with."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", _shown(self.place))
        object.__setattr__(self, "what", _shown(self.what))

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive."""

    name: str
    size: int
    """Octets once unpacked."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a structured document as people read it."""

    title: str
    text: str
    """Plain text, a line for each paragraph or row."""


@dataclass(frozen=True, slots=True)
class Cda:
    """A CDA R2 document: its header, and what people read of its body."""

    code: Code = NO_CODE
    """What X-MSS-CODECDA names, and whose label begins the subject."""
    title: str = ""
    created: datetime | None = None
    patient: Identity = NOBODY
    author: str = ""
    institution: str = ""
    unique_id: str = ""
    """Root, then ``^`` and the extension when there is one."""
    version: str = ""
    templates: tuple[str, ...] = ()
    """OIDs that the document claims to follow."""
    level: int = 0
    """1 for a body of another kind (PDF mostly), 3 for sections with entries, 2 for sections without, 0 for none."""
    body_type: str = ""
    """Media type of the body of a level 1 document."""
    pdf: bytes = b""
    """The PDF inside a level 1 document."""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document that METADATA.XML describes. What it does not say is empty or None."""

    uri: str
    """Name as METADATA.XML writes it, from the folder of METADATA.XML."""
    entry: str
    """The entry of the archive that holds it; empty when there is none."""
    title: str = ""
    code: Code = NO_CODE
    """Its type, LOINC mostly."""
    class_code: Code = NO_CODE
    format_code: Code = NO_CODE
    confidentiality: tuple[str, ...] = ()
    mime_type: str = ""
    created: datetime | None = None
    author: str = ""
    institution: str = ""
    unique_id: str = ""
    patient: Identity = NOBODY
    size: int = 0
    """Octets of what the archive holds."""
    size_is_right: bool | None = None
    """None where METADATA.XML tells none, or the document is missing."""
    hash_is_right: bool | None = None
    octets: bytes = field(default=b"", repr=False)
    cda: Cda | None = None

    @property
    def pdf(self) -> bytes:
        """The PDF to show: the document itself, or the one inside a level 1 CDA; empty when there is none."""
        if self.mime_type == "application/pdf":
            return self.octets
        return b"" if self.cda is None else self.cda.pdf

    @property
    def file_name(self) -> str:
        """The last part of its URI."""
        return self.uri.replace("\\", "/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Archive:
    """All of it. An archive that could not be opened has problems and nothing else."""

    documents: tuple[Document, ...] = ()
    """In the order of METADATA.XML; without a readable one, the CDA documents that were found."""
    patient: Identity | None = None
    """As METADATA.XML tells, completed from the first CDA about the same matricule."""
    problems: tuple[Problem, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Nothing is wrong that a receiver could not live with."""
        return not any(problem.is_error for problem in self.problems)

    @property
    def cdas(self) -> tuple[Cda, ...]:
        """The CDA documents, in order: whose codes X-MSS-CODECDA lists."""
        return tuple(document.cda for document in self.documents if document.cda is not None)

    @property
    def ins_is_qualified(self) -> bool:
        """What X-MSS-INS must say: True for ``O``, when there are CDA and every one carries a qualified INS."""
        return bool(self.cdas) and all(cda.patient.qualified for cda in self.cdas)


def said(problem: BaseException) -> str:
    """What a library says of damaged octets, in ASCII."""
    words = str(problem) or type(problem).__name__
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in words)[:200]


def _shown(text: str) -> str:
    text = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "..."
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)
