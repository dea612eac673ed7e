"""How what went wrong inside a call becomes a problem document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from difflib import get_close_matches
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from simulator.controls.errors import Arrived, Conflict, ControlError, Invalid, NotFound, Refused, TimedOut
from simulator.store.interface import StoreError
from simulator.web.problems import Problem
from simulator.web.shapes.messages import brief

_NAMES: tuple[tuple[type[ControlError], str], ...] = (
    (NotFound, "not-found"), (Conflict, "conflict"), (Invalid, "invalid"), (TimedOut, "timed-out"),
    (Arrived, "arrived"), (Refused, "refused"),
)
MOST_MISTAKES = 20
"""That are told of one request."""
_BY_STATUS = {400: "bad-request", 404: "not-found", 405: "wrong-method", 413: "too-large"}


async def _control(_: Request, refusal: Any) -> Response:
    name = next((name for kind, name in _NAMES if isinstance(refusal, kind)), "invalid")
    more: dict[str, object] = {}
    if isinstance(refusal, TimedOut):
        more = {"seen": [brief(info) for info in refusal.seen],
                "refusals": [event.as_data() for event in refusal.refusals]}
        if refusal.nearest_miss is not None:
            more["nearest"] = {**brief(refusal.nearest_miss[0]), "why": refusal.nearest_miss[1]}
    if isinstance(refusal, Refused):
        more = {"rule": refusal.rule, "french": refusal.french,
                "explain": f"/api/explain/{refusal.explain}" if refusal.explain else ""}
    if isinstance(refusal, Arrived):
        more = {"message": brief(refusal.message)}
    return Problem(name, _sentence(refusal.what), remedy=_sentence(refusal.remedy), more=more).response()


async def _bug(_: Request, __: Any) -> Response:
    return Problem("bug", "The simulator made a mistake; its journal has an event of kind error.").response()


async def _store(_: Request, problem: Any) -> Response:
    return Problem("store", _sentence(str(problem) or "The store could not do it now"),
                   remedy="Nothing was changed; the same call may work later.").response()


async def _http(request: Request, problem: Any) -> Response:
    if isinstance(problem, Problem):
        return problem.response()
    name = _BY_STATUS.get(problem.status_code, "bad-request")
    details = {
        "not-found": f"There is no call {request.method} {request.url.path[:200]}; /docs lists them.",
        "wrong-method": f"{request.url.path[:200]} does not take {request.method}.",
        "bad-request": "The body cannot be read as JSON.",
    }
    headers = {**(problem.headers or {}), **({"Allow": _allowed(request)} if name == "wrong-method" else {})}
    return Problem(name, details.get(name, str(problem.detail)), headers=headers).response()


def _allowed(request: Request) -> str:
    """Every method that some call has for this path."""
    path, paths = request.url.path, request.app.openapi()["paths"]
    fitting = [path] if path in paths else [known for known in paths if compile_path(known)[0].match(path)]
    return ", ".join(sorted({method.upper() for known in fitting for method in paths[known]} or {"GET"}))


async def _validation(request: Request, problem: Any) -> Response:
    errors = [_mistake(request, error) for error in problem.errors()[:MOST_MISTAKES]]
    if errors and errors[0]["type"] == "json_invalid":
        return Problem("bad-request", f"The body is not JSON ({errors[0]['what']}).").response()
    told = [{"where": e["where"], "what": e["what"]} for e in errors]
    detail = "; ".join(f"{e['where']}: {e['what']}" for e in told[:5])
    return Problem("invalid", _sentence(detail), more={"errors": told}).response()


def _mistake(request: Request, error: Any) -> dict[str, str]:
    """Where and what, never the value: it may be a password."""
    place = [str(part) for part in error["loc"]]
    what = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        what = "is not known here" + _nearest(request, place)
    if error["type"] == "json_invalid":
        what = str(error.get("ctx", {}).get("error", "")).rstrip(".: ")
    return {"where": ": ".join([place[0], ".".join(place[1:])]) if place[1:] else place[0], "what": what,
            "type": str(error["type"])}


def _nearest(request: Request, place: list[str]) -> str:
    """The known query parameter that is spelled most like this one."""
    route = request.scope.get("route")
    openapi = request.app.openapi()["paths"].get(getattr(route, "path", ""), {}).get(request.method.lower(), {})
    known = [parameter["name"] for parameter in openapi.get("parameters", ()) if parameter["in"] == place[0]]
    found = get_close_matches(place[-1], known, n=1)
    return f"; did you mean {found[0]}?" if found else (f"; known are {', '.join(known)}" if known else "")


def _sentence(text: str) -> str:
    """With a full stop. Its first letter stays: it may begin with an address."""
    return text if not text or text[-1] in ".?!" else f"{text}."


Teller = Callable[[Request, Any], Awaitable[Response]]
TELLERS: tuple[tuple[type[Exception], Teller], ...] = (
    (ControlError, _control),
    (StoreError, _store),
    (RequestValidationError, _validation),
    (HTTPException, _http),
    (Exception, _bug),
)
"""Kinds of exception, and who tells them."""
