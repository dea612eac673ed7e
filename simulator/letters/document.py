"""One document in all its forms. Nothing is made before it is asked for, and then it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from simulator import __version__
from simulator.letters.case import Case
from simulator.letters.content import Content
from simulator.letters.kinds import Kind
from simulator.letters.typography import unaccented
from simulator.xdm.submission import PDF_FORMAT, Author, Enclosed, Institution, Submission
from simulator.xdm.values import Code
from simulator.xdm.writer import write_archive

if TYPE_CHECKING:
    from simulator.letters.header import Papers

Form = Literal["n1", "n3"]
FORMS: tuple[Form, ...] = ("n1", "n3")
"""A PDF in a header, or sections and entries."""

SOURCE_ID = "2.25.271828182845904523536028747135266249"
"""OID of this program as a source of documents; UUID-derived OIDs belong to nobody (ITU-T X.667)."""

_IHE_FORMATS = "1.3.6.1.4.1.19376.1.2.3"
_STRUCTURED_FORMATS = {
    "prescription": Code("urn:ihe:pharm:pre:2010", _IHE_FORMATS, "Prescription de médicaments"),
    "dispensing": Code("urn:ihe:pharm:dis:2010", _IHE_FORMATS, "Dispensation médicamenteuse"),
}
_NOT_IN_FILE_NAMES = str.maketrans(dict.fromkeys('/\\:*?"<>|\r\n\t', "-"))


@dataclass(frozen=True)
class Document:
    """What was composed. The same arguments of ``compose`` give the same octets in every form."""

    kind: Kind
    case: Case = field(repr=False)

    @property
    def title(self) -> str:
        """In French, as people call it."""
        return self.kind.title

    @property
    def code(self) -> str:
        """LOINC code of its kind."""
        return self.kind.code

    @property
    def label(self) -> str:
        """displayName of the code."""
        return self.kind.label

    @property
    def written(self) -> datetime:
        """When; its day is in the file name."""
        return self.case.written

    @property
    def author(self) -> str:
        """``Dr Paul VIAL``."""
        return self.case.writer.signature

    @property
    def summary(self) -> str:
        """One line about what it is about."""
        return self.case.scenario.reason

    @property
    def file_name(self) -> str:
        """``20261102_Ordonnance_ADRUN_ZOE.pdf`` (ECO.2.1.6)."""
        identity = self.case.subject.identity
        title = self.title.replace("’", "'")
        parts = (f"{self.written:%Y%m%d}", title, identity.birth_name, identity.first_name)
        return "_".join(parts).translate(_NOT_IN_FILE_NAMES) + ".pdf"

    @property
    def forms(self) -> tuple[Form, ...]:
        """Those of CDA that it can take."""
        return FORMS if self.kind.structured else ("n1",)

    @cached_property
    def content(self) -> Content:
        """What it says."""
        return self.kind.content(self.case)

    @cached_property
    def pdf(self) -> bytes:
        """PDF/A-1b, A4."""
        from simulator.letters.pdf import render

        return render(self.case, self.content, self.title)

    @cached_property
    def n1(self) -> bytes:
        """CDA R2 level 1: the same PDF inside."""
        from simulator.letters.cda import level_1

        return level_1(self.kind, self.case, self.content, self._papers("n1"), self.pdf)

    @cached_property
    def n3(self) -> bytes:
        """CDA R2 level 3. Raises ValueError for kinds that have no structured form here."""
        from simulator.letters.cda import level_3

        return level_3(self.kind, self.case, self.content, self._papers("n3"))

    def cda(self, form: Form = "n1") -> bytes:
        """One of the two. Raises ValueError for a form that the kind has not."""
        match form:
            case "n1":
                return self.n1
            case "n3":
                return self.n3
            case _:
                raise ValueError(f"{form!r} is no form of CDA, there are {', '.join(FORMS)}")

    def archive(self, form: Form = "n1") -> bytes:
        """``IHE_XDM.zip`` with it alone."""
        return archive([self], form)

    def enclosed(self, form: Form = "n1") -> Enclosed:
        """As METADATA.XML describes it."""
        from simulator.letters.header import facility, practice

        return Enclosed(
            octets=self.cda(form), title=self.title, code=self.kind.type_code, class_code=self.kind.class_code,
            format_code=PDF_FORMAT if form == "n1" else _STRUCTURED_FORMATS[self.kind.name],
            unique_id=self._papers(form).unique_id, created=self.written, author=self._author(),
            facility=facility(self.case.writer), practice=practice(self.case.writer),
        )

    def _author(self) -> Author:
        from simulator.letters.header import specialty

        writer = self.case.writer
        return Author(
            writer.person.national_id, writer.person.family_name.upper(), writer.person.given_name,
            Institution(writer.structure.name, writer.structure.national_id), specialty=specialty(writer),
        )

    def _papers(self, form: Form) -> Papers:
        from simulator.letters.header import Papers

        case = self.case
        story = f"{case.subject.identity.matricule} {case.seed}"
        name = f"{self.kind.name} {story} {case.writer.person.national_id} {case.written.isoformat()} {form}"
        order = invented_oid(f"prescription {story}") if self.kind.name == "dispensing" else ""
        return Papers(invented_oid(name), invented_oid(f"{name} set"), order)


def archive(documents: Sequence[Document], form: Form = "n1") -> bytes:
    """``IHE_XDM.zip`` with these documents about one patient; what has no structured form goes in as level 1.

    Raises ValueError for none, or when they are about several patients (ECO.2.1.1)."""
    if not documents:
        raise ValueError("an archive holds at least one document")
    if len({document.case.subject.identity.matricule for document in documents}) > 1:
        raise ValueError("an archive holds the documents of one patient (ECO.2.1.1)")
    enclosed = tuple(one.enclosed(form if form in one.forms else "n1") for one in documents)
    first = documents[0].case
    return write_archive(Submission(
        patient=replace(first.subject.identity, used_name="", used_first_name=""),
        author=enclosed[0].author,
        documents=enclosed,
        unique_id=invented_oid("submission " + " ".join(one.unique_id for one in enclosed)),
        source_id=SOURCE_ID,
        submitted=max(one.created for one in enclosed),
        address=first.writer.place.line,
        telephone=first.writer.place.shown_telephone,
        software_version=__version__,
        publisher="mssante-simulator",
    ))


def invented_oid(name: str) -> str:
    """Always the same one for the same name: below 2.25, where nothing is registered."""
    return f"2.25.{int.from_bytes(hashlib.sha256(name.encode()).digest()[:16])}"


def patient_in_subject(document: Document) -> str:
    """``ADRUN Zoe 31/12/1975`` (ECO.2.1.3)."""
    subject = document.case.subject
    born = f" {subject.birth_date:%d/%m/%Y}" if subject.birth_date else ""
    return f"{subject.identity.birth_name} {unaccented(subject.given_name)}{born}"
