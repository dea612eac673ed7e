"""An archive is read for what it says, and everything that does not fit together is told with place and remedy."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from simulator.xdm import open_archive, open_cda, reader
from simulator.xdm.archive import Archive
from tests.xdm.samples import (
    FIRST,
    LEVEL_1,
    LEVEL_3,
    METADATA,
    NOON,
    PATIENT,
    PDF,
    about,
    archive,
    changed,
    enclosed,
    unzipped,
    zipped,
)


def names(opened: Archive) -> list[str]:
    return [problem.name for problem in opened.problems]


def test_a_good_archive_has_no_problem() -> None:
    opened = open_archive(archive())
    assert opened.problems == ()
    assert opened.is_sound
    assert [entry.name for entry in opened.entries] == ["INDEX.HTM", "README.TXT", METADATA, FIRST]


def test_a_document_is_described() -> None:
    (document,) = open_archive(archive()).documents
    assert (document.uri, document.entry, document.file_name) == ("DOC00001.XML", FIRST, "DOC00001.XML")
    assert (document.title, document.code.code, document.code.label) == (
        "Compte rendu de consultation", "11488-4", "CR consultation")
    assert (document.mime_type, document.created, document.author) == ("text/xml", NOON, "Paul VIAL")
    assert document.institution == "Cabinet Vial & Roux"
    assert document.unique_id == "1.2.250.1.999.1^a"
    assert document.confidentiality == ("N",)
    assert document.class_code.code == "10"
    assert (document.size, document.size_is_right, document.hash_is_right) == (len(LEVEL_1), True, True)
    assert document.pdf == PDF


def test_the_patient_has_the_traits_of_the_cda() -> None:
    patient = open_archive(archive()).patient
    assert patient is not None
    assert (patient.matricule, patient.authority) == (PATIENT.matricule, PATIENT.authority)
    assert (patient.birth_name, patient.first_name, patient.used_name) == ("PAT-TROIS", "DOMINIQUE", "DURAND")
    assert patient.birth_place == "51215"


def test_x_mss_ins_is_yes_when_every_cda_has_a_qualified_ins() -> None:
    assert open_archive(archive(enclosed(), enclosed(LEVEL_3, "1.2.9"))).ins_is_qualified
    anonymous = LEVEL_1.replace(b'<birthTime value="19790328"/>', b"")
    opened = open_archive(archive(enclosed(), enclosed(anonymous, "1.2.9")))
    assert not opened.ins_is_qualified
    assert names(opened) == ["ins-not-qualified"]
    assert opened.is_sound  # an exchange between professionals without qualified INS is tolerated


@pytest.mark.parametrize("name", ["DOC0001.XML", "DOC00001.XML", "doc00001.xml", "FICHE.XML"])
def test_documents_are_found_by_uri_whatever_their_names(name: str) -> None:
    files = unzipped(archive())
    files[f"IHE_XDM/SUBSET01/{name}"] = files.pop(FIRST)
    files[METADATA] = files[METADATA].replace(b"DOC00001.XML", name.upper().encode())
    opened = open_archive(zipped(files))
    assert names(opened) == []
    assert opened.documents[0].entry == f"IHE_XDM/SUBSET01/{name}"


def test_a_wrong_hash_is_told_with_its_document() -> None:
    opened = open_archive(changed(archive(), first=LEVEL_1.replace(b"Toux", b"Toux") + b" "))
    assert names(opened) == ["size-differs", "hash-differs"]
    assert opened.problems[1].place == f"{METADATA}: DOC00001.XML"
    assert (opened.documents[0].size_is_right, opened.documents[0].hash_is_right) == (False, False)
    assert not opened.is_sound


def test_same_size_and_other_octets_is_a_wrong_hash() -> None:
    assert names(open_archive(changed(archive(), first=LEVEL_1.replace(b"Paul", b"Jean")))) == ["hash-differs"]


def test_hash_and_size_may_be_missing() -> None:
    metadata = unzipped(archive())[METADATA].replace(b'name="hash"', b'name="x"').replace(b'name="size"', b'name="y"')
    opened = open_archive(changed(archive(), metadata=metadata))
    assert names(opened) == ["no-size", "no-hash"]
    assert opened.is_sound


def test_several_patients_are_told() -> None:
    metadata = unzipped(archive(enclosed(), enclosed(LEVEL_3, "1.2.9")))[METADATA]
    where = metadata.rindex(b"279035121518989", 0, metadata.index(b"RegistryPackage"))
    other = metadata[:where] + b"275126322074974" + metadata[where + 15:]
    opened = open_archive(changed(archive(enclosed(), enclosed(LEVEL_3, "1.2.9")), metadata=other))
    assert "several-patients" in names(opened)
    told = next(problem for problem in opened.problems if problem.name == "several-patients")
    assert "279035121518989" in told.what and "275126322074974" in told.what


def test_a_document_about_another_patient_is_told() -> None:
    opened = open_archive(about(replace(PATIENT, matricule="275126322074974")))
    assert names(opened) == ["patient-differs"]


def test_the_same_number_of_another_authority_is_another_patient() -> None:
    assert names(open_archive(about(replace(PATIENT, authority="1.2.250.1.213.1.4.8")))) == ["patient-differs"]


def test_a_type_that_differs_from_the_cda_is_a_warning() -> None:
    opened = open_archive(changed(archive(), metadata=unzipped(archive())[METADATA].replace(b"11488-4", b"34112-3")))
    assert names(opened) == ["type-differs"]
    assert opened.is_sound


def test_without_metadata_the_cdas_are_still_there() -> None:
    opened = open_archive(changed(archive(), metadata=None))
    assert names(opened) == ["no-metadata"]
    assert [document.code.code for document in opened.documents] == ["11488-4"]
    assert opened.patient is not None and opened.patient.matricule == PATIENT.matricule


def test_metadata_elsewhere_is_read_and_told() -> None:
    files = {name.replace("IHE_XDM/SUBSET01/", ""): octets for name, octets in unzipped(archive()).items()}
    opened = open_archive(zipped(files))
    assert names(opened) == ["metadata-elsewhere"]
    assert opened.documents[0].hash_is_right


def test_names_in_small_letters_are_the_same_names() -> None:
    files = {name.lower(): octets for name, octets in unzipped(archive()).items()}
    opened = open_archive(zipped(files))
    assert names(opened) == []
    assert opened.documents[0].hash_is_right


def test_a_document_that_is_not_there_is_told() -> None:
    opened = open_archive(changed(archive(), first=None))
    assert names(opened) == ["missing-document"]
    assert opened.documents[0].hash_is_right is None
    assert opened.documents[0].octets == b""


def test_a_uri_that_leads_outside_finds_nothing() -> None:
    metadata = unzipped(archive())[METADATA].replace(b"DOC00001.XML", b"../../../etc/passwd")
    assert "missing-document" in names(open_archive(changed(archive(), metadata=metadata)))


def test_documents_described_twice_or_not_at_all_are_told() -> None:
    two = archive(enclosed(), enclosed(LEVEL_3, "1.2.9"))
    metadata = unzipped(two)[METADATA].replace(b"DOC00002.XML", b"DOC00001.XML")
    assert {"same-uri", "undescribed-document"} <= set(names(open_archive(changed(two, metadata=metadata))))


def test_a_document_described_many_times_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a thousand lines about one large document would keep the reader busy for minutes."""
    read: list[str] = []
    really = reader.open_cda

    def noted(octets: bytes, place: str) -> object:
        read.append(place)
        return really(octets, place)

    monkeypatch.setattr(reader, "open_cda", noted)
    made = archive(*[enclosed(unique_id=f"1.2.{n}") for n in range(50)])
    metadata = re.sub(rb"DOC000\d\d", b"DOC00001", unzipped(made)[METADATA])
    opened = open_archive(changed(made, metadata=metadata))
    assert len(opened.documents) == 50
    assert all(document.hash_is_right and document.cda is not None for document in opened.documents)
    assert read == [FIRST]


def test_a_second_subset_is_told() -> None:
    files = unzipped(archive())
    files["IHE_XDM/SUBSET02/METADATA.XML"] = files[METADATA]
    opened = open_archive(zipped(files))
    assert names(opened) == ["several-subsets"]
    assert len(opened.documents) == 1


@pytest.mark.parametrize(("old", "new", "told"), [
    (b"279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH", b"", "document-without-patient"),
    (b"urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", b"urn:uuid:0", "document-without-type"),
    (b"20261102123000", b"2 novembre 2026", "creation-time"),
    (b"rim:RegistryPackage", b"rim:Folder", "no-submission-set"),
    (b"rim:ExtrinsicObject", b"rim:Object", "no-documents"),
])
def test_what_metadata_lacks_is_told(old: bytes, new: bytes, told: str) -> None:
    assert told in names(open_archive(changed(archive(), metadata=unzipped(archive())[METADATA].replace(old, new))))


def test_a_pdf_beside_the_cda_is_a_document_too() -> None:
    made = archive(enclosed(), replace(enclosed(PDF, "1.2.9"), mime_type="application/pdf"))
    opened = open_archive(made)
    assert opened.problems == ()
    assert opened.documents[1].uri == "DOC00002.PDF"
    assert opened.documents[1].pdf == PDF
    assert opened.documents[1].cda is None
    assert len(opened.cdas) == 1


def test_a_problem_is_one_line_whatever_it_quotes() -> None:
    broken = changed(archive(), metadata=unzipped(archive())[METADATA].replace(b"DOC00001.XML", "é\n\x7f".encode()))
    for problem in open_archive(broken).problems:
        assert str(problem).isprintable()


def test_a_cda_alone_can_be_opened() -> None:
    cda, problems = open_cda(LEVEL_3, "x.xml")
    assert cda is not None and cda.level == 3
    assert problems == ()
    nothing, why = open_cda(b"<a/>", "x.xml")
    assert nothing is None
    assert (why[0].name, why[0].place) == ("not-a-cda", "x.xml")
