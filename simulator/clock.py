"""The simulated clock: one notion of now for retries, expiry, certificates, history and one-time codes.

It follows a monotonic timer from the moment it was made, so a leap of the machine's clock changes
nothing (P4). It can be moved forward; whoever sleeps on it wakes when simulated time says so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Hands:
    """How a clock stands, apart from the machine's time that goes on meanwhile."""

    ahead: float
    """Simulated seconds that were added to the machine's."""
    frozen_at: float | None
    """Machine's seconds since the clock was made at which it stands still; None while it flows."""


class Clock:
    """Simulated time. ``start`` defaults to the machine's time; a frozen clock moves only by advance()."""

    def __init__(
        self, start: datetime | None = None, *, frozen: bool = False, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._start = start or datetime.now(UTC)
        self._started_at = self._start.timestamp()
        self._monotonic = monotonic
        self._origin = monotonic()
        self._offset = 0.0
        self._frozen_at: float | None = 0.0 if frozen else None
        self._first = self.hands
        self._sleepers: dict[asyncio.Event, float] = {}

    def elapsed(self) -> float:
        """Simulated seconds since the clock was made; goes back only when a state is put back."""
        running = self._monotonic() - self._origin if self._frozen_at is None else self._frozen_at
        return running + self._offset

    def now(self) -> datetime:
        """Simulated date and time, UTC."""
        return self._start + timedelta(seconds=self.elapsed())

    def timestamp(self) -> float:
        """Simulated seconds since 1970, for storage."""
        return self._started_at + self.elapsed()

    @property
    def is_frozen(self) -> bool:
        """True when time stands still between calls of advance()."""
        return self._frozen_at is not None

    def freeze(self) -> None:
        """Stand still from now on."""
        if self._frozen_at is None:
            self._frozen_at = self._monotonic() - self._origin

    def run(self) -> None:
        """Flow again from where the clock stands."""
        if self._frozen_at is not None:
            self._offset += self._frozen_at - (self._monotonic() - self._origin)
            self._frozen_at = None
            self._wake()

    def advance(self, seconds: float) -> None:
        """Move forward and wake the sleepers whose time has come. Raises ValueError when seconds < 0."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._offset += seconds
        self._wake()

    @property
    def hands(self) -> Hands:
        """For ``put``."""
        return Hands(self._offset, self._frozen_at)

    def put(self, hands: Hands | None = None) -> None:
        """Stand or flow as then, or (None) as when the clock was made; whoever sleeps counts anew."""
        hands = hands or self._first
        self._offset, self._frozen_at = hands.ahead, hands.frozen_at
        self._wake()

    @property
    def start(self) -> datetime:
        """Simulated time when the clock was made."""
        return self._start

    async def sleep_until(self, timestamp: float) -> None:
        """Return when timestamp() has reached ``timestamp``."""
        moved = asyncio.Event()
        self._sleepers[moved] = timestamp
        try:
            while (left := timestamp - self.timestamp()) > 0:
                moved.clear()
                try:
                    async with asyncio.timeout(None if self.is_frozen else left):
                        await moved.wait()
                except TimeoutError:
                    continue
        finally:
            del self._sleepers[moved]

    def _wake(self) -> None:
        for sleeper in sorted(self._sleepers, key=self._sleepers.__getitem__):
            sleeper.set()
