"""Ready-made letters: which there are, making one, sending one."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from simulator.web.shapes.base import Body, Given, Name, example, examples
from simulator.web.shapes.patients import DOCTOR, PHARMACY, ZOE


class LetterKind(Given):
    """A kind of letter."""

    name: str = Field(examples=["prescription"])
    code: str = Field(description="LOINC code (JDV_J07).", examples=["57833-6"])
    title: str = Field(description="In French.", examples=["Ordonnance"])
    structured: bool = Field(description="There is a CDA of level 3.", examples=[True])


class LetterKinds(Given):
    """What can be made."""

    model_config = ConfigDict(json_schema_extra=example(items=[
        {"name": "prescription", "code": "57833-6", "title": "Ordonnance", "structured": True}]))

    items: list[LetterKind]


class Wanted(Body):
    """Which letter."""

    kind: Annotated[str, Field(max_length=40, description="A name of GET /api/letters.")]
    patient: Name = Field(description="INS, or address, of the patient whom it is about.")
    author: Name = Field(description="Address of the professional's mailbox that writes it.")
    seed: int = Field(1, ge=0, le=2**31, description="Another number, another story; the same one, the same letter.")
    structured: bool = Field(False, description="CDA of level 3, where there is one.")


class LetterToMake(Wanted):
    """A letter as a file."""

    model_config = ConfigDict(json_schema_extra=examples(
        {"kind": "prescription", "patient": ZOE, "author": DOCTOR},
        {"kind": "dispensing", "patient": ZOE, "author": PHARMACY, "form": "xdm", "seed": 2}))

    form: Literal["pdf", "cda", "xdm", "eml"] = "pdf"
    date: Annotated[datetime.date | None, Field(strict=False, description="Day of writing; today when absent.")] = None
    to: list[Name] = Field([], max_length=100, description="Whom the mail (eml) names; the patient when absent.")


class LetterToSend(Wanted):
    """A letter to send in the author's name."""

    model_config = ConfigDict(json_schema_extra=examples(
        {"kind": "prescription", "patient": ZOE, "author": DOCTOR, "to": [PHARMACY]}))

    to: list[Name] = Field(min_length=1, max_length=100)
    archive: bool = Field(True, description="false: the PDF alone, without IHE_XDM.zip.")


class SentLetter(Given):
    """A letter that left."""

    model_config = ConfigDict(json_schema_extra=example(
        message_id="<1@medecin.mssante.fr>", to=[PHARMACY],
        subject="XDM/1.0/DDM+Prescription de produits de santé ADRUN Zoe 31/12/1975"))

    message_id: str
    subject: str
    to: list[str]
