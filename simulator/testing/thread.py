"""A simulator in a thread of its own, so that blocking clients may talk to it from the test's thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from inspect import isawaitable

from simulator.app import Simulator

PATIENCE = 60.0
"""Seconds of the machine's time for starting, for stopping, and for anything asked that gives no time of its own."""


class SimulatorThread:
    """Starts the simulator that ``make`` gives, in a loop of its own; ``ask`` runs something there."""

    def __init__(self, make: Callable[[], Simulator]) -> None:
        self._make = make
        self._started: Future[Simulator] = Future()
        self._thread = threading.Thread(target=self._run, name="mssante", daemon=True)
        self._ended: BaseException | None = None

    def start(self) -> Simulator:
        """Every door accepts connections when this returns. Raises what went wrong instead."""
        self._thread.start()
        return self._started.result(PATIENCE)

    def stop(self) -> None:
        """Stop in good order; again is no error."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(PATIENCE)
        if self._thread.is_alive():
            raise TimeoutError("the simulator did not stop")
        if self._ended is not None:
            raise self._ended

    def ask(self, what: Callable[[], object], *, timeout: float = PATIENCE) -> object:
        """Call ``what`` in the simulator's thread, wait for it when it is to be awaited, and return what it gives."""
        if not self._thread.is_alive():
            raise RuntimeError("this trust space has ended; a fixture's space lives as long as its test")
        if threading.current_thread() is self._thread:
            raise RuntimeError("this would wait for itself: it is called in the simulator's own thread")
        asked = asyncio.run_coroutine_threadsafe(_done(what), self._loop)
        try:
            return asked.result(timeout)
        except BaseException:
            asked.cancel()
            raise

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as problem:
            if self._started.done():
                self._ended = problem
            else:
                self._started.set_exception(problem)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        async with self._make() as simulator:
            self._started.set_result(simulator)
            await self._over.wait()


async def _done(what: Callable[[], object]) -> object:
    result = what()
    return await result if isawaitable(result) else result
