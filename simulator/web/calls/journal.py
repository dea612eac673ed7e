"""The journal, as data and live, and why something was refused."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import StreamingResponse

from simulator.web.here import AllHere, Can
from simulator.web.problems import documented
from simulator.web.shapes import story
from simulator.web.stream import MEDIA_TYPE, lines

calls = APIRouter(prefix="/api", tags=["journal"])


@calls.get("/journal", summary="What happened", response_model=story.Journal, response_model_exclude_none=True,
           responses=documented("invalid"))
async def events(can: Can, wanted: Annotated[story.SinceLimited, Query()]) -> dict[str, Any]:
    """Events, oldest first; the newest ten thousand are remembered."""
    fitting = (e for e in can.journal.events(after=wanted.since) if story.names(e, wanted.about, wanted.kind))
    items = [story.event(e) for e in islice(fitting, wanted.limit)]
    return {"items": items, "cursor": items[-1]["seq"] if items else wanted.since}


@calls.get("/journal/stream", summary="What happens, live", response_class=StreamingResponse,
           responses=documented("invalid") | {200: {"description": "Server-sent events.", "content": {
               MEDIA_TYPE: {"schema": {"type": "string"},
                            "example": 'id: 42\nevent: refusal\ndata: {"seq": 42, "kind": "refusal"}\n\n'}}}})
async def stream(
    here: AllHere,
    wanted: Annotated[story.Since, Query()],
    last_event_id: Annotated[str | None, Header(max_length=40, description="Where a stream was cut; a browser sends "
                                                "it by itself. It counts more than `since`.", examples=["41"])] = None,
) -> StreamingResponse:
    """One server-sent event for each event of the journal: its number, its kind, its JSON. First those remembered after
    `since`, then each as it happens."""
    told = last_event_id or ""
    since = int(told) if told.isascii() and told.isdigit() else wanted.since
    told_on = lines(here.controls.journal, since, wanted.about, wanted.kind, here.closing)
    return StreamingResponse(told_on, media_type=MEDIA_TYPE)


@calls.get("/explain/{id}", summary="Why something was refused", response_model=story.Explanation,
           responses=documented("not-found", "invalid"))
async def explain(can: Can, id: str) -> dict[str, Any]:
    """The number stands at the end of a refusal and is that of its event in the journal."""
    found = can.explain.get(id)
    return {name: getattr(found, name) for name in story.Explanation.model_fields} | {"facts": dict(found.facts)}
