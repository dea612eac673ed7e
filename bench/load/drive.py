"""Repeats work within bounds of count and time, and measures it; everything here runs in the generator's process."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench.processes import busy_seconds, cpu_seconds

Work = Callable[[], Awaitable[int]]
"""One operation of one client, from the request to the checked answer; returns how many units it did."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Work ends at ``seconds`` or after ``most`` operations, whichever comes first; ``warm`` ones are not measured."""

    seconds: float
    most: int = 1_000_000
    warm: int = 20
    """For each client."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement; times are seconds."""

    units: int
    seconds: float
    server_cpu: float
    own_cpu: float
    others_cpu: float
    """Of the rest of the machine: it disturbed the measurement."""
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Units a second."""
        return self.units / self.seconds


async def drive(works: Sequence[Work], bounds: Bounds, pids: Sequence[int]) -> Measured:
    """Let every client repeat its work at the same time."""
    await asyncio.gather(*(_warm(work, bounds.warm) for work in works))
    units, left, times = 0, bounds.most, list[float]()
    busy, server, own, begun = busy_seconds(), cpu_seconds(pids), own_cpu(), time.perf_counter()

    async def repeat(work: Work) -> None:
        nonlocal units, left
        while left > 0 and (at := time.perf_counter()) < begun + bounds.seconds:
            left -= 1
            done = await work()
            units += done  # in one step: "units += await" would forget what the others did meanwhile
            times.append(time.perf_counter() - at)

    async with asyncio.TaskGroup() as clients:
        for work in works:
            clients.create_task(repeat(work))
    seconds = time.perf_counter() - begun
    own, server, busy = own_cpu() - own, cpu_seconds(pids) - server, busy_seconds() - busy
    return Measured(units, seconds, server, own, max(0.0, busy - server - own), *percentiles(times))


async def _warm(work: Work, times: int) -> None:
    for _ in range(times):
        await work()


def percentiles(times: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100]


def own_cpu() -> float:
    """Processor time of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run(job: Coroutine[object, object, T], patience: float) -> T:
    """Run a job in a loop of its own, on uvloop where there is one. Raises TimeoutError after ``patience`` seconds."""
    try:
        import uvloop
        factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    except ImportError:
        factory = asyncio.new_event_loop

    async def bounded() -> T:
        async with asyncio.timeout(patience):
            return await job

    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(bounded())
