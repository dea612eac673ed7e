"""Archives of health documents as a page shows them: what they hold, and what is wrong with them in plain words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from simulator.web.shapes.base import Given, example
from simulator.xdm import Archive, Document
from simulator.xdm.identity import Identity

_NOT_READ = "Une partie de l'archive n'a pas été lue : elle dépasse les limites de taille."
_NOT_OPENED = "Une partie de l'archive n'a pas été lue, par sécurité."
_DAMAGED = "L'archive est endommagée : une partie est illisible."
_UNKNOWN_PATIENT = "Un document ne dit pas de quel patient il parle."
_OTHER_PATIENT = "Les documents ne parlent pas tous du même patient."
_POOR = "La description d'un document est incomplète."
OTHER = "L'archive n'est pas tout à fait conforme."
PLAIN = {
    "not-a-zip": "Le fichier n'est pas une archive, ou il est abîmé.",
    "empty-archive": "L'archive est vide.",
    "no-metadata": "L'archive ne décrit pas ses documents.",
    "metadata-elsewhere": "La description des documents n'est pas à sa place dans l'archive.",
    "no-submission-set": _POOR,
    "no-documents": "L'archive n'annonce aucun document.",
    "missing-document": "Un document annoncé manque dans l'archive.",
    "undescribed-document": "L'archive contient un document qu'elle ne décrit pas.",
    "same-uri": "Un même document est décrit deux fois.",
    "duplicate-entry": "Un même fichier est deux fois dans l'archive.",
    "several-subsets": "L'archive contient plusieurs lots de documents ; un seul est lu.",
    "too-large": _NOT_READ, "too-many-entries": _NOT_READ, "steep-ratio": _NOT_READ, "xml-too-large": _NOT_READ,
    "unsafe-name": _NOT_OPENED, "nested-archive": _NOT_OPENED, "xml-document-type": _NOT_OPENED,
    "encrypted": "Un document est protégé par un mot de passe : il ne peut pas être lu.",
    "unknown-compression": _DAMAGED, "damaged-entry": _DAMAGED, "not-xml": _DAMAGED, "body-not-base64": _DAMAGED,
    "body-not-a-pdf": _DAMAGED,
    "not-a-cda": "Un document n'a pas la forme attendue.",
    "cda-without-body": "Un document n'a pas de contenu à lire.",
    "hash-differs": "Un document n'est pas celui qui est décrit : il a pu être altéré.",
    "size-differs": "Un document n'a pas la taille annoncée : il a pu être altéré.",
    "no-hash": _POOR, "no-size": _POOR, "creation-time": _POOR, "document-without-type": _POOR,
    "cda-without-code": _POOR, "type-differs": "Le type d'un document n'est pas celui qui est annoncé.",
    "document-without-patient": _UNKNOWN_PATIENT, "cda-without-patient": _UNKNOWN_PATIENT,
    "several-patients": _OTHER_PATIENT, "patient-differs": _OTHER_PATIENT,
    "cda-without-ins": "Un document n'identifie pas le patient par son matricule INS.",
    "ins-not-qualified": "L'identité du patient est incomplète dans un document : l'INS n'y est pas qualifiée.",
}
"""What each problem means to a patient."""


class ArchiveDocument(Given):
    """A document inside an archive."""

    place: int
    name: str
    title: str
    code: str
    kind: str
    author: str
    institution: str
    created: datetime | None
    size: int
    intact: bool | None = Field(description="Size and hash are those that the description tells.")
    has_pdf: bool
    sections: list[dict[str, str]] = Field(description="What a structured document says: title and text of each part.")


class ArchiveShown(Given):
    """An archive of health documents, opened."""

    model_config = ConfigDict(json_schema_extra=example(
        patient="ZOE ADRUN", matricule="275126322074974", documents=[],
        problems=["archive: this is not a ZIP file; send one"], plain=["Le fichier n'est pas une archive."],
        is_sound=False, entries=["INDEX.HTM", "IHE_XDM/SUBSET01/METADATA.XML"]))

    patient: str = Field(description="Whom it is about: name; empty when nobody is named.")
    matricule: str
    documents: list[ArchiveDocument]
    problems: list[str]
    plain: list[str] = Field(description="The same in French, for people, each kind once.")
    is_sound: bool
    entries: list[str]


def archive(shown: Archive) -> dict[str, Any]:
    """An opened archive as JSON values."""
    who = shown.patient or Identity()
    return {
        "patient": who.full_name, "matricule": who.matricule, "is_sound": shown.is_sound,
        "documents": [_inside(place, one) for place, one in enumerate(shown.documents)],
        "problems": list(map(str, shown.problems)),
        "plain": list(dict.fromkeys(PLAIN.get(problem.name, OTHER) for problem in shown.problems)),
        "entries": [entry.name for entry in shown.entries],
    }


def _inside(place: int, one: Document) -> dict[str, Any]:
    checks = {one.hash_is_right, one.size_is_right}
    sections = one.cda.sections if one.cda is not None else ()
    return {
        "place": place, "name": one.file_name, "title": one.title or one.code.label, "code": one.code.code,
        "kind": one.code.label, "author": one.author, "institution": one.institution, "created": one.created,
        "size": one.size, "intact": False if False in checks else True if checks == {True} else None,
        "has_pdf": bool(one.pdf), "sections": [{"title": part.title, "text": part.text} for part in sections],
    }
