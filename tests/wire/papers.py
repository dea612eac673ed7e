"""Certificates made for these tests, and a judge that looks at them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from simulator.model.certificate import NO_CERTIFICATE, Certificate, Credentials, Use, Worth

DAY = datetime.timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
                      x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


@dataclass(frozen=True)
class Paper:
    """A certificate with its key and the authorities above it, except the root."""

    certificate: x509.Certificate
    key: Key
    above: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """What is presented, in DER, leaf first."""
        return tuple(c.public_bytes(Encoding.DER) for c in (self.certificate, *self.above))

    @property
    def pem(self) -> bytes:
        return b"".join(c.public_bytes(Encoding.PEM) for c in (self.certificate, *self.above))

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.pem, self.key_pem)

    @cached_property
    def common_name(self) -> str:
        return str(self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    def issue(self, common_name: str, *, starts: datetime.timedelta = -DAY, ends: datetime.timedelta = DAY,
              authority: bool = False, key: Key | None = None) -> Paper:
        """A certificate under this authority, for ``common_name`` as subject and DNS name."""
        return _make(common_name, self, starts, ends, authority, key)


def root(common_name: str) -> Paper:
    """An authority that signs itself."""
    return _make(common_name, None, -DAY, DAY, True, None)


def _make(common_name: str, issuer: Paper | None, starts: datetime.timedelta, ends: datetime.timedelta,
          authority: bool, key: Key | None) -> Paper:
    key = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    builder = (x509.CertificateBuilder().subject_name(_name(common_name))
               .issuer_name(issuer.certificate.subject if issuer else _name(common_name))
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now + starts).not_valid_after(now + ends)
               .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                   (issuer.key if issuer else key).public_key()), critical=False))
    if not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(common_name)]), critical=False)
    certificate = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    above = () if issuer is None or issuer.certificate.issuer == issuer.certificate.subject \
        else (issuer.certificate, *issuer.above)
    return Paper(certificate, key, above)


@dataclass
class Judging:
    """A judge for one root: looks at dates, signatures, key sizes and its own list of revoked serials."""

    root: Paper
    revoked: set[int] = field(default_factory=set)
    asked: list[tuple[tuple[bytes, ...], Use]] = field(default_factory=list)

    def __call__(self, chain: Sequence[bytes], use: Use) -> Certificate:
        self.asked.append((tuple(chain), use))
        if not chain:
            return NO_CERTIFICATE
        leaf, *above = [x509.load_der_x509_certificate(der) for der in chain]
        worth = self._worth(leaf, above)
        name = str(leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
        return Certificate(worth, "" if worth is Worth.GOOD else f"the certificate is {worth}", common_name=name)

    def _worth(self, leaf: x509.Certificate, above: Sequence[x509.Certificate]) -> Worth:
        now = datetime.datetime.now(datetime.UTC)
        lower = leaf
        for upper in (*above, self.root.certificate):
            try:
                lower.verify_directly_issued_by(upper)
            except (ValueError, InvalidSignature):
                return Worth.UNKNOWN_AUTHORITY
            lower = upper
        public = leaf.public_key()
        if isinstance(public, rsa.RSAPublicKey) and public.key_size < 2048:
            return Worth.WEAK
        if leaf.not_valid_after_utc < now:
            return Worth.EXPIRED
        if leaf.not_valid_before_utc > now:
            return Worth.NOT_YET_VALID
        return Worth.REVOKED if leaf.serial_number in self.revoked else Worth.GOOD


@dataclass
class Papers:
    """Everything the tests present, made once."""

    folder: Path
    root: Paper
    host: Paper
    operators: dict[str, Paper]
    clients: dict[str, Paper]

    def file(self, paper: Paper) -> str:
        """A PEM file with chain and key."""
        path = self.folder / f"{paper.certificate.serial_number:x}.pem"
        path.write_bytes(paper.pem + paper.key_pem)
        return str(path)

    @property
    def root_file(self) -> str:
        path = self.folder / "root.pem"
        path.write_bytes(self.root.pem)
        return str(path)

    def judging(self) -> Judging:
        return Judging(self.root, {self.clients["revoked"].certificate.serial_number})


def make_papers(folder: Path) -> Papers:
    """One root, an intermediate, the host, two operators, and a client of every kind."""
    authority = root("Test root")
    lower = authority.issue("Test intermediate", authority=True)
    weak = rsa.generate_private_key(65537, 1024)
    return Papers(
        folder, authority, authority.issue("localhost"),
        {name: lower.issue(name) for name in ("mx.alpha.example", "mx.beta.example")},
        {"good": lower.issue("client.good"), "direct": authority.issue("client.direct"),
         "expired": lower.issue("client.expired", starts=-3 * DAY, ends=-DAY),
         "not yet valid": lower.issue("client.future", starts=DAY, ends=2 * DAY),
         "revoked": lower.issue("client.revoked"),
         "unknown authority": root("Foreign root").issue("client.foreign"),
         "weak": lower.issue("client.weak", key=weak)})
