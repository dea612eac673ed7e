"""Patients: their mailbox in Mon espace santé and their reimbursement history (F10, F13)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from simulator.config.mistakes import KeyPath, one_of
from simulator.config.operators import Land, Structures
from simulator.config.proofreader import Proofreader
from simulator.config.shapes import DispensingShape, DocumentShape, PatientShape
from simulator.model.address import Address
from simulator.model.document import DOCUMENT_ENDINGS, DOCUMENT_LIMIT, LETTERS, ConfiguredDocument, ending
from simulator.model.identifiers import has_error, ins_problems
from simulator.model.mailbox import Dispensing, Kind, Mailbox, NotifyBy, Patient, Secrets, Status
from simulator.model.operator import Domain

ADULT_AGE = 18
INS_OIDS = ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11", "1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9")
"""Who may have given a matricule: test, demonstration, INS-NIR, INS-NIA."""


def read_patients(proof: Proofreader, value: object, land: Land, structures: Structures, authors: Collection[str],
                  folder: Path, quota: int, today: date) -> list[Mailbox]:
    """Every patient's mailbox, at ``<INS>@`` the one domain of patients.

    ``authors`` are the mailboxes that the file declares, ``folder`` is where paths of files begin.
    """
    reading = _Documents(proof, {name.lower() for name in authors}, folder, today)
    entries = proof.entries(value, ("patients",))
    domain = _domain(proof, land) if entries else None
    mailboxes: list[Mailbox] = []
    seen: dict[str, str] = {}
    for text, entry in entries.items():
        here: KeyPath = ("patients", text)
        ins = text.upper()
        problems = ins_problems(ins)
        proof.identifier(here, text, problems)
        if seen.setdefault(ins, text) != text:
            proof.wrong(here, f"is the patient {seen[ins]} again, expected each once")
        shape = proof.read(PatientShape, entry, here)
        if shape is None or domain is None or has_error(problems):
            continue
        _compare_with_birth(proof, here, ins, shape.birth_date, today)
        patient = Patient(
            ins=ins, given_name=shape.given_name, family_name=shape.family_name,
            birth_date=shape.birth_date.isoformat(),
            minor=_age(shape.birth_date, today) < ADULT_AGE if shape.minor is None else shape.minor,
            dispensings=tuple(_dispensing(proof, (*here, "dispensings", place), item, structures, today)
                              for place, item in enumerate(shape.dispensings)),
            birth_name=shape.birth_name or capitals(shape.family_name),
            given_names=shape.given_names or capitals(shape.given_name),
            sex=shape.sex or ("M" if ins[0] in "17" else "F"), birth_place=shape.birth_place or ins[5:10],
            oid=_oid(proof, here, shape.oid), caregivers=shape.caregivers, notify_by=NotifyBy(shape.notify.by),
            contact=shape.notify.address,
            documents=tuple(reading.document((*here, "documents", place), item)
                            for place, item in enumerate(shape.documents)),
        )
        mailboxes.append(Mailbox(
            address=Address(ins, domain.name), kind=Kind.PATIENT, operator=domain.operator, quota=shape.quota or quota,
            status=Status(shape.state), patient=patient, secrets=Secrets(shape.password or ""),
        ))
    return mailboxes


def capitals(name: str) -> str:
    """A name as the INS writes it: capitals, no accents (SEL-MP-043)."""
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).upper()


def _oid(proof: Proofreader, here: KeyPath, oid: str) -> str:
    if oid not in INS_OIDS:
        proof.wrong((*here, "oid"), f"{oid!r} gives no matricules, expected {one_of(INS_OIDS)}")
    return oid


@dataclass(frozen=True, slots=True)
class _Documents:
    """What documents may refer to."""

    proof: Proofreader
    authors: Collection[str]
    folder: Path
    today: date

    def document(self, here: KeyPath, shape: DocumentShape) -> ConfiguredDocument:
        if shape.letter is not None:
            self.proof.reference((*here, "letter"), shape.letter, LETTERS, "letter")
        if shape.author is not None and shape.author.lower() not in self.authors:
            self.proof.reference((*here, "author"), shape.author, self.authors, "mailbox")
        file = "" if shape.file is None else str(self._file((*here, "file"), shape.file))
        day = shape.date if shape.date is not None else self.today - timedelta(days=shape.days_ago or 0)
        return ConfiguredDocument(day.isoformat(), shape.letter or "", shape.author or "", file, shape.title,
                                  shape.code, shape.seed)

    def _file(self, here: KeyPath, name: str) -> Path:
        path = self.folder / name
        if ending(name) not in DOCUMENT_ENDINGS:
            self.proof.wrong(here, f"{name!r} cannot be a document, expected {one_of(DOCUMENT_ENDINGS)}")
        elif not path.is_file():
            self.proof.wrong(here, f"there is no file {path}, expected one beside the configuration")
        elif path.stat().st_size > DOCUMENT_LIMIT:
            self.proof.wrong(here, f"{name!r} is larger than a document may be, expected {DOCUMENT_LIMIT} octets")
        return path


def _domain(proof: Proofreader, land: Land) -> Domain | None:
    """The domain that takes patients; exactly one, because an address is built from the INS alone."""
    domains = land.of_kind(Kind.PATIENT)
    if len(domains) == 1:
        return domains[0]
    if domains:
        names = " and ".join(d.name for d in domains)
        proof.wrong(("patients",), f"could live in {names}, expected only one domain for patients")
    elif len(land.domains) == len(land.declared):
        proof.wrong(("patients",), "have no domain to live in, expected a domain with kind: patient")
    return None


def _compare_with_birth(proof: Proofreader, here: KeyPath, ins: str, born: date, today: date) -> None:
    """A matricule tells the year and month of birth; months above 12 stand for incomplete records."""
    written = re.fullmatch(r"[12](\d\d)(0[1-9]|1[0-2]).*", ins)
    if written and (written[1], written[2]) != (f"{born:%y}", f"{born:%m}"):
        proof.warn((*here, "birth_date"), f"{born} does not agree with the matricule, expected year {written[1]} and "
                                          f"month {written[2]}")
    if born > today:
        proof.wrong((*here, "birth_date"), f"{born} is yet to come, expected a day of the past")


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _dispensing(proof: Proofreader, here: KeyPath, shape: DispensingShape, structures: Structures,
                today: date) -> Dispensing:
    structure = structures.good.get(shape.structure)
    proof.reference((*here, "structure"), shape.structure, structures.declared, "structure")
    if structure is not None and not structure.is_pharmacy:
        proof.wrong((*here, "structure"), f"{shape.structure!r} is no pharmacy, expected a structure whose sector "
                                          "is SA33, SA38, SA39 or SA65")
    day = shape.date if shape.date is not None else today - timedelta(days=shape.days_ago or 0)
    return Dispensing(shape.structure, day.isoformat(), shape.reimbursed)
