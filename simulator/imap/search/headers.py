"""Headers already looked at, in lower case, so that searching by sender or subject again reads no message."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.imap.search.sieve import Sieve, plain_header
from simulator.store.interface import Store

MOST = 16 * 1024 * 1024
"""Octets kept; when there are more, everything is forgotten."""
LARGEST = 4 * 1024
"""Octets of a header worth keeping."""


class Headers:
    """Plain headers by folder and UID, which name the same octets for ever."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, dict[int, bytes | None]] = {}
        self._octets = 0

    def hopeful(self, sieve: Sieve, folder: int, places: Sequence[int], uids: Sequence[int]) -> list[int]:
        """Those places whose header may pass the sieve; ``uids`` are theirs, in the same order."""
        known = self._known.setdefault(folder, {})
        missing = [uid for uid in uids if uid not in known]
        if missing:
            self._read(folder, known, missing)
        # A header that is not plain is None: only reading it properly tells.
        return [at for at, uid in zip(places, uids, strict=True)
                if (header := known.get(uid)) is None or sieve.may_hold(header)]

    def _read(self, folder: int, known: dict[int, bytes | None], uids: Sequence[int]) -> None:
        if self._octets > MOST:
            for headers in self._known.values():
                headers.clear()
            self._octets = 0
        for uid, body in self._store.bodies(folder, uids):
            header = plain_header(body)
            known[uid] = header if header is not None and len(header) <= LARGEST else None
            self._octets += len(known[uid] or b"") + 100
