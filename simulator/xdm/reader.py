"""Opening an archive: its entries, its METADATA.XML and its documents, and everything that does not fit together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from simulator.xdm import schemes
from simulator.xdm.archive import Archive, Cda, Document, Problem
from simulator.xdm.cda import read_cda
from simulator.xdm.container import Contents, unpack
from simulator.xdm.identity import Identity
from simulator.xdm.metadata import Described, Metadata, read_metadata
from simulator.xdm.xml import NotTaken, parse

CDA_TYPES = {"text/xml", "application/xml"}


def open_archive(octets: bytes) -> Archive:
    """Everything that an IHE_XDM.zip says and all that is wrong with it. Never raises for what the octets are."""
    contents = unpack(octets)
    if not contents.files:
        if not contents.problems:
            contents.wrong("empty-archive", "archive", "has no file", "put documents and METADATA.XML into it")
        return Archive(problems=tuple(contents.problems))
    place, metadata = _metadata(contents)
    if metadata is None:
        documents = _undescribed(contents)
    else:
        looker = _Looker(contents)
        documents = [_document(described, place, looker) for described in metadata.documents]
        _compare_patients(metadata, place, contents.problems)
        _look_for_strays(documents, place, contents)
    _compare_with_cda(documents, contents.problems)
    patient = _patient(metadata, documents)
    return Archive(tuple(documents), patient, tuple(contents.problems), contents.entries)


def open_cda(octets: bytes, place: str = "document") -> tuple[Cda | None, tuple[Problem, ...]]:
    """A CDA document that stands alone. None, and why, where it is none."""
    try:
        cda, problems = read_cda(parse(octets), place)
    except NotTaken as problem:
        return None, (Problem(problem.name, place, problem.what, problem.remedy),)
    return cda, tuple(problems)


def _metadata(contents: Contents) -> tuple[str, Metadata | None]:
    """Where METADATA.XML is, and what it says."""
    wanted = f"{schemes.FOLDER}/{schemes.METADATA}"
    found = [name for name in contents.files if name.rpartition("/")[2].upper() == schemes.METADATA]
    right = [name for name in found if name.upper() == wanted]
    if not found:
        contents.wrong("no-metadata", "archive", f"has no {wanted}", "describe the documents there (ECO.2.1.2)")
        return "", None
    place = (right or found)[0]
    if not right:
        contents.wrong("metadata-elsewhere", place, f"should stand at {wanted}", "move it and its documents there")
    elif len(right) > 1 or len(found) > 1:
        contents.problems.append(Problem("several-subsets", place, "is the only METADATA.XML of several that was read",
                                         "put all documents into SUBSET01", is_error=False))
    try:
        metadata = read_metadata(parse(contents.files[place]))
    except NotTaken as problem:
        contents.wrong(problem.name, place, problem.what, problem.remedy)
        return place, None
    if not metadata.has_set:
        contents.wrong("no-submission-set", place, "has no RegistryPackage", "describe the submission set")
    if not metadata.documents:
        contents.wrong("no-documents", place, "describes no document", "write an ExtrinsicObject for each document")
    return place, metadata


class _Looker:
    """Looks at each entry once, however often it is described: a thousand lines about one document cost no more."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self._by_name = {name.casefold(): name for name in contents.files}
        self._hashes: dict[str, str] = {}
        self._cdas: dict[str, Cda | None] = {}

    def entry(self, uri: str, place: str) -> str:
        """The entry that a URI names, from the folder of METADATA.XML or else from the top, whatever the case."""
        folder = place.rpartition("/")[0]
        path = uri.replace("\\", "/").removeprefix("./")
        beside = f"{folder}/{path}" if folder else path
        found = self._by_name.get(beside.casefold()) or self._by_name.get(path.casefold())
        return found or "" if path else ""

    def hash(self, entry: str) -> str:
        """SHA-1, hexadecimal."""
        if entry not in self._hashes:
            self._hashes[entry] = hashlib.sha1(self.contents.files[entry]).hexdigest()
        return self._hashes[entry]

    def cda(self, entry: str) -> Cda | None:
        """What the entry holds, where it is CDA; what is wrong with it is noted the first time."""
        if entry not in self._cdas:
            self._cdas[entry], found = open_cda(self.contents.files[entry], entry)
            self.contents.problems.extend(found)
        return self._cdas[entry]


def _document(described: Described, place: str, looker: _Looker) -> Document:
    """What METADATA.XML says, beside what the archive holds."""
    contents, problems = looker.contents, looker.contents.problems
    entry = looker.entry(described.uri, place)
    called = f"{place}: {described.uri or described.title or 'a document'}"
    if not entry:
        what = f"names {described.uri}, which is not there" if described.uri else "has a document without URI"
        contents.wrong("missing-document", place, what, "let slot URI name an entry beside METADATA.XML")
    octets = contents.files.get(entry, b"")
    known = bool(entry)
    size_is_right = described.size == str(len(octets)) if known and described.size else None
    hash_is_right = described.hash == looker.hash(entry) if known and described.hash else None
    if known:
        _check("size", size_is_right, f"{described.size}, and the document has {len(octets)} octets", called, problems)
        _check("hash", hash_is_right, "not the SHA-1 of the document", called, problems)
    if not described.code.code:
        problems.append(Problem("document-without-type", called, "has no type", "give it a typeCode of JDV_J07"))
    if not described.patient.matricule:
        problems.append(Problem("document-without-patient", called, "has no patientId",
                                "write patientId as matricule^^^&OID&ISO^NH (ECO.2.1.2)"))
    if described.created_as_written and described.created is None:
        problems.append(Problem("creation-time", called, f"has the creationTime {described.created_as_written!a}",
                                "write YYYYMMDDHHMMSS in UTC", is_error=False))
    cda = looker.cda(entry) if known and described.mime_type.lower() in CDA_TYPES else None
    return Document(
        uri=described.uri, entry=entry, title=described.title, code=described.code, class_code=described.class_code,
        format_code=described.format_code, confidentiality=described.confidentiality, mime_type=described.mime_type,
        created=described.created, author=described.author, institution=described.institution,
        unique_id=described.unique_id, patient=described.patient, size=len(octets), size_is_right=size_is_right,
        hash_is_right=hash_is_right, octets=octets, cda=cda,
    )


def _check(name: str, right: bool | None, what: str, place: str, problems: list[Problem]) -> None:
    if right is None:
        problems.append(Problem(f"no-{name}", place, f"has no {name}", f"write slot {name} of the document",
                                is_error=False))
    elif not right:
        problems.append(Problem(f"{name}-differs", place, f"tells a {name} that is {what}",
                                f"compute slot {name} from the document as it is in the archive"))


def _undescribed(contents: Contents) -> list[Document]:
    """Without METADATA.XML: the CDA documents that happen to be there."""
    documents = []
    for name, octets in contents.files.items():
        if name.upper().endswith(".XML") and name.rpartition("/")[2].upper() != schemes.METADATA:
            cda, _ = open_cda(octets, name)
            if cda is not None:
                documents.append(Document(
                    uri=name, entry=name, title=cda.title, code=cda.code, mime_type="text/xml", created=cda.created,
                    author=cda.author, institution=cda.institution, unique_id=cda.unique_id, patient=cda.patient,
                    size=len(octets), octets=octets, cda=cda,
                ))
    return documents


def _compare_patients(metadata: Metadata, place: str, problems: list[Problem]) -> None:
    if len(metadata.identities) > 1:
        shown = ", ".join(f"{one.matricule} ({one.authority or 'no OID'})" for one in metadata.identities)
        problems.append(Problem("several-patients", place, f"names several patients: {shown}",
                                "send the documents of one patient per message (ECO.2.1.1)"))


def _look_for_strays(documents: Iterable[Document], place: str, contents: Contents) -> None:
    """Documents that nobody described are lost on receivers; the same URI twice confuses them."""
    described: dict[str, str] = {}
    for document in documents:
        if document.entry in described:
            contents.wrong("same-uri", place, f"describes {document.uri} twice", "give each document its own entry")
        if document.entry:
            described[document.entry] = document.uri
    folder = place.rpartition("/")[0]
    for name in contents.files:
        beside = name.rpartition("/")[0] == folder and name != place
        if beside and name.upper().endswith(".XML") and name not in described:
            contents.problems.append(Problem("undescribed-document", name, "is not described in METADATA.XML",
                                             "describe it or leave it out", is_error=False))


def _compare_with_cda(documents: Iterable[Document], problems: list[Problem]) -> None:
    for document in documents:
        cda = document.cda
        if cda is None or not document.patient.matricule:
            continue
        mine, other = document.patient, cda.patient
        if other.matricule and (mine.matricule, mine.authority) != (other.matricule, other.authority):
            problems.append(Problem("patient-differs", document.entry,
                                    f"is about {other.matricule} ({other.authority}), METADATA.XML says "
                                    f"{mine.matricule} ({mine.authority or 'no OID'})",
                                    "describe each document with its own patient"))
        if document.code.code and cda.code.code and document.code.code != cda.code.code:
            problems.append(Problem("type-differs", document.entry,
                                    f"has the code {cda.code.code}, METADATA.XML says {document.code.code}",
                                    "take typeCode from ClinicalDocument/code", is_error=False))


def _patient(metadata: Metadata | None, documents: list[Document]) -> Identity | None:
    told = [document.patient for document in documents]
    told += [metadata.set_patient] if metadata is not None else []
    mine = next((one for one in told if one.matricule), None)
    for document in documents:
        if document.cda is not None:
            other = document.cda.patient
            if mine is None and other.matricule:
                return other
            if mine is not None and other.matricule == mine.matricule:
                return replace(other, authority=mine.authority or other.authority)
    return mine
