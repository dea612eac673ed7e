"""The test authority: issues, keeps, revokes, publishes and judges the certificates of the trust space.

Its folder::

    ca.pem        root and intermediates, for clients to trust     index.json  what was issued and revoked
    ca/           authorities' certificates and keys               crl/        revocation lists, DER
    leaves/       <readable>-<serial>.pem .key .p12
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from simulator.model.certificate import Certificate, Use
from simulator.pki import crl, dn, hierarchy, leaves, profiles, requests
from simulator.pki.branches import CHAIN_PATH, INTERMEDIATES, Branch
from simulator.pki.files import AuthorityError, start_over
from simulator.pki.hierarchy import Hierarchy
from simulator.pki.index import Index, IndexFile, Leaf, Reason
from simulator.pki.judge import ChainJudge
from simulator.pki.keys import KeyType, PrivateKey, generate, generate_all
from simulator.pki.leaves import Issued
from simulator.pki.profiles import Purpose, Validity
from simulator.pki.requests import Request

P12_PASSWORD = "simulateur"
"""One word for all: the key lies beside the archive in clear, and people must be able to type it."""
_LIFE = timedelta(days=3 * 365)
_HEAD_START = timedelta(days=1)
"""Clients that live by the machine's clock may be a little behind the simulated one."""


class Status(StrEnum):
    """How a listed certificate stands now."""

    GOOD = "good"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of ``mssim certs list``."""

    slot: str
    serial: str
    subject: str
    kind: str
    """``server``, ``structure`` or ``person``."""
    status: Status
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None = None
    reason: str = ""
    """Why it was revoked: a value of Reason."""


class UnknownSerial(LookupError):
    """No certificate of that serial was issued here."""


class Authority:
    """Made by ``open``. Methods that write may be called from any thread in turn; ``judge`` never waits."""

    def __init__(self, folder: Path, now: Callable[[], datetime], key_type: KeyType, cas: Hierarchy,
                 file: IndexFile, index: Index) -> None:
        self._folder, self._now, self._key_type, self._cas, self._file = folder, now, key_type, cas, file
        self._lock = threading.RLock()
        self._remember(index)
        self._judge = ChainJudge(cas.root, [cas.certificates[b] for b in INTERMEDIATES], now, self._revoked_now)

    @classmethod
    def open(cls, folder: Path, now: Callable[[], datetime], key_type: KeyType = KeyType.RSA_2048) -> Authority:
        """Load the authority kept in ``folder``, or make one there. ``now`` gives aware datetimes (simulated clock).

        ``key_type`` counts for what is made from now on. Raises AuthorityError when the folder holds something
        damaged, foreign or real."""
        if key_type is KeyType.RSA_1024:
            raise ValueError("an authority does not use keys of 1024 bits: give them to issue() only")
        for part in ("ca", "leaves", "crl"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        file = IndexFile(folder)
        if file.path.exists():
            cas = hierarchy.load(folder)
            authority = cls(folder, now, key_type, cas, file, file.load(cas.fingerprint))
        else:
            authority = cls._create(folder, now, key_type, file)
        authority.refresh_crls()
        return authority

    @classmethod
    def _create(cls, folder: Path, now: Callable[[], datetime], key_type: KeyType, file: IndexFile) -> Authority:
        # The index is written last: without it nothing was ever issued, and a creation cut short starts again.
        if any((folder / "leaves").iterdir()):
            raise AuthorityError(file.path, "is missing although certificates were issued", start_over(folder))
        cas = hierarchy.create(folder, now(), key_type)
        index = Index(cas.fingerprint)
        file.save(index)
        return cls(folder, now, key_type, cas, file, index)

    # -- what others need in order to trust it

    @property
    def ca_file(self) -> Path:
        """PEM bundle for clients: the root, then the intermediates."""
        return self._cas.bundle

    @property
    def authorities(self) -> tuple[bytes, ...]:
        """PEM certificates: the root, then the intermediates."""
        return tuple(c.public_bytes(Encoding.PEM) for c in self._cas.certificates.values())

    @property
    def ca_names(self) -> tuple[bytes, ...]:
        """DER subjects, to be sent as the authorities a client certificate may come from."""
        return tuple(c.subject.public_bytes() for c in self._cas.certificates.values())

    def publications(self) -> dict[str, bytes]:
        """What the real IGC-Santé publishes on its web site: path → DER. Outdated CRLs are renewed first."""
        self.refresh_crls()
        found = {branch.crl_path: crl.file_of(self._folder, branch).read_bytes() for branch in Branch}
        for branch, certificate in self._cas.certificates.items():
            found[branch.certificate_path] = certificate.public_bytes(Encoding.DER)
        found[CHAIN_PATH] = pkcs7.serialize_certificates(list(self._cas.certificates.values()), Encoding.DER)
        return found

    # -- issuing

    def ensure(self, slot: str, request: Request) -> Issued:
        """The certificate of the slot: the kept one while it serves (same request and key type, in its dates, not
        revoked, files present), else a new one. Raises ValueError for a request no certificate can carry."""
        return self.ensure_all({slot: request})[slot]

    def ensure_all(self, wanted: Mapping[str, Request]) -> dict[str, Issued]:
        """``ensure`` for many: keys are made in parallel, the index is written once."""
        with self._writing():
            found = self._usable(wanted)
            missing = [slot for slot in wanted if slot not in found]
            made = dict(zip(missing, generate_all([self._key_type] * len(missing)), strict=True))
            new = [self._make(slot, wanted[slot], key, self._key_type) for slot, key in made.items()]
            if new:
                self._commit(replace(self._index, leaves=(*self._index.leaves, *new)))
            found |= {leaf.slot: leaves.as_issued(self._folder, leaf) for leaf in new}
            return {slot: found[slot] for slot in wanted}

    def issue(self, request: Request, *, not_before: datetime | None = None, not_after: datetime | None = None,
              key_type: KeyType | None = None, slot: str | None = None,
              purposes: Collection[Purpose] | None = None) -> Issued:
        """A new certificate, always; the dates, key type and extended usages may be wrong on purpose.

        Empty ``purposes`` leaves the extension out. One with odd dates or usages is never picked by ``ensure``."""
        kind = key_type or self._key_type
        validity = self._validity(not_before, not_after)
        odd = not_before is not None or not_after is not None or purposes is not None
        with self._writing():
            leaf = self._make(slot or "", request, generate(kind), kind, validity, purposes)
            leaf = replace(leaf, request="") if odd else leaf
            self._commit(replace(self._index, leaves=(*self._index.leaves, leaf)))
        return leaves.as_issued(self._folder, leaf)

    # -- afterwards

    def revoke(self, serial: str, reason: Reason = Reason.UNSPECIFIED) -> Entry:
        """Revoke for good: the next ``judge`` refuses it, the CRLs say so. Again is no error and changes nothing.

        Raises UnknownSerial. ``serial`` in hexadecimal, colons and capitals allowed."""
        wanted = serial.replace(":", "").lower().lstrip("0")
        with self._writing():
            leaf = self._find(wanted)
            if not leaf.revoked_at:
                self._commit(self._index.revoked(wanted, self._now(), reason))
                crl.publish(self._folder, self._cas, self._index, self._now())
            return self._entry(self._find(wanted), self._now())

    def refresh_crls(self) -> bool:
        """Publish new CRLs when one is missing, outdated by the simulated clock, or behind the index. True if so."""
        with self._writing():
            if crl.is_current(self._folder, self._index, self._now()):
                return False
            self._commit(replace(self._index, crl_number=self._index.crl_number + 1))
            crl.publish(self._folder, self._cas, self._index, self._now())
            return True

    def listed(self) -> Sequence[Entry]:
        """Every certificate issued, oldest first."""
        now = self._now()
        self._take_up()
        return [self._entry(leaf, now) for leaf in self._index.leaves]

    def judge(self, chain: Sequence[bytes], use: Use, *, resumed: bool = True) -> Certificate:
        """What a presented chain (DER, leaf first) is worth now; a ``model.certificate.Judge``. Never raises.

        Only the root is trusted: the peer must send its intermediate. A resumed TLS session shows the leaf alone, so a
        lone leaf whose full chain was proven before is taken with that chain, unless ``resumed`` is False (a handshake
        known to be full)."""
        return self._judge.judge(chain, use, resumed=resumed)

    # -- inside

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, in this process and beside it, on the newest index."""
        with self._lock, self._file.exclusive():
            self._take_up()
            yield

    def _take_up(self) -> None:
        """Learn what another process issued or revoked."""
        with self._lock:
            if self._file.changed:
                self._remember(self._file.load(self._cas.fingerprint))

    def _revoked_now(self) -> frozenset[str]:
        """Serials revoked up to this moment, by whichever process; a file that cannot be read changes nothing."""
        with suppress(AuthorityError):
            self._take_up()
        return self._revoked

    def _usable(self, wanted: Mapping[str, Request]) -> dict[str, Issued]:
        now = self._now()
        found: dict[str, Issued] = {}
        for leaf in self._index.leaves:
            request = wanted.get(leaf.slot)
            if request is None or leaf.revoked_at or leaf.key_type != self._key_type or not leaf.covers(now):
                continue
            issued = leaves.as_issued(self._folder, leaf)
            if leaf.request == requests.written(request) and leaves.is_whole(issued):
                found[leaf.slot] = issued
        return found

    def _validity(self, not_before: datetime | None = None, not_after: datetime | None = None) -> Validity:
        """The usual dates, to the second, with those given in their place; the first always before the second."""
        start = not_before or min(self._now() - _HEAD_START, not_after - _LIFE if not_after else self._now())
        end = not_after or max(self._now(), start) + _LIFE
        return Validity(start.replace(microsecond=0), end.replace(microsecond=0))

    def _make(self, slot: str, request: Request, key: PrivateKey, key_type: KeyType,
              validity: Validity | None = None, purposes: Collection[Purpose] | None = None) -> Leaf:
        """Sign and write the files; the index is the caller's."""
        issuer = self._cas.issuer(profiles.branch_of(request))
        validity = validity or self._validity()
        certificate = profiles.leaf(request, key, issuer, validity, purposes)
        serial = f"{certificate.serial_number:x}"
        leaf = Leaf(serial, slot, requests.kind(request), issuer.branch.value, dn.write(certificate.subject),
                    validity.not_before.isoformat(), validity.not_after.isoformat(), key_type.value,
                    requests.written(request), leaves.file_stem(slot, serial), P12_PASSWORD)
        chain = (certificate, issuer.certificate, self._cas.root)
        leaves.write(leaves.as_issued(self._folder, leaf), key, chain, slot or dn.first(certificate.subject, "CN"))
        return leaf

    def _commit(self, index: Index) -> None:
        self._file.save(index)
        self._remember(index)

    def _remember(self, index: Index) -> None:
        self._index = index
        self._revoked = frozenset(leaf.serial for leaf in index.leaves if leaf.revoked_at)

    def _find(self, serial: str) -> Leaf:
        for leaf in self._index.leaves:
            if leaf.serial == serial:
                return leaf
        raise UnknownSerial(f"no certificate with serial {serial!r} was issued here")

    @staticmethod
    def _entry(leaf: Leaf, now: datetime) -> Entry:
        start, end = datetime.fromisoformat(leaf.not_before), datetime.fromisoformat(leaf.not_after)
        status = Status.EXPIRED if now > end else Status.NOT_YET_VALID if now < start else Status.GOOD
        revoked = datetime.fromisoformat(leaf.revoked_at) if leaf.revoked_at else None
        return Entry(leaf.slot, leaf.serial, leaf.subject, leaf.kind, Status.REVOKED if revoked else status, start, end,
                     revoked, leaf.reason)
