"""The header and the readable body of CDA documents."""

from __future__ import annotations

import base64
import zlib

import pytest

from simulator.xdm.archive import Cda, Problem
from simulator.xdm.reader import open_cda
from tests.xdm.samples import HEADER, LEVEL_1, LEVEL_3, PDF


def read(octets: bytes) -> tuple[Cda, tuple[Problem, ...]]:
    cda, problems = open_cda(octets, "x")
    assert cda is not None
    return cda, problems


def told(octets: bytes) -> list[str]:
    return [problem.name for problem in read(octets)[1]]


def test_the_header_is_read() -> None:
    cda, problems = read(LEVEL_1)
    assert problems == ()
    assert (cda.code.code, cda.code.label) == ("11488-4", "CR consultation")
    assert cda.title == "Compte rendu de consultation"
    assert cda.created is not None and cda.created.isoformat() == "2026-11-02T13:30:00+01:00"
    assert (cda.author, cda.institution) == ("Paul VIAL", "Cabinet Vial")
    assert (cda.unique_id, cda.version) == ("1.2.250.1.999.1^a", "2")
    assert cda.templates == ("2.16.840.1.113883.2.8.2.1",)


def test_the_patient_is_known_by_the_ins_not_by_the_local_number() -> None:
    patient = read(LEVEL_1)[0].patient
    assert (patient.matricule, patient.authority) == ("279035121518989", "1.2.250.1.213.1.4.10")
    assert (patient.birth_name, patient.first_name) == ("PAT-TROIS", "DOMINIQUE")
    assert patient.given_names == "DOMINIQUE MARIE"
    assert (patient.used_name, patient.used_first_name) == ("DURAND", "MARIE")
    assert (patient.birth_date, patient.sex, patient.birth_place) == ("1979-03-28", "F", "51215")
    assert patient.qualified
    assert patient.full_name == "MARIE DURAND"


def test_level_1_gives_its_pdf() -> None:
    cda, _ = read(LEVEL_1)
    assert (cda.level, cda.body_type, cda.pdf, cda.sections) == (1, "application/pdf", PDF, ())


def test_level_3_gives_its_sections_as_text() -> None:
    cda, problems = read(LEVEL_3)
    assert problems == ()
    assert cda.level == 3
    assert [section.title for section in cda.sections] == ["Motif", "Traitement"]
    assert cda.sections[0].text == "Toux et fièvre.\n- depuis 3 jours\n- sans gêne"
    assert cda.sections[1].text == "Médicament | Durée\nParacétamol | 5 jours"


def test_a_document_inside_its_style_sheet_is_found() -> None:
    inner = LEVEL_3.split(b"?>", 1)[1]
    wrapped = b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform">' + inner + b"</xsl:stylesheet>"
    assert read(wrapped)[0].level == 3


@pytest.mark.parametrize(("method", "packed"), [
    ("ZL", zlib.compress(PDF)),
    ("DF", zlib.compress(PDF)[2:-4]),
])
def test_a_compressed_body_is_inflated(method: str, packed: bytes) -> None:
    body = (f'<nonXMLBody><text mediaType="application/pdf" representation="B64" compression="{method}">'
            f"{base64.b64encode(packed).decode()}</text></nonXMLBody>")
    assert read((HEADER % body).encode())[0].pdf == PDF


@pytest.mark.parametrize("body", [
    '<nonXMLBody><text mediaType="application/pdf" representation="B64">%%%</text></nonXMLBody>',
    '<nonXMLBody><text mediaType="application/pdf" representation="B64" compression="ZL">AAAA</text></nonXMLBody>',
    '<nonXMLBody><text mediaType="application/pdf" representation="B64" compression="BZ">AAAA</text></nonXMLBody>',
    '<nonXMLBody><text mediaType="application/pdf" representation="B64" compression="ZL">'
    + base64.b64encode(zlib.compress(bytes(1 << 20))).decode() + "</text></nonXMLBody>",
])
def test_a_body_that_cannot_be_decoded_is_told(body: str) -> None:
    assert told((HEADER % body).encode()) == ["body-not-base64"]


@pytest.mark.parametrize(("old", "new", "name"), [
    (b'code="11488-4"', b"", "cda-without-code"),
    (b"recordTarget", b"recordTargets", "cda-without-patient"),
    (b"1.2.250.1.213.1.4.10", b"1.2.250.1.213.1.4.13", "cda-without-ins"),
    (b'<given qualifier="BR">DOMINIQUE</given>', b"", "ins-not-qualified"),
    (b"component>", b"nothing>", "cda-without-body"),
    (base64.b64encode(PDF), base64.b64encode(b"GIF89a"), "body-not-a-pdf"),
])
def test_what_a_document_lacks_is_told(old: bytes, new: bytes, name: str) -> None:
    assert told(LEVEL_1.replace(old, new)) == [name]
    assert old in LEVEL_1
