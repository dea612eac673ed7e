"""Server-sent events of the journal: first what is remembered, then each event as it happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from simulator.journal import Event, Journal
from simulator.web.shapes.story import names

MEDIA_TYPE = "text/event-stream"
MOST_WAITING = 1000
"""Events kept for a slow reader; past that it reads them again from the journal's memory."""
BREATH = 15.0
"""Seconds between signs of life, so that nothing in between closes the connection."""


async def lines(
    journal: Journal, since: int, about: str | None, kind: str | None, closing: asyncio.Event,
    still: Callable[[], bool] = lambda: True,
) -> AsyncIterator[str]:
    """The body of the answer, until the client goes, ``closing`` is set or ``still`` says that it may hear no more."""
    waiting: list[Event] = []
    stirred = asyncio.Event()

    def hear(event: Event) -> None:
        if len(waiting) < MOST_WAITING:
            waiting.append(event)
        stirred.set()

    stop = journal.listen(hear)
    ended = asyncio.ensure_future(closing.wait())
    ended.add_done_callback(lambda _: stirred.set())
    try:
        yield "retry: 1000\n\n"
        fresh = journal.events(after=since)
        while not closing.is_set():
            if not still():
                return
            for event in fresh:
                since = event.seq
                if names(event, about, kind):
                    yield _written(event)
            if not await stirs(stirred):
                yield ": still here\n\n"
            full = len(waiting) >= MOST_WAITING
            fresh = journal.events(after=since) if full else [e for e in waiting if e.seq > since]
            waiting.clear()
    finally:
        stop()
        ended.cancel()


async def stirs(stirred: asyncio.Event) -> bool:
    """Wait for news; False when it is time for a sign of life."""
    try:
        async with asyncio.timeout(BREATH):
            await stirred.wait()
    except TimeoutError:
        return False
    stirred.clear()
    return True


def _written(event: Event) -> str:
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {json.dumps(event.as_data(), ensure_ascii=False)}\n\n"
