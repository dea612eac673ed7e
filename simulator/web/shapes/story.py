"""The story: clock, journal, explanations, kept states."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from simulator.journal import Event as Noted
from simulator.web.shapes.base import Body, Given, Taken, example

TEN_YEARS = 10 * 366 * 86400.0


class Clock(Given):
    """How the simulated clock stands."""

    model_config = ConfigDict(json_schema_extra=example(now="2026-11-24T06:40:00Z", timestamp=1795500000.0,
                                                        frozen=False, offset=3600.0))

    now: datetime = Field(description="UTC.")
    timestamp: float = Field(description="Seconds since 1970.")
    frozen: bool
    offset: float = Field(description="Seconds ahead of the machine's clock.")


class Advance(Body):
    """How far to move."""

    model_config = ConfigDict(json_schema_extra=example(seconds=3600))

    seconds: float = Field(ge=0, le=TEN_YEARS, allow_inf_nan=False, description="Only forward.")
    settle: bool = Field(True, description="Answer when the mail that became due has been handled.")


class Patience(Body):
    """How far to go."""

    model_config = ConfigDict(json_schema_extra=example(limit=604800))

    limit: float = Field(7 * 86400.0, ge=0, le=TEN_YEARS, allow_inf_nan=False,
                         description="Simulated seconds at most.")


class Quiet(Given):
    """What it took until no mail waited."""

    model_config = ConfigDict(json_schema_extra=example(jumps=4, seconds=450.0))

    jumps: int
    seconds: float = Field(description="Simulated seconds jumped over.")


class Event(Given):
    """One thing that happened. Beside these members an event has the facts of its kind."""

    model_config = ConfigDict(extra="allow", json_schema_extra=example(
        seq=42, at=1795500000.0, kind="refusal", story="550 5.7.1 to paul.vial@medecin.mssante.fr",
        mailbox="paul.vial@medecin.mssante.fr", client="127.0.0.1", rule="recipient-domain-is-listed"))

    seq: int = Field(description="Number; later events have higher ones.")
    at: float = Field(description="Simulated seconds since 1970.")
    kind: str
    story: str | None = Field(None, description="One line for people.")
    who: str | None = None
    mailbox: str | None = None
    client: str | None = None
    certificate: str | None = None


class Journal(Given):
    """Events, oldest first."""

    items: list[Event]
    cursor: int = Field(description="Give it as `since` to get what comes next, also what comes later.",
                        examples=[42])


class Since(Taken):
    """Which events are meant."""

    since: int = Field(0, ge=0, le=2**53, description="Only events with a higher number.", examples=[0])
    about: Annotated[str, Field(max_length=320)] | None = Field(
        None, description="Only events that name this: an address, a domain, a serial, a Message-ID, a rule.",
        examples=["paul.vial@medecin.mssante.fr"])
    kind: Annotated[str, Field(max_length=100)] | None = Field(None, description="Only events of this kind.",
                                                               examples=["refusal"])


class SinceLimited(Since):
    """A page of events."""

    limit: int = Field(100, ge=1, le=1000, description="Events in a page.", examples=[100])


class Explanation(Given):
    """Why something was refused."""

    model_config = ConfigDict(json_schema_extra=example(
        id="42", at=1795500000.0, kind="refusal", rule="recipient-domain-is-listed",
        title_en="Mail stays inside the trust space", title_fr="Le courrier reste dans l'espace de confiance",
        what="gmail.com is not on the whitelist", remedy_en="Write to an address of the space.",
        remedy_fr="Écrivez à une adresse de l'espace.", ref="F1, F21", certainty="founding fact", reply="550 5.7.1",
        facts={"recipient": "someone@gmail.com"}, story="550 5.7.1 to someone@gmail.com", is_refusal=True))

    id: str
    at: float
    kind: str
    rule: str
    title_en: str
    title_fr: str
    what: str
    remedy_en: str
    remedy_fr: str
    ref: str
    certainty: str
    reply: str
    facts: dict[str, Any]
    story: str
    is_refusal: bool


class Snapshot(Given):
    """A state kept under a name."""

    model_config = ConfigDict(json_schema_extra=example(name="avant", taken="2026-11-24T06:40:00Z", messages=12,
                                                        mailboxes=14))

    name: str
    taken: datetime = Field(description="Simulated time.")
    messages: int
    mailboxes: int


class Snapshots(Given):
    """What is kept, by name."""

    items: list[Snapshot]


def event(noted: Noted) -> dict[str, object]:
    """An event as JSON values; the journal's own writing."""
    return noted.as_data()


def names(noted: Noted, about: str | None, kind: str | None) -> bool:
    """The event is of this kind and names this thing."""
    if kind is not None and noted.kind != kind:
        return False
    if about is None:
        return True
    values = (noted.who, noted.mailbox, noted.client, noted.certificate, noted.story, *map(str, noted.facts.values()))
    return any(about.casefold() in value.casefold() for value in values)
