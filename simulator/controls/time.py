"""The simulated clock: show, freeze, let run, advance, run until no mail waits."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import datetime

from simulator.clock import Clock
from simulator.closing import Closings
from simulator.controls.errors import Invalid, TimedOut
from simulator.journal import Journal
from simulator.outbox import Outbox
from simulator.pki.authority import Authority

WEEK = 7 * 86400.0
CENTURY = 100 * 365 * 86400.0
"""Seconds; further is a slip of the keyboard, and dates end at the year 9999."""

MOST_JUMPS = 10_000
"""A configuration may say that retries follow each other without a pause."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How the clock stands."""

    now: datetime
    """UTC."""
    frozen: bool
    offset: float
    """Seconds that were added since the simulator started, less those it stood still."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """What it took until no mail waited."""

    jumps: int
    seconds: float
    """Simulated seconds that were jumped over."""


class Time:
    """The one clock of retries, expiry, revocation lists, history and one-time codes."""

    def __init__(
        self, clock: Clock, outbox: Outbox, closings: Closings, authority: Authority, journal: Journal
    ) -> None:
        self._clock = clock
        self._outbox = outbox
        self._closings = closings
        self._authority = authority
        self._journal = journal

    def now(self) -> datetime:
        """Simulated date and time, UTC."""
        return self._clock.now()

    def show(self) -> Shown:
        """How the clock stands."""
        return Shown(self._clock.now(), self._clock.is_frozen, self._clock.hands.ahead)

    def freeze(self) -> Shown:
        """Stand still."""
        self._clock.freeze()
        return self.show()

    def run(self) -> Shown:
        """Flow again from here."""
        self._clock.run()
        return self.show()

    async def advance(self, seconds: float, settle: bool = True) -> Shown:
        """Move forward; with ``settle`` return when the mail that became due has been handled, and when exchanges that
        end by themselves have ended. Raises Invalid."""
        if not 0 <= seconds <= CENTURY or self._clock.now().year > 9000:
            raise Invalid(f"the clock cannot move by {seconds} seconds", "it only moves forward, by a century at most")
        self._clock.advance(seconds)
        self._journal.note("clock", f"the clock moved {_told(seconds)} forward", seconds=seconds)
        await asyncio.to_thread(self._authority.refresh_crls)
        if settle:
            await self._closings.settle()
        return self.show()

    async def run_until_quiet(self, limit: float = WEEK) -> Quiet:
        """Jump from retry to retry until no mail waits, over at most ``limit`` simulated seconds. Raises TimedOut."""
        jumps, jumped = 0, 0.0
        await self._closings.settle()
        while waiting := self._outbox.waiting():
            step = max(0.0, waiting[0].due - self._clock.timestamp())
            if jumped + step > limit or jumps >= MOST_JUMPS:
                next_one = waiting[0]
                raise TimedOut(
                    f"{len(waiting)} messages still wait after {_told(jumped)}, the next one for {next_one.recipient}: "
                    f"{next_one.last_reply}", remedy="mend what keeps them, or give a larger limit"
                )
            # A hair more: adding seconds to a date rounds, and a retry due a microsecond later would be waited for.
            await self.advance(math.nextafter(step, math.inf) + 1e-3)
            jumps, jumped = jumps + 1, jumped + step
        return Quiet(jumps, jumped)


def _told(seconds: float) -> str:
    """``2 d 3 h``, ``45 s``."""
    if seconds < 60:
        return f"{seconds:g} s"
    parts = []
    left = round(seconds)
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if left >= size:
            parts.append(f"{left // size} {name}")
        left %= size
    return " ".join(parts)
