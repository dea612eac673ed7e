"""CDA documents have the header that the profile asks, in the order of the schema, and a body that fits it."""

from __future__ import annotations

import base64
import re

import pytest
from lxml.etree import _Element

from simulator.xdm import open_cda
from simulator.xdm.xml import CDA, XSI, parse
from tests.letters.samples import ANGE, NAMES, ODETTE, PATIENTS, TOM, ZOE, a_document

NS = {"c": CDA}
ORDER = (
    "realmCode", "typeId", "templateId", "id", "code", "title", "effectiveTime", "confidentialityCode", "languageCode",
    "setId", "versionNumber", "recordTarget", "author", "custodian", "legalAuthenticator", "inFulfillmentOf",
    "documentationOf", "componentOf", "component",
)
"""Of ClinicalDocument in POCD_MT000040, as far as it is used here."""
INSIDE = {
    "substanceAdministration": ("templateId", "id", "code", "text", "statusCode", "effectiveTime", "repeatNumber",
                                "routeCode", "doseQuantity", "consumable", "entryRelationship"),
    "supply": ("templateId", "id", "code", "text", "quantity", "product", "entryRelationship"),
    "observation": ("templateId", "id", "code", "text", "statusCode", "effectiveTime", "value"),
    "act": ("templateId", "id", "code", "text", "statusCode"),
    "section": ("templateId", "id", "code", "title", "text", "author", "entry"),
    "manufacturedMaterial": ("templateId", "code", "name", "lotNumberText", "expirationTime", "asSpecializedKind"),
    "patient": ("name", "administrativeGenderCode", "birthTime", "birthplace"),
    "patientRole": ("id", "addr", "telecom", "patient"),
    "assignedAuthor": ("id", "code", "addr", "telecom", "assignedPerson", "representedOrganization"),
    "assignedEntity": ("id", "code", "addr", "telecom", "assignedPerson", "representedOrganization"),
    "representedOrganization": ("id", "name", "telecom", "addr", "standardIndustryClassCode"),
}
STRUCTURED = ("prescription", "dispensing")


def local(one: _Element) -> str:
    return str(one.tag).rpartition("}")[2]


def value(root: _Element, path: str, attribute: str) -> str | None:
    found = root.find(path, NS)
    assert found is not None, path
    return found.get(attribute)


def documents() -> list[bytes]:
    made = [a_document(kind).n1 for kind in NAMES]
    return made + [a_document(kind, patient, seed).n3
                   for kind in STRUCTURED for patient in PATIENTS for seed in range(3)]


@pytest.fixture(scope="module")
def roots() -> list[_Element]:
    return [parse(octets) for octets in documents()]


def test_elements_stand_in_the_order_of_the_schema(roots: list[_Element]) -> None:
    for root in roots:
        places = [ORDER.index(local(child)) for child in root]
        assert places == sorted(places)
        for one in root.iter():
            order = INSIDE.get(local(one))
            if order is not None:
                inside = [order.index(local(child)) for child in one]
                assert inside == sorted(inside), local(one)


def test_no_element_is_empty(roots: list[_Element]) -> None:
    for root in roots:
        empty = [local(one) for one in root.iter() if not len(one) and not one.attrib and not (one.text or "").strip()]
        assert empty == []


def test_oids_dates_and_ids_have_their_shape(roots: list[_Element]) -> None:
    for root in roots:
        for one in root.iter():
            oid = one.get("root") or one.get("codeSystem")
            if oid is not None:
                assert re.fullmatch(r"[0-2](\.(0|[1-9]\d*))+|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", oid)
            written = one.get("value")
            if local(one) in ("effectiveTime", "time", "low", "high", "birthTime", "expirationTime") and written:
                assert re.fullmatch(r"\d{8}(\d{6}[+-]\d{4})?|\d+", written)


def test_the_header_claims_what_it_follows() -> None:
    root = parse(a_document("prescription").n3)
    templates = [(found.get("root"), found.get("extension")) for found in root.findall("c:templateId", NS)]
    assert templates == [
        ("2.16.840.1.113883.2.8.2.1", None), ("1.2.250.1.213.1.1.1.1", None), ("1.3.6.1.4.1.19376.1.9.1.1.1", None),
        ("1.3.6.1.4.1.19376.1.5.3.1.1.1", None), ("1.2.250.1.213.1.1.1.39", "2024.01"),
    ]
    assert value(root, "c:code", "code") == "57833-6"
    assert value(root, "c:languageCode", "code") == "fr-FR"
    assert "1.3.6.1.4.1.19376.1.2.20" in a_document("referral").n1.decode()
    assert "1.2.250.1.213.1.1.1.54" in a_document("dispensing").n3.decode()


def test_the_patient_is_identified_with_every_trait() -> None:
    for patient, authority in ((ZOE, "1.2.250.1.213.1.4.10"), (ANGE, "1.2.250.1.213.1.4.9")):
        cda, _ = open_cda(a_document("referral", patient).n1)
        assert cda is not None
        assert (cda.patient.matricule, cda.patient.authority) == (patient.ins, authority)
        assert cda.patient.birth_date == patient.birth_date
        assert cda.patient.qualified
    root = parse(a_document("referral", ANGE).n1)
    county = root.find(".//c:birthplace/c:place/c:addr/c:county", NS)
    assert county is not None and county.text == "2A125"
    assert value(root, ".//c:administrativeGenderCode", "code") == "M"


def test_level_1_carries_the_pdf_octet_for_octet() -> None:
    document = a_document("consultation")
    body = parse(document.n1).find("c:component/c:nonXMLBody/c:text", NS)
    assert body is not None and body.text is not None
    assert (body.get("mediaType"), body.get("representation")) == ("application/pdf", "B64")
    assert base64.b64decode(body.text) == document.pdf


@pytest.mark.parametrize("kind", STRUCTURED)
def test_every_reference_points_into_the_narrative(kind: str) -> None:
    root = parse(a_document(kind, ODETTE, 2).n3)
    ids = [one.get("ID") for one in root.iter() if one.get("ID")]
    assert len(ids) == len(set(ids))
    pointed = {str(one.get("value")).removeprefix("#") for one in root.iter(f"{{{CDA}}}reference")}
    assert pointed and pointed <= set(ids)


@pytest.mark.parametrize("seed", range(4))
def test_a_prescription_has_an_entry_for_each_line(seed: int) -> None:
    document = a_document("prescription", seed=seed)
    root = parse(document.n3)
    entries = root.findall(".//c:entry/c:substanceAdministration", NS)
    assert len(entries) == len(document.content.treatments)
    for entry, treatment in zip(entries, document.content.treatments, strict=True):
        assert value(entry, "c:repeatNumber", "value") == str(treatment.renewals)
        period = entry.find("c:effectiveTime/c:period", NS)
        assert (period is not None) == bool(treatment.moments)
        assert period is None or period.get("value") == str(24 // len(treatment.moments))
        assert entry.find("c:effectiveTime", NS).get(f"{{{XSI}}}type") == "IVL_TS"  # type: ignore[union-attr]
        assert treatment.medicine.atc in {one.get("code") for one in entry.iter()}
    assert value(root, "c:documentationOf/c:serviceEvent/c:effectiveTime/c:high", "value")


def test_every_remark_and_section_can_be_referred_to() -> None:
    """CI-SIS wants an id on each section, and a reference to the narrative in each remark about a medicine."""
    for kind in STRUCTURED:
        root = parse(a_document(kind).n3)
        coded = root.findall(".//c:section/c:code/..", NS)
        assert coded and all(section.find("c:id", NS) is not None for section in coded)
        assert all(one.find("c:text/c:reference", NS) is not None for one in root.iter(f"{{{CDA}}}observation"))
        assert all(one.find("c:text/c:reference", NS) is not None for one in root.iter(f"{{{CDA}}}supply"))


def test_a_dispensing_refers_to_the_lines_of_its_prescription() -> None:
    prescribed = parse(a_document("prescription").n3)
    dispensed = parse(a_document("dispensing").n3)
    lines = [value(entry, "c:id", "root")
             for entry in prescribed.findall(".//c:entry/c:substanceAdministration", NS)]
    referred = [value(entry, "c:entryRelationship[@typeCode='REFR']/c:substanceAdministration/c:id", "root")
                for entry in dispensed.findall(".//c:entry/c:supply", NS)]
    assert lines == referred
    assert value(dispensed, ".//c:section/c:author/c:assignedAuthor/c:code", "code") == "G15_21"
    assert value(dispensed, "c:inFulfillmentOf/c:order/c:id", "root")


def test_the_narrative_says_what_the_pdf_says() -> None:
    document = a_document("prescription", TOM, 2)
    cda, problems = open_cda(document.n3)
    assert cda is not None and problems == ()
    said = "\n".join(section.text for section in cda.sections)
    for treatment in document.content.treatments:
        assert treatment.medicine.name in said
        assert treatment.rhythm in said
    assert [section.title for section in cda.sections] == ["Prescription de médicaments", "Poids"]
