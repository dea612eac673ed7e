"""What stands in a certificate of each family: usages, policies and extensions, as observed in IGC-Santé.

Left out on purpose: OCSP and delta CRL addresses, since nothing answers there and clients would wait for them.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ObjectIdentifier

from simulator.pki.branches import CPS, WEB, Branch
from simulator.pki.keys import PrivateKey
from simulator.pki.requests import PersonRequest, Request, ServerRequest, StructureRequest, subject

_ANY_POLICY = "2.5.29.32.0"
_AUTH_CLI_TEST_POLICY = "1.2.250.1.213.1.7.2.1.1.1.1"
_SSL_SERV_TEST_POLICY = "1.2.250.1.213.1.7.2.1.2.5.1"
"""Assumed: the published production policy (1.2.250.1.213.1.7.1.1.2.5.1) in the arc of the test policies."""
_PRODUCT_KIND = ObjectIdentifier("1.2.250.1.71.1.2.5")
_TEST_SOFTWARE = bytes.fromhex("040183")
_PROFESSION = ObjectIdentifier("1.2.250.1.71.1.2.7")


class Purpose(StrEnum):
    """An extended key usage, by its dotted OID (RFC 5280 4.2.1.12)."""

    SERVER = "1.3.6.1.5.5.7.3.1"
    CLIENT = "1.3.6.1.5.5.7.3.2"
    EMAIL = "1.3.6.1.5.5.7.3.4"


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority ready to sign."""

    branch: Branch
    certificate: x509.Certificate
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class Validity:
    """From and until, both included, to the second (RFC 5280 4.1.2.5)."""

    not_before: datetime
    not_after: datetime


def new_serial() -> int:
    """Random, positive, 16 octets, always 32 hexadecimal digits (IGC-Santé: 128 bits)."""
    return secrets.randbits(126) | 1 << 126


def authority(branch: Branch, key: PrivateKey, issuer: Issuer | None, validity: Validity) -> x509.Certificate:
    """The certificate of a root (``issuer`` None: signed by itself) or of an intermediate (path length 0)."""
    parent, signing = (issuer.certificate, issuer.key) if issuer else (None, key)
    builder = _builder(branch.subject, parent.subject if parent else branch.subject, key.public_key(), validity)
    builder = builder.add_extension(x509.BasicConstraints(True, 0 if issuer else None), critical=True)
    builder = builder.add_extension(_key_usage(authority=True), critical=True)
    builder = builder.add_extension(_policies(_ANY_POLICY), critical=False)
    builder = builder.add_extension(_key_id(signing.public_key()), critical=False)
    if issuer:
        builder = _published_by(builder, issuer.branch)
    return builder.sign(signing, hashes.SHA256())


def leaf(request: Request, key: PrivateKey, issuer: Issuer, validity: Validity,
         purposes: Collection[Purpose] | None = None) -> x509.Certificate:
    """The certificate of a request. ``purposes`` replaces the family's own; empty leaves the extension out."""
    builder = _builder(subject(request), issuer.certificate.subject, key.public_key(), validity)
    builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
    builder = builder.add_extension(_key_usage(encipherment=isinstance(request, ServerRequest)), critical=True)
    builder = builder.add_extension(_key_id(issuer.key.public_key()), critical=False)
    usages = [ObjectIdentifier(purpose) for purpose in (_purposes(request) if purposes is None else purposes)]
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    for extension in _family(request):
        builder = builder.add_extension(extension, critical=False)
    builder = builder.add_extension(x509.UnrecognizedExtension(_PRODUCT_KIND, _TEST_SOFTWARE), critical=False)
    return _published_by(builder, issuer.branch).sign(issuer.key, hashes.SHA256())


def branch_of(request: Request) -> Branch:
    """Who signs it: persons have their own intermediate."""
    return Branch.PERSONS if isinstance(request, PersonRequest) else Branch.ORGANISATIONS


def _purposes(request: Request) -> tuple[Purpose, ...]:
    return (Purpose.SERVER, Purpose.CLIENT) if isinstance(request, ServerRequest) else (Purpose.CLIENT,)


def _family(request: Request) -> list[x509.ExtensionType]:
    """Names, policy and what else sets the family apart. No policy of the software person was found published."""
    if isinstance(request, StructureRequest):
        return [_policies(_AUTH_CLI_TEST_POLICY)]
    if isinstance(request, PersonRequest):
        code = request.profession_code.encode("ascii")
        # PrintableString is assumed: the extension is known, its encoding was not seen.
        profession = x509.UnrecognizedExtension(_PROFESSION, bytes([0x13, len(code)]) + code)
        return [x509.SubjectAlternativeName([x509.RFC822Name(request.email)]), profession]
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in request.dns_names]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in request.ip_addresses]
    policies: list[x509.ExtensionType] = [_policies(_SSL_SERV_TEST_POLICY)]
    return [*policies, x509.SubjectAlternativeName(names)] if names else policies


def _builder(subject_name: x509.Name, issuer_name: x509.Name,
             public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, validity: Validity) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer_name, subject_name, public, new_serial())
    builder = builder.not_valid_before(validity.not_before).not_valid_after(validity.not_after)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _key_id(public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(public)


def _policies(oid: str) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier(oid), [CPS])])


def _published_by(builder: x509.CertificateBuilder, issuer: Branch) -> x509.CertificateBuilder:
    """Where the issuer's CRL and certificate are found."""
    lists = [x509.UniformResourceIdentifier(url) for url in issuer.crl_urls]
    points = [x509.DistributionPoint([place], None, None, None) for place in lists]
    located = x509.UniformResourceIdentifier(WEB + issuer.certificate_path)
    access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, located)
    builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    return builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)


def _key_usage(*, authority: bool = False, encipherment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, key_encipherment=encipherment, key_cert_sign=authority, crl_sign=authority,
        content_commitment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False)
