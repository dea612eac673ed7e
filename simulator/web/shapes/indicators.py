"""The pharmacy's counter, and dispensings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from simulator.controls.counting import Exchanged, Judged
from simulator.controls.indicators import Indicator as Computed
from simulator.controls.indicators import Sides as Counted
from simulator.model.mailbox import Dispensing as Dispensed
from simulator.web.shapes.base import Body, Given, Name, Taken, example, moment
from simulator.web.shapes.space import TEAM

Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
_FIGURES: dict[str, Any] = {
    "structure": "tilleuls", "name": "Pharmacie des Tilleuls", "national_id": "1990000010", "mailboxes": [TEAM],
    "period": {"since": "2026-01-01", "until": "2026-12-31", "label": "l'année 2026"},
    "dispensings": 3, "with_patients": 1, "with_professionals": 0, "messages": {"patients": 2, "professionals": 0},
    "conversations": {"patients": 1, "professionals": 0}, "numerator": 1, "rate": 33.33, "threshold": 5.0,
    "reached": True, "amount": 240.0, "due": 240.0,
}
_FORMULA = "Taux = délivrances remboursées autour desquelles (30 jours avant ou après) la pharmacie a échangé…"


class Asked(Taken):
    """Over which days, and how to answer."""

    since: Day | None = Field(None, description="First day. With neither end the period is that of the configuration.",
                              examples=["2026-01-01"])
    until: Day | None = Field(None, description="Last day, itself included.", examples=["2026-12-31"])


class AskedAs(Asked):
    """The same, in either form."""

    format: Literal["json", "csv"] | None = Field(None, description="Counts more than the header Accept.",
                                               examples=["csv"])


class Period(Given):
    """Days, both ends included; null is open."""

    since: date | None
    until: date | None
    label: str = Field(description="In French.")


class Sides(Given):
    """How many, by who the other side is."""

    patients: int
    professionals: int


class Figures(Given):
    """The counter of one pharmacy."""

    model_config = ConfigDict(json_schema_extra=example(**_FIGURES))

    structure: str = Field(description="Its name in the configuration.")
    name: str
    national_id: str = Field(description="1 and the FINESS, or 3 and the SIRET.")
    mailboxes: list[str] = Field(description="Whose mail is looked at.")
    period: Period
    dispensings: int = Field(description="The denominator.")
    with_patients: int = Field(description="Of these, around which there was an exchange with the patient.")
    with_professionals: int = Field(description="Of these, those that a message between professionals counts for.")
    messages: Sides = Field(description="Messages of the period that count.")
    conversations: Sides
    numerator: int = Field(description="Dispensings, messages or conversations, as the configuration says.")
    rate: float | None = Field(description="Percent; null when nothing was dispensed.")
    threshold: float = Field(description="Percent.")
    reached: bool
    amount: float = Field(description="Euros a year, once the threshold is reached.")
    due: float = Field(description="Euros: the amount, or nothing.")


class Every(Given):
    """The counters of all pharmacies."""

    model_config = ConfigDict(json_schema_extra=example(items=[_FIGURES], formula=_FORMULA))

    items: list[Figures]
    formula: str = Field(description="In French: what is divided by what, what does not count, what is assumed.")


class Line(Given):
    """One dispensing of the period."""

    date: date
    ins: str
    patient: str
    reimbursed: bool
    counts: bool = Field(description="In the numerator that counts dispensings.")
    with_patient: bool
    with_professional: bool
    why: str = Field(description="In French.")


class Exchange(Given):
    """One message of the period."""

    at: datetime
    mailbox: str
    direction: Literal["sent", "received"]
    correspondent: str
    kind: Literal["patient", "professional"]
    form: Literal["message", "receipt", "closing"]
    message_id: str
    counts: bool
    why: str = Field(description="In French.")


class Indicator(Figures):
    """The counter of one pharmacy, with every line that makes it."""

    model_config = ConfigDict(json_schema_extra=example(
        **_FIGURES, formula=_FORMULA,
        lines=[{"date": "2026-10-21", "ins": "275126322074974", "patient": "Zoé ADRUN", "reimbursed": True,
                "counts": True, "with_patient": True, "with_professional": False,
                "why": "compte : message reçu le 2026-11-02 avec le patient"}],
        exchanges=[{"at": "2026-11-02T09:00:00Z", "mailbox": TEAM, "direction": "received",
                    "correspondent": "275126322074974@patient.mssante.fr", "kind": "patient", "form": "message",
                    "message_id": "<1@mes.invalid>", "counts": True, "why": "compte"}],
    ))

    formula: str = Field(description="In French: what is divided by what, what does not count, what is assumed.")
    lines: list[Line] = Field(description="Dispensings, oldest first.")
    exchanges: list[Exchange] = Field(description="Messages, oldest first; those that do not count too.")


class Dispensing(Given):
    """Medicines dispensed to a patient."""

    model_config = ConfigDict(json_schema_extra=example(structure="tilleuls", date="2026-10-21", reimbursed=True))

    structure: str
    date: date
    reimbursed: bool = Field(description="It stands in the reimbursement history.")


class Dispensings(Given):
    """A patient's history, oldest first."""

    items: list[Dispensing]


class DispensingToBe(Body):
    """What a pharmacy dispenses."""

    model_config = ConfigDict(json_schema_extra=example(structure="pont"))

    structure: Name = Field(description="The pharmacy: its name in the configuration, its national number, or the "
                            "address of one of its mailboxes.")
    date: Day | None = Field(None, examples=["2026-10-02"], description="Today when absent; never a day to come.")
    reimbursed: bool = True


def figures(found: Computed) -> dict[str, Any]:
    """The counter without its lines."""
    period = found.period
    return {
        "structure": found.structure.id, "name": found.structure.name, "national_id": found.structure.national_id,
        "mailboxes": list(found.mailboxes),
        "period": {"since": period.since, "until": period.until, "label": str(period)},
        "dispensings": found.dispensings, "with_patients": found.with_patients,
        "with_professionals": found.with_professionals, "messages": _sides(found.messages),
        "conversations": _sides(found.conversations), "numerator": found.numerator, "rate": found.rate,
        "threshold": found.formula.threshold, "reached": found.reached, "amount": found.formula.amount,
        "due": found.due,
    }


def indicator(found: Computed) -> dict[str, Any]:
    """The whole counter."""
    return {**figures(found), "formula": found.formula.sentence(), "lines": [line(each) for each in found.lines],
            "exchanges": [exchange(each) for each in found.exchanges]}


def line(judged: Judged) -> dict[str, Any]:
    """One dispensing."""
    given = judged.dispensed
    return {"date": given.day, "ins": given.patient.partition("@")[0].upper(), "patient": given.name,
            "reimbursed": given.reimbursed, "counts": judged.counts, "with_patient": judged.with_patient,
            "with_professional": judged.with_professional, "why": judged.why}


def exchange(exchanged: Exchanged) -> dict[str, Any]:
    """One message."""
    contact = exchanged.contact
    return {"at": moment(exchanged.at), "mailbox": exchanged.mailbox, "direction": contact.direction,
            "correspondent": contact.correspondent, "kind": contact.kind, "form": contact.form,
            "message_id": contact.message_id, "counts": exchanged.counts, "why": exchanged.why}


def dispensing(given: Dispensed) -> dict[str, Any]:
    """One line of a history."""
    return {"structure": given.structure, "date": given.date, "reimbursed": given.reimbursed}


def _sides(counted: Counted) -> dict[str, int]:
    return {"patients": counted.patients, "professionals": counted.professionals}
