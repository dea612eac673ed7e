"""Who, to whom and about what: the headings of messages already looked at, so that searching them reads no message.

A folder's headings lie in runs of neighbouring UIDs, each one string of octets that is searched as a whole: a hundred
thousand messages take some ten megabytes and some milliseconds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from simulator.imap.search.sieve import Sieve, heading

MOST = 24 * 1024 * 1024
"""Octets kept, all folders together. When there are more, folders not searched for long are forgotten first; of a
folder that fills it alone, no more is kept."""
LARGEST = 4 * 1024
"""Octets of a heading worth keeping."""
RUN = 256
"""UIDs of one run."""


class Run:
    """Headings of messages whose UIDs have the same quotient by RUN, in ascending order."""

    __slots__ = ("ends", "text", "uids", "unsure")

    def __init__(self) -> None:
        self.uids, self.ends = array("I"), array("I")
        self.unsure: frozenset[int] = frozenset()
        self.text = b""

    def learn(self, headings: Iterable[tuple[int, bytes | None]]) -> None:
        """Take in more (UID, heading), whatever their order; None when only reading the message tells."""
        known = {**dict(self._headings()), **dict(headings)}
        self.uids = array("I", sorted(known))
        texts = [(known[uid] or b"") + b"\n" for uid in self.uids]
        end, ends = 0, array("I")
        for text in texts:
            end += len(text)
            ends.append(end)
        self.ends, self.text = ends, b"".join(texts)
        self.unsure = frozenset(uid for uid, text in known.items() if text is None)

    def _headings(self) -> Iterable[tuple[int, bytes | None]]:
        start = 0
        for uid, end in zip(self.uids, self.ends, strict=True):
            yield uid, None if uid in self.unsure else self.text[start:end - 1]
            start = end

    @property
    def octets(self) -> int:
        """What it takes, about."""
        return len(self.text) + len(self.uids) * 2 * self.uids.itemsize

    def missing(self, uids: Sequence[int]) -> list[int]:
        """Those of these ascending UIDs that are not here."""
        at = bisect_left(self.uids, uids[0])
        if self.uids[at:at + len(uids)] == array("I", uids):
            return []
        known = set(self.uids)
        return [uid for uid in uids if uid not in known]

    def hopeful(self, sieve: Sieve) -> set[int]:
        """UIDs of messages that may pass."""
        if not sieve.word:
            return set(self.uids)
        found, at = set(self.unsure), self.text.find(sieve.word)
        while at >= 0:
            place = bisect_right(self.ends, at)
            found.add(self.uids[place])
            at = self.text.find(sieve.word, self.ends[place])
        return found


class Headers:
    """Runs by folder and UID, which name the same octets for ever."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._folders: OrderedDict[int, dict[int, Run]] = OrderedDict()
        self.octets = 0
        """What is kept, about."""

    def missing(self, folder: int, uids: Sequence[int]) -> list[int]:
        """Those of these ascending UIDs that must be read before hopeful() knows more of them."""
        runs = self._runs(folder)
        missing: list[int] = []
        for number, part in _by_run(uids):
            missing += runs[number].missing(part) if number in runs else part
        return missing

    def learn(self, folder: int, messages: Iterable[tuple[int, bytes]]) -> None:
        """Keep the headings of these (UID, octets), as far as there is room."""
        runs = self._runs(folder)
        new: dict[int, list[tuple[int, bytes | None]]] = {}
        for uid, octets in messages:
            text = heading(octets)
            new.setdefault(uid // RUN, []).append((uid, text if text is not None and len(text) <= LARGEST else None))
        for number, headings in new.items():
            self._make_room()
            if self.octets > self._most:
                return
            run = runs.setdefault(number, Run())
            self.octets -= run.octets
            run.learn(headings)
            self.octets += run.octets

    def hopeful(self, sieve: Sieve, folder: int, uids: Sequence[int]) -> list[int]:
        """Those of these ascending UIDs that may pass the sieve, the unknown included."""
        runs = self._runs(folder)
        kept: list[int] = []
        for number, part in _by_run(uids):
            run = runs.get(number)
            if run is None:
                kept += part
                continue
            found = run.hopeful(sieve)
            found.update(run.missing(part))
            if found:
                kept += [uid for uid in part if uid in found]
        return kept

    def _runs(self, folder: int) -> dict[int, Run]:
        runs = self._folders.setdefault(folder, {})
        self._folders.move_to_end(folder)
        return runs

    def _make_room(self) -> None:
        while self.octets > self._most and len(self._folders) > 1:
            _, runs = self._folders.popitem(last=False)
            self.octets -= sum(run.octets for run in runs.values())


def _by_run(uids: Sequence[int]) -> Iterable[tuple[int, list[int]]]:
    start = 0
    while start < len(uids):
        number = uids[start] // RUN
        end = bisect_left(uids, (number + 1) * RUN, start)
        yield number, list(uids[start:end])
        start = end
