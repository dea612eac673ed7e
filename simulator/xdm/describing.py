"""Writing METADATA.XML: an ebRIM 3.0 SubmitObjectsRequest as IHE XDS.b wants it, with the French ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.xdm import schemes
from simulator.xdm.identity import Identity
from simulator.xdm.submission import PERSONS, STRUCTURES, Author, Enclosed, Institution, Submission
from simulator.xdm.values import Code, escaped, hl7_utc
from simulator.xdm.xml import LCM, RIM

if TYPE_CHECKING:
    from lxml.etree import _Element

SET = "SubmissionSet01"
"""Symbolic ids do inside one submission (IHE ITI TF-3 4.2.3.2.7)."""
LOCAL = "Document{:02}"


def write_metadata(submission: Submission, names: Sequence[str]) -> bytes:
    """The file, in UTF-8; ``names`` are the documents' file names in order."""
    from lxml import etree

    root = etree.Element(f"{{{LCM}}}SubmitObjectsRequest", nsmap={"lcm": LCM, "rim": RIM, None: RIM})
    writer = _Writer(etree.SubElement(root, f"{{{RIM}}}RegistryObjectList"))
    for number, (document, name) in enumerate(zip(submission.documents, names, strict=True), 1):
        writer.document(LOCAL.format(number), document, name, submission)
    writer.submission_set(submission)
    for number, document in enumerate(submission.documents, 1):
        writer.association(f"HasMember{number:02}", schemes.HAS_MEMBER, SET, LOCAL.format(number), original=True)
        if document.replaces:
            writer.association(f"Replaces{number:02}", schemes.REPLACES, LOCAL.format(number), document.replaces)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def patient_id(patient: Identity) -> str:
    """CX: ``279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH``; PI for what is no INS."""
    return f"{patient.matricule}^^^&{patient.authority}&ISO^{'NH' if patient.is_ins else 'PI'}"


def person(author: Author) -> str:
    """XCN of a professional; EI where the national id has a slash (TRE_G08)."""
    kind = "EI" if "/" in author.national_id else "IDNPS"
    names = f"{escaped(author.family_name)}^{escaped(author.given_name)}"
    return f"{author.national_id}^{names}^^^^^^&{PERSONS}&ISO^D^^^{kind}"


def institution(structure: Institution) -> str:
    """XON of a structure."""
    return f"{escaped(structure.name)}^^^^^&{STRUCTURES}&ISO^IDNST^^^{structure.national_id}"


class _Writer:
    """Adds registry objects to a list, each with the children in the order of rim.xsd."""

    def __init__(self, objects: _Element) -> None:
        self._objects = objects
        self._ids = 0

    def document(self, id_: str, document: Enclosed, name: str, submission: Submission) -> None:
        """An ExtrinsicObject."""
        one = self._add(self._objects, "ExtrinsicObject", id=id_, mimeType=document.mime_type,
                        objectType=schemes.DOCUMENT, status=schemes.APPROVED)
        patient = submission.patient
        self._slot(one, "creationTime", hl7_utc(document.created))
        self._slot(one, "hash", hashlib.sha1(document.octets).hexdigest())
        self._slot(one, "languageCode", "fr-FR")
        self._slot(one, "legalAuthenticator", person(document.author))
        self._slot(one, "serviceStartTime", hl7_utc(document.service_start or document.created))
        self._slot(one, "serviceStopTime", hl7_utc(document.service_stop or document.created))
        self._slot(one, "size", str(len(document.octets)))
        self._slot(one, "sourcePatientId", patient_id(patient))
        self._slot(one, "sourcePatientInfo", *_traits(patient))
        self._slot(one, "URI", name)
        self._name(one, document.title)
        self._author(one, id_, schemes.AUTHOR, document.author)
        self._code(one, id_, schemes.CLASS, document.class_code)
        for confidentiality in document.confidentiality:
            self._code(one, id_, schemes.CONFIDENTIALITY, confidentiality)
        self._code(one, id_, schemes.FORMAT, document.format_code)
        self._code(one, id_, schemes.FACILITY, document.facility)
        self._code(one, id_, schemes.PRACTICE, document.practice)
        self._code(one, id_, schemes.TYPE, document.code)
        self._identifier(one, id_, schemes.PATIENT_ID, patient_id(patient), "XDSDocumentEntry.patientId")
        self._identifier(one, id_, schemes.UNIQUE_ID, document.unique_id, "XDSDocumentEntry.uniqueId")

    def submission_set(self, submission: Submission) -> None:
        """The RegistryPackage, and the classification that makes it a submission set."""
        one = self._add(self._objects, "RegistryPackage", id=SET, objectType=schemes.PACKAGE, status=schemes.APPROVED)
        self._slot(one, "submissionTime", hl7_utc(submission.submitted))
        self._name(one, submission.title or submission.documents[0].title)
        self._author(one, SET, schemes.SET_AUTHOR, submission.author)
        self._code(one, SET, schemes.SET_CONTENT, submission.content or submission.documents[0].facility)
        self._identifier(one, SET, schemes.SET_PATIENT_ID, patient_id(submission.patient), "XDSSubmissionSet.patientId")
        self._identifier(one, SET, schemes.SET_SOURCE_ID, submission.source_id, "XDSSubmissionSet.sourceId")
        self._identifier(one, SET, schemes.SET_UNIQUE_ID, submission.unique_id, "XDSSubmissionSet.uniqueId")
        self._add(self._objects, "Classification", id=self._id("Classification"), classifiedObject=SET,
                  classificationNode=schemes.SUBMISSION_SET, objectType=schemes.CLASSIFICATION)

    def association(self, id_: str, kind: str, source: str, target: str, *, original: bool = False) -> None:
        """Ties two objects together."""
        one = self._add(self._objects, "Association", id=id_, associationType=kind, sourceObject=source,
                        targetObject=target, objectType=schemes.ASSOCIATION)
        if original:
            self._slot(one, "SubmissionSetStatus", "Original")

    def _author(self, parent: _Element, object_id: str, scheme: str, author: Author) -> None:
        one = self._classification(parent, object_id, scheme, "")
        if author.institution is not None:
            self._slot(one, "authorInstitution", institution(author.institution))
        self._slot(one, "authorPerson", person(author))
        if author.role:
            self._slot(one, "authorRole", author.role)
        if author.specialty.code:
            code = author.specialty
            self._slot(one, "authorSpecialty", f"{code.code}^{escaped(code.label)}^{code.system}")

    def _code(self, parent: _Element, object_id: str, scheme: str, code: Code) -> None:
        one = self._classification(parent, object_id, scheme, code.code)
        self._slot(one, "codingScheme", code.system)
        self._name(one, code.label)

    def _classification(self, parent: _Element, object_id: str, scheme: str, node: str) -> _Element:
        return self._add(parent, "Classification", id=self._id("Classification"), classificationScheme=scheme,
                         classifiedObject=object_id, nodeRepresentation=node, objectType=schemes.CLASSIFICATION)

    def _identifier(self, parent: _Element, object_id: str, scheme: str, value: str, name: str) -> None:
        one = self._add(parent, "ExternalIdentifier", id=self._id("ExternalIdentifier"), identificationScheme=scheme,
                        objectType=schemes.EXTERNAL_IDENTIFIER, registryObject=object_id, value=value)
        self._name(one, name)

    def _slot(self, parent: _Element, name: str, *values: str) -> None:
        inside = self._add(self._add(parent, "Slot", name=name), "ValueList")
        for value in values:
            self._add(inside, "Value").text = value

    def _name(self, parent: _Element, text: str) -> None:
        self._add(self._add(parent, "Name"), "LocalizedString", value=text)

    def _add(self, parent: _Element, tag: str, /, **attributes: str) -> _Element:
        from lxml import etree

        return etree.SubElement(parent, f"{{{RIM}}}{tag}", attributes)

    def _id(self, kind: str) -> str:
        self._ids += 1
        return f"{kind}{self._ids:03}"


def _traits(patient: Identity) -> list[str]:
    """PID-5 is the name at birth (type L), PID-7 the birth date, PID-8 the sex."""
    name = f"{escaped(patient.birth_name)}^{escaped(patient.first_name)}^^^^^L"
    lines = [f"PID-5|{name}", f"PID-7|{patient.birth_date.replace('-', '')}", f"PID-8|{patient.sex or 'U'}"]
    return [line for line in lines if not line.endswith("|")]
