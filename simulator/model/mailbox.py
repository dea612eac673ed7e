"""Registered mailboxes (*boîtes aux lettres*, BAL), who owns them, and what a sign-in proves."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from simulator.model.address import Address
from simulator.model.document import ConfiguredDocument


class Kind(StrEnum):
    """Kinds of mailbox (TRE_R257-TypeBAL), and the patient's, which the directory does not publish."""

    PER = "PER"
    ORG = "ORG"
    APP = "APP"
    CAB = "CAB"
    PATIENT = "PATIENT"


class Status(StrEnum):
    """Where a mailbox is in its life."""

    OPEN = "open"
    NOT_ACTIVATED = "not activated"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    OPPOSED = "opposed"
    """Patients only: the person objected to having a space."""


@dataclass(frozen=True, slots=True)
class Person:
    """A professional, tied to a checked national id (F3)."""

    given_name: str
    family_name: str
    national_id: str
    """8 + RPPS or 0 + ADELI (TRE_G08)."""
    profession: str = ""
    """Code of TRE_G15-ProfessionSante: 21 is a pharmacist."""
    title: str = ""

    @property
    def full_name(self) -> str:
        """Given name then family name, as shown to people."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Structure:
    """An officine, a hospital, a practice, tied to FINESS or SIRET (F5)."""

    id: str
    """The name the configuration gives it."""
    name: str
    national_id: str
    """1 + FINESS or 3 + SIRET (TRE_G07)."""
    sector: str = ""
    """Code of TRE_R02-SecteurActivite."""

    @property
    def is_pharmacy(self) -> bool:
        """True for the sectors of activity that are officines (SA33, SA38, SA39, SA65)."""
        return self.sector in {"SA33", "SA38", "SA39", "SA65"}


@dataclass(frozen=True, slots=True)
class Dispensing:
    """One delivery of medicines in a patient's reimbursement history (F13)."""

    structure: str
    """Structure.id of the pharmacy."""
    date: str
    """ISO date, ``2026-10-02``."""
    reimbursed: bool = True
    entry: int = 0
    """Number of the line of the ledger that it stands on; 0 for those of the configuration."""


class NotifyBy(StrEnum):
    """How a patient hears of a new message (mssante-rules 3.5)."""

    EMAIL = "e-mail"
    PUSH = "push"
    NONE = "none"


INS_TEST = "1.2.250.1.213.1.4.10"
"""Assigning authority of matricules of test (INS-NIR)."""


@dataclass(frozen=True, slots=True)
class Patient:
    """The holder of a Mon espace santé profile."""

    ins: str
    """The 15 characters of the matricule with its key."""
    given_name: str
    family_name: str
    birth_date: str = ""
    minor: bool = False
    dispensings: tuple[Dispensing, ...] = ()
    birth_name: str = ""
    """As in the INS: capitals without accents."""
    given_names: str = ""
    """Every given name of the birth record, as in the INS."""
    sex: str = ""
    """``F`` or ``M``."""
    birth_place: str = ""
    """COG code of the commune or country: five characters."""
    oid: str = INS_TEST
    """Which authority gave the matricule."""
    caregivers: tuple[str, ...] = ()
    """Who else may act in this space (*aidants*), by name."""
    notify_by: NotifyBy = NotifyBy.NONE
    contact: str = ""
    """The personal address that notifications go to; nothing is ever sent there."""
    documents: tuple[ConfiguredDocument, ...] = ()

    @property
    def full_name(self) -> str:
        """Given name then family name, as Mon espace santé writes it in ``From``."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a nominative account signs in with. Never printed: repr shows nothing."""

    password: str = field(repr=False, default="")
    totp: str = field(repr=False, default="")
    """Base32 secret of the one-time code (RFC 6238, SHA-1, 6 digits, 30 s)."""


@dataclass(frozen=True, slots=True)
class Closing:
    """When exchanges of a professional mailbox with patients end by themselves (F19)."""

    every_reply: bool = False
    """After each message of the mailbox to a patient."""
    after: float | None = None
    """So many seconds after the last message, in either direction."""
    after_dispensing: bool = False
    """When the pharmacy dispenses to the patient."""

    @property
    def is_automatic(self) -> bool:
        """True when anything ends them."""
        return self.every_reply or self.after is not None or self.after_dispensing


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One registered mailbox. Which fields are set follows from its kind."""

    address: Address
    kind: Kind
    operator: str
    quota: int
    """Octets that may be stored."""
    status: Status = Status.OPEN
    owner: Person | None = None
    """PER and CAB: the holder."""
    structure: Structure | None = None
    """ORG and APP: the structure; optional for PER."""
    responsible: Address | None = None
    """ORG and APP: the nominative account of the person in charge."""
    members: tuple[Address, ...] = ()
    """ORG: nominative accounts that may use it (F6)."""
    patient: Patient | None = None
    secrets: Secrets = Secrets()
    """PER and patients only: an ORG mailbox has no password of its own (F6)."""
    red_list: bool = False
    description: str = ""
    closing: Closing = Closing()

    @property
    def display_name(self) -> str:
        """What people read instead of the address."""
        holder = self.owner or self.patient
        if holder is not None:
            return holder.full_name
        return self.structure.name if self.structure else self.address.local


class Factor(StrEnum):
    """A proof given at sign-in."""

    PASSWORD = "password"
    ONE_TIME_CODE = "one-time code"
    CERTIFICATE = "certificate"
    TOKEN = "token"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a successful sign-in proved: who acts, for which mailbox, by which factors."""

    mailbox: Mailbox
    """The mailbox acted for."""
    account: Mailbox
    """The nominative or application account that signed in; the mailbox itself unless it is ORG."""
    factors: frozenset[Factor]
    certificate: str = ""
    """Serial of the client certificate, when one was a factor."""

    @property
    def who(self) -> str:
        """For the audit trail: the person's address, then the mailbox acted for when it differs."""
        if self.account.address.key == self.mailbox.address.key:
            return str(self.account.address)
        return f"{self.account.address} for {self.mailbox.address}"
