"""What is there: life sign, operators, and the pages for people."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import ConfigDict
from starlette.responses import Response

from simulator.web import pages
from simulator.web.here import AllHere
from simulator.web.problems import documented
from simulator.web.shapes.base import Given, example
from simulator.web.shapes.space import Operators

calls = APIRouter(tags=["about"])


class Health(Given):
    """A sign of life."""

    model_config = ConfigDict(json_schema_extra=example(status="ok", version="1.0"))

    status: str
    version: str


@calls.get("/healthz", summary="Ready?", response_model=Health, responses=documented())
async def healthz(here: AllHere) -> dict[str, Any]:
    """200 once every door accepts connections."""
    return {"status": "ok", "version": here.surroundings.version}


@calls.get("/api/operators", summary="The operators", response_model=Operators, responses=documented())
async def operators(here: AllHere) -> dict[str, Any]:
    """As in the ready file, without private keys."""
    return {"items": [dict(operator) for operator in here.surroundings.operators()]}


@calls.get("/", include_in_schema=False)
async def front(here: AllHere) -> Response:
    """The first page, in French."""
    return _page(pages.front(here.surroundings, here.controls))


@calls.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """Every call and every kind of problem."""
    return _page(pages.docs(request.app.openapi()))


@calls.get("/style.css", include_in_schema=False)
async def style() -> Response:
    """What the pages look like."""
    return Response(pages.STYLE, media_type="text/css")


def _page(html: str) -> Response:
    return Response(html, media_type="text/html")
