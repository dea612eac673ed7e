"""What happened, in order: a bounded memory of events, a story line for people, a way to wait.

Secrets never enter: callers give names, addresses, serials and sizes, not passwords, codes or tokens.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from simulator.clock import Clock

_JSON = json.JSONEncoder(ensure_ascii=False)
"""Made once: ``json.dumps`` with any option makes one each time."""

Fact = str | int | float | bool | None | list[str]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    seq: int
    at: float
    """Simulated seconds since 1970."""
    kind: str
    """``sign-in``, ``refusal``, ``accepted``, ``delivered``, ``relayed``, ``read``, ``flags``, ``deleted``…"""
    story: str
    """One line for people, without control characters."""
    who: str = ""
    """The person or application, not only the mailbox."""
    mailbox: str = ""
    client: str = ""
    certificate: str = ""
    """Serial of the certificate presented."""
    facts: dict[str, Fact] = field(default_factory=dict)

    def as_data(self) -> dict[str, object]:
        """For JSON: every field that says something."""
        named = {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "story": self.story,
            "who": self.who,
            "mailbox": self.mailbox,
            "client": self.client,
            "certificate": self.certificate,
            **self.facts,
        }
        return {key: value for key, value in named.items() if value not in ("", None)}


Listener = Callable[[Event], None]


def one_line(text: str) -> str:
    """The text without control characters, so that no peer can write its own lines in the log."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


class Journal:
    """Keeps the newest ``keep`` events; ``sink`` receives (kind, at, JSON) for durable keeping."""

    def __init__(
        self,
        clock: Clock,
        *,
        keep: int = 10_000,
        sink: Callable[[str, float, str], None] | None = None,
        first_seq: int = 1,
    ) -> None:
        self._clock = clock
        self._events: deque[Event] = deque(maxlen=keep)
        self._sink = sink
        self._next = first_seq
        self._listeners: list[Listener] = []
        self._owed: list[Callable[[], None]] = []

    def owe(self, debt: Callable[[], None]) -> None:
        """Call ``debt`` before anything else is written down or looked at: it notes what its owner gathers."""
        self._owed.append(debt)

    def _settle(self) -> None:
        while self._owed:
            owed, self._owed = self._owed, []
            for debt in owed:
                debt()

    def note(
        self,
        kind: str,
        story: str,
        *,
        who: str = "",
        mailbox: str = "",
        client: str = "",
        certificate: str = "",
        **facts: Fact,
    ) -> Event:
        """Write one event down, tell the sink and the listeners."""
        self._settle()
        event = Event(
            self._next, self._clock.timestamp(), kind, one_line(story), who, mailbox, client, certificate, facts
        )
        self._next += 1
        self._events.append(event)
        if self._sink is not None:
            self._sink(kind, event.at, _JSON.encode(event.as_data()))
        for listener in tuple(self._listeners):
            listener(event)
        return event

    def events(self, *, after: int = 0, kind: str | None = None) -> list[Event]:
        """The remembered events with a number above ``after``, oldest first."""
        self._settle()
        return [e for e in self._events if e.seq > after and (kind is None or e.kind == kind)]

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` for every later event; returns the way to stop."""
        self._settle()
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def wait_for(self, wanted: Callable[[Event], bool], *, after: int = 0) -> Event:
        """The first event with a number above ``after`` that is ``wanted``, remembered or yet to come."""
        for event in self.events(after=after):
            if wanted(event):
                return event
        found: asyncio.Future[Event] = asyncio.get_running_loop().create_future()

        def look(event: Event) -> None:
            if wanted(event) and not found.done():
                found.set_result(event)

        stop = self.listen(look)
        try:
            return await found
        finally:
            stop()


def stories(events: Iterable[Event]) -> str:
    """The events as lines of text."""
    return "\n".join(event.story for event in events)
