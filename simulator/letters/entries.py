"""The entries of prescriptions and dispensings: the same lines again, for programs. Source: CI-SIS eP-MED-DM and
eDISP-MED 2024.01, template ids [C]. Medicines are named by ATC code: there are no invented boxes with CIS codes."""

from __future__ import annotations

import uuid
from datetime import timedelta

from simulator.letters.case import Case
from simulator.letters.content import Dispensed
from simulator.letters.markup import Element, add, add_code, add_templates, add_time
from simulator.letters.medicines import INHALED, NASAL, ORAL, Medicine, Treatment
from simulator.letters.narrative import anchor
from simulator.xdm.values import Code

_EDQM = "0.4.0.127.0.16.1.1.2.1"
_ROUTES = {
    ORAL: Code("20053000", _EDQM, "Voie orale"),
    INHALED: Code("20020000", _EDQM, "Voie inhalée"),
    NASAL: Code("20049000", _EDQM, "Voie nasale"),
}
_SUBSTITUTION = "2.16.840.1.113883.5.1070"
_ITEMS = "1.3.6.1.4.1.19376.1.9.2.2"
_INSTRUCTIONS = "1.3.6.1.4.1.19376.1.5.3.2"
_TABLE = "1.2.250.1.213.1.1.4.322"
_BOX = "30009000"
"""EDQM packaging."""

_REMARKS = {
    "ald": ("13", "MED-574", "En rapport avec une ALD"),
    "atmp": ("14", "GEN-180", "En rapport avec un accident du travail ou une maladie professionnelle"),
    "prevention": ("34", "GEN-295", "En rapport avec la prévention"),
    "nr": ("15", "GEN-181", "Non remboursable"),
    "amm": ("12", "GEN-179", "Hors Autorisation de Mise sur le Marché (AMM)"),
}
"""What is said about every prescribed medicine, by its id in the narrative: end of the template id, code, label."""


def add_prescribed(entry: Element, number: int, treatment: Treatment, case: Case) -> None:
    """FR-Traitement-prescrit."""
    one = add(entry, "substanceAdministration", classCode="SBADM", moodCode="INT")
    timed = bool(treatment.moments)
    add_templates(one, "2.16.840.1.113883.10.20.1.24", "1.3.6.1.4.1.19376.1.5.3.1.4.7", "1.3.6.1.4.1.19376.1.9.1.3.2",
                  "1.2.250.1.213.1.1.3.83", *(["1.3.6.1.4.1.19376.1.9.1.3.6"] if timed else []),
                  "1.3.6.1.4.1.19376.1.5.3.1.4.7.1")
    add(one, "id", root=entry_id(case, f"prescribed {number}"))
    add_code(one, "code", Code("DRUG", "2.16.840.1.113883.5.4", "Médicament"))
    _reference(one, "text", anchor(number))
    add(one, "statusCode", code="completed")
    period = add(one, "effectiveTime", type_="IVL_TS")
    add(period, "low", value=f"{case.today:%Y%m%d}")
    add(period, "high", value=f"{case.today + timedelta(days=treatment.days - 1):%Y%m%d}")
    if timed:
        times = add(one, "effectiveTime", type_="PIVL_TS", operator="A")
        add(times, "period", value=str(24 // treatment.frequency), unit="h")
    add(one, "repeatNumber", value=str(treatment.renewals))
    add_code(one, "routeCode", _ROUTES[treatment.medicine.route])
    if timed:
        dose = add(one, "doseQuantity")
        add(dose, "low", value=treatment.dose)
        add(dose, "high", value=treatment.dose)
    _product(add(one, "consumable"), treatment.medicine, number)
    if treatment.advice:
        _note(one, "PINSTRUCT", f"{anchor(number)}-conseil", "2.16.840.1.113883.10.20.1.49",
              "1.3.6.1.4.1.19376.1.5.3.1.4.3", "1.2.250.1.213.1.1.3.33")
    _substitution(one, number, "DEF", treatment.substitutable, "1.3.6.1.4.1.19376.1.9.1.3.9.1",
                  "1.2.250.1.213.1.1.3.87")
    for name, (end, code, label) in _REMARKS.items():
        _remark(one, end, Code(code, _TABLE, label), f"{anchor(number)}-{name}", case)


def add_dispensed(entry: Element, number: int, line: Dispensed, case: Case) -> None:
    """FR-Traitement-dispense."""
    one = add(entry, "supply", classCode="SPLY", moodCode="EVN")
    add_templates(one, "2.16.840.1.113883.10.20.1.34", "1.3.6.1.4.1.19376.1.5.3.1.4.7.3", "1.3.6.1.4.1.19376.1.9.1.3.4",
                  "1.2.250.1.213.1.1.3.204")
    add(one, "id", root=entry_id(case, f"dispensed {number}"))
    _reference(one, "text", anchor(number))
    add(one, "quantity", value=str(line.boxes), unit=_BOX)
    _product(add(one, "product"), line.treatment.medicine, number, line)
    referred = add(one, "entryRelationship", typeCode="REFR", inversionInd="false")
    item = add(referred, "substanceAdministration", classCode="SBADM", moodCode="INT")
    add_templates(item, "1.3.6.1.4.1.19376.1.9.1.3.11", "1.2.250.1.213.1.1.3.90")
    add(item, "id", root=entry_id(case, f"prescribed {number}"))
    add_code(item, "code", Code("PREItem", _ITEMS, "Prescription Item"))
    material = add(item, "consumable/manufacturedProduct/manufacturedMaterial", nullFlavor="NA")
    add(material, "name", nullFlavor="NA")
    _note(one, "FINSTRUCT", f"{anchor(number)}-conseil", "2.16.840.1.113883.10.20.1.43",
          "1.3.6.1.4.1.19376.1.5.3.1.4.3.1", "1.2.250.1.213.1.1.3.207")
    if line.substituted:
        _substitution(one, number, "EVN", True, "1.3.6.1.4.1.19376.1.9.1.3.9.2", "1.2.250.1.213.1.1.3.206")


def _product(parent: Element, medicine: Medicine, number: int, line: Dispensed | None = None) -> None:
    """FR-Produit-de-sante."""
    product = add(parent, "manufacturedProduct", classCode="MANU")
    add_templates(product, "2.16.840.1.113883.10.20.1.53", "1.3.6.1.4.1.19376.1.5.3.1.4.7.2", "1.2.250.1.213.1.1.3.43")
    material = add(product, "manufacturedMaterial", classCode="MMAT", determinerCode="KIND")
    add_templates(material, "1.3.6.1.4.1.19376.1.9.1.3.1")
    _reference(add(material, "code", nullFlavor="UNK"), "originalText", anchor(number))
    add(material, "name", medicine.name)
    if line is not None:
        add(material, "lotNumberText", line.lot)
        add(material, "pharm:expirationTime", value=f"{line.expires:%Y%m%d}")
    known = add(material, "pharm:asSpecializedKind", classCode="GRIC")
    generic = add(known, "pharm:generalizedMedicineClass", classCode="MMAT")
    add_code(generic, "pharm:code", Code(medicine.atc, "2.16.840.1.113883.6.73", medicine.substance))
    add(generic, "pharm:name", medicine.substance)


def _substitution(parent: Element, number: int, mood: str, allowed: bool, *templates: str) -> None:
    act = add(add(parent, "entryRelationship", typeCode="COMP"), "act", classCode="ACT", moodCode=mood)
    add_templates(act, *templates)
    code = Code("G", _SUBSTITUTION, "Substitution autorisée par un produit générique") if allowed else (
        Code("N", _SUBSTITUTION, "Aucune substitution permise"))
    _reference(add_code(act, "code", code), "originalText", f"{anchor(number)}-substitution")
    add(act, "statusCode", code="completed")


def _note(parent: Element, code: str, where: str, *templates: str) -> None:
    link = add(parent, "entryRelationship", typeCode="SUBJ", inversionInd="true")
    act = add(link, "act", classCode="ACT", moodCode="INT")
    add_templates(act, *templates)
    add(act, "code", code=code, codeSystem=_INSTRUCTIONS, codeSystemName="IHEActCode")
    _reference(act, "text", where)
    add(act, "statusCode", code="completed")


def _remark(parent: Element, end: str, code: Code, where: str, case: Case) -> None:
    link = add(parent, "entryRelationship", typeCode="COMP")
    observation = add(link, "observation", classCode="OBS", moodCode="EVN")
    add_templates(observation, "1.3.6.1.4.1.19376.1.5.3.1.4.13", "1.2.250.1.213.1.1.3.48",
                  f"1.2.250.1.213.1.1.3.48.{end}")
    add(observation, "id", root=entry_id(case, f"remark {where}"))
    add_code(observation, "code", code)
    _reference(observation, "text", where)
    add(observation, "statusCode", code="completed")
    add_time(observation, "effectiveTime", case.written)
    add(observation, "value", type_="BL", value="false")


def _reference(parent: Element, name: str, where: str) -> None:
    add(parent, f"{name}/reference", value=f"#{where}")


def entry_id(case: Case, what: str) -> str:
    """The same for prescription and dispensing of one story."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{case.subject.identity.matricule} {case.seed} {what}")).upper()
