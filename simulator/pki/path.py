"""The lasting half of judging a chain: who signed it, how strong it is, what it may be used for.

Nothing here depends on the time or on revocations, so a finding can be kept for the next handshake. The input comes
from the network: whatever it is, the answer is a Finding, never an exception.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from simulator.model.certificate import Certificate, Use, Worth
from simulator.pki import dn, strength

_MAX_SENT = 10
_MAX_OCTETS = 65_536
_MAX_PATH = 4
"""Leaf and up to three intermediates below the root: one more than ours ever need."""


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of the path, as far as time and revocation are concerned."""

    name: str
    serial: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What a chain is worth for good. A worth of GOOD still depends on the clock, the revocations and the use."""

    certificate: Certificate
    links: tuple[Link, ...] = ()
    """Leaf first, root last; empty when no path reaches our root."""
    misuse: Mapping[Use, str] = field(default_factory=dict)
    """Why it may not serve on that side; a side that is absent is fine."""


class _Broken(Exception):
    """No path to our root; the text says where it ends."""


def examine(chain: Sequence[bytes], root: x509.Certificate, known: Sequence[x509.Certificate]) -> Finding:
    """Look at DER certificates, leaf first. ``known`` are our intermediates: not trusted, only named when missing."""
    shown = Certificate(Worth.UNKNOWN_AUTHORITY, "", fingerprint=hashlib.sha256(chain[0]).hexdigest())
    if len(chain) > _MAX_SENT or sum(map(len, chain)) > _MAX_OCTETS:
        return Finding(replace(shown, reason=f"more than {_MAX_SENT} certificates or {_MAX_OCTETS} octets were sent"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd serials and the like: what we refuse needs no line on stderr
            sent = [x509.load_der_x509_certificate(der) for der in chain]
            shown = _described(shown, sent[0])
            return _judged(shown, _walk(sent, root, known))
    except _Broken as broken:
        return Finding(replace(shown, reason=str(broken)))
    except Exception as error:  # the parser's failures on hostile bytes are of many kinds, and none may reach the door
        return Finding(replace(shown, reason=f"a certificate cannot be read ({type(error).__name__})"))


def _described(shown: Certificate, leaf: x509.Certificate) -> Certificate:
    """The same with what the leaf says of itself, proven or not."""
    name = leaf.subject
    return replace(
        shown, subject=dn.write(name), serial=f"{leaf.serial_number:x}", common_name=dn.first(name, "CN"),
        structure_id=dn.first(name, "OU"), national_id=dn.person(name), names=_dns_names(leaf),
        not_after=leaf.not_valid_after_utc)


def _dns_names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(name.lower() for name in names.get_values_for_type(x509.DNSName))


def _judged(shown: Certificate, path: Sequence[x509.Certificate]) -> Finding:
    links = tuple(_link(certificate) for certificate in path)
    for certificate in path:
        weakness = strength.weakness(certificate)
        if weakness:
            reason = f"{label(certificate.subject)} has {weakness}"
            return Finding(replace(shown, worth=Worth.WEAK, reason=reason), links)
    misuse = {use: reason for use in Use if (reason := strength.misuse(path[0], use))}
    return Finding(replace(shown, worth=Worth.GOOD, reason=""), links, misuse)


def _link(certificate: x509.Certificate) -> Link:
    return Link(label(certificate.subject), f"{certificate.serial_number:x}",
                certificate.not_valid_before_utc, certificate.not_valid_after_utc)


def _walk(sent: Sequence[x509.Certificate], root: x509.Certificate,
          known: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The path from the leaf to our root, through what the peer sent. Raises _Broken."""
    path = [sent[0]]
    while path[-1] != root:
        if len(path) > _MAX_PATH:
            raise _Broken(f"the path is longer than {_MAX_PATH} certificates below the root")
        candidates = [c for c in (root, *sent[1:]) if c not in path and c.subject == path[-1].issuer]
        parent = next((c for c in candidates if _signed_by(path[-1], c)), None)
        if parent is None:
            raise _Broken(_ending(path[-1], bool(candidates), known))
        fault = strength.unfit_to_sign(parent, len(path) - 1)
        if fault:
            raise _Broken(f"{label(parent.subject)} is no authority for it: {fault}")
        path.append(parent)
    return path


def _signed_by(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """True also for a hash too weak to prove anything: such a path is found, then refused as weak."""
    if isinstance(child.signature_hash_algorithm, hashes.SHA1 | hashes.MD5):
        return True
    try:
        child.verify_directly_issued_by(parent)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _ending(last: x509.Certificate, named_alike: bool, known: Sequence[x509.Certificate]) -> str:
    issuer = label(last.issuer)
    if any(c.subject == last.issuer and _signed_by(last, c) for c in known):
        return f"the chain is incomplete: {issuer} was not sent"
    if last.subject == last.issuer:
        return f"{issuer} is signed by itself and is not the authority of this space"
    if named_alike:
        return f"the signature of {label(last.subject)} was not made by {issuer}"
    return f"{label(last.subject)} was issued by {issuer}, which is not an authority of this space"


def label(name: x509.Name) -> str:
    """``CN=…`` for a sentence in a reply: ASCII, short, without control characters."""
    text = f"CN={dn.first(name, 'CN')}" if dn.first(name, "CN") else dn.write(name)
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text[:80])
