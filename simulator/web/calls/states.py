"""The state of the space as a whole."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from simulator.web.here import Can
from simulator.web.problems import documented
from simulator.web.shapes import story

calls = APIRouter(prefix="/api", tags=["states"])
CHANGE = ("cross-site", "not-json", "too-large", "store")
Kept = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="Name of the state.",
                           examples=["avant"])]


@calls.post("/reset", summary="Back to the configured state", status_code=204, response_class=Response,
            responses=documented(*CHANGE))
async def reset(can: Can) -> Response:
    """No mail; mailboxes, whitelist and clock as configured. The journal and the snapshots stay."""
    await can.states.reset()
    return Response(status_code=204)


@calls.get("/snapshots", summary="The states kept", response_model=story.Snapshots, responses=documented())
async def every(can: Can) -> dict[str, Any]:
    """By name."""
    return {"items": [asdict(snapshot) for snapshot in can.states.list()]}


@calls.post("/snapshots/{name}", summary="Keep the present state", status_code=201, response_model=story.Snapshot,
            responses=documented(*CHANGE, "invalid"))
async def snapshot(can: Can, name: Kept) -> dict[str, Any]:
    """In place of an older one of that name."""
    return asdict(await can.states.snapshot(name))


@calls.post("/snapshots/{name}/restore", summary="Bring a state back", response_model=story.Snapshot,
            responses=documented(*CHANGE, "not-found", "invalid"))
async def restore(can: Can, name: Kept) -> dict[str, Any]:
    """It can be brought back again."""
    return asdict(await can.states.restore(name))


@calls.delete("/snapshots/{name}", summary="Forget a state", status_code=204, response_class=Response,
              responses=documented(*CHANGE, "not-found", "invalid"))
async def delete(can: Can, name: Kept) -> Response:
    """The present state stays as it is."""
    can.states.delete(name)
    return Response(status_code=204)
