"""What a presented chain is worth now: the lasting finding, kept, plus the clock and the revocations of the moment."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from cryptography import x509

from simulator.model.certificate import NO_CERTIFICATE, Certificate, Use, Worth
from simulator.pki.path import Finding, examine

_KEPT = 1024
"""Findings remembered, a few hundred octets each."""


class Kept:
    """The newest findings by digest; the one unused for longest makes room."""

    def __init__(self, size: int = _KEPT) -> None:
        self._size = size
        self._findings: OrderedDict[bytes, Finding] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: bytes) -> Finding | None:
        with self._lock:
            finding = self._findings.get(digest)
            if finding is not None:
                self._findings.move_to_end(digest)
            return finding

    def put(self, digest: bytes, finding: Finding) -> None:
        with self._lock:
            self._findings[digest] = finding
            self._findings.move_to_end(digest)
            while len(self._findings) > self._size:
                self._findings.popitem(last=False)


class ChainJudge:
    """Judges chains for one root. ``revoked`` tells the revoked serials of the moment (lower-case hexadecimal)."""

    def __init__(self, root: x509.Certificate, intermediates: Sequence[x509.Certificate],
                 now: Callable[[], datetime], revoked: Callable[[], frozenset[str]]) -> None:
        self._root = root
        self._intermediates = tuple(intermediates)
        self._now = now
        self._revoked = revoked
        self._chains = Kept()
        self._proven = Kept()

    def judge(self, chain: Sequence[bytes], use: Use, *, resumed: bool = True) -> Certificate:
        """See Authority.judge. Several defects: authority, strength, use, revocation, dates, in this order."""
        if not chain:
            return NO_CERTIFICATE
        finding = self._finding(chain, resumed)
        if not finding.certificate.is_good:
            return finding.certificate
        if use in finding.misuse:
            return _but(finding, Worth.WRONG_USE, f"the certificate may not be used here: {finding.misuse[use]}")
        revoked = self._revoked()
        for link in finding.links:
            if link.serial in revoked:
                return _but(finding, Worth.REVOKED, f"{link.name} is revoked")
        return _dated(finding, self._now())

    def _finding(self, chain: Sequence[bytes], resumed: bool) -> Finding:
        leaf = hashlib.sha256(chain[0]).digest()
        if len(chain) == 1 and resumed and (proven := self._proven.get(leaf)):
            return proven
        whole = hashlib.sha256(b"".join(hashlib.sha256(der).digest() for der in chain)).digest()
        finding = self._chains.get(whole)
        if finding is None:
            finding = examine(chain, self._root, self._intermediates)
            self._chains.put(whole, finding)
        if finding.certificate.is_good:
            self._proven.put(leaf, finding)  # again each time, so that a chain in use is not forgotten
        return finding


def _dated(finding: Finding, now: datetime) -> Certificate:
    for link in finding.links:
        if now > link.not_after:
            return _but(finding, Worth.EXPIRED, f"{link.name} expired on {_day(link.not_after)}, {_today(now)}")
        if now < link.not_before:
            return _but(finding, Worth.NOT_YET_VALID, f"{link.name} begins on {_day(link.not_before)}, {_today(now)}")
    return finding.certificate


def _today(now: datetime) -> str:
    return f"the simulated clock says {_day(now)}"


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%SZ")


def _but(finding: Finding, worth: Worth, reason: str) -> Certificate:
    return replace(finding.certificate, worth=worth, reason=reason)
