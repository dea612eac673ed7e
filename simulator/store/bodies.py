"""Keeping bodies once, however many messages and relays hold them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from simulator.store.writer import Row, Transaction

AT_ONCE = 128
"""Orphans deleted by one job at most: the rest is swept when the writer is idle, so that nobody waits for it."""


def keep(tx: Transaction, *batches: Sequence[bytes]) -> list[int]:
    """The blob of each body; those of one batch that are equal become one blob with several holders."""
    different: list[bytes] = []
    places: list[int] = []
    for batch in batches:
        known: dict[bytes, int] = {}
        for body in batch:
            # A body that is alone is not even looked up: that would read all of it.
            place = known.get(body) if len(batch) > 1 else None
            if place is None:
                place = len(different)
                different.append(body)
                if len(batch) > 1:
                    known[body] = place
            places.append(place)
    blobs = tx.insert("blob (body)", [(body,) for body in different])
    again = Counter(places)
    if len(again) < len(places):
        share(tx, [blobs[place] for place, holders in again.items() for _ in range(holders - 1)])
    return [blobs[place] for place in places]


def share(tx: Transaction, blobs: Sequence[int]) -> None:
    """Each of these blobs has one more holder."""
    tx.many("INSERT INTO shared VALUES (?, 2) ON CONFLICT (blob) DO UPDATE SET holders = holders + 1",
            [(blob,) for blob in blobs])


def release(tx: Transaction, blobs: Sequence[int]) -> None:
    """Each of these blobs has one holder less; those without holders go, at once or soon."""
    lost = Counter(blobs)
    holders: dict[int, int] = dict(tx.rows(
        "SELECT blob, holders FROM shared WHERE blob IN (SELECT value FROM json_each(?))", json.dumps(list(lost))))
    left = {blob: holders.get(blob, 1) - count for blob, count in lost.items()}
    orphans = [(blob,) for blob, count in left.items() if count <= 0]
    if len(orphans) > AT_ONCE:
        tx.many("INSERT INTO orphan VALUES (?)", orphans)
        tx.left_orphans = True
    else:
        _delete(tx, orphans)
    tx.many("DELETE FROM shared WHERE blob = ?", [(blob,) for blob in holders if left[blob] <= 1])
    tx.many("UPDATE shared SET holders = ? WHERE blob = ?", [(left[blob], blob) for blob in holders if left[blob] > 1])


def sweep(tx: Transaction) -> None:
    """Delete some of the orphans."""
    orphans = tx.rows("DELETE FROM orphan WHERE blob IN (SELECT blob FROM orphan LIMIT ?) RETURNING blob", AT_ONCE)
    _delete(tx, orphans)
    tx.left_orphans = bool(orphans)


def _delete(tx: Transaction, orphans: Sequence[Row]) -> None:
    tx.many("DELETE FROM blob WHERE id = ?", orphans)
    tx.many("DELETE FROM mime_index WHERE blob = ?", orphans)


def save_index(tx: Transaction, folder: int, uid: int, index: bytes) -> None:
    """Remember the MIME index of this message's body, if the message is still there."""
    tx.run("INSERT OR REPLACE INTO mime_index SELECT blob, ? FROM message WHERE folder = ? AND uid = ?",
           index, folder, uid)
