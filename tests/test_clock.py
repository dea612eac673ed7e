"""The simulated clock: forward only, deaf to the machine's clock, waking sleepers in order."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import pytest

from simulator.clock import Clock

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Timer:
    """A monotonic timer that a test turns by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_frozen_clock_moves_only_when_told() -> None:
    timer = Timer()
    clock = Clock(START, frozen=True, monotonic=timer)
    timer.now += 500
    assert clock.is_frozen and clock.now() == START
    clock.advance(90)
    assert clock.elapsed() == 90 and clock.timestamp() == START.timestamp() + 90


def test_a_running_clock_follows_the_monotonic_timer_and_can_be_moved() -> None:
    timer = Timer()
    clock = Clock(START, monotonic=timer)
    timer.now += 5
    clock.advance(100)
    timer.now += 5
    assert not clock.is_frozen and clock.elapsed() == 110


def test_a_leap_of_the_machines_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    timer = Timer()
    clock = Clock(START, monotonic=timer)
    for leap in (-5 * 86400, 20 * 86400):
        monkeypatch.setattr(time, "time", lambda leap=leap: 1_800_000_000.0 + leap)
        assert clock.now() == START


def test_it_begins_with_the_machines_time_unless_told() -> None:
    before, now, after = datetime.now(UTC), Clock(frozen=True).now(), datetime.now(UTC)
    assert before <= now <= after


def test_it_freezes_and_runs_on_from_where_it_stands() -> None:
    timer = Timer()
    clock = Clock(START, monotonic=timer)
    timer.now += 10
    clock.freeze()
    clock.freeze()
    timer.now += 100
    assert clock.elapsed() == 10
    clock.run()
    clock.run()
    assert clock.elapsed() == 10
    timer.now += 1
    assert clock.elapsed() == 11


def test_it_never_goes_back() -> None:
    clock = Clock(START, frozen=True)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)
    clock.advance(0)
    assert clock.now() == START


async def test_who_sleeps_until_a_time_that_has_come_does_not_wait() -> None:
    clock = Clock(START, frozen=True)
    await clock.sleep_until(clock.timestamp())
    await clock.sleep_until(clock.timestamp() - 5)


async def asleep(clock: Clock, count: int) -> None:
    """Return when so many sleep on the clock."""
    while len(clock._sleepers) < count:
        turned = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turned.set_result, None)
        await turned


async def test_sleepers_wake_in_the_order_of_their_times() -> None:
    clock = Clock(START, frozen=True)
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep_until(START.timestamp() + seconds)
        woken.append(seconds)

    times = [50, 10, 40, 20, 30, 60, 5]
    tasks = [asyncio.create_task(sleeper(seconds)) for seconds in times]
    await asleep(clock, len(tasks))
    clock.advance(55)
    await asyncio.gather(*(task for task, seconds in zip(tasks, times, strict=True) if seconds < 60))
    assert woken == [5, 10, 20, 30, 40, 50]
    clock.advance(5)
    await tasks[5]
    assert woken[-1] == 60 and not clock._sleepers


async def test_a_sleeper_whose_time_has_not_come_sleeps_on() -> None:
    clock = Clock(START, frozen=True)
    task = asyncio.create_task(clock.sleep_until(START.timestamp() + 10))
    await asleep(clock, 1)
    clock.advance(9.5)
    early = asyncio.create_task(clock.sleep_until(START.timestamp() + 9.5))
    await early
    assert not task.done()
    clock.advance(0.5)
    await task


async def test_a_sleeper_on_a_running_clock_wakes_by_itself_and_when_it_is_moved() -> None:
    clock = Clock()
    await clock.sleep_until(clock.timestamp() + 0.001)
    task = asyncio.create_task(clock.sleep_until(clock.timestamp() + 86400))
    await asleep(clock, 1)
    clock.advance(86400)
    await task


async def test_a_sleeper_on_a_frozen_clock_wakes_when_it_runs_again() -> None:
    clock = Clock(frozen=True)
    task = asyncio.create_task(clock.sleep_until(clock.timestamp() + 0.001))
    await asleep(clock, 1)
    clock.run()
    await task


async def test_a_sleeper_that_is_cancelled_is_forgotten() -> None:
    clock = Clock(START, frozen=True)
    task = asyncio.create_task(clock.sleep_until(START.timestamp() + 10))
    await asleep(clock, 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not clock._sleepers


async def test_a_clock_is_put_back_to_how_it_stood() -> None:
    clock = Clock(START, frozen=True)
    clock.advance(5)
    then = clock.hands
    clock.advance(60)
    clock.run()
    clock.put(then)
    assert clock.is_frozen and clock.elapsed() == 5
    clock.put()
    assert clock.is_frozen and clock.now() == clock.start == START


async def test_who_sleeps_counts_anew_when_the_clock_is_put_back() -> None:
    clock = Clock(START, frozen=True)
    clock.advance(50)
    sleeper = asyncio.create_task(clock.sleep_until(START.timestamp() + 60))
    clock.put()
    clock.advance(50)
    assert not sleeper.done()
    clock.advance(10)
    await sleeper
