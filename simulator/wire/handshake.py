"""A handshake in progress: its time limit and its one outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.model.certificate import TlsFacts
from simulator.wire.engine import Engine
from simulator.wire.failure import TlsFailed
from simulator.wire.records import Octets

CUT_SHORT = "the peer closed the connection during the TLS handshake"


class Handshake:
    """Drives ``engine`` until ``settled`` is called, exactly once, with the facts or the failure.

    ``progressed`` is called when the engine may have bytes for the peer, always before ``settled``.
    """

    def __init__(self, engine: Engine, seconds: float, *, progressed: Callable[[], None],
                 settled: Callable[[TlsFacts | TlsFailed], None], broke: Callable[[Exception], None]) -> None:
        self._engine = engine
        self._progressed = progressed
        self._settled = settled
        self._broke = broke
        loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = loop.call_later(seconds, self._too_slow, seconds)

    def take(self, received: Octets = b"") -> None:
        """Go on with what the peer sent. The client side begins with nothing."""
        outcome: TlsFacts | TlsFailed | None
        try:
            outcome = self._engine.handshake(received)
        except TlsFailed as failure:
            outcome = failure
        except Exception as exc:  # a mistake of the judge must not reach the event loop
            self._broke(exc)
            outcome = TlsFailed("the TLS handshake could not be judged")
        self._progressed()
        if outcome is not None:
            self._settle(outcome)

    def fail(self, reason: str) -> None:
        """Give up; nothing happens when the outcome is known already."""
        self._settle(TlsFailed(reason))

    def _too_slow(self, seconds: float) -> None:
        self.fail(f"the TLS handshake was not finished within {seconds:g} seconds")

    def _settle(self, outcome: TlsFacts | TlsFailed) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._settled(outcome)
