"""Private keys: the kinds offered, how they are made, and how they are read back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import Certificate

from simulator.pki.files import AuthorityError, read_whole, start_over

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class KeyType(StrEnum):
    """What a key can be. IGC-Santé gives RSA 2048 (observed)."""

    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    ECDSA_P256 = "ecdsa-p256"
    RSA_1024 = "rsa-1024"
    """Too short on purpose: only for certificates that must be refused as weak."""


_RSA_BITS = {KeyType.RSA_1024: 1024, KeyType.RSA_2048: 2048, KeyType.RSA_3072: 3072}


def generate(kind: KeyType) -> PrivateKey:
    """A new key."""
    if kind is KeyType.ECDSA_P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, _RSA_BITS[kind])


def generate_all(kinds: Sequence[KeyType]) -> list[PrivateKey]:
    """New keys, made side by side: the search for primes leaves the interpreter free."""
    if len(kinds) < 2:
        return [generate(kind) for kind in kinds]
    with ThreadPoolExecutor(min(len(kinds), os.cpu_count() or 1), "keys") as pool:
        return list(pool.map(generate, kinds))


def to_pem(key: PrivateKey) -> bytes:
    """PKCS#8, not encrypted: what OpenSSL, Java, Go and .NET read without a question."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load(file: Path, owner: Certificate, folder: Path) -> PrivateKey:
    """The private key of ``owner``. Raises AuthorityError when damaged, or when it is another's key."""
    data = read_whole(file, folder)
    try:
        # Our own file: the slow search for composite "primes" protects from nobody here.
        key = load_pem_private_key(data, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise AuthorityError(file, "is not a readable private key", start_over(folder)) from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or _public(key) != _public(owner):
        raise AuthorityError(file, "is not the key of the certificate beside it", start_over(folder))
    return key


def _public(of: PrivateKey | Certificate) -> bytes:
    return of.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
