"""Documents of care: the archives they travel in; the kinds of a patient's space, its files, how large they may be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

ARCHIVE_NAME = "IHE_XDM.zip"
"""The file that documents travel in (ECO.2.1.1)."""
XDM_PREFIX = "XDM/1.0/DDM+"
"""What the subject of a letter with an archive begins with, and clients hide (ECO.2.1.3, 3.1.3)."""

MIB = 1024 * 1024
DOCUMENT_LIMIT = 5 * MIB
"""Octets of one document of the space (mssante-rules 3.6 [C])."""
MESSAGE_LIMIT = 25 * MIB
"""Octets of a message to or from the space, as it travels: 25 Mo, read as MiB (mssante-rules 3.6 [C2])."""

_TYPES = {
    ".pdf": "application/pdf", ".txt": "text/plain", ".rtf": "application/rtf", ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg", ".tif": "image/tiff", ".tiff": "image/tiff", ".png": "image/png",
    ".doc": "application/msword",
}
DOCUMENT_ENDINGS = (".pdf", ".txt", ".rtf", ".jpg", ".jpeg", ".tiff", ".tif")
"""Files that may become documents of the space (mssante-rules 3.6 [C])."""
ATTACHED_ENDINGS = (".jpg", ".jpeg", ".tiff", ".png", ".txt", ".pdf", ".rtf", ".doc")
"""Files that may be attached to a message (mssante-rules 3.4 [C])."""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A type of document: a code of JDV_J07-XdsTypeCode and what people read instead."""

    code: str
    label: str


DOCUMENT_KINDS: tuple[DocumentKind, ...] = (
    DocumentKind("57833-6", "Prescription de produits de santé"),
    DocumentKind("57832-8", "Prescription de soins"),
    DocumentKind("PRESC-BIO", "Prescription d'actes de biologie médicale"),
    DocumentKind("57828-6", "Prescription, autre"),
    DocumentKind("60593-1", "Dispensation médicamenteuse"),
    DocumentKind("56445-0", "Bilan médicamenteux"),
    DocumentKind("78601-2", "Compte rendu d'entretien pharmaceutique"),
    DocumentKind("11488-4", "Compte rendu de consultation"),
    DocumentKind("34112-3", "Compte rendu hospitalier"),
    DocumentKind("11502-2", "Compte rendu d'examens biologiques"),
    DocumentKind("18748-4", "Compte rendu d'imagerie"),
    DocumentKind("11490-0", "Lettre de liaison à la sortie"),
    DocumentKind("96349-6", "Lettre d'adressage"),
    DocumentKind("87273-9", "Note de vaccination"),
    DocumentKind("11369-6", "Historique des vaccinations"),
    DocumentKind("60591-5", "Synthèse médicale"),
    DocumentKind("52040-3", "Image"),
    DocumentKind("DOCPAT01", "Document déposé par le patient"),
    DocumentKind("DOCPAT08", "Profil médical"),
)
LETTERS = ("prescription", "dispensing", "consultation", "referral", "discharge", "vaccination", "interview", "review",
           "biology")
"""Kinds of ready-made letter. Named here too, so that reading a configuration needs none of what makes them."""
OF_THE_PATIENT = DOCUMENT_KINDS[-2]
LABELS = {kind.code: kind.label for kind in DOCUMENT_KINDS}
"""Code to label."""


@dataclass(frozen=True, slots=True)
class ConfiguredDocument:
    """A document that the configuration puts in a space: a ready-made letter, or a file."""

    date: str
    """ISO date of the act."""
    letter: str = ""
    """Kind of ready-made letter."""
    author: str = ""
    """Address of the mailbox whose holder or structure wrote it."""
    file: str = ""
    """Path of a file, in place of a letter."""
    title: str = ""
    code: str = ""
    seed: int = 0


def ending(name: str) -> str:
    """``.pdf`` of a file name, in lower case."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def media_type(name: str) -> str:
    """The media type that a file name tells; octets of no known kind when it tells none."""
    return _TYPES.get(ending(name), "application/octet-stream")
