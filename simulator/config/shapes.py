"""The shapes of what the file says about the trust space: which keys an entry has, which of them must be there.

What an entry refers to (a domain, a structure, a member) is looked at later, when every entry has been read.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulator.config.settings import Settings
from simulator.config.values import (
    AddressText,
    Base32,
    Department,
    DnText,
    Door,
    Duration,
    FolderName,
    Host,
    Number,
    Password,
    Port,
    Size,
    Text,
)
from simulator.model.mailbox import INS_TEST
from simulator.model.operator import FOLDER_USES


class StructureNumber(Settings):
    """A FINESS or a SIRET number."""

    finess: Number | None = None
    siret: Number | None = None

    @model_validator(mode="after")
    def has_one_number(self) -> Self:
        """Exactly one of the two, so that there is one national id."""
        if (self.finess is None) == (self.siret is None):
            raise ValueError("has no national number or two, expected either finess or siret")
        return self


class DomainShape(Settings):
    """One mail domain of an operator."""

    kind: Text
    listed: bool = True
    description: str = ""
    message_size: Size | None = None


class ImapShape(Settings):
    """How an operator's IMAP server differs from one that has everything."""

    without: tuple[Text, ...] = ()
    also: tuple[Text, ...] = ()
    folders: dict[Literal["Drafts", "Sent", "Archive", "Junk", "Trash"], FolderName] = Field(default_factory=dict)

    @model_validator(mode="after")
    def has_different_folders(self) -> Self:
        """Each folder of a mailbox has a name of its own."""
        own: dict[str, str] = {str(use): name for use, name in self.folders.items()}
        names = [own.get(use, use) for use in FOLDER_USES]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"two folders are called {twice[0]!r}, expected a name of its own for each")
        return self


class OperatorShape(StructureNumber):
    """One operator."""

    organization: DnText
    department: Department
    mx_host: Host
    client_host: Host
    message_size: Size
    listen: dict[Door, Port] = Field(default_factory=dict)
    imap: ImapShape = Field(default_factory=ImapShape)
    domains: dict[Host, DomainShape] = Field(min_length=1, description="at least one domain")


class StructureShape(StructureNumber):
    """An officine, a hospital, a practice."""

    name: DnText
    sector: str = ""


class ClosingShape(Settings):
    """When exchanges with patients end by themselves (F19)."""

    every_reply: bool = False
    after: Duration | None = None
    after_dispensing: bool = False


class MailboxShape(Settings):
    """What every registered mailbox may have."""

    quota: Size | None = None
    state: Literal["open", "suspended", "closed"] = "open"
    red_list: bool = False
    description: str = ""
    closing: ClosingShape = Field(default_factory=ClosingShape)


class PersonShape(MailboxShape):
    """PER: a person's own mailbox, the nominative account."""

    kind: Literal["PER"]
    given_name: DnText
    family_name: DnText
    title: str = ""
    rpps: Number | None = None
    adeli: Number | None = None
    profession: str = ""
    password: Password = Field(repr=False)
    totp: Base32 | None = Field(default=None, repr=False)
    structure: Text | None = None

    @model_validator(mode="after")
    def has_one_number(self) -> Self:
        """F3: no nominative mailbox without a national id."""
        if (self.rpps is None) == (self.adeli is None):
            raise ValueError("has no national number or two, expected either rpps or adeli (F3)")
        return self


class TeamShape(MailboxShape):
    """ORG: a structure's mailbox, used by its team (F5, F6)."""

    kind: Literal["ORG"]
    structure: Text
    responsible: AddressText
    members: tuple[AddressText, ...] = Field(min_length=1, description="at least one member")


class ApplicationShape(MailboxShape):
    """APP: a program's mailbox."""

    kind: Literal["APP"]
    structure: Text
    responsible: AddressText


class PracticeShape(MailboxShape):
    """CAB: a mailbox bound to one person and shared in a practice."""

    kind: Literal["CAB"]
    holder: AddressText
    members: tuple[AddressText, ...] = ()
    structure: Text | None = None


class DispensingShape(Settings):
    """One delivery of medicines to a patient."""

    structure: Text
    date: Annotated[datetime.date | None, Field(description="a date such as 2026-10-02")] = None
    days_ago: Annotated[int | None, Field(ge=0, le=36_500, description="a number of days")] = None
    reimbursed: bool = True

    @model_validator(mode="after")
    def has_one_day(self) -> Self:
        """A day counted from today moves with the calendar, a date does not."""
        if (self.date is None) == (self.days_ago is None):
            raise ValueError("has no day or two, expected either date or days_ago")
        return self


class DocumentShape(Settings):
    """A document of a patient's space: a ready-made letter, or a file."""

    letter: Text | None = None
    file: Text | None = None
    author: AddressText | None = None
    title: str = ""
    code: str = ""
    date: Annotated[datetime.date | None, Field(description="a date such as 2026-10-02")] = None
    days_ago: Annotated[int | None, Field(ge=0, le=36_500, description="a number of days")] = None
    seed: Annotated[int, Field(ge=0, le=2**31, description="a whole number")] = 0

    @model_validator(mode="after")
    def has_one_source(self) -> Self:
        """A letter needs somebody who wrote it, a file a title and the code of its kind."""
        if (self.letter is None) == (self.file is None):
            raise ValueError("is nothing or two things, expected either letter or file")
        if self.letter is not None and self.author is None:
            raise ValueError("has no author, expected the address of whoever wrote the letter")
        if self.date is not None and self.days_ago is not None:
            raise ValueError("has two days, expected either date or days_ago")
        return self


class NotifyShape(Settings):
    """How a patient hears of new messages."""

    by: Literal["e-mail", "push", "none"] = "none"
    address: str = ""


class PatientShape(Settings):
    """The holder of a Mon espace santé profile."""

    given_name: DnText
    family_name: DnText
    birth_date: Annotated[datetime.date, Field(description="a date such as 1975-12-31")]
    birth_name: str = ""
    given_names: str = ""
    sex: Literal["F", "M", ""] = ""
    birth_place: str = ""
    oid: Annotated[str, Field(description="an OID of INS authorities such as 1.2.250.1.213.1.4.10")] = INS_TEST
    caregivers: tuple[Text, ...] = ()
    notify: NotifyShape = Field(default_factory=NotifyShape)
    documents: tuple[DocumentShape, ...] = ()
    minor: bool | None = None
    password: Password | None = Field(default=None, repr=False)
    state: Literal["open", "not activated", "closed", "opposed"] = "open"
    quota: Size | None = None
    dispensings: tuple[DispensingShape, ...] = ()


class ListedShape(Settings):
    """A whitelisted domain of an operator that is not simulated here."""

    certificates: tuple[Text, ...] = Field(min_length=1, description="at least one certificate subject")


class WhitelistShape(Settings):
    """Entries of the whitelist beside those of the operators."""

    others: dict[Host, ListedShape] = Field(default_factory=dict)


VERSION = 1
"""The version of the shape of the file."""

MAILBOX_SHAPES: dict[str, type[PersonShape | TeamShape | ApplicationShape | PracticeShape]] = {
    "PER": PersonShape, "ORG": TeamShape, "APP": ApplicationShape, "CAB": PracticeShape,
}
