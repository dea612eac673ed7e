"""The whitelist: as data, and as the space publishes it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from simulator.controls.whitelist import Listing
from simulator.web.calls.messages import BODY
from simulator.web.here import AllHere, Can
from simulator.web.problems import documented
from simulator.web.published import MEDIA_TYPE
from simulator.web.shapes import space

calls = APIRouter(tags=["whitelist"])
_PUBLISHED = (
    '<?xml version="1.0" encoding="UTF-8"?><ListeBlancheMSSante xmlns="https://listeblanche.mssante.fr/schema">'
    "<DateDeGeneration>2026-11-24T06:40:00Z</DateDeGeneration><ListeDomaines></ListeDomaines></ListeBlancheMSSante>"
)


@calls.get("/api/whitelist", summary="The whitelist", response_model=space.Whitelist, responses=documented())
async def every(can: Can) -> dict[str, Any]:
    """Every listed domain, by name."""
    return {"items": [_told(listing) for listing in can.whitelist.all()]}


@calls.get("/api/whitelist/{domain}", summary="One domain", response_model=space.Listing,
           responses=documented("not-found", "invalid"))
async def get(can: Can, domain: str) -> dict[str, Any]:
    """By which certificates its operator is known."""
    return _told(can.whitelist.get(domain))


@calls.put("/api/whitelist/{domain}", summary="List a domain", response_model=space.Listing,
           responses=documented(*BODY, "not-found", "conflict"))
async def put(can: Can, domain: str, wanted: space.ListingToBe | None = None) -> dict[str, Any]:
    """With exactly these certificates, from the next handshake and the next command on (F2)."""
    return _told(can.whitelist.put(domain, None if wanted is None else wanted.dns))


@calls.delete("/api/whitelist/{domain}", summary="Take a domain off", status_code=204, response_class=Response,
              responses=documented("cross-site", "not-json", "too-large", "not-found", "invalid"))
async def withdraw(can: Can, domain: str) -> Response:
    """At once."""
    can.whitelist.withdraw(domain)
    return Response(status_code=204)


@calls.get("/listeblanchemssante.xml", summary="The whitelist as published", response_class=Response,
           responses=documented() | {200: {"description": "The published form.", "content": {
               MEDIA_TYPE: {"schema": {"type": "string"}, "example": _PUBLISHED}}}})
async def published(here: AllHere) -> Response:
    """As the real space publishes it, unsigned."""
    can = here.controls
    return Response(here.paper.printed(can.whitelist.all(), can.time.now()), media_type=MEDIA_TYPE)


def _told(listing: Listing) -> dict[str, Any]:
    return {"domain": listing.domain, "dns": list(listing.dns), "operator": listing.operator}
