"""What may be asked of the authority: the three leaf families of IGC-Santé that the space needs.

Each request knows its subject, laid out as observed in published IGC-Santé test certificates.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

ORGANIZATION_LENGTH = 40
"""Where IGC-Santé cuts a long O (observed)."""
COMMON_NAME_LENGTH = 64
"""ub-common-name, RFC 5280 appendix A."""


@dataclass(frozen=True, slots=True)
class ServerRequest:
    """SERV SSL_SERV: an operator's gateway. Client use is allowed too, for the outgoing ``mx`` connection."""

    common_name: str
    """Usually the host name."""
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    organization: str
    structure_id: str
    """1 + FINESS or 3 + SIRET."""
    department: str
    """With its number: ``Côte-d'Or (21)``."""


@dataclass(frozen=True, slots=True)
class StructureRequest:
    """ORG AUTH_CLI: a structure's application, the holder of an APP mailbox."""

    common_name: str
    organization: str
    structure_id: str
    department: str


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """A professional's software certificate (PP)."""

    given_name: str
    family_name: str
    national_id: str
    """8 + RPPS or 0 + ADELI."""
    profession_code: str
    """TRE_G15: 10, 21, 60…"""
    profession_label: str
    email: str


Request = ServerRequest | StructureRequest | PersonRequest

_KINDS = {ServerRequest: "server", StructureRequest: "structure", PersonRequest: "person"}


def kind(request: Request) -> str:
    """``server``, ``structure`` or ``person``."""
    return _KINDS[type(request)]


def written(request: Request) -> str:
    """The request as one canonical JSON text: equal texts mean equal requests."""
    return json.dumps({"kind": kind(request), **asdict(request)}, ensure_ascii=False, sort_keys=True)


def subject(request: Request) -> x509.Name:
    """The subject in the certificate's order. Raises ValueError for what no certificate of the family may carry."""
    if isinstance(request, PersonRequest):
        return _person(request)
    organization = request.organization[:ORGANIZATION_LENGTH].rstrip()
    if organization.upper() == "ASIP-SANTE":
        raise ValueError("O=ASIP-SANTE belongs to the real IGC-Sante: choose an invented organization")
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, request.department),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, request.structure_id),
        x509.NameAttribute(NameOID.COMMON_NAME, _fitting(request.common_name)),
    ])


def _person(request: PersonRequest) -> x509.Name:
    return x509.Name([
        x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]),
        x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.TITLE, request.profession_label)]),
        x509.RelativeDistinguishedName([
            x509.NameAttribute(NameOID.GIVEN_NAME, request.given_name),
            x509.NameAttribute(NameOID.COMMON_NAME, _fitting(request.national_id)),
            x509.NameAttribute(NameOID.SURNAME, request.family_name),
        ]),
    ])


def _fitting(common_name: str) -> str:
    if not 1 <= len(common_name) <= COMMON_NAME_LENGTH:
        raise ValueError(f"the common name {common_name!r} must have 1 to {COMMON_NAME_LENGTH} characters")
    return common_name
