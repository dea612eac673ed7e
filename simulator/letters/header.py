"""The header of a CDA R2 document, for every kind. Source: CI-SIS, structuration minimale [C], health-formats 5.6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from simulator.letters.case import Case
from simulator.letters.content import Content
from simulator.letters.kinds import Kind
from simulator.letters.markup import Element, add, add_code, add_templates, add_time, root
from simulator.letters.people import Place, Writer
from simulator.xdm.submission import AMBULATORY, NORMAL, PERSONS, STRUCTURES
from simulator.xdm.values import Code

FRANCE = ("2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1")
"""HL7 France, CI-SIS."""

SECTORS = {
    "SA01": "Etablissement public de santé", "SA05": "Centre de santé", "SA07": "Cabinet individuel",
    "SA08": "Cabinet de groupe", "SA17": "Etablissement pour personnes âgées",
    "SA25": "Laboratoire de biologie médicale", "SA33": "Pharmacie d'officine", "SA38": "Pharmacie minière",
    "SA39": "Pharmacie mutualiste",
}
_ESTABLISHMENT = Code("ETABLISSEMENT", "1.2.250.1.213.1.1.4.9", "Etablissement de santé")
_HOSPITALS = {"SA01", "SA02", "SA03", "SA04"}
_SEXES = {"F": "Féminin", "M": "Masculin"}


@dataclass(frozen=True, slots=True)
class Papers:
    """What a document is filed under."""

    unique_id: str
    """An OID."""
    set_id: str
    """The same for every version."""
    order_id: str = ""
    """The prescription that a dispensing fulfils."""


def specialty(writer: Writer) -> Code:
    """Profession of an author (JDV_J01)."""
    return Code(f"G15_{writer.person.profession or '10'}", "1.2.250.1.213.1.1.4.5", writer.profession)


def facility(writer: Writer) -> Code:
    """Where care is given (JDV_J02)."""
    sector = writer.structure.sector or "SA07"
    return Code(sector, "1.2.250.1.71.4.2.4", SECTORS.get(sector, sector))


def practice(writer: Writer) -> Code:
    """In which setting (JDV_J04)."""
    return _ESTABLISHMENT if writer.structure.sector in _HOSPITALS else AMBULATORY


def write_header(kind: Kind, case: Case, content: Content, papers: Papers, templates: tuple[str, ...]) -> Element:
    """The document up to where its body begins."""
    document = root("ClinicalDocument")
    add(document, "realmCode", code="FR")
    add(document, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
    add_templates(document, *FRANCE, *templates)
    add(document, "id", root=papers.unique_id)
    add_code(document, "code", kind.type_code)
    add(document, "title", kind.title)
    add_time(document, "effectiveTime", case.written)
    add_code(document, "confidentialityCode", NORMAL)
    add(document, "languageCode", code="fr-FR")
    add(document, "setId", root=papers.set_id)
    add(document, "versionNumber", value="1")
    _patient(add(document, "recordTarget/patientRole"), case)
    author = add(document, "author")
    add_time(author, "time", case.written)
    add_author(add(author, "assignedAuthor"), case.writer)
    _custodian(document, case.writer)
    signed = add(document, "legalAuthenticator")
    add_time(signed, "time", case.written)
    add(signed, "signatureCode", code="S")
    entity = add(signed, "assignedEntity")
    add(entity, "id", root=PERSONS, extension=case.writer.person.national_id)
    _person(add(entity, "assignedPerson"), case.writer)
    add_organization(add(entity, "representedOrganization"), case.writer)
    if papers.order_id:
        add(document, "inFulfillmentOf/order/id", root=papers.order_id)
    _event(document, kind, case, content)
    _encounter(document, case)
    return document


def add_author(assigned: Element, writer: Writer) -> Element:
    """The inside of an assignedAuthor, or of another who acts; returns the organization, which comes last."""
    add(assigned, "id", root=PERSONS, extension=writer.person.national_id)
    add_code(assigned, "code", specialty(writer))
    _address(assigned, writer.place)
    add(assigned, "telecom", value=f"tel:{writer.place.telephone}", use="WP")
    _person(add(assigned, "assignedPerson"), writer)
    organization = add(assigned, "representedOrganization")
    add_organization(organization, writer)
    return organization


def add_organization(organization: Element, writer: Writer) -> None:
    """The inside of a representedOrganization."""
    add(organization, "id", root=STRUCTURES, extension=writer.structure.national_id)
    add(organization, "name", writer.structure.name)
    add(organization, "telecom", value=f"tel:{writer.place.telephone}", use="WP")
    _address(organization, writer.place)


def _patient(role: Element, case: Case) -> None:
    subject, identity = case.subject, case.subject.identity
    add(role, "id", root=identity.authority, extension=identity.matricule)
    _address(role, subject.place, use="H")
    add(role, "telecom", value=f"tel:{subject.place.telephone}", use="H")
    patient = add(role, "patient", classCode="PSN")
    name = add(patient, "name")
    add(name, "family", identity.birth_name, qualifier="BR")
    add(name, "given", identity.given_names)
    add(name, "given", identity.first_name, qualifier="BR")
    add(name, "family", identity.used_name, qualifier="CL")
    add(name, "given", identity.used_first_name, qualifier="CL")
    add(patient, "administrativeGenderCode", code=identity.sex, displayName=_SEXES[identity.sex],
        codeSystem="2.16.840.1.113883.5.1")
    born = identity.birth_date.replace("-", "")
    add(patient, "birthTime", **({"value": born} if born else {"nullFlavor": "UNK"}))
    add(patient, "birthplace/place/addr/county", identity.birth_place)


def _custodian(document: Element, writer: Writer) -> None:
    add_organization(add(document, "custodian/assignedCustodian/representedCustodianOrganization"), writer)


def _event(document: Element, kind: Kind, case: Case, content: Content) -> None:
    """What was done; for a prescription, how long it holds."""
    event = add(document, "documentationOf/serviceEvent")
    add_code(event, "code", kind.type_code)
    when = add(event, "effectiveTime")
    add_time(when, "low", case.written)
    if content.valid_until is not None:
        add_time(when, "high", datetime.combine(content.valid_until, time(23, 59), case.written.tzinfo))
    performer = add(event, "performer", typeCode="PRF")
    organization = add_author(add(performer, "assignedEntity"), case.writer)
    add_code(organization, "standardIndustryClassCode", practice(case.writer))


def _encounter(document: Element, case: Case) -> None:
    encounter = add(document, "componentOf/encompassingEncounter")
    add_time(add(encounter, "effectiveTime"), "low", case.written)
    place = add(encounter, "location/healthCareFacility")
    add(place, "id", root=STRUCTURES, extension=case.writer.structure.national_id)
    add_code(place, "code", facility(case.writer))


def _person(parent: Element, writer: Writer) -> None:
    person = writer.person
    name = add(parent, "name")
    if person.title and person.title != "Dr":
        add(name, "prefix", person.title.rstrip(".").upper())
    add(name, "given", person.given_name)
    add(name, "family", person.family_name.upper())
    if person.title == "Dr":
        add(name, "suffix", "DR")


def _address(parent: Element, place: Place, use: str = "") -> None:
    one = add(parent, "addr", **({"use": use} if use else {}))
    add(one, "houseNumber", place.number)
    add(one, "streetName", place.street)
    add(one, "postalCode", place.postal_code)
    add(one, "city", place.city)
    add(one, "country", "FRANCE")
