"""Certificate revocation lists: one per authority, in DER, numbered upwards, dated by the simulated clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from simulator.pki.branches import Branch
from simulator.pki.files import write_whole
from simulator.pki.hierarchy import Hierarchy
from simulator.pki.index import Index, Leaf, Reason
from simulator.pki.profiles import Issuer

LIFE = timedelta(days=7)
"""From thisUpdate to nextUpdate (assumed: no published figure was found)."""


def file_of(folder: Path, branch: Branch) -> Path:
    """Where the authority's list lies."""
    return folder / "crl" / f"{branch.value}.crl"


def publish(folder: Path, hierarchy: Hierarchy, index: Index, now: datetime) -> None:
    """Write the lists of all authorities with the index's number."""
    for branch in Branch:
        revoked = [leaf for leaf in index.leaves if leaf.revoked_at and leaf.branch == branch.value]
        data = _signed(hierarchy.issuer(branch), revoked, index.crl_number, now)
        write_whole(file_of(folder, branch), data)


def is_current(folder: Path, index: Index, now: datetime) -> bool:
    """True when every list exists, has the index's number and is in force."""
    return all(_in_force(file_of(folder, branch), index.crl_number, now) for branch in Branch)


def _in_force(file: Path, number: int, now: datetime) -> bool:
    try:
        crl = x509.load_der_x509_crl(file.read_bytes())
        found = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False  # made again from the index, which is what counts
    until = crl.next_update_utc
    return found == number and until is not None and crl.last_update_utc <= now < until


def _signed(issuer: Issuer, revoked: Iterable[Leaf], number: int, now: datetime) -> bytes:
    moment = now.replace(microsecond=0)
    identity = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.subject, moment, moment + LIFE)
    builder = builder.add_extension(identity, critical=False).add_extension(x509.CRLNumber(number), critical=False)
    for leaf in revoked:
        builder = builder.add_revoked_certificate(_entry(leaf))
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _entry(leaf: Leaf) -> x509.RevokedCertificate:
    at = datetime.fromisoformat(leaf.revoked_at).replace(microsecond=0)
    builder = x509.RevokedCertificateBuilder(int(leaf.serial, 16), at)
    if leaf.reason != Reason.UNSPECIFIED:  # RFC 5280 5.3.1: left out rather than said to be unspecified
        builder = builder.add_extension(x509.CRLReason(x509.ReasonFlags(leaf.reason)), critical=False)
    return builder.build()
