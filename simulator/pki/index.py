"""The authority's memory: every leaf ever issued, what was revoked, and the number of the newest CRL.

One JSON file, replaced whole. It is written after the files it names and before the CRLs made from it, so a crash
at any moment leaves either an unlisted leaf (harmless) or a CRL older than the index (republished by the next start).
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from simulator.pki.files import AuthorityError, read_whole, start_over, write_whole

_VERSION = 1


class Reason(StrEnum):
    """Why a certificate was revoked (RFC 5280 5.3.1)."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One issued certificate, as kept: text only, dates in ISO 8601."""

    serial: str
    slot: str
    kind: str
    branch: str
    subject: str
    not_before: str
    not_after: str
    key_type: str
    request: str
    """Canonical JSON of the request; empty when the certificate was made faulty on purpose and must not be reused."""
    stem: str
    """File name without its ending."""
    p12_password: str
    revoked_at: str = ""
    reason: str = ""

    def covers(self, moment: datetime) -> bool:
        """True while the certificate is within its dates."""
        return datetime.fromisoformat(self.not_before) <= moment <= datetime.fromisoformat(self.not_after)


_LEAF_FIELDS = frozenset(field.name for field in fields(Leaf))


@dataclass(frozen=True, slots=True)
class Index:
    """The content of the file. Changes make a new value, put in place once it is on disk."""

    root: str
    """SHA-256 of the root certificate: an index never serves another authority."""
    crl_number: int = 0
    leaves: tuple[Leaf, ...] = ()

    def revoked(self, serial: str, at: datetime, reason: Reason) -> Index:
        """The index with that leaf revoked and a new CRL due."""
        leaves = tuple(replace(leaf, revoked_at=at.isoformat(), reason=reason.value) if leaf.serial == serial else leaf
                       for leaf in self.leaves)
        return replace(self, leaves=leaves, crl_number=self.crl_number + 1)


class IndexFile:
    """The file and the state it was last seen in."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "index.json"
        self._folder = folder
        self._seen: tuple[int, ...] | None = None

    def load(self, root: str) -> Index:
        """Read it. Raises AuthorityError when it is damaged, of another version, or of another authority."""
        self._seen = self._stamp()
        data = read_whole(self.path, self._folder)
        try:
            index = _parse(data)
        except (ValueError, TypeError, RecursionError) as error:
            raise AuthorityError(self.path, f"is damaged ({error})", start_over(self._folder)) from error
        if index.root != root:
            raise AuthorityError(self.path, "belongs to another root than the one in ca/", start_over(self._folder))
        return index

    @property
    def changed(self) -> bool:
        """Another process replaced it since it was last read or written here."""
        return self._stamp() != self._seen

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the folder against other processes: ``mssim certs`` and a running simulator may share it."""
        with (self._folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def save(self, index: Index) -> None:
        """Replace it; call inside ``exclusive``. Raises OSError when the disk fails."""
        content = {"version": _VERSION, "root": index.root, "crl_number": index.crl_number,
                   "leaves": [asdict(leaf) for leaf in index.leaves]}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        write_whole(self.path, text.encode(), secret=True, sync=True)
        self._seen = self._stamp()

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def _parse(data: bytes) -> Index:
    content: object = json.loads(data)
    if not isinstance(content, dict):
        raise TypeError("not an object")
    version, root, number, leaves = (content.get(key) for key in ("version", "root", "crl_number", "leaves"))
    if version != _VERSION:
        raise ValueError(f"version {version!r}, expected {_VERSION}")
    if not isinstance(root, str) or not isinstance(number, int) or not isinstance(leaves, list):
        raise TypeError("root, crl_number or leaves is missing or of a wrong type")
    return Index(root, number, tuple(_leaf(record) for record in leaves))


def _leaf(record: object) -> Leaf:
    texts = isinstance(record, dict) and all(isinstance(value, str) for value in record.values())
    if not texts or not isinstance(record, dict) or set(record) != _LEAF_FIELDS:
        raise TypeError("a leaf has missing, unknown or ill-typed fields")
    leaf = Leaf(**record)
    if not leaf.stem or not set(leaf.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise ValueError(f"the file name {leaf.stem!r} was not made by this authority")
    if f"{int(leaf.serial, 16):x}" != leaf.serial:
        raise ValueError(f"the serial {leaf.serial!r} is not lower-case hexadecimal")
    if leaf.revoked_at:
        Reason(leaf.reason)
    for date in filter(None, (leaf.not_before, leaf.not_after, leaf.revoked_at)):
        if datetime.fromisoformat(date).tzinfo is None:
            raise ValueError(f"the date {date} has no time zone")
    return leaf
