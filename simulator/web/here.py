"""What every call finds in its request: the controls, what surrounds them, and how to hold an answer open."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from simulator.controls.controls import Controls
from simulator.model.mailbox import Identity
from simulator.web.problems import Problem
from simulator.web.published import WhitelistPaper
from simulator.web.sessions import Sessions
from simulator.web.surroundings import Surroundings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Here:
    """Kept in the application's state."""

    controls: Controls
    surroundings: Surroundings
    paper: WhitelistPaper
    closing: asyncio.Event
    """Set when the simulator stops: whoever is held open must end."""
    sessions: Sessions
    """Who has signed in at the pages."""

    def signed_in(self, word: str | None, *, uses: bool = True) -> Identity | None:
        """Whose cookie this is, as the space knows them now; None when the session or the right to the mailbox is over.
        ``uses``: the session lasts longer for it."""
        known = self.sessions.identity(word, uses=uses)
        return self.controls.people.still(known) if known is not None else None


async def _here(request: Request) -> Here:
    here: Here = request.app.state.here
    return here


async def _controls(request: Request) -> Controls:
    here: Here = request.app.state.here
    return here.controls


AllHere = Annotated[Here, Depends(_here)]
Can = Annotated[Controls, Depends(_controls)]


async def held(request: Request, doing: Coroutine[Any, Any, T]) -> T:
    """The outcome of what may take long; given up when the client leaves or the simulator stops."""
    here: Here = request.app.state.here
    work = asyncio.create_task(doing)
    gone = asyncio.create_task(_gone(request))
    stopping = asyncio.create_task(here.closing.wait())
    try:
        await asyncio.wait((work, gone, stopping), return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        raise Problem("stopping", "The simulator stops, or nobody listens any more; the waiting ended.")
    finally:
        for task in (work, gone, stopping):
            task.cancel()
        await asyncio.gather(work, gone, stopping, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
