"""The simulated clock."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from simulator.controls.time import Shown
from simulator.web.calls.messages import BODY
from simulator.web.here import Can, held
from simulator.web.problems import documented
from simulator.web.shapes import story

calls = APIRouter(prefix="/api/clock", tags=["clock"])


@calls.get("", summary="How the clock stands", response_model=story.Clock, responses=documented())
async def show(can: Can) -> dict[str, Any]:
    """The one clock of retries, expiry, revocation lists, history and one-time codes."""
    return _told(can.time.show())


@calls.post("/advance", summary="Move forward", response_model=story.Clock,
            responses=documented(*BODY, "timed-out", "stopping"))
async def advance(request: Request, can: Can, wanted: story.Advance) -> dict[str, Any]:
    """Mail that becomes due is handled before the answer, unless `settle` is false."""
    return _told(await held(request, can.time.advance(wanted.seconds, settle=wanted.settle)))


@calls.post("/freeze", summary="Stand still", response_model=story.Clock,
            responses=documented("cross-site", "not-json", "too-large"))
async def freeze(can: Can) -> dict[str, Any]:
    """Time moves only by `advance` then."""
    return _told(can.time.freeze())


@calls.post("/run", summary="Flow again", response_model=story.Clock,
            responses=documented("cross-site", "not-json", "too-large"))
async def run(can: Can) -> dict[str, Any]:
    """From where the clock stands."""
    return _told(can.time.run())


@calls.post("/quiet", summary="Jump until no mail waits", response_model=story.Quiet,
            responses=documented(*BODY, "timed-out", "stopping"))
async def quiet(request: Request, can: Can, wanted: story.Patience | None = None) -> dict[str, Any]:
    """From retry to retry, until every message has arrived or come back."""
    done = await held(request, can.time.run_until_quiet((wanted or story.Patience()).limit))
    return {"jumps": done.jumps, "seconds": done.seconds}


def _told(shown: Shown) -> dict[str, Any]:
    return {"now": shown.now, "timestamp": shown.now.timestamp(), "frozen": shown.frozen, "offset": shown.offset}
