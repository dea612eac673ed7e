"""The chains of the matrix: what each one is, what it must be worth, and what ``openssl verify`` thinks of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID, ObjectIdentifier

from simulator.model.certificate import Use, Worth
from simulator.pki import Authority, Issued, KeyType, PersonRequest, Purpose, ServerRequest, StructureRequest, hierarchy
from simulator.pki.branches import Branch
from simulator.pki.keys import PrivateKey
from simulator.pki.profiles import Issuer, Validity, leaf

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NO_ISSUER = "unable to get local issuer certificate"
WRONG_PURPOSE = "unsuitable certificate purpose"

SERVER = ServerRequest("mss.esante-bfc.test", ("mss.esante-bfc.test", "MX.bfc.mssante.fr"), ("127.0.0.1", "::1"),
                       "GIP DE TEST BFC", "399990000400014", "Côte-d'Or (21)")
STRUCTURE = StructureRequest("LGO Tilleuls", "PHARMACIE DES TILLEULS", "1990000010", "Côte-d'Or (21)")
PERSON = PersonRequest("Zoé", "FONTAINE", "899700991005", "21", "Pharmacien",
                       "isabelle.fontaine@pharmacie.bfc.mssante.fr")


@dataclass(frozen=True, slots=True)
class Case:
    """One chain presented."""

    chain: tuple[bytes, ...]
    """DER, leaf first."""
    worth: Worth
    says: str
    """Words of the reason."""
    use: Use = Use.CLIENT
    openssl: str = "OK"
    """What ``openssl verify`` says of it; empty where the command line cannot be asked the question."""


NAMES = (
    "a structure", "a person", "a server as server", "a server as client", "the root sent as well", "sent out of order",
    "expired", "future", "revoked", "same names, other keys", "other authority", "self-signed",
    "missing intermediate", "a structure as server", "a person as server", "mail only", "no usage extension",
    "no digitalSignature", "an authority as leaf", "critical extension unknown", "RSA 1024", "a curve not accepted",
    "a leaf used as authority", "wrong intermediate", "garbage", "cut short", "empty certificate", "too many",
)


def ders(pem: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM text."""
    return tuple(c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(pem))


def chain(issued: Issued) -> tuple[bytes, ...]:
    """What a peer with this certificate sends."""
    return ders(issued.credentials.chain)


def all_cases(authority: Authority, folder: Path) -> Mapping[str, Case]:
    """The whole matrix, by the NAMES above."""
    made = {**_good(authority), **_dated(authority), **_foreign(authority, folder), **_misused(authority),
            **_weak(authority), **_broken(authority)}
    assert set(made) == set(NAMES)
    return made


def _good(a: Authority) -> dict[str, Case]:
    structure, person, server = chain(a.issue(STRUCTURE)), chain(a.issue(PERSON)), chain(a.issue(SERVER))
    root = ders(a.authorities[0])
    stranger = ders(a.authorities[2])
    return {
        "a structure": Case(structure, Worth.GOOD, ""),
        "a person": Case(person, Worth.GOOD, ""),
        "a server as server": Case(server, Worth.GOOD, "", Use.SERVER),
        "a server as client": Case(server, Worth.GOOD, ""),
        "the root sent as well": Case(structure + root, Worth.GOOD, ""),
        "sent out of order": Case((structure[0], *root, *stranger, structure[1]), Worth.GOOD, ""),
    }


def _dated(a: Authority) -> dict[str, Case]:
    revoked = a.issue(STRUCTURE)
    a.revoke(revoked.serial)
    return {
        "expired": Case(chain(a.issue(STRUCTURE, not_after=NOW - DAY)), Worth.EXPIRED,
                        "CN=LGO Tilleuls expired on 2026-05-31", openssl="certificate has expired"),
        "future": Case(chain(a.issue(STRUCTURE, not_before=NOW + DAY)), Worth.NOT_YET_VALID,
                       "begins on 2026-06-02", openssl="certificate is not yet valid"),
        "revoked": Case(chain(revoked), Worth.REVOKED, "is revoked", openssl="certificate revoked"),
    }


def _foreign(a: Authority, folder: Path) -> dict[str, Case]:
    twin = Authority.open(folder, lambda: NOW, KeyType.ECDSA_P256).issue(STRUCTURE)
    key = ec.generate_private_key(ec.SECP256R1())
    other = by_hand("AC D'AILLEURS", "AC D'AILLEURS", key, key, ca=True)
    below = by_hand("LGO Tilleuls", "AC D'AILLEURS", key, key)
    alone = by_hand("LGO Tilleuls", "LGO Tilleuls", key, key)
    return {
        "same names, other keys": Case(chain(twin), Worth.UNKNOWN_AUTHORITY, "was not made by",
                                       openssl=NO_ISSUER),
        "other authority": Case((below, other), Worth.UNKNOWN_AUTHORITY, "CN=AC D'AILLEURS is signed by itself",
                                openssl="self-signed certificate in certificate chain"),
        "self-signed": Case((alone,), Worth.UNKNOWN_AUTHORITY, "signed by itself", openssl="self-signed certificate"),
        "missing intermediate": Case(ders(a.issue(STRUCTURE).credentials_without_intermediate.chain),
                                     Worth.UNKNOWN_AUTHORITY, "chain is incomplete: CN=TEST SIMULATEUR AC IGC-SANTE",
                                     openssl=NO_ISSUER),
    }


def _misused(a: Authority) -> dict[str, Case]:
    structure, person, mail = a.issue(STRUCTURE), a.issue(PERSON), a.issue(STRUCTURE, purposes=[Purpose.EMAIL])
    wrong, authority_itself = Worth.WRONG_USE, ders(a.authorities[1])
    return {
        "a structure as server": Case(chain(structure), wrong, "lacks serverAuth", Use.SERVER, WRONG_PURPOSE),
        "a person as server": Case(chain(person), wrong, "lacks serverAuth", Use.SERVER, WRONG_PURPOSE),
        "mail only": Case(chain(mail), wrong, "lacks clientAuth", openssl=WRONG_PURPOSE),
        # OpenSSL takes the absence for "anything": the trap the judge is there for.
        "no usage extension": Case(chain(a.issue(STRUCTURE, purposes=[])), wrong, "no extended key usage"),
        "no digitalSignature": Case(_ours(a, usage=False), wrong, "lacks digitalSignature", openssl=WRONG_PURPOSE),
        "an authority as leaf": Case(authority_itself, wrong, "is an authority's certificate", openssl=WRONG_PURPOSE),
        "critical extension unknown": Case(_ours(a, odd=True), wrong, "critical extension",
                                           openssl="unhandled critical extension"),
    }


def _weak(a: Authority) -> dict[str, Case]:
    curve = ec.generate_private_key(ec.SECP256K1())
    certificate = leaf(STRUCTURE, curve, organisations(a), Validity(NOW - DAY, NOW + DAY)).public_bytes(Encoding.DER)
    return {
        "RSA 1024": Case(chain(a.issue(STRUCTURE, key_type=KeyType.RSA_1024)), Worth.WEAK, "an RSA key of 1024 bits",
                         openssl="EE certificate key too weak"),
        "a curve not accepted": Case((certificate, *ders(a.authorities[1])), Worth.WEAK, "curve secp256k1"),
    }


def _broken(a: Authority) -> dict[str, Case]:
    holder = a.issue(STRUCTURE)
    key = load_pem_private_key(holder.key_file.read_bytes(), None)
    assert isinstance(key, PrivateKey)
    child = by_hand("Enfant", "LGO Tilleuls", key, key, issuer=x509.load_der_x509_certificate(chain(holder)[0]).subject)
    good, unknown = chain(holder), Worth.UNKNOWN_AUTHORITY
    return {
        "a leaf used as authority": Case((child, *good), unknown, "it is not an authority's certificate",
                                         openssl="invalid CA certificate"),
        "wrong intermediate": Case((good[0], *ders(a.authorities[2])), unknown, "chain is incomplete",
                                   openssl=NO_ISSUER),
        "garbage": Case((b"\x30\x82not a certificate",), unknown, "cannot be read", openssl=""),
        "cut short": Case((good[0][:-9], good[1]), unknown, "cannot be read", openssl=""),
        "empty certificate": Case((b"",), unknown, "cannot be read", openssl=""),
        "too many": Case((good[0], *[good[1]] * 10), unknown, "more than 10 certificates"),
    }


def organisations(a: Authority) -> Issuer:
    """The intermediate with its key, to sign what ``issue`` would never sign."""
    return hierarchy.load(a.ca_file.parent).issuer(Branch.ORGANISATIONS)


def _ours(a: Authority, *, usage: bool = True, odd: bool = False) -> tuple[bytes, ...]:
    issuer = organisations(a)
    key = ec.generate_private_key(ec.SECP256R1())
    made = by_hand("LGO Tilleuls", "", key, issuer.key, issuer=issuer.certificate.subject, usage=usage, odd=odd)
    return made, issuer.certificate.public_bytes(Encoding.DER)


def by_hand(subject: str, issuer_name: str, key: PrivateKey, signing: PrivateKey, *, issuer: x509.Name | None = None,
            ca: bool = False, usage: bool = True, odd: bool = False) -> bytes:
    """A certificate made without the authority's profiles, in DER."""
    builder = x509.CertificateBuilder(issuer or named(issuer_name), named(subject), key.public_key(), 77)
    builder = builder.not_valid_before(NOW - DAY).not_valid_after(NOW + DAY)
    for extension, critical in _extensions(ca, usage, odd):
        builder = builder.add_extension(extension, critical)
    return builder.sign(signing, hashes.SHA256()).public_bytes(Encoding.DER)


def _extensions(ca: bool, usage: bool, odd: bool) -> Iterable[tuple[x509.ExtensionType, bool]]:
    yield x509.BasicConstraints(ca, None), True
    yield x509.KeyUsage(usage and not ca, False, not usage, False, False, ca, ca, False, False), True
    if not ca:
        yield x509.ExtendedKeyUsage([ObjectIdentifier(Purpose.CLIENT)]), False
    if odd:
        yield x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True


def named(common_name: str) -> x509.Name:
    """A name of a CN alone."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
