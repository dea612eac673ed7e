"""Issued certificates as files: PEM chain, PEM key and PKCS#12, and what a caller holds of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12

from simulator.model.certificate import Credentials
from simulator.pki import keys
from simulator.pki.files import write_whole
from simulator.pki.index import Leaf
from simulator.pki.keys import PrivateKey

_P12_ROUNDS = 2048
"""OpenSSL's own default. More would guard a password that protects nothing: the key lies in clear beside it."""
_PREFIX_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate of ours, ready for use. Every file named exists."""

    serial: str
    """Lower-case hexadecimal."""
    subject: str
    """The whitelist's writing."""
    chain_file: Path
    """PEM: the leaf, then its intermediate."""
    key_file: Path
    """PEM, PKCS#8, readable by its owner only."""
    p12_file: Path
    """Key, leaf, intermediate and root."""
    p12_password: str = field(repr=False)
    not_after: datetime

    @property
    def credentials(self) -> Credentials:
        """What to present in a handshake; read from the files."""
        return Credentials(self.chain_file.read_bytes(), self.key_file.read_bytes())

    @property
    def credentials_without_intermediate(self) -> Credentials:
        """The leaf alone: the commonest fault of real set-ups, for tests and training."""
        whole = self.credentials
        end = b"-----END CERTIFICATE-----\n"
        return Credentials(whole.chain[:whole.chain.index(end) + len(end)], whole.key)


def file_stem(slot: str, serial: str) -> str:
    """A file name without its ending: readable letters of the slot, made unique by the serial. Never a path."""
    plain = unicodedata.normalize("NFKD", slot).encode("ascii", "ignore").decode().lower()
    prefix = re.sub(r"[^a-z0-9]+", "-", plain)[:_PREFIX_LENGTH].strip("-")
    return f"{prefix or 'certificate'}-{serial}"


def as_issued(folder: Path, leaf: Leaf) -> Issued:
    """What a caller holds of a listed leaf."""
    base = folder / "leaves" / leaf.stem
    return Issued(leaf.serial, leaf.subject, base.with_suffix(".pem"), base.with_suffix(".key"),
                  base.with_suffix(".p12"), leaf.p12_password, datetime.fromisoformat(leaf.not_after))


def is_whole(issued: Issued) -> bool:
    """True when the three files are there and none is empty (as a power cut may leave them)."""
    try:
        return all(file.stat().st_size for file in (issued.chain_file, issued.key_file, issued.p12_file))
    except FileNotFoundError:
        return False


def write(issued: Issued, key: PrivateKey, chain: tuple[x509.Certificate, ...], friendly_name: str) -> None:
    """Write the three files; ``chain`` is leaf, intermediate, root."""
    write_whole(issued.key_file, keys.to_pem(key), secret=True)
    write_whole(issued.chain_file, b"".join(c.public_bytes(Encoding.PEM) for c in chain[:2]))
    # AES-256 and SHA-256 throughout: read by Java 8u301 and later, .NET, OpenSSL 1.1 and 3, NSS.
    encryption = (PrivateFormat.PKCS12.encryption_builder().kdf_rounds(_P12_ROUNDS)
                  .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC).hmac_hash(hashes.SHA256())
                  .build(issued.p12_password.encode()))
    archive = pkcs12.serialize_key_and_certificates(friendly_name.encode(), key, chain[0], chain[1:], encryption)
    write_whole(issued.p12_file, archive, secret=True)
