"""People and documents used by the tests of letters."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from simulator import letters
from simulator.letters import Document
from simulator.model.address import Address
from simulator.model.mailbox import Kind, Mailbox, Patient, Person, Structure

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ZOE = Patient("275126322074974", "Zoé", "ADRUN", "1975-12-31")
ODETTE = Patient("248059999900396", "Odette", "LAMY", "1948-05-02")
TOM = Patient("116039999900135", "Tom", "PETIT", "2016-03-09")
ANGE = Patient("781102A12500908", "Ange", "CASTELLI", "1981-10-05")
PATIENTS = (ZOE, ODETTE, TOM, ANGE)

TILLEULS = Structure("tilleuls", "Pharmacie des Tilleuls", "1990000010", "SA33")
CHU = Structure("chu-lumiere", "CHU Lumière", "1990000044", "SA01")
VIAL = Person("Paul", "Vial", "899700991039", "10", "Dr")
FONTAINE = Person("Isabelle", "Fontaine", "899700991005", "21", "Mme")
ROUX = Person("Nadia", "Roux", "899700991047", "60", "Mme")
DOCTOR = Mailbox(Address("paul.vial", "medecin.mssante.fr"), Kind.PER, "mailiz", 1, owner=VIAL)
PHARMACIST = Mailbox(Address("isabelle.fontaine", "pharmacie.bfc.mssante.fr"), Kind.PER, "bfc", 1, owner=FONTAINE,
                     structure=TILLEULS)
TEAM = Mailbox(Address("pharmacie.des.tilleuls", "pharmacie.bfc.mssante.fr"), Kind.ORG, "bfc", 1, structure=TILLEULS)

NAMES = [kind.name for kind in letters.KINDS]


@cache
def a_document(kind: str, patient: Patient = ZOE, seed: int = 1) -> Document:
    """Written by whoever writes such a thing; made once, as its forms are."""
    return a_fresh_document(kind, patient, seed)


def a_fresh_document(kind: str, patient: Patient = ZOE, seed: int = 1) -> Document:
    """The same, made again."""
    pharmacist = letters.find(kind).professions == ("21",)
    return letters.compose(kind, patient=patient, author=FONTAINE if pharmacist else VIAL,
                           structure=TILLEULS if pharmacist else None, seed=seed, now=NOW)


def words(pdf: bytes) -> str:
    """All text of a PDF, a blank between words."""
    from pypdf import PdfReader

    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
