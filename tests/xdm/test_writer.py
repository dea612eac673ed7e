"""Archives are written as the profile asks, and the same submission gives the same octets."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from simulator.xdm import schemes
from simulator.xdm.describing import institution, patient_id, person
from simulator.xdm.identity import Identity
from simulator.xdm.submission import Author, Institution
from simulator.xdm.writer import write_archive
from simulator.xdm.xml import RIM, parse
from tests.xdm.samples import (
    DOCTOR,
    FIRST,
    LEVEL_1,
    LEVEL_3,
    METADATA,
    PATIENT,
    archive,
    enclosed,
    submission,
    unzipped,
)

NS = {"rim": RIM}


def test_the_same_submission_gives_the_same_octets() -> None:
    assert archive() == archive()


def test_names_are_in_iso_9660_style() -> None:
    names = list(unzipped(archive(enclosed(), enclosed(LEVEL_3, "1.2.9"))))
    assert names == ["INDEX.HTM", "README.TXT", METADATA, FIRST, "IHE_XDM/SUBSET01/DOC00002.XML"]
    for name in names:
        assert all(re.fullmatch(r"[A-Z0-9_]{1,8}(\.[A-Z]{3})?", part) for part in name.split("/"))


def test_the_file_is_dated_by_the_submission() -> None:
    with zipfile.ZipFile(BytesIO(archive())) as opened:
        assert {info.date_time for info in opened.infolist()} == {(2026, 11, 2, 12, 30, 0)}


def test_a_document_has_every_slot_and_code() -> None:
    root = parse(unzipped(archive())[METADATA])
    (one,) = root.findall(".//rim:ExtrinsicObject", NS)
    slots = {slot.get("name"): [v.text for v in slot.iter(f"{{{RIM}}}Value")] for slot in one.findall("rim:Slot", NS)}
    assert slots == {
        "creationTime": ["20261102123000"],
        "hash": [hashlib.sha1(LEVEL_1).hexdigest()],
        "languageCode": ["fr-FR"],
        "legalAuthenticator": ["899700991039^VIAL^Paul^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"],
        "serviceStartTime": ["20261102123000"],
        "serviceStopTime": ["20261102123000"],
        "size": [str(len(LEVEL_1))],
        "sourcePatientId": ["279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"],
        "sourcePatientInfo": ["PID-5|PAT-TROIS^DOMINIQUE^^^^^L", "PID-7|19790328", "PID-8|F"],
        "URI": ["DOC00001.XML"],
    }
    assert {found.get("classificationScheme") for found in one.findall("rim:Classification", NS)} == {
        schemes.AUTHOR, schemes.CLASS, schemes.CONFIDENTIALITY, schemes.FORMAT, schemes.FACILITY, schemes.PRACTICE,
        schemes.TYPE,
    }
    ids = {found.get("identificationScheme"): found.get("value") for found in one.findall("rim:ExternalIdentifier", NS)}
    assert ids == {schemes.PATIENT_ID: "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH",
                   schemes.UNIQUE_ID: "1.2.250.1.999.1^a"}


def test_children_stand_in_the_order_of_the_schema() -> None:
    order = ["Slot", "Name", "Description", "VersionInfo", "Classification", "ExternalIdentifier"]
    root = parse(unzipped(archive())[METADATA])
    for one in root.iter(f"{{{RIM}}}ExtrinsicObject", f"{{{RIM}}}RegistryPackage", f"{{{RIM}}}Classification"):
        places = [order.index(str(child.tag).rpartition("}")[2]) for child in one]
        assert places == sorted(places)


def test_every_reference_inside_names_an_object() -> None:
    root = parse(unzipped(archive(enclosed(), enclosed(LEVEL_3, "1.2.9")))[METADATA])
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for one in root.iter():
        for attribute in ("classifiedObject", "registryObject", "sourceObject", "targetObject"):
            assert one.get(attribute) is None or one.get(attribute) in ids


def test_the_submission_set_holds_every_document() -> None:
    root = parse(unzipped(archive(enclosed(), enclosed(LEVEL_3, "1.2.9")))[METADATA])
    ties = [(one.get("sourceObject"), one.get("targetObject")) for one in root.iter(f"{{{RIM}}}Association")]
    assert ties == [("SubmissionSet01", "Document01"), ("SubmissionSet01", "Document02")]
    nodes = [one.get("classificationNode") for one in root.iter(f"{{{RIM}}}Classification")]
    assert schemes.SUBMISSION_SET in nodes


def test_a_replacement_is_tied_to_what_it_replaces() -> None:
    old = "urn:uuid:11111111-2222-3333-4444-555555555555"
    root = parse(unzipped(archive(replace(enclosed(), replaces=old)))[METADATA])
    ties = [(one.get("associationType"), one.get("targetObject")) for one in root.iter(f"{{{RIM}}}Association")]
    assert (schemes.REPLACES, old) in ties


def test_people_are_written_as_hl7_wants() -> None:
    assert patient_id(PATIENT) == "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
    assert patient_id(Identity("12", "1.2.3")) == "12^^^&1.2.3&ISO^PI"
    assert person(DOCTOR) == "899700991039^VIAL^Paul^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
    assert person(Author("30B0057881/CPET0002", "A", "B")).endswith("^D^^^EI")
    assert institution(Institution("A & B", "1990000010")) == (
        "A \\T\\ B^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1990000010")


def test_people_find_sender_and_documents_in_the_index() -> None:
    files = unzipped(archive())
    index, readme = files["INDEX.HTM"].decode(), files["README.TXT"].decode()
    assert 'href="IHE_XDM/SUBSET01/DOC00001.XML"' in index
    assert "Cabinet Vial &amp; Roux" in index
    assert "Nom : Paul VIAL\r\n" in readme
    assert "DOC00001.XML" in readme
    assert "fictives" in readme and "fictives" in index


def test_an_archive_without_documents_is_no_archive() -> None:
    with pytest.raises(ValueError, match="at least one document"):
        write_archive(replace(submission(), documents=()))
