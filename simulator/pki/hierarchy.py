"""The root and its intermediates on disk: made once, loaded after, their keys read only when something is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from simulator.pki import keys, profiles
from simulator.pki.branches import INTERMEDIATES, Branch, is_real
from simulator.pki.files import AuthorityError, read_whole, start_over, write_whole
from simulator.pki.keys import KeyType
from simulator.pki.profiles import Issuer, Validity

_LIFE = timedelta(days=20 * 365)
_HEAD_START = timedelta(days=5 * 365)
"""Valid from long before it was made, so that a simulated clock set back does not outdate the whole authority."""


class Hierarchy:
    """Three certificates, and their keys on demand."""

    def __init__(self, folder: Path, certificates: Mapping[Branch, x509.Certificate]) -> None:
        self._folder = folder
        self.certificates = certificates
        self._issuers: dict[Branch, Issuer] = {}

    @property
    def root(self) -> x509.Certificate:
        """The only trust anchor."""
        return self.certificates[Branch.ROOT]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root, lower-case hexadecimal."""
        return self.root.fingerprint(hashes.SHA256()).hex()

    @property
    def bundle(self) -> Path:
        """PEM file of the root and the intermediates."""
        return self._folder / "ca.pem"

    def issuer(self, branch: Branch) -> Issuer:
        """The authority ready to sign. Raises AuthorityError when its key is missing, damaged or another's."""
        if branch not in self._issuers:
            certificate = self.certificates[branch]
            key = keys.load(_key_file(self._folder, branch), certificate, self._folder)
            self._issuers[branch] = Issuer(branch, certificate, key)
        return self._issuers[branch]


def create(folder: Path, now: datetime, key_type: KeyType) -> Hierarchy:
    """Make the three authorities and write them down."""
    validity = Validity(now - _HEAD_START, now + _LIFE)
    made = dict(zip(Branch, keys.generate_all([key_type] * len(Branch)), strict=True))
    certificates = {Branch.ROOT: profiles.authority(Branch.ROOT, made[Branch.ROOT], None, validity)}
    root = Issuer(Branch.ROOT, certificates[Branch.ROOT], made[Branch.ROOT])
    for branch in INTERMEDIATES:
        certificates[branch] = profiles.authority(branch, made[branch], root, validity)
    for branch in Branch:
        write_whole(_key_file(folder, branch), keys.to_pem(made[branch]), secret=True)
        write_whole(_certificate_file(folder, branch), certificates[branch].public_bytes(Encoding.PEM))
    hierarchy = Hierarchy(folder, certificates)
    _write_bundle(hierarchy)
    return hierarchy


def load(folder: Path) -> Hierarchy:
    """Read what ``create`` wrote. Raises AuthorityError: missing, damaged, not one family, or the real IGC-Santé."""
    certificates = {branch: _certificate(folder, branch) for branch in Branch}
    for branch in INTERMEDIATES:
        try:
            certificates[branch].verify_directly_issued_by(certificates[Branch.ROOT])
        except (ValueError, TypeError, InvalidSignature) as error:
            raise AuthorityError(_certificate_file(folder, branch), "was not issued by the root beside it",
                                 start_over(folder)) from error
    for branch in Branch:
        if not _key_file(folder, branch).is_file():
            raise AuthorityError(_key_file(folder, branch), "is missing", start_over(folder))
    hierarchy = Hierarchy(folder, certificates)
    _write_bundle(hierarchy)
    return hierarchy


def _certificate(folder: Path, branch: Branch) -> x509.Certificate:
    file = _certificate_file(folder, branch)
    try:
        certificate = x509.load_pem_x509_certificate(read_whole(file, folder))
        real, ours = is_real(certificate), certificate.subject == branch.subject
    except ValueError as error:
        raise AuthorityError(file, "is not a readable certificate", start_over(folder)) from error
    if real:
        raise AuthorityError(file, "is the real IGC-Sante, which a simulator must never hold",
                             f"remove it, then the folder {folder}")
    if not ours:
        raise AuthorityError(file, "is not an authority made by this simulator", start_over(folder))
    return certificate


def _write_bundle(hierarchy: Hierarchy) -> None:
    content = b"".join(c.public_bytes(Encoding.PEM) for c in hierarchy.certificates.values())
    if not hierarchy.bundle.is_file() or hierarchy.bundle.read_bytes() != content:
        write_whole(hierarchy.bundle, content)


def _certificate_file(folder: Path, branch: Branch) -> Path:
    return folder / "ca" / f"{branch.value}.pem"


def _key_file(folder: Path, branch: Branch) -> Path:
    return folder / "ca" / f"{branch.value}.key"
