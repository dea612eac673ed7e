"""The space: mailboxes, whitelist, certificates, operators."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from simulator.model.mailbox import Mailbox as Registered
from simulator.web.shapes.base import Body, Given, Name, example, examples

ISABELLE = "isabelle.fontaine@pharmacie.bfc.mssante.fr"
TEAM = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"
DN = "CN=mx.bfc.mssante.fr,OU=399990000200018,O=OPERATEUR REGIONAL,ST=Doubs (25),C=FR"
Line = Annotated[str, Field(max_length=200)]


class Structure(Given):
    """An officine, a hospital, a practice."""

    name: str
    national_id: str = Field(description="1 and the FINESS, or 3 and the SIRET.")
    sector: str


class FolderCounts(Given):
    """What a folder holds."""

    messages: int
    unseen: int


class Mailbox(Given):
    """A registered mailbox. Its password is not told here: the ready file has it."""

    model_config = ConfigDict(json_schema_extra=example(
        address=TEAM, kind="ORG", name="Pharmacie des Tilleuls", operator="bfc", status="open", quota=1073741824,
        national_id="1990000011", responsible=ISABELLE, members=[ISABELLE],
        structure={"name": "Pharmacie des Tilleuls", "national_id": "1990000011", "sector": "SA33"},
        red_list=False, description="", closing={"every_reply": False, "after": None, "after_dispensing": False},
        folders={"INBOX": {"messages": 3, "unseen": 1}},
    ))

    address: str
    kind: str = Field(description="PER, ORG, APP, CAB or PATIENT.")
    name: str
    operator: str
    status: str = Field(description="open, not activated, suspended, closed or opposed.")
    quota: int = Field(description="Octets.")
    national_id: str | None
    profession: str | None = None
    structure: Structure | None = None
    responsible: str | None = None
    members: list[str]
    red_list: bool
    description: str
    closing: dict[str, Any] = Field(description="When exchanges with patients end by themselves: every_reply, after "
                                    "(seconds), after_dispensing.")
    folders: dict[str, FolderCounts] | None = Field(None, description="Only when one mailbox is asked for.")


class Mailboxes(Given):
    """Every mailbox, in the order they were made."""

    items: list[Mailbox]


class StructureToBe(Body):
    """A structure that the space does not know yet."""

    name: Line = Field(min_length=1)
    finess: Line | None = None
    siret: Line | None = None
    sector: Line = Field("", description="Code of TRE_R02: SA33 is a pharmacy.")


class MailboxToBe(Body):
    """A mailbox to open; the same checks as in the configuration."""

    model_config = ConfigDict(json_schema_extra=examples(
        {"kind": "PER", "address": "lea.petit@pharmacie.bfc.mssante.fr", "given_name": "Léa", "family_name": "PETIT",
         "rpps": "10100000017", "profession": "21", "password": "petit-tilleuls"},
        {"kind": "ORG", "address": "pharmacie.neuve@pharmacie.bfc.mssante.fr", "responsible": ISABELLE,
         "members": [ISABELLE], "structure": {"name": "Pharmacie neuve", "finess": "990000045", "sector": "SA33"}},
    ))

    kind: Literal["PER", "ORG", "APP", "CAB"]
    address: Name
    given_name: Line = ""
    family_name: Line = ""
    title: Line = ""
    profession: Line = Field("", description="Code of TRE_G15: 21 is a pharmacist.")
    rpps: Line | None = Field(None, description="PER: either this or adeli (F3).")
    adeli: Line | None = None
    structure: Name | StructureToBe | None = Field(None, description="Name or national id of a known structure, or a "
                                                   "new one (F5).")
    responsible: Name | None = Field(None, description="The person in charge (ORG, APP) or the holder (CAB).")
    members: list[Name] = Field([], max_length=1000, description="ORG, CAB: who may use it (F6).")
    password: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="PER: needed, because answers never tell one.", json_schema_extra={"writeOnly": True})
    totp: Line | None = Field(None, description="PER: secret of the one-time code, in Base32.",
                              json_schema_extra={"writeOnly": True})
    quota: int | None = Field(None, ge=1, le=2**40, description="Octets.")
    red_list: bool = False
    description: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def can_be_used(self) -> Self:
        """A password made up here could be told to nobody."""
        if self.kind == "PER" and self.password is None:
            raise ValueError("a PER mailbox needs a password: choose one, answers never tell any")
        return self


class Closing(Body):
    """When exchanges with patients end by themselves."""

    model_config = ConfigDict(json_schema_extra=examples({"after": 604800}, {"every_reply": True}, {}))

    every_reply: bool = Field(False, description="Each message to a patient is followed by [FIN].")
    after: float | None = Field(None, ge=0, le=3.2e9, allow_inf_nan=False,
                                description="Simulated seconds after the last message of either side.")
    after_dispensing: bool = Field(False, description="When the pharmacy dispenses to the patient.")


class Listing(Given):
    """A whitelisted domain."""

    model_config = ConfigDict(json_schema_extra=example(domain="pharmacie.bfc.mssante.fr", dns=[DN], operator="bfc"))

    domain: str
    dns: list[str] = Field(description="Subjects of its operator's certificates.")
    operator: str | None = Field(description="The operator here that serves it.")


class Whitelist(Given):
    """The whitelist, by domain."""

    items: list[Listing]


class ListingToBe(Body):
    """How to list a domain."""

    model_config = ConfigDict(json_schema_extra=examples({}, {"dns": [DN]}))

    dns: list[Annotated[str, Field(min_length=1, max_length=1000)]] | None = Field(
        None, min_length=1, max_length=50,
        description="Subjects of the certificates; absent: that of the operator here that serves the domain.")


class Certificate(Given):
    """A certificate of the test authority."""

    model_config = ConfigDict(json_schema_extra=example(
        serial="5f3c", slot="operator:bfc", subject=DN, kind="server", status="good",
        not_before="2026-11-21T06:40:00Z", not_after="2029-11-21T06:40:00Z", revoked_at=None, reason="",
    ))

    serial: str
    slot: str = Field(description="Whose it is: operator:NAME, account:ADDRESS, host.")
    subject: str
    kind: str = Field(description="server, structure or person.")
    status: str = Field(description="good, revoked, expired or not yet valid.")
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None
    reason: str


class Certificates(Given):
    """Every certificate issued, oldest first."""

    items: list[Certificate]


class CertificateToBe(Body):
    """A certificate to issue, good or faulty on purpose."""

    model_config = ConfigDict(json_schema_extra=examples({"name": "bfc"}, {"name": ISABELLE, "expired": True}))

    name: Name = Field(description="An operator's name, or the address of a PER or APP mailbox.")
    expired: bool = False
    not_yet_valid: bool = False
    wrong_use: bool = Field(False, description="Without the usage that the other side asks for.")
    weak: bool = Field(False, description="With a key that is too short.")


class IssuedCertificate(Given):
    """A fresh certificate. Its private key stays in the data folder; here is where."""

    model_config = ConfigDict(json_schema_extra=example(
        serial="6a01", subject=DN, pem="-----BEGIN CERTIFICATE-----\n…", certificate="/data/pki/leaves/bfc-6a01.pem",
        key="/data/pki/leaves/bfc-6a01.key", p12="/data/pki/leaves/bfc-6a01.p12",
    ))

    serial: str
    subject: str
    pem: str = Field(description="The chain, leaf first.")
    certificate: str = Field(description="File of the chain.")
    key: str = Field(description="File of the private key.")
    p12: str = Field(description="File of both.")


class Operators(Given):
    """The operators of this space."""

    model_config = ConfigDict(json_schema_extra=example(items=[
        {"name": "bfc", "domains": ["pharmacie.bfc.mssante.fr"], "mx_host": "mx.bfc.mssante.fr",
         "client_host": "mail.bfc.mssante.fr", "listed": True, "dn": DN}]))

    items: list[dict[str, Any]]


def mailbox(box: Registered) -> dict[str, Any]:
    """A mailbox as JSON values, without its secrets."""
    holder = box.owner or box.structure
    national_id = holder.national_id if holder is not None else box.patient.ins if box.patient is not None else None
    structure = box.structure
    return {
        "address": str(box.address), "kind": box.kind.value, "name": box.display_name, "operator": box.operator,
        "status": box.status.value, "quota": box.quota, "national_id": national_id,
        "profession": box.owner.profession if box.owner is not None else None,
        "structure": None if structure is None else {
            "name": structure.name, "national_id": structure.national_id, "sector": structure.sector},
        "responsible": None if box.responsible is None else str(box.responsible),
        "members": [str(member) for member in box.members], "red_list": box.red_list, "description": box.description,
        "closing": asdict(box.closing),
    }
