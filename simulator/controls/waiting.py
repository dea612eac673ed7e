"""Somebody waits for messages: what fits, what nearly fits, and what to say when the time is over."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

from simulator.controls.errors import TimedOut
from simulator.controls.looking import Looking
from simulator.controls.message import MessageInfo, message_id
from simulator.controls.query import Query, lacks, marks, told
from simulator.journal import Event, Journal
from simulator.store.interface import Change, Folder, Message

SHOWN = 20
"""Messages and refusals told at a time-out."""
REFUSALS = frozenset(
    {"refusal", "sign-in-refused", "protocol", "handshake-failed", "connection-refused", "bounced", "postponed"}
)
"""Kinds of events that may be why a message does not come."""


@dataclass(slots=True)
class Waiting:
    """Use it as ``with Waiting(…) as waiting: await waiting.enough``. It hears of every change in the same turn of the
    loop as whoever is told of the commit."""

    looking: Looking
    query: Query
    count: int = 1
    claimed: set[str] = field(default_factory=set)
    """Messages that somebody is taking out: they fit nobody else."""
    take: bool = False
    """Claim what was found as soon as it is enough."""
    enough: asyncio.Future[tuple[MessageInfo, ...]] = field(init=False)
    _after: dict[int, int] = field(init=False)
    _fitting: dict[str, MessageInfo] = field(default_factory=dict)
    _missing: deque[tuple[MessageInfo, list[str]]] = field(default_factory=lambda: deque(maxlen=SHOWN))
    _stop: Callable[[], None] = field(init=False)

    def __enter__(self) -> Waiting:
        self._after = marks(self.query.after)
        self.enough = asyncio.get_running_loop().create_future()
        folders = self.looking.folders(self.query)
        self._stop = self.looking.store.watch_all(self._hear)
        try:
            for folder, message in self.looking.places(folders, self._after):
                self._consider(folder, message)
                if self._decide():
                    break
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self.enough.cancel()

    def _hear(self, change: Change) -> None:
        if self.enough.done():
            return
        if change.gone:
            lost = f"{change.folder}."
            self._fitting = {id: m for id, m in self._fitting.items() if not id.startswith(lost)}
            return
        for uid in change.expunged:
            self._fitting.pop(message_id(change.folder, uid), None)
        folder = self.looking.store.folder_by_id(change.folder)
        if folder is not None:
            for message in (*change.added, *change.flagged):
                self._consider(folder, message)
        self._decide()

    def _consider(self, folder: Folder, message: Message) -> None:
        id = message_id(folder.id, message.uid)
        self._fitting.pop(id, None)
        if id in self.claimed or message.uid <= self._after.get(folder.id, 0):
            return
        info = self.looking.info(folder, message, keep_raw=self.take)
        if info is None:
            return
        missing = lacks(self.query, info)
        if missing:
            self._missing.append((info, missing))
        else:
            self._fitting[id] = info

    def _decide(self) -> bool:
        if len(self._fitting) < self.count or self.enough.done():
            return self.enough.done()
        found = sorted(self._fitting.values(), key=lambda m: (m.received, m.uid))[: self.count]
        if self.take:
            self.claimed.update(m.id for m in found)
        self.enough.set_result(tuple(found))
        return True

    def timed_out(self, journal: Journal, timeout: float) -> TimedOut:
        """Everything that may help to see why it did not come."""
        had = f", {len(self._fitting)} of {self.count} came" if self._fitting else ""
        what = [f"no message came within {timeout:g} s that is {told(self.query)}{had}"]
        if self.count > 1:
            what = [f"not {self.count} messages came within {timeout:g} s that are {told(self.query)}{had}"]
        nearest = min(reversed(self._missing), key=lambda miss: len(miss[1]), default=None)
        if nearest is not None:
            what.append(f"the nearest is message {nearest[0].id}: {' and '.join(nearest[1])}")
        else:
            what.append("no other message came either" if not self._fitting else "nothing else came")
        refusals = self._refusals(journal)
        if refusals:
            what.append(f"but event {refusals[-1].seq} tells: {refusals[-1].story}")
        seen = (*self._fitting.values(), *(miss[0] for miss in self._missing))
        return TimedOut(
            "; ".join(what),
            seen=tuple(sorted(seen, key=lambda m: (m.received, m.id))[-SHOWN:]),
            nearest_miss=(nearest[0], " and ".join(nearest[1])) if nearest is not None else None,
            refusals=refusals,
        )

    def _refusals(self, journal: Journal) -> tuple[Event, ...]:
        """The newest ones that name the mailbox waited for, or any when none is named."""
        wanted = (self.query.mailbox or "").lower()
        found = [e for e in journal.events() if e.kind in REFUSALS and _names(e, wanted)]
        return tuple(found[-SHOWN:])


def _names(event: Event, mailbox: str) -> bool:
    to = event.facts.get("to")
    named = (event.mailbox, event.who, *(to if isinstance(to, list) else ()))
    return not mailbox or any(mailbox in each.lower() for each in named)
