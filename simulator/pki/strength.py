"""What a single certificate lacks: strong keys and hashes, the right to sign others, the right use."""

from __future__ import annotations

from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID, ObjectIdentifier

from simulator.model.certificate import Use
from simulator.pki.profiles import Purpose

E = TypeVar("E", bound=x509.ExtensionType)
_LEAST_RSA_BITS = 2048
_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_PURPOSES = {Use.CLIENT: Purpose.CLIENT, Use.SERVER: Purpose.SERVER}
_UNDERSTOOD = frozenset({ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE,
                         ExtensionOID.SUBJECT_ALTERNATIVE_NAME})


def weakness(certificate: x509.Certificate) -> str:
    """Why its key or signature proves nothing today; empty when they are strong enough."""
    try:
        digest, key = certificate.signature_hash_algorithm, certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "a key or signature of a kind that is not accepted"
    if not isinstance(digest, _HASHES):
        return f"a signature made with {digest.name.upper() if digest else 'an unusual algorithm'}"
    if isinstance(key, rsa.RSAPublicKey):
        return "" if key.key_size >= _LEAST_RSA_BITS else f"an RSA key of {key.key_size} bits"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "" if isinstance(key.curve, _CURVES) else f"a key on the curve {key.curve.name}"
    return "a key that is neither RSA nor on a NIST curve"


def unfit_to_sign(certificate: x509.Certificate, intermediates_below: int) -> str:
    """Why it may not sign what is below it on the path (RFC 5280 6.1.4); empty when it may."""
    basic = _extension(certificate, x509.BasicConstraints)
    if basic is None or not basic.ca:
        return "it is not an authority's certificate"
    if basic.path_length is not None and basic.path_length < intermediates_below:
        return "its path length does not allow another authority below it"
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not usage.key_cert_sign:
        return "its key may not sign certificates"
    return ""


def misuse(leaf: x509.Certificate, use: Use) -> str:
    """Why it may not be presented on that side of a handshake; empty when it may.

    Stricter than RFC 5280, which lets a missing extension mean "anything": IGC-Santé always says what for."""
    unknown = [e.oid.dotted_string for e in leaf.extensions if e.critical and e.oid not in _UNDERSTOOD]
    if unknown:
        return f"it has a critical extension that is not understood here ({unknown[0]})"
    basic = _extension(leaf, x509.BasicConstraints)
    if basic is not None and basic.ca:
        return "it is an authority's certificate"
    usage = _extension(leaf, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        return "its key usage lacks digitalSignature"
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    if purposes is None:
        return "it has no extended key usage"
    if ObjectIdentifier(_PURPOSES[use]) not in purposes:
        return f"its extended key usage lacks {use.value}Auth"
    return ""


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
