"""Server-sent events of one mailbox: that a folder changed, as it happens; the page then asks what is new."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from simulator.controls.webmail.reading import Reading
from simulator.model.mailbox import Identity
from simulator.store.interface import Change, Folder
from simulator.web.stream import stirs


async def changes(
    reading: Reading, who: Identity, still: Callable[[], bool], closing: asyncio.Event
) -> AsyncIterator[str]:
    """The body of the answer, until the client goes, the session ends (``still``) or ``closing`` is set."""
    waiting: dict[int, dict[str, object]] = {}
    stirred = asyncio.Event()

    def hear(change: Change, folder: Folder) -> None:
        before = waiting.get(folder.id, {}).get("added", 0)
        assert isinstance(before, int)
        waiting[folder.id] = {"folder": str(folder.id), "name": folder.name, "added": before + len(change.added)}
        stirred.set()

    stop = reading.watch(who, hear)
    ended = asyncio.ensure_future(closing.wait())
    ended.add_done_callback(lambda _: stirred.set())
    try:
        yield "retry: 2000\n\nevent: ready\ndata: {}\n\n"
        while not closing.is_set():
            if not await stirs(stirred):
                yield ": still here\n\n"
            if not still():
                yield "event: over\ndata: {}\n\n"
                return
            told = list(waiting.values())
            waiting.clear()
            for one in told:
                yield f"event: change\ndata: {json.dumps(one, ensure_ascii=False)}\n\n"
    finally:
        stop()
        ended.cancel()
