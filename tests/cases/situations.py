"""Reads a case of ``fixtures/cases`` and plays its situation: one connection, as far as it gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from simulator import letters
from simulator.model.certificate import NO_CERTIFICATE, Certificate, TlsFacts, Worth
from simulator.model.mailbox import Dispensing, Identity, Secrets, Status
from simulator.rules.facts import INSIDE
from simulator.rules.verdict import PASSED, Severity, Verdict
from simulator.signin import Attempt
from simulator.visit import Reception, Visit
from tests.builders import (
    DOCTOR,
    ROOT,
    START,
    House,
    a_card,
    a_clock,
    a_code,
    a_peer,
    a_space,
    a_store,
    address,
    an_office,
    put_exchanges,
    the_mailbox,
    tls,
)

CASES = ROOT / "fixtures" / "cases"


class Part(BaseModel):
    """Keys are written with blanks, ``mail from``; unknown ones are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", " ").strip())


class Shown(Part):
    """The certificate presented: an operator's, or a holder's."""

    operator: str = ""
    holder: str = ""
    worth: Worth = Worth.GOOD


class Try(Part):
    """One attempt to sign in."""

    mechanism: str = "PLAIN"
    user: str = ""
    password: str = ""
    code: bool = False
    """The right one-time code stands behind the password."""
    acting_for: str = ""


class ExchangeState(Part):
    """An exchange that exists before."""

    patient: str
    with_: str
    state: str


class Dispensed(Part):
    """One dispensing to the patient 275126322074974."""

    structure: str
    days_ago: int
    reimbursed: bool = True


class Written(Part):
    """A ready-made prescription in a mail with its archive, by paul.vial@medecin.mssante.fr."""

    patient: str
    """INS of the patient whom it is about."""
    to: str
    headers: Mapping[str, str] = {}
    """Fields that are put in place of the letter's own."""
    archive: bool = True
    """False: the PDF alone."""
    damaged: bool = False
    """The archive is cut short on its way into the mail."""


class Given(Part):
    """What differs from the default trust space."""

    withdrawn: tuple[str, ...] = ()
    status: Mapping[str, Status] = {}
    quota: Mapping[str, int] = {}
    password: Mapping[str, str] = {}
    exchanges: tuple[ExchangeState, ...] = ()
    history: tuple[Dispensed, ...] | None = None
    most_recipients: int = 200
    two_factors_for_persons: bool = False


class Expected(Part):
    """A refusal (``reply`` and ``rule``), a remark on what was accepted, or a bounce of it."""

    reply: str = ""
    rule: str = ""
    remark: str = ""
    bounce: str = ""
    """The rule that returns it."""
    status: str = ""
    """Of the bounce, which must reach the sender's mailbox; empty when nobody is to be told."""


class Case(Part):
    """One situation and what is expected of it."""

    why: str = Field(min_length=10)
    given: Given = Given()
    since: Mapping[str, Status] = {}
    """What mailboxes became after the sign-in."""
    severities: Mapping[str, Severity] = {}
    door: str = "submission"
    tls: bool = True
    addressed: str | None = None
    """The operator whose identity answers, by server name."""
    certificate: Shown | None = None
    sign_in: Try | None = None
    signed_in_as: str = ""
    """An account, or ``account for mailbox``."""
    mail_from: str | None = None
    """``<>`` is the null sender."""
    size: int | None = None
    rcpt_to: tuple[str, ...] = ()
    message: str = ""
    letter: Written | None = None
    """In place of ``message``."""
    notify: str = ""
    """NOTIFY of every recipient (RFC 3461)."""
    message_size: int = 0
    """The text is made as long as needed for so many octets."""
    expect: Expected | str

    @property
    def passes(self) -> bool:
        """Accepted without remark."""
        return self.expect == "accepted"

    def breaks(self, rule: str) -> bool:
        """It shows this rule broken."""
        return isinstance(self.expect, Expected) and rule in (self.expect.rule, self.expect.remark, self.expect.bounce)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Where a case stands."""

    path: Path

    @property
    def rule(self) -> str:
        """The rule it is about: its folder."""
        return self.path.parent.name

    @property
    def id(self) -> str:
        """``rule/name``."""
        return f"{self.rule}/{self.path.stem}"

    def read(self) -> Case:
        """The checked content."""
        return _read(self.path)


@cache
def _read(path: Path) -> Case:
    return Case.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def all_cases() -> list[CaseFile]:
    """Every case, in order."""
    return [CaseFile(path) for path in sorted(CASES.glob("*/*.yaml"))]


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a situation."""

    verdict: Verdict
    """The first refusal, or the last answer."""
    remarked: list[object]
    """Rules that the journal remarks on."""
    returned: list[object]
    """Rules by which a copy went back, or was dropped because nobody is to be told."""
    notices: list[bytes]
    """What the mail system wrote to the sender."""


async def outcome(case: Case) -> Played:
    """Play the situation."""
    clock, store = a_clock(), a_store()
    space = a_space(store=store, clock=clock, history=_history(case.given), change=_changes(case.given))
    put_exchanges(store, {(e.patient, e.with_): e.state for e in case.given.exchanges})
    for domain in case.given.withdrawn:
        space.withdraw(domain)
    async with an_office(
        space=space, store=store, clock=clock, severities=case.severities, most_recipients=case.given.most_recipients,
        second_factor_for_persons=case.given.two_factors_for_persons,
    ) as house:
        verdict = await _played(case, house)
        await house.outbox.settle()
        sender = (case.mail_from or "").lower()
        notices = [m for m in house.inbox(sender) if b"\r\nFrom: Mail Delivery System " in m] if "@" in sender and (
            sender in space.mailboxes) else []
        returned = [e["rule"] for kind in ("bounced", "dropped") for e in house.noted(kind) if e.get("rule")]
        return Played(verdict, [e["rule"] for e in house.noted("remark")], returned, notices)


async def _played(case: Case, house: House) -> Verdict:
    facts = tls(_certificate(case.certificate), operator=case.addressed) if case.tls else None
    visit = await _connected(case, house, facts)
    if case.sign_in is not None:
        said = await visit.sign_in(_attempt(case, case.sign_in, facts))
        if said.verdict.refused or case.mail_from is None:
            return said.verdict
    if case.mail_from is None:
        return PASSED
    sender = None if case.mail_from == "<>" else address(case.mail_from)
    for who, status in case.since.items():
        house.space.set_status(address(who), status)
    verdict = visit.sender(sender, {} if case.size is None else {"SIZE": str(case.size)})
    for recipient in case.rcpt_to:
        if not verdict.refused:
            verdict = visit.recipient(address(recipient), {"NOTIFY": case.notify} if case.notify else {})
    if verdict.refused or not (case.message or case.letter):
        return verdict
    return await visit.message(_letter(case.letter) if case.letter is not None else _message(case))


async def _connected(case: Case, house: House, facts: TlsFacts | None) -> Visit:
    if case.signed_in_as:
        account, _, mailbox = case.signed_in_as.partition(" for ")
        if case.door == INSIDE:
            boxes = house.space.mailboxes
            return Reception(house.office).inside(Identity(boxes[mailbox or account], boxes[account], frozenset()))
        return await house.signed_in(account, mailbox or None)
    visit = house.visit(case.door)
    if facts is not None:
        visit.secured(facts)
    visit.greet("client.test", True)
    return visit


def _certificate(shown: Shown | None) -> Certificate:
    if shown is None:
        return NO_CERTIFICATE
    return a_peer(shown.operator, shown.worth) if shown.operator else a_card(shown.holder, shown.worth)


def _attempt(case: Case, tried: Try, facts: TlsFacts | None) -> Attempt:
    member = tried.user.rpartition("*")[2]
    secret = tried.password + (a_code(member) if tried.code else "")
    return Attempt(case.door, "127.0.0.1", facts, tried.mechanism, tried.user, tried.acting_for, secret)


@cache
def _prescription(ins: str) -> letters.Document:
    doctor = the_mailbox(DOCTOR).owner
    patient = the_mailbox(f"{ins}@patient.mssante.fr").patient
    assert doctor is not None and patient is not None
    return letters.compose("prescription", patient=patient, author=doctor, now=START)


def _letter(written: Written) -> bytes:
    message = letters.compose_mail(
        _prescription(written.patient), sender=the_mailbox(DOCTOR), to=[written.to], date=START,
        headers=dict(written.headers), form="n1" if written.archive else "pdf")
    for part in message.walk():
        if written.damaged and part.get_filename() == "IHE_XDM.zip":
            part.set_content(part.get_content()[:1000], "application", "zip", filename="IHE_XDM.zip")
    return message.as_bytes()


def _message(case: Case) -> bytes:
    head, _, text = case.message.partition("\n\n")
    body = "\r\n".join([*head.splitlines(), "", *text.splitlines(), ""]).encode()
    missing = case.message_size - len(body)
    return body + (b"x" * 70 + b"\r\n") * (missing // 72) + b"x" * (missing % 72) if missing > 0 else body


def _history(given: Given) -> Sequence[Dispensing] | None:
    if given.history is None:
        return None
    return [
        Dispensing(d.structure, (START - timedelta(days=d.days_ago)).date().isoformat(), d.reimbursed)
        for d in given.history
    ]


def _changes(given: Given) -> dict[str, dict[str, Any]]:
    changes: dict[str, dict[str, Any]] = {}
    for who, status in given.status.items():
        changes.setdefault(who, {})["status"] = status
    for who, quota in given.quota.items():
        changes.setdefault(who, {})["quota"] = quota
    for who, password in given.password.items():
        changes.setdefault(who, {})["secrets"] = Secrets(password)
    return changes
